#include "sim/simulator/forgery.hpp"

#include <limits>

namespace cityledger::sim {
namespace {

using ledger::Block;

constexpr std::uint64_t k_most = std::numeric_limits<std::uint64_t>::max();

Digest made_up(std::string_view text) { return crypto::sha256(as_bytes(text)); }

void cover(Block& block, std::optional<ledger::Certificate> certificate,
           const ledger::ChainId& chain) {
    block.header.covering_certificate =
        certificate ? ledger::certificate_digest(*certificate, chain) : Digest{};
    block.covering_certificate = std::move(certificate);
}

bool name_a_batch_twice(Block& block, const Eavesdropper&) {
    if (block.batches.empty()) return false;
    std::vector<Digest> batches = block.batches;
    batches.push_back(batches.front());
    set_batches(block, std::move(batches));
    return true;
}

bool name_a_batch_of_an_ancestor(Block& block, const Eavesdropper& heard) {
    for (const Block* at = heard.block(block.header.parent); at;
         at = heard.block(at->header.parent)) {
        if (at->batches.empty()) continue;
        std::vector<Digest> batches = block.batches;
        batches.push_back(at->batches.front());
        set_batches(block, std::move(batches));
        return true;
    }
    return false;
}

bool name_an_unknown_batch(Block& block, const Eavesdropper&) {
    std::vector<Digest> batches = block.batches;
    batches.push_back(made_up("no such batch"));
    set_batches(block, std::move(batches));
    return true;
}

bool name_an_older_state(Block& block, const Eavesdropper&) {
    if (block.header.executed.height < 2) return false;
    --block.header.executed.height;
    return true;
}

bool use_an_older_parent(Block& block, const Eavesdropper& heard) {
    const Block* parent = heard.block(block.header.parent);
    if (!parent) return false;
    block.header.parent = parent->header.parent;
    return true;
}

bool drop_the_cover(Block& block, const Eavesdropper& heard) {
    if (!block.covering_certificate) return false;
    cover(block, std::nullopt, heard.chain());
    return true;
}

bool cover_with_a_nullification(Block& block, const Eavesdropper& heard) {
    if (!block.covering_certificate) return false;
    ledger::Certificate other = *block.covering_certificate;
    other.content.kind = ledger::VoteKind::nullify;
    cover(block, std::move(other), heard.chain());
    return true;
}

bool propose_the_last_final_block(Block& block, const Eavesdropper& heard) {
    const Block* last = heard.last_final();
    if (!last) return false;
    block = *last;
    return true;
}

/// A forgery that changes the block whatever it holds.
HeaderForgery always(std::string_view what, void (*change)(Block&)) {
    return {what, [change](Block& block, const Eavesdropper&) {
                change(block);
                return true;
            }};
}

std::vector<HeaderForgery> make_forgeries() {
    return {
        always("version", [](Block& block) { ++block.header.version; }),
        always("epoch", [](Block& block) { ++block.header.epoch; }),
        always("height + 1", [](Block& block) { ++block.header.height; }),
        always("height 0", [](Block& block) { block.header.height = 0; }),
        always("height 2^64-1", [](Block& block) { block.header.height = k_most; }),
        always("parent", [](Block& block) { block.header.parent = made_up("parent"); }),
        {"older parent", use_an_older_parent},
        {"executed too low", name_an_older_state},
        always("executed 0", [](Block& block) { block.header.executed.height = 0; }),
        always("executed too high",
               [](Block& block) { block.header.executed.height = block.header.height; }),
        always("executed 2^64-1", [](Block& block) { block.header.executed.height = k_most; }),
        always("system root",
               [](Block& block) { block.header.executed.system_root = made_up("system"); }),
        always("business root",
               [](Block& block) { block.header.executed.business_root = made_up("business"); }),
        always("receipts root",
               [](Block& block) { block.header.executed.receipts_root = made_up("receipts"); }),
        always("covering hash",
               [](Block& block) { block.header.covering_certificate = made_up("cover"); }),
        {"no cover", drop_the_cover},
        {"cover of another kind", cover_with_a_nullification},
        always("batch count", [](Block& block) { ++block.header.batch_count; }),
        always("batches root", [](Block& block) { block.header.batches_root = made_up("root"); }),
        always("next validators", [](Block& block) { block.header.next_validators.emplace(); }),
        {"a batch twice", name_a_batch_twice},
        {"a batch of an ancestor", name_a_batch_of_an_ancestor},
        {"an unknown batch", name_an_unknown_batch},
        {"the last final block again", propose_the_last_final_block},
    };
}

}  // namespace

void Eavesdropper::hear(const SeenMessage& seen) {
    if (seen.proposal) {
        blocks_.try_emplace(seen.proposal->vote.content.block, seen.proposal->block);
    }
    if (seen.vote && seen.vote->content.kind == ledger::VoteKind::finalize) {
        hear_finalize(*seen.vote);
    }
    if (seen.certificate && seen.certificate->content.kind == ledger::VoteKind::finalize) {
        add_finalization(*seen.certificate);
    }
}

void Eavesdropper::hear_finalize(const ledger::Vote& vote) {
    if (finalizations_.contains(vote.content.block)) return;
    auto& votes = finalize_votes_[vote.content];
    votes.emplace(vote.validator, vote.signature);
    if (votes.size() < quorum_) return;
    ledger::Certificate certificate{vote.content, {}};
    for (const auto& [validator, signature] : votes) {
        certificate.signers.push_back({validator, signature});
    }
    add_finalization(std::move(certificate));
}

void Eavesdropper::add_finalization(ledger::Certificate certificate) {
    finalize_votes_.erase(certificate.content);
    const Digest block = certificate.content.block;
    finalizations_.try_emplace(block, std::move(certificate));
}

const Block* Eavesdropper::block(const Digest& digest) const {
    const auto found = blocks_.find(digest);
    return found == blocks_.end() ? nullptr : &found->second;
}

const ledger::Certificate* Eavesdropper::finalization(const Digest& block) const {
    const auto found = finalizations_.find(block);
    return found == finalizations_.end() ? nullptr : &found->second;
}

const Block* Eavesdropper::finalized_ancestor(const Block& block) const {
    for (Digest digest = block.header.parent;;) {
        const Block* ancestor = this->block(digest);
        if (!ancestor || finalization(digest)) return ancestor;
        digest = ancestor->header.parent;
    }
}

const Block* Eavesdropper::last_final() const {
    const Block* last = nullptr;
    for (const auto& [digest, certificate] : finalizations_) {
        const Block* found = block(digest);
        if (found && (!last || found->header.height > last->header.height)) last = found;
    }
    return last;
}

void set_batches(Block& block, std::vector<Digest> batches) {
    block.header.batch_count = static_cast<std::uint32_t>(batches.size());
    block.header.batches_root = ledger::batches_root(batches);
    block.batches = std::move(batches);
}

bool forge_roots(Block& block, const Eavesdropper& heard) {
    const Block* final_block = heard.finalized_ancestor(block);
    if (!final_block) return false;
    const Digest digest = ledger::block_digest(final_block->header, heard.chain());
    block.header.executed = {final_block->header.height, made_up("system"), made_up("business"),
                             made_up("receipts")};
    cover(block, *heard.finalization(digest), heard.chain());
    return true;
}

const std::vector<HeaderForgery>& header_forgeries() {
    static const std::vector<HeaderForgery> forgeries = make_forgeries();
    return forgeries;
}

}  // namespace cityledger::sim
