#pragma once
// The days of the first fifteen months of Shenzhen's chain, with what was reached by each evening.

#include <cstdint>
#include <string>
#include <vector>

namespace cityledger::sim {

inline constexpr std::uint64_t k_first_merchants = 4;

struct HistoryDay {
    std::string date;
    std::uint64_t invoices = 0;  ///< so far, in the whole city
    std::uint64_t enterprises = 0;
    std::int64_t mean_fen = 0;  ///< of the invoices of its time, with tax
};

/// 2018-08-10 to 2019-10-30. What the newspapers reported is met on its day.
[[nodiscard]] std::vector<HistoryDay> history_days();

}  // namespace cityledger::sim
