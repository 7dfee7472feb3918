#pragma once
// The ledger as an application of ABCI 2.0: another engine (CometBFT v0.38) orders the
// transactions, this executes them. A function of the genesis and the blocks; for one thread.
// docs/engines.md.

#include <cityledger_abci/abci_wire.pb.h>

#include <functional>
#include <memory>

#include "ledger/engine_chain_id.hpp"
#include "ledger/executor.hpp"
#include "node/abci/staged_store.hpp"
#include "node/abci/transaction_gate.hpp"

namespace cityledger::abci {

/// What InitChain sets as the engine's largest block.
inline constexpr std::int64_t k_max_block_bytes = 4 * 1024 * 1024;

/// H(system root, business root, receipts root): what the validators of the other engine sign.
[[nodiscard]] Digest app_hash(const ledger::ExecutedState& state);

/// The chain id of the other engine, which takes at most 50 characters: names this genesis.
using ledger::engine_chain_id;

/// One transaction of the engine is one canonical ledger::Transaction; heights are those of the
/// executor. A block is executed by FinalizeBlock and enters the store by Commit.
class Application {
public:
    /// Called when a block is in the store, before Commit answers: the place to make it durable.
    /// What is lost all the same, the engine replays from its own blocks.
    using AfterCommit = std::function<Status()>;

    /// `contracts` and `store` must outlive it. The genesis is applied to an empty store.
    static Result<std::unique_ptr<Application>> open(const ledger::Genesis& genesis,
                                                     const ledger::ContractRegistry& contracts,
                                                     ledger::StateStore& store,
                                                     AfterCommit after_commit);

    /// The answer of the same kind, or an exception, which stops the engine.
    [[nodiscard]] wire::Response answer(const wire::Request& request);

    [[nodiscard]] wire::InfoResponse info() const;
    [[nodiscard]] Result<wire::InitChainResponse> init_chain(const wire::InitChainRequest& asked);
    [[nodiscard]] wire::TxResult check_tx(const wire::CheckTxRequest& asked);
    [[nodiscard]] wire::PrepareProposalResponse prepare_proposal(
        const wire::PrepareProposalRequest& asked);
    [[nodiscard]] wire::ProcessProposalResponse process_proposal(
        const wire::ProcessProposalRequest& asked);
    /// Executes the block after the last one. Asked again before Commit, it answers the same.
    [[nodiscard]] Result<wire::FinalizeBlockResponse> finalize_block(
        const wire::FinalizeBlockRequest& asked);
    [[nodiscard]] Result<wire::CommitResponse> commit();
    [[nodiscard]] wire::QueryResponse query(const wire::QueryRequest& asked) const;

private:
    /// The executed block that Commit has not confirmed.
    struct Pending {
        wire::FinalizeBlockRequest asked;
        wire::FinalizeBlockResponse answered;
    };

    Application(const ledger::Genesis& genesis, const ledger::ContractRegistry& contracts,
                ledger::StateStore& store, AfterCommit after_commit);

    [[nodiscard]] Status start(const ledger::Genesis& genesis);
    [[nodiscard]] Status confirm();
    [[nodiscard]] Result<ledger::Transaction> includable(ByteView bytes, std::uint64_t height);
    [[nodiscard]] Result<Bytes> ask(const wire::QueryRequest& asked) const;
    [[nodiscard]] Result<Bytes> ask_signed(const std::string& contract, const std::string& method,
                                           ByteView data) const;
    [[nodiscard]] Result<wire::Response> try_answer(const wire::Request& request);
    [[nodiscard]] wire::Response answer_snapshots(const wire::Request& request) const;

    ledger::ChainId chain_;
    const ledger::ContractRegistry& contracts_;
    ledger::StateStore& store_;  ///< what is committed
    StagedStore staged_;
    AfterCommit after_commit_;
    TransactionGate gate_;
    std::unique_ptr<ledger::Executor> executor_;
    ledger::TransactionJudge judge_;  ///< the executor's
    ledger::ExecutedState committed_;
    std::optional<Pending> pending_;
};

}  // namespace cityledger::abci
