#include "node/replica/running_replica.hpp"

#include <algorithm>

#include "node/replica/replica_codes.hpp"

namespace cityledger::node {

namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
    using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

std::optional<BatchSigner> signer_of(const crypto::PrivateKey* key) {
    if (key == nullptr) return std::nullopt;
    return BatchSigner(*key);
}

}  // namespace

RunningReplica::RunningReplica(const ReplicaSetup& setup, std::unique_ptr<BlockLog> log,
                               VoteChecker checker, RecoveredLog recovered, PeerLinks& links,
                               Reactor& reactor, const Trace& trace,
                               const BlockObserver& block_observer)
    : setup_(setup),
      links_(links),
      reactor_(reactor),
      trace_(trace),
      block_observer_(block_observer),
      log_(std::move(log)),
      checker_(std::move(checker)),
      chain_(*log_),
      execution_(*log_, setup.state, setup.ports.execution, reactor,
                 [this](std::uint64_t height, const ledger::ExecutedBlock& executed) {
                     on_executed(height, executed);
                 }),
      core_(std::make_unique<consensus::Core>(setup.validators, setup.key, setup.options.consensus,
                                              recovered.consensus),
            recovered.highest_votes, *log_, execution_, links, reactor, trace),
      recovery_(setup.validators, setup.options.network_was_stopped, setup.ports.random.nonce(),
                recovered.lost_votes, *log_, core_, links, checker_, reactor),
      admission_(setup.validators.chain_id(), setup.state, *log_, setup.judge, setup.ports.verifier,
                 reactor, setup.options.mempool_max_bytes),
      exchange_(setup.validators, setup.state, setup.judge, *log_, chain_, links,
                setup.ports.verifier, reactor),
      maker_(setup.validators, signer_of(setup.key), setup.ports.random.nonce(),
             setup.options.batch_interval_ms, admission_.mempool(), exchange_, links, reactor),
      proposals_(setup.validators, *log_, chain_, execution_, setup.state, exchange_.pool(),
                 links.peers(), checker_, trace),
      serving_(*log_, core_, links, checker_, reactor),
      sync_(setup.validators, *log_, links, checker_, reactor, trace,
            [this](const auto& digest, const auto& block, const auto& finalization,
                   std::uint64_t proof_sequence) {
                make_final(digest, block, finalization, proof_sequence);
            }),
      presence_(setup.validators, setup.options.peer_silence_ms, *log_, execution_, core_,
                recovery_, sync_, links, reactor, trace),
      unnamed_batches_(std::move(recovered.unnamed_batches)) {
    log_->set_hooks({reactor_.event([] {}), [this](const Error& error) { reactor_.fail(error); }});
    chain_.resume(recovered.consensus.last_finalization, recovered.consensus.last_final,
                  reactor_.now_ms());
}

Status RunningReplica::start(ledger::Executor& executor) {
    if (auto replayed = execution_.replay(executor, chain_); !replayed) return replayed;
    exchange_.restore(unnamed_batches_);
    unnamed_batches_.clear();
    core_.start(*this);
    for (std::size_t index = 0; index < links_.peers().size(); ++index) {
        const auto peer = static_cast<ValidatorIndex>(index);
        if (links_.is_self(peer)) continue;
        core_.give(consensus::PeerReachable{peer, links_.peers()[peer].connected});
    }
    recovery_.start();
    presence_.tick();
    advance();
    return {};
}

void RunningReplica::advance() {
    if (advancing_) {  // a client's call-back has caused another event
        advance_again_ = true;
        return;
    }
    advancing_ = true;
    do {
        advance_again_ = false;
        turn();
    } while ((advance_again_ || core_.has_more()) && !reactor_.failed());
    presence_.pump();
    advancing_ = false;
}

/// The one order of things: what became durable, the core, what it made final, then new work.
void RunningReplica::turn() {
    core_.set_has_work(has_work());
    core_.release();
    for (auto& end : sync_.take_durable_ends()) core_.give(std::move(end));
    recovery_.pump();
    if (const auto view = recovery_.take_permission()) core_.give(consensus::VotingAllowed{*view});
    if (!execution_.diverged().empty()) core_.stop_voting();
    core_.drive(*this);
    for (const auto& verdict : proposals_.judge(core_.core())) core_.give(verdict);
    execution_.pump();
    if (reactor_.failed()) return;
    if (accepts()) maker_.pump();
    std::set<Digest> needed = proposals_.missing();
    needed.merge(execution_.missing());
    exchange_.pursue(std::move(needed));
    sync_.pump();
    core_.set_has_work(has_work());
}

ledger::Block RunningReplica::build_block(const consensus::BuildBlock& wanted) {
    return proposals_.build(wanted, core_.core());
}

void RunningReplica::check_block(const consensus::CheckBlock& wanted) {
    proposals_.check(wanted, core_.core());
}

void RunningReplica::commit_block(const consensus::Commit& commit, std::uint64_t proof_sequence) {
    make_final(commit.digest, commit.block, commit.finalization, proof_sequence);
}

/// From consensus or from block sync, whichever is first.
void RunningReplica::make_final(const Digest& digest, const ledger::Block& block,
                                const ledger::Certificate& finalization,
                                std::uint64_t proof_sequence) {
    const std::uint64_t height = block.header.height;
    const auto added = chain_.add(digest, block, finalization, proof_sequence, reactor_.now_ms());
    if (added == FinalChain::Added::contradicts) {
        // More than a third of the validators broke the protocol.
        execution_.diverge("two final blocks of height " + std::to_string(height) + " are known");
    }
    if (added != FinalChain::Added::added) return;
    execution_.on_final(block);
    exchange_.on_final(block);
    trace_.tell(BlockFinal{height, digest, finalization.content.view, block.batches.size()});
}

void RunningReplica::on_executed(std::uint64_t height, const ledger::ExecutedBlock& executed) {
    admission_.on_executed(height, executed);
    exchange_.on_executed(height);
    if (executed.changed_state || !executed.receipts.empty()) presence_.on_state_changed();
    trace_.tell(BlockExecuted{height, executed.receipts.size()});
    executed_transactions_ += executed.receipts.size();
    receipts_.tell(executed);
    if (!block_observer_) return;
    if (const auto block = final_block(height)) block_observer_(*block, executed);
}

/// A batch may be named, a state change waits for its header, or the heartbeat is due.
bool RunningReplica::has_work() const {
    const std::uint64_t own = execution_.state().height;
    const std::uint64_t quorum = links_.peers().executed_by(setup_.validators.quorum(), own);
    const std::uint64_t heartbeat_ms =
        chain_.last_final_ms() + setup_.options.heartbeat_interval_ms;
    return proposals_.has_batch_to_name(core_.core()) ||
           execution_.has_uncovered_change(core_.core().tail_executed_height(),
                                           std::min(quorum, own)) ||
           reactor_.now_ms() >= heartbeat_ms;
}

Status RunningReplica::accepts() const {
    std::string why;
    if (reactor_.failed()) why = "a write to the disk failed";
    if (!links_.self()) why = "the node is an observer";
    if (!log_->has_room()) why = "the disk is full";
    if (!execution_.diverged().empty()) why = execution_.diverged();
    if (why.empty()) return {};
    return tl::unexpected<Error>(not_accepting(std::move(why)));
}

void RunningReplica::submit(std::shared_ptr<const ledger::Transaction> transaction,
                            Mempool::Done done) {
    admission_.submit(std::move(transaction), accepts(), std::move(done));
}

std::uint64_t RunningReplica::on_receipt(const Digest& transaction,
                                         ReceiptWaiters::Executed executed) {
    const std::uint64_t handle = receipts_.add(transaction, std::move(executed));
    if (!ledger::find_receipt(setup_.state, transaction)) return handle;
    reactor_.after(0, [this, handle, transaction] {
        const auto call = receipts_.take(handle);
        const auto stored = ledger::find_receipt(setup_.state, transaction);
        if (call && stored) call(*stored);
    });
    return handle;
}

// ---- peers -------------------------------------------------------------------------------------

void RunningReplica::on_session(ValidatorIndex peer, bool was_reachable, bool up) {
    presence_.on_session(peer, was_reachable, up);
    if (up) {
        recovery_.on_session_up(peer);
        exchange_.greet(peer);
        core_.send_certificates(peer, links_.peers()[peer].progress.view);
    } else {
        sync_.on_session_down(peer);
    }
    advance();
}

void RunningReplica::on_message(ValidatorIndex from, ByteView frame) {
    if (!links_.on_frame(from, frame.size(), reactor_.now_ms())) return;
    auto message = decode_message(frame);
    if (!message) return links_.close(from, message.error());
    presence_.on_heard(from);
    dispatch(from, *message, frame.size());
    advance();
}

void RunningReplica::dispatch(ValidatorIndex from, PeerMessage& message, std::size_t bytes) {
    std::visit(
        Overloaded{
            [&](ProposalMessage& proposal) { on_proposal(from, proposal); },
            [&](const VoteMessage& vote) { on_vote(from, vote); },
            [&](const CertificateMessage& certificate) { on_certificate(from, certificate); },
            [&](BatchPush& push) { exchange_.on_push(from, push, bytes); },
            [&](const BatchAck& ack) { exchange_.on_ack(from, ack); },
            [&](const BatchRequest& question) { serving_.answer(from, question); },
            [&](const BlockRequest& question) { serving_.answer(from, question); },
            [&](BlockAnswer& answer) { on_block(answer); },
            [&](const CertificateRequest& question) { serving_.answer(from, question); },
            [&](const SyncRequest& question) { serving_.answer(from, question); },
            [&](SyncAnswer& answer) { sync_.on_answer(from, answer); },
            [&](const StartQuestion& question) { serving_.answer(from, question); },
            [&](StartAnswer& answer) {
                learn(from, answer.progress);
                recovery_.on_answer(from, answer);
            },
            [&](const Hint& hint) {
                presence_.on_hint(from, hint);
                learn(from, hint.progress);
            },
        },
        message);
}

void RunningReplica::learn(ValidatorIndex from, const Progress& told) {
    links_.peers()[from].progress = told;
    core_.set_has_work(has_work());
}

bool RunningReplica::may_check(ValidatorIndex from, std::size_t signatures) {
    return links_.may_cost(from, Ration::signatures, signatures, reactor_.now_ms());
}

void RunningReplica::on_proposal(ValidatorIndex from, ProposalMessage& message) {
    const auto& proposal = message.proposal;
    const ledger::ChainId& chain = setup_.validators.chain_id();
    if (!may_check(from, checker_.cost_of(proposal.vote))) return;
    const auto vote = checker_.check(proposal.vote);
    if (!vote) return links_.close(from, vote.error());
    if (proposal.vote.content.block != ledger::block_digest(proposal.block.header, chain)) {
        const auto wrong = refuse(codes::proposal_wrong_vote,
                                  "view " + std::to_string(proposal.vote.content.view));
        return links_.close(from, wrong.value());
    }
    const auto form = ledger::check_block_form(proposal.block, chain);
    if (!form) return links_.close(from, form.error());
    learn(from, message.progress);
    core_.receive(consensus::ProposalReceived{
        from, ledger::Verified<consensus::Proposal>::assume(std::move(message.proposal))});
}

void RunningReplica::on_vote(ValidatorIndex from, const VoteMessage& message) {
    if (core_.core().is_settled(message.vote)) {
        learn(from, message.progress);
        return core_.receive(consensus::SettledTold{from, message.vote.content, false});
    }
    if (!may_check(from, checker_.cost_of(message.vote))) return;
    auto vote = checker_.check(message.vote);
    if (!vote) return links_.close(from, vote.error());
    learn(from, message.progress);
    core_.receive(consensus::VoteReceived{from, *std::move(vote)});
}

void RunningReplica::on_certificate(ValidatorIndex from, const CertificateMessage& message) {
    if (core_.core().is_settled(message.certificate.content)) {
        return core_.receive(consensus::SettledTold{from, message.certificate.content, true});
    }
    if (!may_check(from, checker_.cost_of(message.certificate))) return;
    auto certificate = checker_.check(message.certificate);
    if (!certificate) return links_.close(from, certificate.error());
    core_.receive(consensus::CertificateReceived{from, *std::move(certificate)});
}

void RunningReplica::on_block(BlockAnswer& message) {
    if (!ledger::check_block_form(message.block, setup_.validators.chain_id())) return;
    core_.receive(consensus::BlockReceived{std::move(message.block)});
}

// ---- start -------------------------------------------------------------------------------------

Status check_recovered(const RecoveredLog& recovered, const BlockLog& log, VoteChecker& checker) {
    std::vector<ledger::Certificate> shown = recovered.consensus.certificates;
    const auto& newest = recovered.consensus.last_finalization;
    if (newest) shown.push_back(*newest);
    const std::uint64_t last = log.final_height();
    for (std::uint64_t height = last - std::min(last, k_start_finalizations) + 1; height <= last;
         ++height) {
        if (const auto finalization = log.finalization(height)) shown.push_back(*finalization);
    }
    for (const auto& certificate : shown) {
        if (auto checked = checker.check(certificate); !checked) return propagate(checked);
    }
    return {};
}

}  // namespace cityledger::node
