#include "ledger/contracts/invoice/tax_rates.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "ledger/contracts/invoice/invoice_codes.hpp"

namespace cityledger::ledger::invoice {
namespace {

constexpr std::string_view k_open_end = "9999-12-31";
constexpr std::string_view k_first_day_of_13_and_9 = "2019-04-01";

/// A rate from its first to its last day.
struct LegalRate {
    std::uint32_t basis_points;
    std::string_view from;
    std::string_view until;
};
constexpr std::array<LegalRate, 10> k_legal_rates = {{
    {1'600, "2018-05-01", "2019-03-31"},
    {1'000, "2018-05-01", "2019-03-31"},
    {1'300, k_first_day_of_13_and_9, k_open_end},
    {900, k_first_day_of_13_and_9, k_open_end},
    {600, "2016-05-01", k_open_end},
    {500, "2016-05-01", k_open_end},  // simple levy: real estate, labour dispatch
    {300, "2016-05-01", k_open_end},  // simple levy: small taxpayers, public transport
    {100, "2020-03-01", "2022-03-31"},
    {100, "2023-01-01", "2027-12-31"},
    {0, "2016-05-01", k_open_end},
}};

/// The rates of a kind of goods or service, beside the 3 and 1 % of a small taxpayer.
struct CategoryRates {
    std::string_view category;
    std::vector<std::uint32_t> basis_points;
    bool may_be_exempt;
};

const std::vector<CategoryRates>& category_rates() {
    static const std::vector<CategoryRates> rates = {
        {"parking", {1'000, 900, 500}, false},         // lets a place of real estate
        {"catering", {600}, false},                    // a service of daily life
        {"lodging", {600}, false},                     // a service of daily life
        {"retail", {1'600, 1'300, 1'000, 900}, true},  // food of the field is exempt
        {"transport", {1'000, 900, 0}, false},         // abroad: zero rate
        {"property", {600, 500}, false},               // management; letting of old buildings
        {"finance", {600}, true},                      // interest on certain loans is exempt
        {"insurance", {600}, true},                    // of persons for a year and more: exempt
        {"pharmacy", {1'600, 1'300}, true},            // contraceptives are exempt
        {"medical", {600}, true},
        {"education", {600}, true},
        {"telecom", {1'000, 900, 600}, false},  // basic; value-added
        {"internet", {600}, false},             // information technology
    };
    return rates;
}

bool is_of_small_taxpayers(std::uint32_t basis_points) {
    return basis_points == 300 || basis_points == 100;
}

bool is_in_force(std::uint32_t basis_points, std::string_view date) {
    return std::any_of(k_legal_rates.begin(), k_legal_rates.end(), [&](const LegalRate& rate) {
        return rate.basis_points == basis_points && rate.from <= date && date <= rate.until;
    });
}

}  // namespace

std::string to_text(const TaxRate& rate) {
    if (rate.exempt) return "exempt";
    const std::uint32_t hundredths = rate.basis_points % 100;
    std::string text = std::to_string(rate.basis_points / 100);
    if (hundredths != 0)
        text += "." + std::string(hundredths < 10 ? "0" : "") + std::to_string(hundredths);
    return text + " %";
}

Status check_tax_rate(const TaxRate& rate, std::string_view category, std::string_view date) {
    const std::string what = to_text(rate) + " for " + std::string(category);
    if (rate.exempt && rate.basis_points != 0) return refuse(codes::exempt_with_rate, what);
    if (!rate.exempt && !is_in_force(rate.basis_points, date)) {
        return refuse(codes::tax_rate_not_in_force, what + " on " + std::string(date));
    }
    const auto& known = category_rates();
    const auto found = std::find_if(known.begin(), known.end(), [&](const CategoryRates& rates) {
        return rates.category == category;
    });
    if (found == known.end()) return {};
    const auto& own = found->basis_points;
    const bool allowed =
        rate.exempt ? found->may_be_exempt
                    : is_of_small_taxpayers(rate.basis_points) ||
                          std::find(own.begin(), own.end(), rate.basis_points) != own.end();
    if (!allowed) return refuse(codes::tax_rate_not_of_category, what);
    return {};
}

std::uint32_t rate_on_day(std::uint32_t later_basis_points, std::string_view date) {
    if (date >= k_first_day_of_13_and_9) return later_basis_points;
    if (later_basis_points == 1'300) return 1'600;
    if (later_basis_points == 900) return 1'000;
    return later_basis_points;
}

}  // namespace cityledger::ledger::invoice
