#pragma once
// Money as people write it, in figures and in capitals, and as prices are split: integers of fen
// throughout.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/contracts/invoice/tax_rates.hpp"

namespace cityledger::documents {

/// Beyond ten billion yuan: more than a line of an invoice takes.
inline constexpr std::int64_t k_too_large = INT64_MAX;

/// "198.00" with at most `decimals` digits behind the point, in units of the last of them; zeros
/// beyond do not count. Nothing if it is no such number; k_too_large if it is beyond the limit.
[[nodiscard]] std::optional<std::int64_t> parse_decimal(std::string_view text, int decimals);
/// 19800 is "198.00".
[[nodiscard]] std::string fen_text(std::int64_t fen);
/// 1300 is "13", 350 is "3.5".
[[nodiscard]] std::string per_cent_text(std::uint32_t basis_points);
/// 19800 is 壹佰玖拾捌元整; below 0 it begins with 负.
[[nodiscard]] std::string capitals(std::int64_t fen);

struct Price {
    std::int64_t net_fen = 0;
    std::int64_t tax_fen = 0;
};
/// Net and tax of a price with tax: their sum is that price.
[[nodiscard]] Price split_gross(std::int64_t gross_fen, std::uint32_t basis_points);
[[nodiscard]] std::int64_t tax_on(std::int64_t net_fen, std::uint32_t basis_points);
/// Parts of `total` in proportion to the weights, to the fen, by the largest remainder; the sum of
/// the parts is the total. All weights 0: all parts 0.
[[nodiscard]] std::vector<std::int64_t> spread(std::int64_t total,
                                               const std::vector<std::int64_t>& weights);

}  // namespace cityledger::documents
