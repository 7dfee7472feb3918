#include "node/replica/core_driver.hpp"

#include <algorithm>

namespace cityledger::node {

using consensus::TimerFired;
using ledger::Block;
using ledger::Certificate;

CoreDriver::CoreDriver(std::unique_ptr<consensus::Core> core,
                       std::vector<ledger::VoteContent> recorded_votes, BlockLog& log,
                       const Execution& execution, PeerLinks& links, Reactor& reactor,
                       const Trace& trace)
    : core_(std::move(core)),
      log_(log),
      execution_(execution),
      links_(links),
      reactor_(reactor),
      trace_(trace),
      recorded_votes_(std::move(recorded_votes)) {}

bool CoreDriver::has_recorded(const ledger::VoteContent& vote) const {
    if (recorded_votes_.empty() || recorded_votes_[0].view < vote.view) return false;
    if (recorded_votes_[0].view > vote.view) return true;
    return std::find(recorded_votes_.begin(), recorded_votes_.end(), vote) != recorded_votes_.end();
}

void CoreDriver::start(CoreRequests& requests) { carry_out(core_->start(), requests); }

void CoreDriver::set_has_work(bool has_work) {
    if (has_work == has_work_) return;
    has_work_ = has_work;
    give(consensus::WorkChanged{has_work});
}

void CoreDriver::stop_voting() {
    if (stopped_voting_) return;
    stopped_voting_ = true;
    give(consensus::StopVoting{});
}

void CoreDriver::receive(consensus::Input input) {
    if (log_.has_room()) give(std::move(input));
}

void CoreDriver::release() {
    const auto released = held_.release(log_.durable_sequence());
    for (const auto ticket : released.persisted) give(consensus::Persisted{ticket});
    for (const auto& wanted : released.sends) send_now(wanted);
}

void CoreDriver::drive(CoreRequests& requests) {
    while (!inputs_.empty() && !reactor_.failed()) {
        const consensus::Input input = std::move(inputs_.front());
        inputs_.pop_front();
        const View before = core_->view();
        carry_out(core_->step(input), requests);
        if (core_->view() != before) trace_.tell(ViewEntered{core_->view()});
    }
}

void CoreDriver::carry_out(consensus::Output output, CoreRequests& requests) {
    for (auto& action : output.actions) {
        if (reactor_.failed()) return;
        std::visit([&](auto& wanted) { carry_out(wanted, requests); }, action);
    }
}

void CoreDriver::record(const consensus::SafetyRecord& record) {
    log_.append_safety_record(record);
    // A late finalize vote is of an earlier view: the newest view is what a lost record would lack.
    if (!recorded_votes_.empty() && recorded_votes_[0].view < record.vote.view) {
        recorded_votes_.clear();
    }
    if (recorded_votes_.empty() || recorded_votes_[0].view == record.vote.view) {
        recorded_votes_.push_back(record.vote);
    }
    if (record.proposal) {
        const auto& [vote, parent_view, block] = *record.proposal;
        trace_.tell(BlockProposed{vote.content.view, block.header.height, vote.content.block,
                                  block.batches.size()});
    }
    trace_.tell(VoteRecorded{record.vote});
}

void CoreDriver::carry_out(consensus::Persist& persist, CoreRequests&) {
    for (const auto& wanted : persist.records) {
        if (const auto* safety = std::get_if<consensus::SafetyRecord>(&wanted)) {
            record(*safety);
        } else if (const auto* block = std::get_if<Block>(&wanted)) {
            log_.append_block(*block);
        } else {
            const auto& certificate = std::get<Certificate>(wanted);
            log_.append_certificate(certificate);
            trace_.tell(CertificateKept{certificate.content});
        }
    }
    // Everything written before counts too: the batches and blocks that the vote rests on.
    held_.add_ticket(persist.ticket, log_.last_sequence());
    log_.request_sync();
}

void CoreDriver::carry_out(consensus::Send& wanted, CoreRequests&) {
    if (held_.may_leave(wanted)) {
        send_now(wanted);
    } else {
        held_.hold(std::move(wanted));
    }
}

void CoreDriver::carry_out(consensus::Commit& commit, CoreRequests& requests) {
    // The final marker may be lost, since the certificate in the log proves the same.
    std::uint64_t proof = log_.append_certificate(commit.finalization);
    if (commit.after) proof = std::max(proof, held_.sequence_for(*commit.after));
    requests.commit_block(commit, proof);
}

void CoreDriver::carry_out(consensus::BuildBlock& wanted, CoreRequests& requests) {
    give(consensus::BlockBuilt{wanted.view, requests.build_block(wanted)});
    ++blocks_built_;
}

void CoreDriver::carry_out(consensus::CheckBlock& wanted, CoreRequests& requests) {
    requests.check_block(wanted);
}

void CoreDriver::carry_out(consensus::FetchBlock& fetch, CoreRequests&) {
    // The core asks again at each resend, so that each time another holder is tried.
    std::vector<ValidatorIndex> holders;
    const PeerTable& peers = links_.peers();
    for (const auto holder : fetch.holders) {
        if (holder < peers.size() && peers[holder].connected) holders.push_back(holder);
    }
    const std::uint64_t turn = fetch_turn_++;
    if (!holders.empty()) {
        links_.send(holders[turn % holders.size()], BlockRequest{fetch.digest});
    } else if (const auto peer = peers.rotate(turn)) {
        links_.send(*peer, BlockRequest{fetch.digest});
    }
}

void CoreDriver::carry_out(consensus::FetchCertificate& fetch, CoreRequests&) {
    if (fetch.from < links_.peers().size()) links_.send(fetch.from, CertificateRequest{fetch.view});
}

void CoreDriver::carry_out(consensus::SetTimer& timer, CoreRequests&) {
    set_timer(timer.kind, timer.view, timer.delay_ms);
}

void CoreDriver::carry_out(consensus::Evidence& evidence, CoreRequests&) {
    const auto& [first, second] = evidence;
    trace_.tell(LieSeen{first.validator, first.content, second.content});
    if (core_->status().evidence_count > k_evidence_records_max) return;
    log_.append_evidence({first, second});
}

void CoreDriver::set_timer(TimerFired::Kind kind, View view,
                           std::optional<std::uint64_t> delay_ms) {
    const auto running = timers_.find(kind);
    if (running != timers_.end()) {
        reactor_.cancel(running->second);
        timers_.erase(running);
    }
    if (!delay_ms) return;
    timers_[kind] = reactor_.after(*delay_ms, [this, kind, view] {
        timers_.erase(kind);
        // Without room in the log no vote could be recorded: the timer waits for room.
        if (!log_.has_room()) return set_timer(kind, view, k_full_disk_retry_ms);
        if (kind == TimerFired::Kind::view) trace_.tell(ViewTimedOut{view});
        give(TimerFired{kind, view});
    });
}

Progress CoreDriver::progress() const {
    return {log_.final_height(), execution_.state().height, core_->view()};
}

void CoreDriver::send_now(const consensus::Send& wanted) {
    PeerMessage frame;
    bool tells_progress = true;
    if (const auto* proposal = std::get_if<consensus::Proposal>(&wanted.message)) {
        if (core_->silent()) return;
        frame = ProposalMessage{*proposal, progress()};
    } else if (const auto* vote = std::get_if<ledger::Vote>(&wanted.message)) {
        if (core_->silent()) return;
        frame = VoteMessage{*vote, progress()};
    } else {
        const auto& certificate = std::get<Certificate>(wanted.message);
        if (!may_vouch_for(certificate)) return;
        frame = CertificateMessage{certificate};
        tells_progress = false;
    }
    if (wanted.to) return links_.send(*wanted.to, frame);
    if (tells_progress) told_executed_height_ = execution_.state().height;
    links_.broadcast(frame);
}

bool CoreDriver::may_vouch_for(const Certificate& certificate) const {
    if (!core_->silent()) return true;
    return std::none_of(certificate.signers.begin(), certificate.signers.end(),
                        [this](const auto& signer) { return links_.is_self(signer.validator); });
}

void CoreDriver::send_certificates(ValidatorIndex to, View view) {
    for (auto& certificate : core_->certificates_for(view)) {
        if (!may_vouch_for(certificate)) continue;
        const std::uint64_t bytes =
            std::max<std::uint64_t>(k_answer_minimum_bytes, ledger::encode(certificate).size());
        if (!links_.may_cost(to, Ration::answer_bytes, bytes, reactor_.now_ms())) return;
        links_.send(to, CertificateMessage{std::move(certificate)});
    }
}

void CoreDriver::add_counters(Counters& counters) const {
    const auto status = core_->status();
    counters["consensus_view"] = status.view;
    counters["consensus_nullified_views"] = status.nullified_views;
    counters["consensus_evidence"] = status.evidence_count;
    counters["consensus_blocks_built"] = blocks_built_;
}

}  // namespace cityledger::node
