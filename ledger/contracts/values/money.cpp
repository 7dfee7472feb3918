#include "ledger/contracts/values/money.hpp"

namespace cityledger::ledger {
namespace {

constexpr std::int64_t k_basis_points_of_one = 10'000;

/// The value, or the refusal of what the flag of a checked operation says.
Result<std::int64_t> checked(std::int64_t value, bool overflow) {
    if (overflow) return refuse(codes::money_overflow);
    return value;
}

}  // namespace

Result<std::int64_t> add_fen(std::int64_t left, std::int64_t right) {
    std::int64_t sum = 0;
    const bool overflow = __builtin_add_overflow(left, right, &sum);
    return checked(sum, overflow);
}

Result<std::int64_t> tax_of(std::int64_t amount_fen, std::uint32_t rate_basis_points) {
    std::int64_t product = 0;
    const bool overflow =
        __builtin_mul_overflow(amount_fen, static_cast<std::int64_t>(rate_basis_points), &product);
    const auto exact = checked(product, overflow);
    if (!exact) return exact;
    const auto raised = add_fen(*exact, k_basis_points_of_one / 2);
    if (!raised) return raised;
    return *raised / k_basis_points_of_one;
}

bool near_cap(std::int64_t used, std::int64_t cap) { return used >= cap - cap / 5; }

}  // namespace cityledger::ledger
