// The arithmetic of lines: taxes, rates by day and category, discounts and reversals.

#include "ledger/contracts/invoice/lines.hpp"

#include <algorithm>
#include <random>

#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace invoice;
using namespace testing;

const std::string k_old_day = "2018-08-10";
const std::string k_new_day = "2019-04-01";
constexpr std::int64_t k_ten_thousand_yuan = 1'000'000;

std::string refusal_of(const std::vector<Line>& lines, const std::string& date = k_new_day) {
    return refusal(charges_of(lines, date, Tolerance{}));
}

/// The price with tax, split into net and tax as a till does it.
Line line_at(std::int64_t total_fen, std::uint32_t rate) {
    const std::int64_t net = (total_fen * 10'000 + (10'000 + rate) / 2) / (10'000 + rate);
    return line_of(net, rate, total_fen - net, "*goods*");
}

TEST_CASE("for every rate and every total from 0.01 to 10,000.00 there is an accepted invoice",
          "[invoice][lines]") {
    const std::pair<std::uint32_t, std::string> rates[] = {
        {1'600, k_old_day}, {1'000, k_old_day},  {1'300, k_new_day},
        {900, k_new_day},   {600, k_new_day},    {500, k_new_day},
        {300, k_new_day},   {100, "2020-03-01"}, {0, k_new_day}};
    const Tolerance strictest{1, 1};
    for (const auto& [rate, date] : rates) {
        std::int64_t refused = 0;
        for (std::int64_t total = 1; total <= k_ten_thousand_yuan; ++total) {
            const Line line = line_at(total, rate);
            const auto charges = charges_of({line}, date, strictest);
            if (!charges || sums_of(*charges).total_fen() != total) ++refused;
        }
        INFO("rate " << rate);
        CHECK(refused == 0);
    }
}

TEST_CASE("a tax may be 0.06 yuan off in a line and 1.27 in a document", "[invoice][lines]") {
    const auto with_tax = [](std::int64_t tax) { return line_of(10'000, 600, tax); };
    CHECK(refusal_of({with_tax(606)}) == "accepted");
    CHECK(refusal_of({with_tax(594)}) == "accepted");
    CHECK(refusal_of({with_tax(607)}) == codes::line_tax_wrong.name);
    CHECK(refusal_of({with_tax(593)}) == codes::line_tax_wrong.name);
    CHECK(refusal_of({line_of(10'000, 600, -1)}) == codes::line_tax_wrong.name);
    CHECK(refusal_of({line_of(10, 0, 1, "*goods*")}) == codes::line_tax_wrong.name);

    std::vector<Line> many(21, with_tax(606));  // 21 * 6 fen
    CHECK(refusal_of(many) == "accepted");
    many.push_back(with_tax(602));
    CHECK(refusal_of(many) == codes::document_tax_wrong.name);
    many.back() = with_tax(601);
    CHECK(refusal_of(many) == "accepted");
    many.insert(many.end(), 20, with_tax(594));  // what is too little makes up for it
    CHECK(refusal_of(many) == "accepted");
}

TEST_CASE("the largest documents are counted exactly", "[invoice][lines]") {
    const Line largest = line_of(k_max_line_fen, 1'300, k_max_line_fen / 100 * 13, "*goods*");
    const auto charges =
        charges_of(std::vector<Line>(k_max_lines, largest), k_new_day, Tolerance{});
    REQUIRE(charges);
    CHECK(sums_of(*charges).total_fen() == k_max_line_fen * 113);
    CHECK(refusal_of({line_of(k_max_line_fen + 1, 0, 0, "*goods*")}) ==
          codes::line_amount_too_large.name);
    CHECK(refusal_of({line_of(100, 600, k_max_line_fen + 1)}) == codes::line_amount_too_large.name);
    CHECK(refusal_of({line_of(-k_max_line_fen - 1, 600, 0)}) == codes::line_amount_too_large.name);
}

TEST_CASE("what is wrong with a line is said", "[invoice][lines]") {
    CHECK(refusal_of({}) == codes::invoice_without_lines.name);
    for (const char* name : {"*catering*dinner", "**", "catering", "*", ""}) {
        CHECK(refusal_of({line_of(100, 600, 6, name)}) == codes::line_name_malformed.name);
    }
    CHECK(refusal_of({line_of(0, 600, 0)}) == codes::line_amount_zero.name);
}

std::string rate_refusal(std::uint32_t rate, const std::string& category, const std::string& date,
                         bool exempt = false) {
    return refusal(check_tax_rate({rate, exempt}, category, date));
}

TEST_CASE("the rates are those of the law on the day", "[invoice][lines]") {
    CHECK(rate_refusal(1'600, "goods", "2019-03-31") == "accepted");
    CHECK(rate_refusal(1'000, "goods", "2019-03-31") == "accepted");
    CHECK(rate_refusal(1'300, "goods", "2019-03-31") == codes::tax_rate_not_in_force.name);
    CHECK(rate_refusal(1'600, "goods", "2019-04-01") == codes::tax_rate_not_in_force.name);
    CHECK(rate_refusal(1'300, "goods", "2019-04-01") == "accepted");
    CHECK(rate_refusal(900, "goods", "2019-04-01") == "accepted");
    CHECK(rate_refusal(1'234, "goods", "2019-04-01") == codes::tax_rate_not_in_force.name);
    CHECK(rate_refusal(100, "goods", "2020-02-29") == codes::tax_rate_not_in_force.name);
    CHECK(rate_refusal(100, "goods", "2020-03-01") == "accepted");
    CHECK(rate_refusal(100, "goods", "2022-06-01") == codes::tax_rate_not_in_force.name);
    CHECK(rate_refusal(100, "goods", "2023-01-01") == "accepted");
    CHECK(rate_on_day(1'300, "2019-03-31") == 1'600);
    CHECK(rate_on_day(900, "2019-03-31") == 1'000);
    CHECK(rate_on_day(600, "2019-03-31") == 600);
    CHECK(rate_on_day(1'300, "2019-04-01") == 1'300);
}

TEST_CASE("a category has the rates of its kind of goods or service", "[invoice][lines]") {
    CHECK(rate_refusal(600, "catering", k_new_day) == "accepted");
    CHECK(rate_refusal(300, "catering", k_new_day) == "accepted");  // a small taxpayer
    CHECK(rate_refusal(1'300, "catering", k_new_day) == codes::tax_rate_not_of_category.name);
    CHECK(rate_refusal(0, "catering", k_new_day) == codes::tax_rate_not_of_category.name);
    CHECK(rate_refusal(900, "parking", k_new_day) == "accepted");
    CHECK(rate_refusal(0, "retail", k_new_day, true) == "accepted");
    CHECK(rate_refusal(0, "catering", k_new_day, true) == codes::tax_rate_not_of_category.name);
    CHECK(rate_refusal(600, "finance", k_new_day, true) == codes::exempt_with_rate.name);
    CHECK(rate_refusal(0, "whatever else", k_new_day, true) == "accepted");
    CHECK(to_text(TaxRate{1'234}) == "12.34 %");
    CHECK(to_text(TaxRate{600}) == "6 %");
    CHECK(to_text(TaxRate{0, true}) == "exempt");
}

TEST_CASE("a discount belongs to the line above it", "[invoice][lines]") {
    const Line dish = line_of(10'000, 600, 600);
    CHECK(refusal_of({dish, line_of(-1'000, 600, -60)}) == "accepted");
    CHECK(refusal_of({dish, dish, line_of(-10'000, 600, -600)}) == "accepted");
    CHECK(refusal_of({dish, line_of(-10'000, 600, -600)}) == codes::total_not_positive.name);
    CHECK(refusal_of({line_of(-1'000, 600, -60), dish}) == codes::discount_misplaced.name);
    CHECK(refusal_of({dish, line_of(-1'000, 300, -30)}) == codes::discount_misplaced.name);
    CHECK(refusal_of({dish, line_of(-1'000, 600, -60, "*goods*")}) ==
          codes::discount_misplaced.name);
    CHECK(refusal_of({dish, line_of(-1'000, 600, -60), line_of(-1'000, 600, -60)}) ==
          codes::discount_misplaced.name);
    CHECK(refusal_of({dish, line_of(-10'001, 600, -600)}) == codes::discount_too_large.name);
    CHECK(refusal_of({dish, line_of(-9'999, 600, -601)}) == codes::discount_too_large.name);
    CHECK(refusal_of({dish, line_of(-10'000, 600, -599)}) == codes::discount_too_large.name);
    CHECK(refusal_of({dish, line_of(-1'000, 600, 60)}) == codes::line_tax_wrong.name);
    // Each within the tolerance, and both together beyond it.
    CHECK(refusal_of({line_of(10'000, 600, 606), line_of(-1'000, 600, -54)}) ==
          codes::line_tax_wrong.name);
    const auto charges =
        charges_of({dish, line_of(-1'000, 600, -60), dish}, k_new_day, Tolerance{});
    REQUIRE(charges);
    CHECK(*charges == std::vector<Charge>{{9'000, 540, 600}, {0, 0, 600}, {10'000, 600, 600}});
}

// ---- reversals ----------------------------------------------------------------------------------

std::vector<Charge> charges(const std::vector<Line>& lines) {
    const auto made = charges_of(lines, k_new_day, Tolerance{});
    REQUIRE(made);
    return *made;
}

std::string reversal_refusal(const std::vector<Charge>& charged,
                             const std::vector<Reversal>& earlier,
                             const std::vector<Reversal>& added) {
    return refusal(with_reversals(charged, earlier, added, Tolerance{}));
}

TEST_CASE("tax cannot be taken back without the sale", "[invoice][lines]") {
    const auto charged = charges(
        {line_of(10'000, 1'300, 1'300, "*goods*"), line_of(10'000, 600, 600, "*services*")});
    CHECK(reversal_refusal(charged, {}, {{1, 0, 1'300}}) == codes::red_amount_not_positive.name);
    CHECK(reversal_refusal(charged, {}, {{1, 1, 1'300}}) == codes::red_tax_wrong.name);
    CHECK(reversal_refusal(charged, {}, {{1, 9'999, 0}}) == codes::red_tax_wrong.name);
    CHECK(reversal_refusal(charged, {}, {{1, 10'000, 0}}) == codes::red_tax_wrong.name);
    CHECK(reversal_refusal(charged, {}, {{2, 10'000, 1'300}}) == codes::red_exceeds_blue.name);
    CHECK(reversal_refusal(charged, {}, {{1, 10'000, 1'300}}) == "accepted");

    // However often a fen of the sale goes back with as much tax as a line tolerates.
    std::vector<Reversal> taken;
    std::int64_t tax = 0;
    for (int i = 0; i < 1'000; ++i) {
        const auto more = with_reversals(charged, taken, {{1, 1, 6}}, Tolerance{});
        if (!more) break;
        taken = *more;
        tax += 6;
    }
    CHECK(tax <= 12);
}

TEST_CASE("what is wrong with a reversal is said", "[invoice][lines]") {
    const auto charged =
        charges({line_of(10'000, 600, 600), line_of(-1'000, 600, -60), line_of(10'000, 600, 600)});
    CHECK(reversal_refusal(charged, {}, {{0, 100, 6}}) == codes::red_line_unknown.name);
    CHECK(reversal_refusal(charged, {}, {{4, 100, 6}}) == codes::red_line_unknown.name);
    CHECK(reversal_refusal(charged, {}, {{2, 100, 6}}) == codes::red_line_unknown.name);
    CHECK(reversal_refusal(charged, {}, {{3, 100, 6}, {1, 100, 6}}) ==
          codes::red_line_unknown.name);
    CHECK(reversal_refusal(charged, {}, {{1, 100, 6}, {1, 100, 6}}) ==
          codes::red_line_unknown.name);
    CHECK(reversal_refusal(charged, {}, {{1, -100, 6}}) == codes::red_amount_not_positive.name);
    CHECK(reversal_refusal(charged, {}, {{1, 100, -6}}) == codes::red_amount_not_positive.name);
    CHECK(reversal_refusal(charged, {}, {{1, 9'001, 540}}) == codes::red_exceeds_blue.name);
    CHECK(reversal_refusal(charged, {{1, 8'000, 480}}, {{1, 1'001, 60}}) ==
          codes::red_exceeds_blue.name);
    CHECK(reversal_refusal(charged, {{1, 9'000, 540}}, {{1, 1, 0}}) ==
          codes::red_exceeds_blue.name);
}

/// Lines as trade writes them, every tax somewhere within the tolerance.
std::vector<Line> random_lines(std::mt19937& random) {
    const std::uint32_t rates[] = {1'300, 900, 600, 300, 0};
    const auto below = [&random](std::int64_t end) {
        return std::uniform_int_distribution<std::int64_t>(0, end - 1)(random);
    };
    std::vector<Line> lines;
    for (std::int64_t i = 0; i < 1 + below(6); ++i) {
        Line line = line_of(1 + below(50'000), rates[below(5)], 0, "*goods*");
        const std::int64_t exact = line.amount_fen * line.rate_basis_points / 10'000;
        if (line.rate_basis_points != 0) {
            line.tax_fen = std::max<std::int64_t>(0, exact + below(11) - 5);
        }
        lines.push_back(line);
    }
    return lines;
}

TEST_CASE("any subset of lines goes back for exactly what it charged, and the last ends at 0",
          "[invoice][lines][property]") {
    std::mt19937 random(7);
    for (int round = 0; round < 2'000; ++round) {
        const auto charged = charges_of(random_lines(random), k_new_day, Tolerance{6, 10'000});
        REQUIRE(charged);
        const auto subset = random() % (1U << charged->size());
        std::vector<Reversal> first;
        for (std::uint32_t line = 1; line <= charged->size(); ++line) {
            const Charge& charge = (*charged)[line - 1];
            if ((subset >> (line - 1) & 1U) != 0) {
                first.push_back({line, charge.amount_fen, charge.tax_fen});
            }
        }
        const auto part = with_reversals(*charged, {}, first, Tolerance{});
        REQUIRE(part);
        const auto whole = with_reversals(*charged, *part, rest_of(*charged, *part), Tolerance{});
        REQUIRE(whole);
        CHECK(sums_of(*whole) == sums_of(*charged));
        CHECK(rest_of(*charged, *whole).empty());
    }
}

TEST_CASE("a line may go back in any parts: each part has a tax, and the last ends at 0",
          "[invoice][lines][property]") {
    std::mt19937 random(11);
    for (int round = 0; round < 300; ++round) {
        const auto charged = charges_of(random_lines(random), k_new_day, Tolerance{6, 10'000});
        REQUIRE(charged);
        std::vector<Reversal> taken;
        for (auto rest = rest_of(*charged, taken); !rest.empty(); rest = rest_of(*charged, taken)) {
            Reversal part = rest[random() % rest.size()];
            const std::int64_t rate = (*charged)[part.line - 1].rate_basis_points;
            const std::int64_t amount = 1 + static_cast<std::int64_t>(random()) % part.amount_fen;
            const std::int64_t exact = amount * rate / 10'000;
            const bool is_whole = amount == part.amount_fen;
            part.amount_fen = amount;
            auto more = with_reversals(*charged, taken, {part}, Tolerance{});
            // A part has the tax below or above the exact one, whichever leaves a sound rest.
            for (std::int64_t tax = exact; !is_whole && !more && tax <= exact + 1; ++tax) {
                part.tax_fen = tax;
                more = with_reversals(*charged, taken, {part}, Tolerance{});
            }
            REQUIRE(more);
            taken = *more;
        }
        CHECK(sums_of(taken) == sums_of(*charged));
    }
}

}  // namespace
}  // namespace cityledger::ledger
