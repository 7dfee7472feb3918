// The history of Shenzhen's chain as it is drawn, against what was published about it.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "ledger/contracts/values/civil_date.hpp"
#include "sim/cities/generators.hpp"
#include "sim/runner/runner.hpp"
#include "tests/paths.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;

/// What a city would have seen in which every operation ends as it was drawn.
struct Seen {
    std::map<std::string, std::uint64_t> invoices_of_day;
    std::map<std::string, std::int64_t> fen_of_day;
    std::map<std::string, std::string> first_day_of_category;
    std::map<std::string, std::uint64_t> invoices_of_seller;
    std::vector<std::string> admitted_categories;
    std::uint64_t double_claims = 0;
    std::uint64_t over_quota = 0;

    [[nodiscard]] std::uint64_t invoices_until(const std::string& date) const {
        std::uint64_t sum = 0;
        for (const auto& [day, count] : invoices_of_day) sum += day <= date ? count : 0;
        return sum;
    }
    [[nodiscard]] std::int64_t mean_fen_until(const std::string& date) const {
        std::int64_t sum = 0;
        for (const auto& [day, fen] : fen_of_day) sum += day <= date ? fen : 0;
        return sum / static_cast<std::int64_t>(invoices_until(date));
    }
};

class Play {
public:
    explicit Play(const Scenario& scenario)
        : generator_(make_shenzhen_history(
              scenario, std::get<GenerateStep>(scenario.steps.front().action))) {}

    Seen run() {
        while (const auto transaction = generator_->next()) {
            std::vector<GeneratedOutcome> outcomes;
            for (const GeneratedOperation& operation : transaction->operations) {
                outcomes.push_back(outcome_of(operation));
            }
            generator_->tell(outcomes);
        }
        return seen_;
    }

private:
    GeneratedOutcome outcome_of(const GeneratedOperation& operation) {
        GeneratedOutcome outcome{operation.expected, operation.arguments, json::object()};
        if (operation.expected == "invoice_already_booked") ++seen_.double_claims;
        if (operation.expected == "over_quota_invoice") ++seen_.over_quota;
        if (operation.expected != "ok") {
            outcome.result = nullptr;
            return outcome;
        }
        if (operation.method == "propose_close") {
            const auto date = ledger::parse_date(text(operation, "date"));
            today_ = ledger::to_text(ledger::next_day(*date));
        }
        if (operation.method == "admit") {
            seen_.admitted_categories.emplace_back(
                operation.arguments.at("categories").as_array()[0].as_string());
        }
        if (operation.method == "issue") issue(operation, outcome);
        return outcome;
    }

    void issue(const GeneratedOperation& operation, GeneratedOutcome& outcome) {
        ++seen_.invoices_of_day[today_];
        seen_.fen_of_day[today_] += operation.arguments.at("total_fen").as_int64();
        seen_.first_day_of_category.emplace(text(operation, "category"), today_);
        ++seen_.invoices_of_seller[text(operation, "principal")];
        outcome.arguments["content_digest"] = "";
        outcome.result = {{"code", "144031809110"}, {"number", std::to_string(++number_)}};
    }

    static std::string text(const GeneratedOperation& operation, std::string_view field) {
        return std::string(operation.arguments.at(field).as_string());
    }

    std::unique_ptr<Generator> generator_;
    Seen seen_;
    std::string today_ = "2018-08-10";
    std::uint64_t number_ = 0;
};

Seen played() {
    const auto scenario =
        read_scenario_file(std::string(source_dir()) + "/scenarios/shenzhen-history.yaml");
    REQUIRE(scenario);
    return Play(*scenario).run();
}

bool is_near(std::int64_t value, std::int64_t wanted, std::int64_t per_cent) {
    return std::abs(value - wanted) * 100 <= wanted * per_cent;
}

TEST_CASE("the history meets what was published about counts, merchants and sums of money") {
    const Seen seen = played();
    CHECK(seen.invoices_until("2018-08-10") == 1);
    CHECK(seen.fen_of_day.at("2018-08-10") == 198'00);
    CHECK(seen.invoices_until("2019-03-18") == 1'000);  // in thousands
    CHECK(seen.invoices_until("2019-08-05") == 5'910);
    CHECK(seen.invoices_until("2019-10-30") == 10'000);
    CHECK(is_near(seen.mean_fen_until("2019-03-18"), 1'330'00, 25));  // a thousand draws
    CHECK(is_near(seen.mean_fen_until("2019-08-05"), 660'00, 15));
    CHECK(is_near(seen.mean_fen_until("2019-10-30"), 700'00, 10));
    const auto& admitted = seen.admitted_categories;
    REQUIRE(admitted.size() == 76);
    CHECK(std::vector<std::string>(admitted.begin(), admitted.begin() + 4) ==
          std::vector<std::string>{"catering", "parking", "repair", "catering"});
    CHECK(seen.first_day_of_category.at("transport") >= "2019-03-18");
}

TEST_CASE("the history has quiet weekends, large and small shops, and attempts to cheat") {
    const Seen seen = played();
    std::uint64_t weekdays = 0;
    std::uint64_t weekends = 0;
    for (const auto& [day, count] : seen.invoices_of_day) {
        if (day < "2019-03-18") continue;
        (ledger::is_weekend(*ledger::parse_date(day)) ? weekends : weekdays) += count;
    }
    CHECK(weekends * 5 < weekdays * 2);  // fewer a day
    std::vector<std::uint64_t> sales;
    for (const auto& [seller, count] : seen.invoices_of_seller) sales.push_back(count);
    std::sort(sales.rbegin(), sales.rend());
    CHECK(sales.front() > 5 * sales[sales.size() / 2]);
    CHECK(seen.double_claims >= 3);
    CHECK(seen.double_claims <= 25);
    CHECK(seen.over_quota >= 8);
    CHECK(seen.over_quota <= 40);
}

}  // namespace
}  // namespace cityledger::sim
