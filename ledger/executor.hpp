#pragma once
// Executes final blocks: transactions of batches in, receipts, state changes and roots out.
// Deterministic: a function of the genesis and the blocks alone.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger/batch.hpp"
#include "ledger/block.hpp"
#include "ledger/contract.hpp"
#include "ledger/genesis.hpp"
#include "ledger/proof.hpp"
#include "ledger/receipt.hpp"
#include "ledger/state_store.hpp"
#include "ledger/state_tree.hpp"

namespace cityledger::ledger {

/// A receipt with the wording of its refusals. The wording is not consensus and not hashed.
struct StoredReceipt {
    Receipt receipt;
    std::vector<std::string> details;  ///< one per operation, empty for success; or one in all

    bool operator==(const StoredReceipt&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("receipt", receipt), field("details", details));
    }
};

struct ExecutedBlock {
    ExecutedState state;
    std::vector<StoredReceipt> receipts;  ///< of first copies only, in block order
    bool changed_state = false;  ///< there are receipts: a header should cover this height soon
};

/// What may be asked of a transaction before anybody orders it; see judge_transaction.
using TransactionJudge = std::function<Status(const TransactionBody&)>;

class Executor {
public:
    /// Opens the state: applies the genesis to an empty store, else rebuilds both trees from the
    /// store and compares their roots with the recorded ones (state_corrupt if they differ).
    static Result<std::unique_ptr<Executor>> open(const Genesis& genesis,
                                                  const ContractRegistry& contracts,
                                                  StateStore& store);
    virtual ~Executor() = default;

    /// The last executed height, its roots.
    [[nodiscard]] virtual const ExecutedState& state() const = 0;

    /// judge_transaction by the rules of this chain, for any thread.
    [[nodiscard]] virtual TransactionJudge judge() const = 0;

    /// Executes the block of height state().height + 1 (CHECK) and applies it to the store. The
    /// signatures of the batches were checked before. Fails only if the store fails (fatal).
    virtual Result<ExecutedBlock> execute(std::uint64_t height,
                                          const std::vector<const Batch*>& batches) = 0;

    /// At start, for each executed block of the last k_max_transaction_lifetime_heights, in
    /// ascending order: its transactions can not be executed again.
    virtual void remember(std::uint64_t height, const std::vector<const Batch*>& batches) = 0;

    /// The path of a key of system or business state (CHECK) under the roots of state().
    [[nodiscard]] virtual StatePath prove(Space space, std::string_view key) const = 0;

    /// What a proof claims of a key (of at most k_max_key_bytes) under a root of that space, of the
    /// present state or of a recent one. Refuses a root that is not kept (proof_root_not_kept), and
    /// a value that was replaced since (proof_value_replaced). Takes microseconds.
    [[nodiscard]] virtual Result<StateClaim> prove_under(Space space, std::string_view key,
                                                         const Digest& root) const = 0;

    /// True if a transaction with this id was executed and could still be included again.
    [[nodiscard]] virtual bool was_executed(const Digest& transaction) const = 0;
};

/// The key that a member signs with, as of the executed state; nothing for unknown or revoked.
[[nodiscard]] std::optional<crypto::PublicKeyBytes> member_key(const StateReader& state,
                                                               const MemberId& member);

/// Refuses a transaction whose key is not the one that its sender signs with in this state.
[[nodiscard]] Status check_transaction_sender(const StateReader& state,
                                              const TransactionBody& body);

/// The receipt of a transaction, by id, from the executed state.
[[nodiscard]] std::optional<StoredReceipt> find_receipt(const StateReader& state,
                                                        const Digest& transaction);

/// What was reached at a height that was executed; nothing for a later one. Kept for ever: what a
/// block names must be comparable whatever this node has restarted or executed since.
[[nodiscard]] std::optional<ExecutedState> find_executed_state(const StateReader& state,
                                                               std::uint64_t height);

/// The refusal of the first operation whose arguments must stand in no log (see Method::judge). A
/// function of the arguments and of what the genesis has set: of any state of the chain the same.
[[nodiscard]] Status judge_transaction(const ContractRegistry& contracts, const ChainRules& rules,
                                       const TransactionBody& body);

/// Runs a query of a contract on the executed state, for a member that has shown who it is (see
/// ledger/read_pass.hpp) or, if `asker` is empty, for anybody. read_not_permitted, with who may
/// ask, if the query is not for the asker.
[[nodiscard]] Result<Bytes> run_query(const ContractRegistry& contracts, const StateReader& state,
                                      std::string_view contract, std::string_view method,
                                      ByteView arguments, const MemberId& asker);

/// System-state key of a member's signing key: written by the membership contract, read by the
/// executor. Value: encode(crypto::PublicKeyBytes).
[[nodiscard]] std::string member_key_key(const MemberId& member);

}  // namespace cityledger::ledger
