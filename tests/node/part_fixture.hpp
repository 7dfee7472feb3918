#pragma once
// One part of a replica at a time: ports that a test moves by hand, a log on a simulated disk, and
// the keys of four validators, of which the part belongs to the first.

#include <catch2/catch.hpp>

#include "cluster_fixture.hpp"
#include "ledger/memory_state_store.hpp"
#include "node/replica/core_driver.hpp"
#include "node/replica/vote_checker.hpp"

namespace cityledger::node::test {

/// Time stands still until the test moves it.
class HandScheduler : public Scheduler {
public:
    [[nodiscard]] std::uint64_t now_ms() const override { return now_ms_; }
    TimerId after(std::uint64_t delay_ms, std::function<void()> action) override {
        const TimerId id = next_++;
        timers_[{now_ms_ + delay_ms, id}] = std::move(action);
        return id;
    }
    void cancel(TimerId timer) override {
        std::erase_if(timers_, [&](const auto& entry) { return entry.first.second == timer; });
    }
    /// Fires what is due until then, in order.
    void run_ms(std::uint64_t duration_ms) {
        const std::uint64_t end = now_ms_ + duration_ms;
        while (!timers_.empty() && timers_.begin()->first.first <= end) {
            auto timer = timers_.extract(timers_.begin());
            now_ms_ = timer.key().first;
            timer.mapped()();
        }
        now_ms_ = end;
    }
    [[nodiscard]] std::size_t waiting() const { return timers_.size(); }

private:
    std::uint64_t now_ms_ = 1'000'000;
    TimerId next_ = 1;
    std::map<std::pair<std::uint64_t, TimerId>, std::function<void()>> timers_;
};

/// Keeps what was sent.
class HandTransport : public Transport {
public:
    void send(ValidatorIndex to, std::shared_ptr<const Bytes> frame) override {
        sent.emplace_back(to, decode_message(*frame).value());
    }
    void close(ValidatorIndex peer, const Error& reason) override {
        closed.emplace_back(peer, reason);
    }
    /// Messages of this kind since the last call, with their receivers; all others are forgotten.
    template <class Message>
    std::vector<std::pair<ValidatorIndex, Message>> take() {
        std::vector<std::pair<ValidatorIndex, Message>> found;
        for (auto& [to, message] : sent) {
            if (auto* wanted = std::get_if<Message>(&message)) found.emplace_back(to, *wanted);
        }
        sent.clear();
        return found;
    }

    std::vector<std::pair<ValidatorIndex, PeerMessage>> sent;
    std::vector<std::pair<ValidatorIndex, Error>> closed;
};

/// Answers when the test says so.
class HandVerifier : public SignatureVerifier {
public:
    void verify(std::shared_ptr<const ledger::Transaction>,
                std::function<void(Status)> done) override {
        asked.push_back(std::move(done));
    }
    void verify(std::shared_ptr<const ledger::Batch>, std::function<void(Status)> done) override {
        asked.push_back(std::move(done));
    }
    void answer(const Status& status) {
        const auto done = std::move(asked.front());
        asked.erase(asked.begin());
        done(status);
    }
    std::vector<std::function<void(Status)>> asked;
};

/// Keeps the blocks that were handed over.
class HandExecution : public ExecutionPort {
public:
    struct Wanted {
        std::uint64_t height = 0;
        std::size_t batches = 0;
        Done done;
    };
    void execute(std::uint64_t height, std::vector<std::shared_ptr<const ledger::Batch>> batches,
                 Done done) override {
        wanted.push_back({height, batches.size(), std::move(done)});
    }
    std::vector<Wanted> wanted;
};

/// Syncs when the test says so.
class HandSyncer : public Syncer {
public:
    void sync(std::shared_ptr<File> file, std::function<void(Status)> done) override {
        asked.emplace_back(std::move(file), std::move(done));
    }
    void finish() {
        while (!asked.empty()) {
            auto [file, done] = std::move(asked.front());
            asked.erase(asked.begin());
            done(file->sync());
        }
    }
    std::vector<std::pair<std::shared_ptr<File>, std::function<void(Status)>>> asked;
};

inline constexpr std::size_t k_part_validators = 4;

struct PartFixture {
    PartFixture();

    /// The sender of the transactions of batch() is a member from now on.
    void enrol_sender();
    /// A batch of `author` with one transaction; its digest.
    std::pair<Digest, std::shared_ptr<const ledger::Batch>> batch(std::uint16_t author,
                                                                  std::uint64_t sequence) const;
    /// A block on the last final one of the log.
    [[nodiscard]] ledger::Block block_on_top(std::vector<Digest> batches) const;
    [[nodiscard]] ledger::Certificate certificate(ledger::VoteKind kind, View view,
                                                  const Digest& block) const;
    [[nodiscard]] ledger::Vote vote(ledger::VoteKind kind, View view, const Digest& block,
                                    std::uint16_t validator) const;
    [[nodiscard]] Digest digest_of(const ledger::Block& block) const {
        return ledger::block_digest(block.header, validators.chain_id());
    }
    /// Into the log as the next final block, with its finalization in view height.
    ledger::Block append_final(std::vector<Digest> batches);
    void connect_all();
    /// Refuses a transaction by a sender of this name with `refused_by_judge`, all others pass.
    [[nodiscard]] ledger::TransactionJudge judge() const {
        return [this](const ledger::TransactionBody& body) -> Status {
            if (refused_by_judge && body.sender == refused_sender) {
                return tl::unexpected<Error>(*refused_by_judge);
            }
            return {};
        };
    }
    /// How often the events told so far are of this kind.
    template <class Event>
    [[nodiscard]] std::size_t told() const {
        std::size_t count = 0;
        for (const auto& event : events) count += std::holds_alternative<Event>(event) ? 1 : 0;
        return count;
    }

    std::optional<Error> refused_by_judge;
    ledger::MemberId refused_sender;
    std::vector<crypto::PrivateKey> keys;
    ledger::Genesis genesis;
    ledger::ValidatorSet validators;
    sim::SimulatedDisk disk;
    HandScheduler scheduler;
    HandTransport transport;
    HandVerifier verifier;
    HandExecution port;
    HandSyncer syncer;
    ledger::MemoryStateStore state;
    RecoveredLog recovered;
    std::unique_ptr<BlockLog> log;
    std::size_t advances = 0;
    std::vector<Error> stops;
    Reactor reactor;
    PeerLinks links;
    VoteChecker checker;
    std::vector<ReplicaEvent> events;
    Trace trace;
    FinalChain chain;
    std::vector<std::uint64_t> executed;  ///< heights, as `execution` tells them
    Execution execution;
};

}  // namespace cityledger::node::test
