#include "node/consensus/core.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "node/consensus/core_state.hpp"
#include "node/consensus/limits.hpp"

namespace cityledger::consensus {

using ledger::Certificate;
using ledger::VoteKind;

namespace {

CoreOptions with_leaders(CoreOptions options, std::size_t validators) {
    if (!options.leader) {
        options.leader = [validators](View view) {
            return static_cast<ValidatorIndex>(view % validators);
        };
    }
    return options;
}

/// A finalization that names a descendant says nothing of the view of the last final block itself:
/// the view then counts as unknown (0) and the finalization as one not yet carried out.
FinalBlock recovered_final(const RecoveredState& recovered) {
    FinalBlock final_block{recovered.last_final_digest, recovered.last_final.header, 0, {}};
    const auto& finalization = recovered.last_finalization;
    if (finalization && finalization->content.block == recovered.last_final_digest) {
        final_block.view = finalization->content.view;
        final_block.finalization = finalization;
    }
    return final_block;
}

}  // namespace

Core::State::State(const ledger::ValidatorSet& validators, const crypto::PrivateKey* key,
                   CoreOptions options, RecoveredState recovered)
    : validators_(validators),
      options_(with_leaders(std::move(options), validators.size())),
      safety_(options_.self, key, validators.chain_id(), validators.epoch()),
      votes_(validators.quorum(), options_.vote_window_views),
      tree_(recovered_final(recovered)),
      pacemaker_({options_.view_timeout_base_ms, options_.view_timeout_growth_percent,
                  options_.view_timeout_cap_ms, options_.resend_interval_ms}),
      leaders_(validators.size()) {
    CHECK_INVARIANT(!options_.self || *options_.self < validators.size());
    recover_blocks(recovered.blocks);
    recover_certificates(recovered);
    recover_votes(recovered.votes);
    if (const Certificate* highest = tree_.highest()) {
        if (highest->content.view >= view()) {
            pacemaker_.enter(*highest, true);
            const Status entered = safety_.enter(view(), *highest);
            CHECK_INVARIANT(entered.has_value());
        }
    }
    votes_.move_to(view(), final_view());
    for (const OwnVote& own : own_votes_) {
        const bool of_this_view = own.vote.content.view == view();
        if (own.proposal && of_this_view) proposals_.emplace(view(), *own.proposal);
    }
}

void Core::State::recover_blocks(const std::vector<ledger::Block>& blocks) {
    for (const ledger::Block& block : blocks) {
        const Digest digest = digest_of(block);
        if (!tree_.add_block(digest, block, 0)) continue;
        tree_.find_block(digest)->recorded = true;
    }
}

void Core::State::recover_certificates(const RecoveredState& recovered) {
    std::vector<Certificate> all = recovered.certificates;
    if (recovered.last_finalization) all.push_back(*recovered.last_finalization);
    for (const SafetyRecord& record : recovered.votes) {
        if (record.entry_certificate) all.push_back(*record.entry_certificate);
    }
    for (const Certificate& certificate : all) {
        if (certificate.content.view >= k_max_view) continue;
        const auto added = tree_.add_certificate(certificate);
        if (added == BlockTree::Added::contradicting) halted_ = true;
    }
}

void Core::State::recover_votes(const std::vector<SafetyRecord>& votes) {
    for (const SafetyRecord& record : votes) {
        const auto vote = safety_.restore(record);
        if (!vote) continue;
        own_votes_.push_back({0, *vote, record.proposal, false});
        if (record.proposal) {
            const ledger::Block& block = record.proposal->block;
            tree_.add_block(digest_of(block), block, record.vote.view);
        }
        // The voters of a block are asked for it, so it is kept as long as its proposal would be.
        if (BlockTree::Node* node = tree_.find_block(record.vote.block)) {
            node->last_view = std::max(node->last_view, record.vote.view);
        }
    }
}

Output Core::State::start() {
    count_durable_own_votes();
    for (const VoteKind kind : {VoteKind::notarize, VoteKind::finalize}) {
        for (const Certificate& certificate : tree_.all_of(kind)) {
            want_block(certificate.content.block, signers_of(certificate));
        }
    }
    send_state(std::nullopt);
    advance();
    return outbox_.take();
}

Output Core::State::step(const Input& input) {
    std::visit([this](const auto& one) { take(one); }, input);
    advance();
    return outbox_.take();
}

Digest Core::State::digest_of(const ledger::Block& block) const {
    return ledger::block_digest(block.header, validators_.chain_id());
}

CoreStatus Core::State::status() const {
    CoreStatus status;
    status.view = view();
    status.finalized_view = final_view();
    status.finalized_height = tree_.final_block().header.height;
    status.voting = safety_.voting();
    status.halted = halted_;
    status.notarized_by = votes_.voters(view(), VoteKind::notarize);
    status.nullified_by = votes_.voters(view(), VoteKind::nullify);
    status.nullified_views = nullified_views_;
    status.evidence_count = evidence_count_;
    return status;
}

std::vector<Certificate> Core::State::certificates_for(View asked) const {
    std::vector<Certificate> answer;
    const auto& finalization = tree_.final_block().finalization;
    const auto& entry = pacemaker_.entry();
    const bool kept = !tree_.certificates_of(asked).empty();
    if (finalization && (!kept || asked == final_view())) answer.push_back(*finalization);
    if (entry && !kept && entry != finalization) answer.push_back(*entry);
    for (Certificate& later : tree_.certificates_from(asked, k_max_answer_certificates)) {
        if (kept || later != entry) answer.push_back(std::move(later));
    }
    return answer;
}

bool Core::State::is_settled(const ledger::VoteContent& content) const {
    if (content.view <= final_view()) return true;
    const Certificate* const held = tree_.find(content.kind, content.view);
    return held != nullptr && held->content == content;
}

bool Core::State::is_settled(const ledger::Vote& vote) const {
    return is_settled(vote.content) && !votes_.conflicts(vote);
}

const Digest* Core::State::tail() const {
    const auto proposal = proposals_.find(view());
    if (proposal != proposals_.end()) return &proposal->second.vote.content.block;
    return tree_.highest_certified_block();
}

bool Core::State::is_named_in_tail(const Digest& batch) const {
    const Digest* block = tail();
    while (block != nullptr) {
        const BlockTree::Node* const node = tree_.find_block(*block);
        if (node == nullptr) return false;
        const auto& named = node->block.batches;
        if (std::find(named.begin(), named.end(), batch) != named.end()) return true;
        block = &node->block.header.parent;
    }
    return false;
}

std::uint64_t Core::State::tail_executed_height() const {
    const Digest* const block = tail();
    const auto* const header = block == nullptr ? nullptr : tree_.header_of(*block);
    return (header == nullptr ? tree_.final_block().header : *header).executed.height;
}

std::optional<ledger::Block> Core::State::find_block(const Digest& digest) const {
    const BlockTree::Node* node = tree_.find_block(digest);
    return node == nullptr ? std::nullopt : std::optional(node->block);
}

Core::Core(const ledger::ValidatorSet& validators, const crypto::PrivateKey* key,
           CoreOptions options, RecoveredState recovered)
    : state_(std::make_unique<State>(validators, key, std::move(options), std::move(recovered))) {}
Core::~Core() = default;

Output Core::start() { return state_->start(); }
Output Core::step(const Input& input) { return state_->step(input); }
bool Core::is_settled(const ledger::VoteContent& content) const {
    return state_->is_settled(content);
}
bool Core::is_settled(const ledger::Vote& vote) const { return state_->is_settled(vote); }
bool Core::is_named_in_tail(const Digest& batch) const { return state_->is_named_in_tail(batch); }
std::uint64_t Core::tail_executed_height() const { return state_->tail_executed_height(); }
CoreStatus Core::status() const { return state_->status(); }
View Core::view() const { return state_->view(); }
bool Core::halted() const { return state_->halted(); }
bool Core::silent() const { return state_->silent(); }
std::vector<Certificate> Core::certificates_for(View view) const {
    return state_->certificates_for(view);
}
bool Core::holds_block(const Digest& digest) const { return state_->holds_block(digest); }
std::optional<ledger::Block> Core::find_block(const Digest& digest) const {
    return state_->find_block(digest);
}

}  // namespace cityledger::consensus
