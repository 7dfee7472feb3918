#include "ledger/executor.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "crypto/check.hpp"
#include "ledger/executor_context.hpp"
#include "ledger/receipt_index.hpp"
#include "ledger/state_cache.hpp"

namespace cityledger::ledger {
namespace {

constexpr std::size_t k_max_detail_bytes = 256;
/// Where the store keeps the id of the chain that it belongs to (derived).
constexpr std::string_view k_chain_key = "chain";

/// Where it keeps what was reached at a height (derived). Big-endian, so that keys ascend.
std::string executed_key(std::uint64_t height) {
    std::string key = "executed/";
    for (int shift = 56; shift >= 0; shift -= 8) {
        key += static_cast<char>(static_cast<std::uint8_t>(height >> shift));
    }
    return key;
}

tl::unexpected<Error> corrupt(std::string detail) {
    return refuse(codes::state_corrupt, std::move(detail));
}

/// A wording short enough to be stored, cut between two characters of UTF-8.
std::string shorten(std::string detail) {
    if (detail.size() <= k_max_detail_bytes) return detail;
    std::size_t end = k_max_detail_bytes;
    while (end > 0 && (static_cast<std::uint8_t>(detail[end]) & 0xc0) == 0x80) --end;
    detail.resize(end);
    return detail;
}

/// The ids of transactions that were executed and could still be included again.
class RecentTransactions {
public:
    [[nodiscard]] bool contains(const Digest& id) const { return ids_.contains(id); }

    void add(const Digest& id, std::uint64_t expires_at_height) {
        if (ids_.insert(id).second) by_expiry_[expires_at_height].push_back(id);
    }

    /// Drops those that no block above `height` may include.
    void drop_expired(std::uint64_t height) {
        while (!by_expiry_.empty() && by_expiry_.begin()->first <= height) {
            for (const Digest& id : by_expiry_.begin()->second) ids_.erase(id);
            by_expiry_.erase(by_expiry_.begin());
        }
    }

private:
    std::set<Digest> ids_;
    std::map<std::uint64_t, std::vector<Digest>> by_expiry_;
};

class LedgerExecutor final : public Executor {
public:
    LedgerExecutor(const ContractRegistry& contracts, StateStore& store)
        : contracts_(contracts), store_(store), cache_(store) {}

    Status apply_genesis(const Genesis& genesis);
    Status reopen(const ChainId& chain);

    [[nodiscard]] const ExecutedState& state() const override { return state_; }
    [[nodiscard]] TransactionJudge judge() const override {
        return [&contracts = contracts_,
                rules = ChainRules(contracts_, store_)](const TransactionBody& body) {
            return judge_transaction(contracts, rules, body);
        };
    }
    Result<ExecutedBlock> execute(std::uint64_t height,
                                  const std::vector<const Batch*>& batches) override;
    void remember(std::uint64_t height, const std::vector<const Batch*>& batches) override;
    [[nodiscard]] bool was_executed(const Digest& transaction) const override {
        return recent_.contains(transaction);
    }
    [[nodiscard]] StatePath prove(Space space, std::string_view key) const override {
        CHECK_INVARIANT(space != Space::derived);
        return space == Space::system ? system_.prove(key) : business_.prove(key);
    }
    [[nodiscard]] Result<StateClaim> prove_under(Space space, std::string_view key,
                                                 const Digest& root) const override;

private:
    Status initialise_contracts(const boost::json::object& business, StateOverlay& state) const;
    StoredReceipt execute_transaction(const Transaction& transaction, const Digest& id,
                                      std::uint64_t height, StateOverlay& block) const;
    void execute_operation(const Operation& operation, const MemberId& sender, StateOverlay& block,
                           StoredReceipt& stored) const;
    Status commit(std::uint64_t height, const Digest& receipts_root, StateOverlay& block);

    const ContractRegistry& contracts_;
    StateStore& store_;
    StateCache cache_;
    StateTree system_{Space::system, k_max_kept_trees};
    StateTree business_{Space::business, k_max_kept_trees};
    ExecutedState state_;
    RecentTransactions recent_;
};

Status LedgerExecutor::apply_genesis(const Genesis& genesis) {
    const auto business = parse_json(genesis.business);
    if (!business) return propagate(business);
    StateOverlay state = StateOverlay::over(cache_);
    const Status initialised = initialise_contracts(business->as_object(), state);
    if (!initialised) return initialised;
    for (const GenesisKey& entry : genesis.keys) {
        state.write(Space::system, member_key_key(entry.member), encode(entry.public_key));
    }
    state.write(Space::derived, k_chain_key, encode(chain_id_of(genesis)));
    return commit(0, Digest{}, state);
}

Status LedgerExecutor::initialise_contracts(const boost::json::object& business,
                                            StateOverlay& state) const {
    for (const auto& section : business) {
        const std::string name(section.key());
        if (contracts_.find(name) == nullptr) {
            return tl::unexpected<Error>(genesis_error("no contract is named " + name));
        }
    }
    const MemberId nobody;
    for (const Contract* contract : contracts_.all()) {
        if (!contract->initialise) continue;
        ContractContext context(state, nobody, contract->name, k_genesis_budget);
        const boost::json::value* section = business.if_contains(contract->name);
        const Status status = within_budget(
            [&] { return contract->initialise(context, section == nullptr ? nullptr : *section); });
        if (!status) return status;
    }
    return {};
}

Status LedgerExecutor::reopen(const ChainId& chain) {
    const auto recorded = decode<ExecutedState>(store_.applied_summary());
    if (!recorded) return corrupt("the summary: " + recorded.error().message());
    if (recorded->height != store_.applied_height()) return corrupt("the heights differ");
    if (store_.get(Space::derived, k_chain_key) != encode(chain)) {
        return corrupt("it is the state of another chain");
    }
    if (!system_.rebuild(store_) || system_.root() != recorded->system_root) {
        return corrupt("the system state");
    }
    if (!business_.rebuild(store_) || business_.root() != recorded->business_root) {
        return corrupt("the business state");
    }
    state_ = *recorded;
    return {};
}

Status LedgerExecutor::commit(std::uint64_t height, const Digest& receipts_root,
                              StateOverlay& block) {
    std::vector<StateChange> changes = block.take_changes();
    // In ascending order of spaces: system, business, derived.
    const auto end_of = [&](Space space) {
        return static_cast<std::size_t>(
            std::partition_point(changes.begin(), changes.end(),
                                 [&](const StateChange& change) { return change.space <= space; }) -
            changes.begin());
    };
    const std::span<const StateChange> all(changes);
    const std::size_t system_end = end_of(Space::system);
    system_.update(all.first(system_end));
    business_.update(all.subspan(system_end, end_of(Space::business) - system_end));
    state_ = {height, system_.root(), business_.root(), receipts_root};
    changes.push_back({Space::derived, executed_key(height), encode(state_)});
    const Status applied = store_.apply(height, changes, encode(state_));
    if (applied) cache_.take_over(std::move(changes));
    return applied;
}

Result<ExecutedBlock> LedgerExecutor::execute(std::uint64_t height,
                                              const std::vector<const Batch*>& batches) {
    CHECK_INVARIANT(height == state_.height + 1);
    StateOverlay block = StateOverlay::over(cache_);
    ExecutedBlock executed;
    std::vector<Receipt> receipts;
    for (const Batch* batch : batches) {
        for (const Transaction& transaction : batch->transactions) {
            const Digest id = transaction_id(transaction.body);
            if (recent_.contains(id)) continue;
            StoredReceipt stored = execute_transaction(transaction, id, height, block);
            stored.receipt.index = static_cast<std::uint32_t>(receipts.size());
            store_receipt(block, stored);
            receipts.push_back(stored.receipt);
            executed.receipts.push_back(std::move(stored));
            // One that may not be included here yet may be included later.
            if (check_transaction_expiry(transaction.body, height)) {
                recent_.add(id, transaction.body.expires_at_height);
            }
        }
    }
    const Status committed = commit(
        height, chain_receipts_root(state_.receipts_root, receipts_list_root(receipts)), block);
    if (!committed) return propagate(committed);
    recent_.drop_expired(height);
    executed.state = state_;
    executed.changed_state = !receipts.empty();
    return executed;
}

StoredReceipt LedgerExecutor::execute_transaction(const Transaction& transaction, const Digest& id,
                                                  std::uint64_t height, StateOverlay& block) const {
    StoredReceipt stored;
    stored.receipt.transaction = id;
    stored.receipt.height = height;
    Status admitted = check_transaction_expiry(transaction.body, height);
    if (admitted) admitted = check_transaction_sender(block, transaction.body);
    if (!admitted) {
        stored.receipt.code = admitted.error().code.number;
        stored.details.push_back(shorten(admitted.error().detail));
        return stored;
    }
    for (const Operation& operation : transaction.body.operations) {
        execute_operation(operation, transaction.body.sender, block, stored);
    }
    return stored;
}

void LedgerExecutor::execute_operation(const Operation& operation, const MemberId& sender,
                                       StateOverlay& block, StoredReceipt& stored) const {
    block.begin();
    ContractContext context(block, sender, operation.contract, k_operation_budget);
    Result<Bytes> result = within_budget([&]() -> Result<Bytes> {
        const auto method = contracts_.operation(operation.contract, operation.method);
        if (!method) return propagate(method);
        auto bytes = (*method)->call(context, operation.arguments);
        if (bytes && bytes->size() > k_max_result_bytes) throw OverBudget{"the result is too long"};
        return bytes;
    });
    OperationResult outcome;
    std::string detail;
    if (result) {
        block.keep();
        outcome.result = *std::move(result);
        outcome.events = context.take_events();
    } else {
        block.take_back();
        outcome.code = result.error().code.number;
        detail = shorten(result.error().detail);
    }
    stored.receipt.operations.push_back(std::move(outcome));
    stored.details.push_back(std::move(detail));
}

Result<StateClaim> LedgerExecutor::prove_under(Space space, std::string_view key,
                                               const Digest& root) const {
    CHECK_INVARIANT(space != Space::derived);
    auto path = (space == Space::system ? system_ : business_).prove_under(root, key);
    if (!path) return refuse(codes::proof_root_not_kept, to_hex(root));
    StateClaim claim{{space, std::string(key), std::nullopt}, *std::move(path)};
    if (claim.path.count == 0 || claim.path.neighbour) return claim;
    // The tree keeps hashes of older values, not the values.
    claim.entry.value = store_.get(space, key);
    const auto verdict = judge_state_path(space, root, key, claim.entry.value, claim.path);
    if (verdict != StatePathVerdict::holds)
        return refuse(codes::proof_value_replaced, claim.entry.key);
    return claim;
}

void LedgerExecutor::remember(std::uint64_t height, const std::vector<const Batch*>& batches) {
    for (const Batch* batch : batches) {
        for (const Transaction& transaction : batch->transactions) {
            // The same rule as in execute(), or a restarted node would differ from the others.
            if (!check_transaction_expiry(transaction.body, height)) continue;
            recent_.add(transaction_id(transaction.body), transaction.body.expires_at_height);
        }
    }
    recent_.drop_expired(state_.height);
}

}  // namespace

Result<std::unique_ptr<Executor>> Executor::open(const Genesis& genesis,
                                                 const ContractRegistry& contracts,
                                                 StateStore& store) {
    const Status checked = check_genesis(genesis);
    if (!checked) return propagate(checked);
    auto executor = std::make_unique<LedgerExecutor>(contracts, store);
    const Status opened = store.applied_height() ? executor->reopen(chain_id_of(genesis))
                                                 : executor->apply_genesis(genesis);
    if (!opened) return propagate(opened);
    return executor;
}

std::optional<crypto::PublicKeyBytes> member_key(const StateReader& state, const MemberId& member) {
    const auto bytes = state.get(Space::system, member_key_key(member));
    if (!bytes) return std::nullopt;
    return Context::decode_record<crypto::PublicKeyBytes>(*bytes);
}

std::optional<ExecutedState> find_executed_state(const StateReader& state, std::uint64_t height) {
    const auto bytes = state.get(Space::derived, executed_key(height));
    if (!bytes) return std::nullopt;
    return Context::decode_record<ExecutedState>(*bytes);
}

std::string member_key_key(const MemberId& member) { return "membership/key/" + member; }

Status check_transaction_sender(const StateReader& state, const TransactionBody& body) {
    if (member_key(state, body.sender) != body.sender_key) {
        return refuse(codes::transaction_unknown_sender, body.sender);
    }
    return {};
}

Status judge_transaction(const ContractRegistry& contracts, const ChainRules& rules,
                         const TransactionBody& body) {
    for (const Operation& operation : body.operations) {
        const auto method = contracts.operation(operation.contract, operation.method);
        if (!method || !(*method)->judge) continue;
        if (Status judged = (*method)->judge(rules, operation.arguments); !judged) return judged;
    }
    return {};
}

Result<Bytes> run_query(const ContractRegistry& contracts, const StateReader& state,
                        std::string_view contract, std::string_view method, ByteView arguments,
                        const MemberId& asker) {
    const auto query = contracts.query(contract, method);
    if (!query) return propagate(query);
    StateOverlay dropped = StateOverlay::over(state);
    const std::string name(contract);
    ContractContext context(dropped, asker, name, k_query_budget);
    const Readers& readers = (*query)->readers;
    return within_budget([&]() -> Result<Bytes> {
        if (readers.admit && !readers.admit(context, arguments)) {
            return refuse(codes::read_not_permitted,
                          name + "." + (*query)->name + " is for " + readers.words);
        }
        return (*query)->call(context, arguments);
    });
}

}  // namespace cityledger::ledger
