#include "ledger/contracts/values/money.hpp"

namespace cityledger::ledger {
Result<std::int64_t> add_fen(std::int64_t left, std::int64_t right) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(left, right, &sum)) return refuse(codes::money_overflow);
    return sum;
}

bool near_cap(std::int64_t used, std::int64_t cap) { return used >= cap - cap / 5; }

}  // namespace cityledger::ledger
