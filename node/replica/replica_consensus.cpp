// The core and what it wants done. The order is kept here and nowhere else: a record is durable
// before what rests on it leaves.

#include <algorithm>

#include "crypto/check.hpp"
#include "node/replica/replica_codes.hpp"
#include "node/replica/replica_impl.hpp"

namespace cityledger::node {

using consensus::Ticket;
using ledger::Block;
using ledger::BlockHeader;

void Replica::Impl::give(consensus::Input input) {
    inputs_.push_back(std::move(input));
    drive();
}

void Replica::Impl::drive() {
    if (driving_ || !core_ || fatal_) return;
    driving_ = true;
    while (!inputs_.empty() && !fatal_) {
        const consensus::Input input = std::move(inputs_.front());
        inputs_.pop_front();
        carry_out(core_->step(input));
    }
    driving_ = false;
    if (core_->halted()) watch_standing();
}

void Replica::Impl::carry_out(consensus::Output output) {
    for (auto& action : output.actions) {
        if (fatal_) return;
        std::visit([this](auto& wanted) { carry_out(wanted); }, action);
    }
}

void Replica::Impl::carry_out(consensus::Persist& persist) {
    for (const auto& record : persist.records) {
        if (const auto* safety = std::get_if<consensus::SafetyRecord>(&record)) {
            log_->append_safety_record(*safety);
            recorded_vote_view_ = std::max(recorded_vote_view_, safety->vote.view);
        } else if (const auto* block = std::get_if<Block>(&record)) {
            log_->append_block(ledger::block_digest(block->header, chain_), *block);
        } else {
            log_->append_certificate(std::get<ledger::Certificate>(record));
        }
    }
    // Everything written before counts too: the batches and blocks that the vote rests on.
    tickets_.push_back({persist.ticket, log_->files().last_sequence()});
    if (log_->files().durable_sequence() == log_->files().last_sequence()) {
        after(0, [this] { on_durable(); });
    } else {
        log_->files().request_sync();
    }
}

void Replica::Impl::carry_out(consensus::Send& wanted) {
    if (wanted.after && *wanted.after > durable_ticket_) {
        sends_.push_back({*wanted.after, wanted.to, std::move(wanted.message)});
    } else {
        send_core_message(wanted.to, wanted.message);
    }
}

void Replica::Impl::carry_out(consensus::Commit& commit) {
    // Execution, and with it every answer to clients, waits for the proof and for the ticket; the
    // marker itself may be lost, since the certificate in the log proves the same.
    std::uint64_t proof = log_->append_certificate(commit.finalization);
    for (const auto& pending : tickets_) {
        if (commit.after && pending.ticket <= *commit.after) {
            proof = std::max(proof, pending.sequence);
        }
    }
    make_final(commit.digest, commit.block, commit.finalization, proof);
}

void Replica::Impl::carry_out(consensus::BuildBlock& wanted) {
    const Ancestry below = ancestry(wanted.parent_header, wanted.unfinal_ancestors);
    inputs_.push_back(consensus::BlockBuilt{wanted.view, build(below, wanted.parent)});
    ++counters_["consensus_blocks_built"];
}

void Replica::Impl::carry_out(consensus::CheckBlock& wanted) {
    const std::uint64_t height = wanted.block.header.height;
    const Ancestry below = ancestry(wanted.parent_header, wanted.unfinal_ancestors);
    auto judged = check_against_final(wanted.digest, wanted.block, below, *log_);
    if (!judged) {
        const Status rests = check_block_rests(wanted.block, below, *log_, named_, checker_);
        if (!rests) judged = rests;
    }
    if (judged) return answer_check(wanted.digest, height, *judged);
    PendingCheck pending{wanted.block, {}};
    for (const auto& batch : wanted.block.batches) {
        if (!log_->has_batch(batch)) pending.missing.insert(batch);
    }
    checks_[wanted.digest] = std::move(pending);
    judge_pending_blocks();
    if (checks_.contains(wanted.digest)) ask_for_batches();
}

void Replica::Impl::answer_check(const Digest& digest, std::uint64_t height,
                                 const Status& verdict) {
    if (!verdict) {
        ++counters_["consensus_blocks_refused"];
        if (event_observer) event_observer(BlockRefused{digest, height, verdict.error()});
    }
    inputs_.push_back(consensus::BlockChecked{digest, verdict.has_value()});
}

/// Nothing while this node cannot judge: it lacks a batch, or has not executed the height that the
/// block names. A correct leader names what a quorum has executed, so the wait is short.
std::optional<Status> Replica::Impl::verdict(const Digest& digest,
                                             const PendingCheck& check) const {
    const auto& [block, missing] = check;
    // It may have become final meanwhile; what lies beside it is not asked for any more.
    if (const auto judged = check_against_final(digest, block, {}, *log_)) return judged;
    if (!missing.empty()) return std::nullopt;
    if (block.header.executed.height > executed_.height) return std::nullopt;
    if (const Status payload = check_block_payload(block, *log_); !payload) return payload;
    return check_block_state(block, state_);
}

void Replica::Impl::judge_pending_blocks() {
    for (auto check = checks_.begin(); check != checks_.end();) {
        const auto& [digest, pending] = *check;
        const auto judged = verdict(digest, pending);
        if (judged) answer_check(digest, pending.block.header.height, *judged);
        // The core forgets blocks that no certificate names.
        const bool forgotten = !judged && !core_->holds_block(digest);
        check = judged || forgotten ? checks_.erase(check) : std::next(check);
    }
    drive();
}

void Replica::Impl::carry_out(consensus::FetchBlock& fetch) {
    // The core asks again at each resend, so that each time another holder is tried.
    std::vector<ValidatorIndex> holders;
    for (const auto holder : fetch.holders) {
        if (holder < peers_.size() && peers_[holder].connected) holders.push_back(holder);
    }
    const std::uint64_t turn = fetch_turn_++;
    if (!holders.empty()) {
        send(holders[turn % holders.size()], BlockRequest{fetch.digest});
    } else if (const auto peer = peers_.rotate(turn)) {
        send(*peer, BlockRequest{fetch.digest});
    }
}

void Replica::Impl::carry_out(consensus::FetchCertificate& fetch) {
    if (fetch.from < peers_.size()) send(fetch.from, CertificateRequest{fetch.view});
}

void Replica::Impl::carry_out(consensus::SetTimer& timer) {
    set_core_timer(timer.kind, timer.view, timer.delay_ms);
}

void Replica::Impl::carry_out(consensus::Evidence& evidence) {
    if (counters_["consensus_evidence"]++ < k_evidence_records_max) {
        log_->append_evidence({evidence.first, evidence.second});
    }
}

void Replica::Impl::set_core_timer(consensus::TimerFired::Kind kind, consensus::View view,
                                   std::optional<std::uint64_t> delay_ms) {
    const auto running = core_timers_.find(kind);
    if (running != core_timers_.end()) {
        ports_.scheduler.cancel(running->second);
        core_timers_.erase(running);
    }
    if (!delay_ms) return;
    core_timers_[kind] = after(*delay_ms, [this, kind, view] {
        core_timers_.erase(kind);
        // Without room in the log no vote could be recorded: the timer waits for room.
        if (!log_->files().has_room()) return set_core_timer(kind, view, k_gossip_interval_ms);
        give(consensus::TimerFired{kind, view});
    });
}

void Replica::Impl::send_core_message(const std::optional<ValidatorIndex>& to,
                                      const CoreMessage& message) {
    PeerMessage frame;
    if (const auto* proposal = std::get_if<consensus::Proposal>(&message)) {
        if (core_->silent()) return;
        frame = ProposalMessage{*proposal, progress()};
    } else if (const auto* vote = std::get_if<ledger::Vote>(&message)) {
        if (core_->silent()) return;
        frame = VoteMessage{*vote, progress()};
    } else {
        const auto& certificate = std::get<ledger::Certificate>(message);
        if (!may_vouch_for(certificate)) return;
        frame = CertificateMessage{certificate};
    }
    if (to) {
        send(*to, frame);
        return;
    }
    if (frame.index() < 2) told_executed_height_ = executed_.height;  // votes tell the progress
    broadcast(frame);
}

/// A node that cannot vouch for its state, or has seen a contradiction, does not spread what rests
/// on its own signature.
bool Replica::Impl::may_vouch_for(const ledger::Certificate& certificate) const {
    if (!core_->silent()) return true;
    return std::none_of(certificate.signers.begin(), certificate.signers.end(),
                        [this](const auto& signer) { return is_self(signer.validator); });
}

void Replica::Impl::send_certificates(ValidatorIndex to, consensus::View view) {
    for (auto& certificate : core_->certificates_for(view)) {
        if (may_vouch_for(certificate)) send(to, CertificateMessage{std::move(certificate)});
    }
}

void Replica::Impl::on_durable() {
    if (fatal_) return;
    const std::uint64_t durable = log_->files().durable_sequence();
    while (!tickets_.empty() && tickets_.front().sequence <= durable) {
        durable_ticket_ = tickets_.front().ticket;
        tickets_.pop_front();
        inputs_.push_back(consensus::Persisted{durable_ticket_});
    }
    for (auto pending = sends_.begin(); pending != sends_.end();) {
        if (pending->after > durable_ticket_) {
            ++pending;
            continue;
        }
        send_core_message(pending->to, pending->message);
        pending = sends_.erase(pending);
    }
    while (!synced_ends_.empty() && synced_ends_.front().sequence <= durable) {
        auto& end = synced_ends_.front();
        inputs_.push_back(consensus::SyncedTo{
            std::move(end.block),
            ledger::Verified<ledger::Certificate>::assume(std::move(end.finalization))});
        synced_ends_.pop_front();
    }
    drive();
    pump_execution();
}

Ancestry Replica::Impl::ancestry(const BlockHeader& parent,
                                 const std::vector<Digest>& unfinal) const {
    Ancestry below{parent, {}};
    for (const auto& digest : unfinal) {
        auto block = core_->find_block(digest);
        if (!block) block = log_->block(digest);
        if (block) below.unfinal.emplace_back(digest, *std::move(block));
    }
    return below;
}

std::optional<ledger::Certificate> Replica::Impl::cover_of(std::uint64_t height) const {
    if (newest_finalization_ && newest_finalization_->height >= height) {
        return newest_finalization_->certificate;
    }
    return std::nullopt;
}

/// Names the highest state that this node and a quorum reached, else the parent's again.
void Replica::Impl::choose_executed(const Ancestry& below, const Digest& parent,
                                    Block& block) const {
    const auto& reached = below.parent.executed;
    const std::uint64_t quorum = peers_.executed_by(validators_.quorum(), executed_.height);
    const std::uint64_t wanted = std::min(executed_.height, quorum);
    const bool first = below.parent.height == 0;
    const auto state = wanted > reached.height || first
                           ? ledger::find_executed_state(state_, wanted)
                           : std::nullopt;
    if (state) {
        const auto cover = wanted > 0 ? cover_of(wanted) : std::nullopt;
        if (wanted == 0 || cover) {
            block.header.executed = *state;
            block.covering_certificate = cover;
            return;
        }
    }
    block.header.executed = reached;
    if (reached.height == 0) return;
    block.covering_certificate = cover_of(reached.height);
    if (block.covering_certificate) return;
    const auto parent_block =
        below.unfinal.empty() ? log_->block(parent) : std::optional(below.unfinal.front().second);
    if (parent_block) block.covering_certificate = parent_block->covering_certificate;
}

Block Replica::Impl::build(const Ancestry& below, const Digest& parent) const {
    Block block;
    block.header.epoch = validators_.epoch();
    block.header.height = below.parent.height + 1;
    block.header.parent = parent;
    choose_executed(below, parent, block);
    const std::uint64_t lag = block.header.height - block.header.executed.height;
    std::uint64_t bytes = 0;
    if (lag <= ledger::k_max_execution_lag_heights) {
        for (const auto& [order, digest] : pool_.available()) {
            if (block.batches.size() == ledger::k_max_batches_per_block) break;
            const std::uint64_t height = block.header.height;
            if (named_.names(digest, height) || below.names(digest, height)) continue;
            const std::uint64_t size = log_->batch_bytes(digest);
            if (bytes + size > k_max_block_payload_bytes) break;
            bytes += size;
            block.batches.push_back(digest);
        }
    }
    block.header.batch_count = static_cast<std::uint32_t>(block.batches.size());
    block.header.batches_root = ledger::batches_root(block.batches);
    if (block.covering_certificate) {
        block.header.covering_certificate =
            ledger::certificate_digest(*block.covering_certificate, chain_);
    }
    return block;
}

}  // namespace cityledger::node
