#pragma once
// What a contract sees while the executor runs it: an overlay, within a budget.

#include "ledger/contract.hpp"
#include "ledger/state_overlay.hpp"

namespace cityledger::ledger {

/// How much one call may do.
struct Budget {
    std::size_t reads = 0;  ///< a get, a scan, and each entry that a scan returns
    std::size_t writes = 0;
    std::size_t write_bytes = 0;  ///< keys and values
    std::size_t events = 0;
};

inline constexpr Budget k_operation_budget{k_max_operation_reads, k_max_operation_writes,
                                           k_max_operation_write_bytes, k_max_events_per_operation};
/// A query is no consensus, so it may read more; what it writes is dropped.
inline constexpr Budget k_query_budget{16 * k_max_operation_reads, k_max_operation_writes,
                                       k_max_operation_write_bytes, k_max_events_per_operation};
inline constexpr Budget k_genesis_budget{1u << 24, 1u << 24, 1u << 30, 1u << 24};

/// Ends a call that goes over its budget. Thrown by ContractContext, caught by within_budget only:
/// contracts are written as if every read and write succeeded.
struct OverBudget {
    std::string detail;
};

class ContractContext : public Context {
public:
    /// Writes go to `overlay`, under keys of `contract` only (CHECK). All must outlive the context.
    ContractContext(StateOverlay& overlay, const MemberId& sender, const std::string& contract,
                    const Budget& budget)
        : overlay_(overlay), sender_(sender), contract_(contract), left_(budget) {}

    [[nodiscard]] const MemberId& sender() const override { return sender_; }
    [[nodiscard]] std::optional<Bytes> get(Space space, std::string_view key) override;
    void put(Space space, std::string_view key, Bytes value) override;
    void erase(Space space, std::string_view key) override;
    [[nodiscard]] std::vector<std::pair<std::string, Bytes>> scan(Space space,
                                                                  std::string_view prefix,
                                                                  std::string_view from,
                                                                  std::size_t limit) override;
    void emit(std::string_view name, std::string_view subject) override;

    [[nodiscard]] std::vector<Event> take_events() { return std::move(events_); }

private:
    static void spend(std::size_t& left, std::size_t amount, const char* what);
    void prepare_write(Space space, std::string_view key, std::size_t value_bytes);

    StateOverlay& overlay_;
    const MemberId& sender_;
    const std::string& contract_;
    Budget left_;
    std::vector<Event> events_;
};

/// operation_over_budget, with what there was too much of.
[[nodiscard]] Error over_budget(std::string detail);

/// Calls a contract; going over the budget becomes a refusal.
template <class Call>
[[nodiscard]] auto within_budget(Call&& call) -> decltype(call()) {
    try {
        return call();
    } catch (const OverBudget& over) {
        return tl::unexpected<Error>(over_budget(over.detail));
    }
}

}  // namespace cityledger::ledger
