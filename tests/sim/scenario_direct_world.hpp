#pragma once
// A world without a network, for tests of the reader and the runner only: one executor, a block
// per transaction, and nodes that merely say what they are told to. A quorum that does not run, or
// a partition, keeps transactions waiting.

#include <algorithm>
#include <map>
#include <set>

#include "ledger/contracts/contracts.hpp"
#include "ledger/executor.hpp"
#include "ledger/memory_state_store.hpp"
#include "node/replica/replica_codes.hpp"
#include "sim/world/world.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {

class DirectWorld : public World {
public:
    explicit DirectWorld(const WorldPlan& plan) : validators_(plan.validators) {
        ledger::Genesis genesis;
        genesis.name = plan.name;
        genesis.suite = ledger::SuiteName::simulation;
        for (std::size_t i = 0; i < plan.validators; ++i) {
            genesis.validators.push_back(
                {"node-" + std::to_string(i), new_key().public_key().bytes()});
        }
        for (const ledger::MemberId& member : plan.members) {
            keys_.emplace(member, new_key());
            genesis.keys.push_back({member, keys_.at(member).public_key().bytes()});
        }
        genesis.business = ledger::compact_json(plan.business);
        chain_ = ledger::chain_id_of(genesis);
        auto opened = ledger::Executor::open(genesis, ledger::city_contracts(), store_);
        if (opened) {
            executor_ = *std::move(opened);
        } else {
            problem = opened.error().message();
        }
    }

    std::string problem;         ///< why the genesis was refused; empty if it was not
    bool diverge = false;        ///< the last node then shows another root
    bool time_out = false;       ///< no receipt ever comes
    std::uint64_t full_for = 0;  ///< so many transactions are refused, since there is no room

    [[nodiscard]] std::string kind() const override { return "virtual"; }
    [[nodiscard]] Digest chain_id() const override { return chain_; }
    [[nodiscard]] Result<std::uint64_t> expiry_height() override {
        return executor_->state().height + ledger::k_max_transaction_lifetime_heights;
    }
    [[nodiscard]] Result<const crypto::PrivateKey*> key_of(
        const ledger::MemberId& member) override {
        const auto found = keys_.find(member);
        if (found == keys_.end()) return tl::unexpected<Error>(unknown_member(member));
        return &found->second;
    }
    [[nodiscard]] Result<crypto::PublicKeyBytes> make_key(const ledger::MemberId& member) override {
        return keys_.insert_or_assign(member, new_key()).first->second.public_key().bytes();
    }
    [[nodiscard]] ledger::Nonce nonce() override {
        ledger::Nonce nonce;
        ++drawn_;
        for (std::size_t i = 0; i < 8; ++i) {
            nonce.bytes[i] = static_cast<std::uint8_t>(drawn_ >> (8 * i));
        }
        return nonce;
    }
    [[nodiscard]] Result<api::ReceiptView> submit(const ledger::Transaction& transaction,
                                                  std::uint64_t timeout_ms) override {
        if (time_out || stalled()) {
            return tl::unexpected<Error>(timed_out(std::to_string(timeout_ms) + " ms"));
        }
        const Status sender = ledger::check_transaction_sender(store_, transaction.body);
        if (!sender) return propagate(sender);
        return execute(transaction);
    }
    [[nodiscard]] Result<Digest> send(const ledger::Transaction& transaction) override {
        if (full_for > 0) {
            --full_for;
            return tl::unexpected<Error>(Error{node::codes::mempool_full, "as the test has it"});
        }
        waiting_.push_back(transaction);
        flush();
        return ledger::transaction_id(transaction.body);
    }
    [[nodiscard]] std::vector<std::optional<api::ReceiptView>> receipts(
        const Digest& transaction) override {
        const auto found = executed_.find(transaction);
        std::optional<api::ReceiptView> view;
        if (found != executed_.end()) view = found->second;
        return std::vector<std::optional<api::ReceiptView>>(validators_ - down_.size(), view);
    }
    [[nodiscard]] Result<boost::json::value> query(std::string_view contract,
                                                   std::string_view method,
                                                   const boost::json::value& arguments,
                                                   std::optional<std::size_t> node,
                                                   const ledger::MemberId& asker) override {
        if (node && *node >= validators_) return tl::unexpected<Error>(unknown_node(*node));
        const auto found = ledger::city_contracts().query(contract, method);
        if (!found) return propagate(found);
        const auto bytes = (*found)->arguments_from_json(arguments);
        if (!bytes) return propagate(bytes);
        const auto answer =
            ledger::run_query(ledger::city_contracts(), store_, contract, method, *bytes, asker);
        if (!answer) return propagate(answer);
        return (*found)->result_to_json(*answer);
    }
    [[nodiscard]] Status inject(const Fault& fault) override {
        for (const std::size_t node : fault.nodes) {
            if (node >= validators_) return tl::unexpected<Error>(unknown_node(node));
            if (fault.kind == FaultKind::kill || fault.kind == FaultKind::pause) {
                down_.insert(node);
                ++nullified_;
            } else if (fault.kind == FaultKind::byzantine) {
                liars_.insert(node);
            } else {
                down_.erase(node);
            }
        }
        if (fault.kind == FaultKind::partition) partitioned_ = true;
        if (fault.kind == FaultKind::heal) partitioned_ = false;
        flush();
        return {};
    }
    [[nodiscard]] std::uint64_t now_ms() override { return waited_ms_; }
    void wait(std::uint64_t milliseconds) override {
        waited_ms_ += milliseconds;
        flush();
    }
    [[nodiscard]] std::vector<NodeView> nodes() override {
        std::vector<NodeView> views;
        for (std::size_t i = 0; i < validators_; ++i) {
            NodeView view;
            view.index = i;
            view.running = down_.count(i) == 0;
            view.honest = liars_.count(i) == 0;
            if (view.running) view.status = status_of(i);
            views.push_back(std::move(view));
        }
        return views;
    }
    [[nodiscard]] Status can(FaultKind kind) const override {
        if (impossible_ && *impossible_ == kind) {
            return tl::unexpected<Error>(fault_impossible("not in this test"));
        }
        return {};
    }
    void forbid(FaultKind kind) { impossible_ = kind; }

private:
    static crypto::PrivateKey key_number(std::uint64_t number) {
        Digest seed;
        for (std::size_t i = 0; i < 8; ++i) {
            seed.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
        }
        return crypto::PrivateKey::for_simulation(seed);
    }
    crypto::PrivateKey new_key() { return key_number(++made_); }

    [[nodiscard]] bool stalled() const {
        const std::size_t quorum = validators_ - (validators_ - 1) / 3;
        return partitioned_ || validators_ - down_.size() < quorum;
    }
    void flush() {
        if (stalled()) return;
        for (const ledger::Transaction& transaction : waiting_) {
            static_cast<void>(execute(transaction));
        }
        waiting_.clear();
    }
    Result<api::ReceiptView> execute(const ledger::Transaction& transaction) {
        ledger::Batch batch;
        batch.transactions.push_back(transaction);
        const auto block = executor_->execute(executor_->state().height + 1, {&batch});
        if (!block) return propagate(block);
        const api::ReceiptView view = api::receipt_view(block->receipts.front(), &transaction);
        executed_.emplace(view.transaction, view);
        return view;
    }
    [[nodiscard]] api::StatusView status_of(std::size_t node) const {
        api::StatusView status;
        const ledger::ExecutedState& state = executor_->state();
        status.final_height = state.height;
        status.executed_height = state.height;
        status.view = state.height + nullified_ + 1;
        status.system_root = state.system_root;
        status.business_root = state.business_root;
        status.receipts_root = state.receipts_root;
        status.nullified_views = nullified_;
        status.evidence = liars_.size();
        if (diverge && node + 1 == validators_) status.business_root = Digest{};
        return status;
    }

    std::size_t validators_;
    ledger::MemoryStateStore store_;
    std::unique_ptr<ledger::Executor> executor_;
    Digest chain_;
    std::map<ledger::MemberId, crypto::PrivateKey> keys_;
    std::map<Digest, api::ReceiptView> executed_;
    std::vector<ledger::Transaction> waiting_;
    std::set<std::size_t> down_;
    std::set<std::size_t> liars_;
    std::optional<FaultKind> impossible_;
    bool partitioned_ = false;
    std::uint64_t nullified_ = 0;
    std::uint64_t waited_ms_ = 0;
    std::uint64_t drawn_ = 0;
    std::uint64_t made_ = 0;
};

}  // namespace cityledger::sim
