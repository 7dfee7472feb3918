#pragma once
// The rates of value-added tax that the law knew, by day and by kind of goods or service.
//
// Sources: Cai Shui [2016] No. 36 (6, 5 and 3 %, zero rate, exemptions, what service has which),
// Cai Shui [2018] No. 32 (16 and 10 % from 2018-05-01), announcement 2019 No. 39 of Ministry of
// Finance, Tax Administration and Customs (13 and 9 % from 2019-04-01), announcements 2020 No. 13,
// 2022 No. 15 and 2023 No. 19 (1 % for small taxpayers, but for April to December 2022).

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace cityledger::ledger::invoice {

/// Basis points: 600 is 6 %. `exempt` (免税) is not the zero rate, though both are written as 0.
struct TaxRate {
    std::uint32_t basis_points = 0;
    bool exempt = false;

    bool operator==(const TaxRate&) const = default;
};

/// "6 %", "exempt".
[[nodiscard]] std::string to_text(const TaxRate& rate);

/// Whether the rate was in force on the day ("YYYY-MM-DD"), for the tax category (the short name of
/// a line without its stars). A category that this table does not know may have any rate in force.
/// Refuses tax_rate_not_in_force, tax_rate_not_of_category, exempt_with_rate.
[[nodiscard]] Status check_tax_rate(const TaxRate& rate, std::string_view category,
                                    std::string_view date);

/// The general rate of a day for a category that the rate of `later`, of today's law, has: what
/// has 13 % since April 2019 had 16 % before, 9 % had 10 %.
[[nodiscard]] std::uint32_t rate_on_day(std::uint32_t later_basis_points, std::string_view date);

}  // namespace cityledger::ledger::invoice
