#include "sim/cities/history_days.hpp"

#include <array>
#include <string_view>

#include "crypto/check.hpp"
#include "ledger/contracts/values/civil_date.hpp"

namespace cityledger::sim {

namespace {

/// What the newspapers reported, summed up to the evening of the day: 1.33, 3.9 and 7 billion yuan.
struct Milestone {
    std::string_view date;
    std::uint64_t invoices;
    std::uint64_t enterprises;
    std::int64_t mean_fen;  ///< with tax, of the invoices since the one before
};
constexpr std::array<Milestone, 4> k_milestones = {{
    {"2018-08-10", 1, k_first_merchants, 198'00},
    {"2019-03-18", 1'000'000, 1'000, 1'330'00},
    {"2019-08-05", 5'910'000, 5'308, 523'00},
    {"2019-10-30", 10'000'000, 7'600, 758'00},
}};
/// How busy a day is: weekends are quiet, the last two days of a month are not.
std::uint64_t weight_of(const ledger::CivilDate& date) {
    const auto after = ledger::next_day(date);
    const bool ends_month =
        after.month != date.month || ledger::next_day(after).month != date.month;
    return (ledger::is_weekend(date) ? 75 : 100) + (ends_month ? 30 : 0);
}

/// From a to b, of which `part` of `whole` is done. Growth is slow at first where it begins from
/// nothing.
std::uint64_t between(std::uint64_t a, std::uint64_t b, std::uint64_t part, std::uint64_t whole,
                      bool from_nothing) {
    if (from_nothing) return a + (b - a) * part / whole * part / whole;
    return a + (b - a) * part / whole;
}

}  // namespace

std::vector<HistoryDay> history_days() {
    const Milestone& first = k_milestones[0];
    std::vector<HistoryDay> days = {
        {std::string(first.date), first.invoices, first.enterprises, first.mean_fen}};
    for (std::size_t m = 1; m < k_milestones.size(); ++m) {
        const Milestone& from = k_milestones[m - 1];
        const Milestone& to = k_milestones[m];
        std::vector<std::string> dates;
        std::vector<std::uint64_t> busy = {0};  // summed up
        auto date = ledger::parse_date(from.date);
        CHECK_INVARIANT(date.has_value());
        while (dates.empty() || dates.back() != to.date) {
            *date = ledger::next_day(*date);
            dates.push_back(ledger::to_text(*date));
            busy.push_back(busy.back() + weight_of(*date));
        }
        for (std::size_t i = 0; i < dates.size(); ++i) {
            days.push_back({dates[i],
                            between(from.invoices, to.invoices, busy[i + 1], busy.back(), m == 1),
                            between(from.enterprises, to.enterprises, i + 1, dates.size(), m == 1),
                            to.mean_fen});
        }
    }
    return days;
}

}  // namespace cityledger::sim
