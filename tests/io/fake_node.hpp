#pragma once
// A stand-in of the node for the HTTP routes.

#include <catch2/catch.hpp>
#include <map>

#include "ledger/memory_state_store.hpp"
#include "node/io/http/api_backend.hpp"
#include "node/io/io_codes.hpp"
#include "node/replica/replica_codes.hpp"

namespace cityledger::io::test {

/// A node that admits transactions with operations, and executes them when told.
class FakeNode : public ApiBackend {
public:
    void submit(std::shared_ptr<const ledger::Transaction> transaction,
                std::function<void(Result<Digest>)> done) override {
        if (transaction->body.operations.empty()) {
            return done(refuse(ledger::codes::transaction_empty));
        }
        if (full) return done(refuse(node::codes::mempool_full, "a test's pool"));
        done(ledger::transaction_id(transaction->body));
    }
    std::uint64_t on_receipt(const Digest& transaction,
                             std::function<void(const ledger::StoredReceipt&)> done) override {
        waiting[++handles] = {transaction, std::move(done)};
        if (executes) scheduler->after(0, [this] { execute(); });
        return handles;
    }
    void forget_receipt(std::uint64_t handle) override { waiting.erase(handle); }
    void describe(std::function<void(const NodeView&)> done) override {
        ++descriptions;
        answer([this, done] {
            NodeView view;
            view.status = status();
            view.counters = {{"mempool_accepted_txs", 12}};
            view.unready_because = unready;
            done(view);
        });
    }
    api::StatusView status() const {
        api::StatusView view;
        view.node = "node0";
        view.final_height = 7;
        view.standing = "votes_lost";
        view.standing_reason = "a test lost them";
        view.votes_above_view = 12;
        view.network_waits_for = waits_for;
        view.peers = {{"node0", true, "votes_lost", 12, 7, 6, ""},
                      {"node1", false, "", 0, 3, 3, "it said \"no\""}};
        return view;
    }
    std::uint64_t executed_height() const override { return 6; }
    void read_block(std::uint64_t height,
                    std::function<void(const Result<StoredBlock>&)> done) override {
        if (height != 1) return done(refuse(codes::block_not_found, std::to_string(height)));
        StoredBlock block;
        block.batches.resize(1);
        block.batches[0].transactions.resize(2);
        block.bytes = block_bytes;
        answer([done, block] { done(block); });
    }
    void read_cover(std::optional<std::uint64_t> height,
                    std::function<void(const Result<Cover>&)> done) override {
        asked_cover = height;
        done(cover);
    }
    void prove_under(ledger::Space space, std::string key, const Digest& root,
                     std::function<void(const Result<ledger::StateClaim>&)> done) override {
        proved_root = root;
        done(ledger::StateClaim{{space, std::move(key), std::nullopt}, {}});
    }
    const ledger::StateReader& state() const override { return store; }
    const ledger::Genesis& genesis() const override { return the_genesis; }
    const std::string& node_name() const override { return name; }
    std::uint64_t wall_clock_ms() const override { return clock_ms; }
    const std::string& control_token() const override { return token; }
    void set_blocked(std::vector<std::string> peers,
                     std::function<void(const Status&)> done) override {
        blocked = std::move(peers);
        done({});
    }

    /// What the replica's thread would answer, once it comes to it.
    void answer(std::function<void()> action) {
        if (!stands_still) return action();
        held.push_back(std::move(action));
    }
    void go_on() {
        stands_still = false;
        for (const auto& action : std::exchange(held, {})) action();
    }

    void execute() {
        const auto now = std::exchange(waiting, {});
        for (const auto& [handle, entry] : now) {
            ledger::StoredReceipt stored;
            stored.receipt.transaction = entry.first;
            stored.receipt.height = 5;
            stored.receipt.operations = {{0, {}, {}}, {1130, {}, {}}};
            stored.details = {"", "no such contract"};
            entry.second(stored);
        }
    }

    Cover cover;
    std::optional<std::uint64_t> asked_cover;
    Digest proved_root;
    bool full = false;
    bool stands_still = false;
    std::vector<std::function<void()>> held;
    std::size_t descriptions = 0;
    std::uint64_t block_bytes = 0;
    bool executes = true;
    std::optional<std::string> unready;
    std::string waits_for;
    std::vector<std::string> blocked;
    std::string token;
    std::string name = "node0";
    std::uint64_t clock_ms = 1'000'000;
    node::Scheduler* scheduler = nullptr;
    std::map<std::uint64_t, std::pair<Digest, std::function<void(const ledger::StoredReceipt&)>>>
        waiting;
    std::uint64_t handles = 0;
    ledger::MemoryStateStore store;
    ledger::Genesis the_genesis;
};

}  // namespace cityledger::io::test
