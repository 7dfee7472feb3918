#include "node/abci/application.hpp"

#include <algorithm>
#include <set>

#include "node/abci/abci_codes.hpp"
#include "node/abci/block_history.hpp"
#include "node/abci/frame_codec.hpp"
#include "node/abci/results.hpp"

namespace cityledger::abci {
namespace {

using ledger::Transaction;

/// Of the engine's protocol; part of its block headers.
constexpr std::uint64_t k_app_version = 1;

std::string text_of(const Digest& digest) { return std::string(as_text(digest.view())); }

std::uint64_t height_of(std::int64_t height) { return static_cast<std::uint64_t>(height); }

Error wrong_height(std::string what) {
    return refuse(codes::abci_wrong_height, std::move(what)).value();
}

Error repeated(const Digest& id) {
    return refuse(codes::abci_repeated_transaction, to_hex(id)).value();
}

bool same_block(const wire::FinalizeBlockRequest& a, const wire::FinalizeBlockRequest& b) {
    return a.height() == b.height() && std::ranges::equal(a.txs(), b.txs());
}

/// What a transaction takes in the engine's block: a repeated field of protobuf.
std::int64_t size_in_block(const std::string& bytes) {
    return static_cast<std::int64_t>(1 + length_bytes(bytes.size()) + bytes.size());
}

}  // namespace

Digest app_hash(const ledger::ExecutedState& state) {
    crypto::Hasher hasher;
    hasher.update_sized(as_bytes("cityledger.app-hash.v1"));
    hasher.update(state.system_root.view());
    hasher.update(state.business_root.view());
    hasher.update(state.receipts_root.view());
    return hasher.finish();
}

Application::Application(const ledger::Genesis& genesis, const ledger::ContractRegistry& contracts,
                         ledger::StateStore& store, AfterCommit after_commit)
    : chain_(ledger::chain_id_of(genesis)),
      contracts_(contracts),
      store_(store),
      staged_(store),
      after_commit_(std::move(after_commit)),
      gate_(chain_, ledger::signature_suite(genesis.suite),
            [this](const ledger::TransactionBody& body) { return judge_(body); }) {}

Result<std::unique_ptr<Application>> Application::open(const ledger::Genesis& genesis,
                                                       const ledger::ContractRegistry& contracts,
                                                       ledger::StateStore& store,
                                                       AfterCommit after_commit) {
    std::unique_ptr<Application> application(
        new Application(genesis, contracts, store, std::move(after_commit)));
    const Status started = application->start(genesis);
    if (!started) return propagate(started);
    return application;
}

Status Application::start(const ledger::Genesis& genesis) {
    auto executor = ledger::Executor::open(genesis, contracts_, staged_);
    if (!executor) return propagate(executor);
    executor_ = *std::move(executor);
    judge_ = executor_->judge();
    if (staged_.has_staged()) return confirm();
    committed_ = executor_->state();
    remember_blocks(store_, *executor_);
    return {};
}

/// The staged block becomes the committed one.
Status Application::confirm() {
    Status done = staged_.commit();
    if (done) done = after_commit_();
    if (done) committed_ = executor_->state();
    return done;
}

/// A transaction that the block of this height may include, as far as the committed state tells.
Result<Transaction> Application::includable(ByteView bytes, std::uint64_t height) {
    auto transaction = gate_.admit(bytes);
    if (!transaction) return transaction;
    const Digest id = ledger::transaction_id(transaction->body);
    if (executor_->was_executed(id)) return tl::unexpected<Error>(repeated(id));
    Status checked = ledger::check_transaction_expiry(transaction->body, height);
    if (checked) checked = ledger::check_transaction_sender(store_, transaction->body);
    if (!checked) return propagate(checked);
    return transaction;
}

wire::InfoResponse Application::info() const {
    wire::InfoResponse info;
    info.set_data("CityLedger");
    info.set_app_version(k_app_version);
    info.set_last_block_height(static_cast<std::int64_t>(committed_.height));
    info.set_last_block_app_hash(text_of(app_hash(committed_)));
    return info;
}

Result<wire::InitChainResponse> Application::init_chain(const wire::InitChainRequest& asked) {
    if (asked.chain_id() != engine_chain_id(chain_) || asked.initial_height() != 1) {
        return refuse(codes::abci_wrong_chain,
                      asked.chain_id() + " from height " + std::to_string(asked.initial_height()));
    }
    if (committed_.height != 0) return tl::unexpected<Error>(wrong_height("the chain has begun"));
    wire::InitChainResponse answer;
    auto* block = answer.mutable_consensus_params()->mutable_block();
    block->set_max_bytes(k_max_block_bytes);
    block->set_max_gas(-1);
    answer.set_app_hash(text_of(app_hash(committed_)));
    return answer;
}

wire::TxResult Application::check_tx(const wire::CheckTxRequest& asked) {
    const auto checked = includable(as_bytes(asked.tx()), committed_.height + 1);
    return checked ? wire::TxResult() : result_of(checked.error());
}

wire::PrepareProposalResponse Application::prepare_proposal(
    const wire::PrepareProposalRequest& asked) {
    wire::PrepareProposalResponse proposal;
    std::set<Digest> ids;
    std::int64_t left = asked.max_tx_bytes();
    for (const std::string& bytes : asked.txs()) {
        if (size_in_block(bytes) > left) continue;
        const auto transaction = includable(as_bytes(bytes), height_of(asked.height()));
        if (!transaction || !ids.insert(ledger::transaction_id(transaction->body)).second) continue;
        left -= size_in_block(bytes);
        proposal.add_txs(bytes);
    }
    return proposal;
}

wire::ProcessProposalResponse Application::process_proposal(
    const wire::ProcessProposalRequest& asked) {
    std::set<Digest> ids;
    const bool fine = std::ranges::all_of(asked.txs(), [&](const std::string& bytes) {
        const auto transaction = includable(as_bytes(bytes), height_of(asked.height()));
        return transaction && ids.insert(ledger::transaction_id(transaction->body)).second;
    });
    wire::ProcessProposalResponse verdict;
    verdict.set_status(fine ? wire::ACCEPT : wire::REJECT);
    return verdict;
}

namespace {

/// The transactions that may be executed, and the results of all, those of the former empty.
struct Sorted {
    ledger::Batch batch;
    std::vector<wire::TxResult*> results;  ///< one per transaction of the batch
};

Sorted sort_transactions(TransactionGate& gate, const wire::FinalizeBlockRequest& asked,
                         wire::FinalizeBlockResponse& answer) {
    Sorted sorted;
    for (const std::string& bytes : asked.txs()) {
        wire::TxResult* result = answer.add_tx_results();
        auto transaction = gate.admit(as_bytes(bytes));
        if (transaction) {
            sorted.batch.transactions.push_back(*std::move(transaction));
            sorted.results.push_back(result);
        } else {
            *result = result_of(transaction.error());
        }
    }
    return sorted;
}

/// Receipts stand in the order of their transactions; one without is a repeated one.
void fill_results(const Sorted& sorted, const std::vector<ledger::StoredReceipt>& receipts) {
    auto receipt = receipts.begin();
    for (std::size_t i = 0; i < sorted.results.size(); ++i) {
        const Digest id = ledger::transaction_id(sorted.batch.transactions[i].body);
        if (receipt != receipts.end() && receipt->receipt.transaction == id) {
            *sorted.results[i] = result_of(*receipt++);
        } else {
            *sorted.results[i] = result_of(repeated(id));
        }
    }
}

}  // namespace

Result<wire::FinalizeBlockResponse> Application::finalize_block(
    const wire::FinalizeBlockRequest& asked) {
    if (pending_ && same_block(pending_->asked, asked)) return pending_->answered;
    if (pending_ || height_of(asked.height()) != committed_.height + 1) {
        return tl::unexpected<Error>(wrong_height("block " + std::to_string(asked.height()) +
                                                  " after " + std::to_string(committed_.height)));
    }
    Pending pending{asked, {}};
    Sorted sorted = sort_transactions(gate_, asked, pending.answered);
    const auto executed = executor_->execute(height_of(asked.height()), {&sorted.batch});
    if (!executed) return propagate(executed);
    fill_results(sorted, executed->receipts);
    pending.answered.set_app_hash(text_of(app_hash(executed->state)));
    const Status recorded =
        record_block(staged_, executed->state.height, std::move(sorted.batch.transactions));
    if (!recorded) return propagate(recorded);
    return pending_.emplace(std::move(pending)).answered;
}

Result<wire::CommitResponse> Application::commit() {
    if (!pending_) return tl::unexpected<Error>(wrong_height("no block waits for Commit"));
    const Status confirmed = confirm();
    if (!confirmed) return propagate(confirmed);
    pending_.reset();
    return wire::CommitResponse();
}

}  // namespace cityledger::abci
