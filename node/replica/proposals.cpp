#include "node/replica/proposals.hpp"

#include <algorithm>

namespace cityledger::node {

using ledger::Block;
using ledger::BlockHeader;

Proposals::Proposals(const ledger::ValidatorSet& validators, const BlockLog& log,
                     const FinalChain& chain, const Execution& execution,
                     const ledger::StateReader& state, const BatchPool& pool,
                     const PeerTable& peers, VoteChecker& checker, const Trace& trace)
    : validators_(validators),
      log_(log),
      chain_(chain),
      execution_(execution),
      state_(state),
      pool_(pool),
      peers_(peers),
      checker_(checker),
      trace_(trace) {}

Ancestry Proposals::ancestry(const BlockHeader& parent, const std::vector<Digest>& unfinal,
                             const consensus::Core& core) const {
    Ancestry below{parent, {}};
    for (const auto& digest : unfinal) {
        auto block = core.find_block(digest);
        if (!block) block = log_.block(digest);
        if (block) below.unfinal.emplace_back(digest, *std::move(block));
    }
    return below;
}

Block Proposals::build(const consensus::BuildBlock& wanted, const consensus::Core& core) const {
    const Ancestry below = ancestry(wanted.parent_header, wanted.unfinal_ancestors, core);
    Block block;
    block.header.epoch = validators_.epoch();
    block.header.height = below.parent.height + 1;
    block.header.parent = wanted.parent;
    choose_executed(below, wanted.parent, block);
    choose_batches(below, block);
    if (block.covering_certificate) {
        block.header.covering_certificate =
            ledger::certificate_digest(*block.covering_certificate, validators_.chain_id());
    }
    return block;
}

/// Names the highest state that this node and a quorum reached, else the parent's again.
void Proposals::choose_executed(const Ancestry& below, const Digest& parent, Block& block) const {
    const auto& reached = below.parent.executed;
    const std::uint64_t own = execution_.state().height;
    const std::uint64_t wanted = std::min(own, peers_.executed_by(validators_.quorum(), own));
    const bool first = below.parent.height == 0;
    const auto state = wanted > reached.height || first
                           ? ledger::find_executed_state(state_, wanted)
                           : std::nullopt;
    if (state) {
        const auto cover = wanted > 0 ? chain_.cover_of(wanted) : std::nullopt;
        if (wanted == 0 || cover) {
            block.header.executed = *state;
            block.covering_certificate = cover;
            return;
        }
    }
    block.header.executed = reached;
    if (reached.height == 0) return;
    block.covering_certificate = chain_.cover_of(reached.height);
    if (block.covering_certificate) return;
    const auto parent_block =
        below.unfinal.empty() ? log_.block(parent) : std::optional(below.unfinal.front().second);
    if (parent_block) block.covering_certificate = parent_block->covering_certificate;
}

bool Proposals::has_batch_to_name(const consensus::Core& core) const {
    const auto& available = pool_.available();
    // The newest ones first: those that came early are named already.
    return std::any_of(available.rbegin(), available.rend(),
                       [&core](const auto& entry) { return !core.is_named_in_tail(entry.second); });
}

void Proposals::choose_batches(const Ancestry& below, Block& block) const {
    const std::uint64_t height = block.header.height;
    std::uint64_t bytes = 0;
    if (height - block.header.executed.height <= ledger::k_max_execution_lag_heights) {
        for (const auto& [order, digest] : pool_.available()) {
            if (block.batches.size() == ledger::k_max_batches_per_block) break;
            if (chain_.named().names(digest, height) || below.names(digest, height)) continue;
            bytes += log_.batch_bytes(digest);
            if (bytes > k_max_block_payload_bytes) break;
            block.batches.push_back(digest);
        }
    }
    block.header.batch_count = static_cast<std::uint32_t>(block.batches.size());
    block.header.batches_root = ledger::batches_root(block.batches);
}

void Proposals::check(const consensus::CheckBlock& wanted, const consensus::Core& core) {
    const Ancestry below = ancestry(wanted.parent_header, wanted.unfinal_ancestors, core);
    auto verdict = check_against_final(wanted.digest, wanted.block, below, log_);
    if (!verdict) {
        const Status rests = check_block_rests(wanted.block, below, log_, chain_.named(), checker_);
        if (!rests) verdict = rests;
    }
    pending_[wanted.digest] = {wanted.block, verdict};
}

/// Nothing while this node cannot judge: it lacks a batch, or has not executed the height that the
/// block names. A correct leader names what a quorum has executed, so the wait is short.
std::optional<Status> Proposals::verdict(const Digest& digest, const Pending& pending) const {
    if (pending.verdict) return pending.verdict;
    const Block& block = pending.block;
    // It may have become final meanwhile; what lies beside it is not asked for any more.
    if (const auto judged = check_against_final(digest, block, {}, log_)) return judged;
    const auto held = [this](const Digest& batch) { return log_.has_batch(batch); };
    if (!std::all_of(block.batches.begin(), block.batches.end(), held)) return std::nullopt;
    if (block.header.executed.height > execution_.state().height) return std::nullopt;
    if (const Status payload = check_block_payload(block, log_); !payload) return payload;
    return check_block_state(block, state_);
}

std::vector<consensus::BlockChecked> Proposals::judge(const consensus::Core& core) {
    std::vector<consensus::BlockChecked> verdicts;
    for (auto entry = pending_.begin(); entry != pending_.end();) {
        const auto& [digest, pending] = *entry;
        const auto judged = verdict(digest, pending);
        if (judged) {
            if (!*judged) {
                ++refused_;
                trace_.tell(BlockRefused{digest, pending.block.header.height, judged->error()});
            }
            verdicts.push_back({digest, judged->has_value()});
        }
        // The core forgets blocks that no certificate names.
        const bool forgotten = !judged && !core.holds_block(digest);
        entry = judged || forgotten ? pending_.erase(entry) : std::next(entry);
    }
    return verdicts;
}

std::set<Digest> Proposals::missing() const {
    std::set<Digest> wanted;
    for (const auto& [digest, pending] : pending_) {
        for (const auto& batch : pending.block.batches) {
            if (!log_.has_batch(batch)) wanted.insert(batch);
        }
    }
    return wanted;
}

}  // namespace cityledger::node
