#include "sim/documents/documents_codes.hpp"
#include "sim/documents/ubl_totals.hpp"

namespace cityledger::documents {
namespace {

constexpr std::string_view k_currency = "CNY";
constexpr std::int64_t k_whole_basis_points = 10'000;

}  // namespace

void UblValues::missing(const Element& parent, std::string_view path) {
    findings_.missing(file_.place(parent, path), std::string(path));
}

std::string UblValues::needed(const Element& parent, std::string_view path) {
    std::string text = parent.at(path).text();
    if (text.empty()) missing(parent, path);
    return text;
}

std::int64_t UblValues::number(const Element& element, int decimals, const std::string& form) {
    const std::string text = element.text();
    const auto value = parse_decimal(text, decimals);
    if (value && *value != k_too_large) return *value;
    // The place is looked for only now: it costs a walk through the file.
    return findings_.number(file_.place(element), text, decimals, form);
}

std::int64_t UblValues::amount(const Element& parent, std::string_view path) {
    const Element element = parent.at(path);
    if (!element || element.text().empty()) {
        missing(parent, path);
        return 0;
    }
    const std::string currency = element.attribute("currencyID");
    if (!currency.empty()) check_currency(element, currency);
    return number(element, 2, "an amount in yuan: 198.00");
}

std::int64_t UblValues::amount_above_0(const Element& parent, std::string_view path) {
    const std::int64_t fen = amount(parent, path);
    if (fen >= 0) return fen;
    findings_.malformed(file_.place(parent.at(path)), fen_text(fen), "an amount above 0");
    return 0;
}

bool UblValues::is_charge(const Element& allowance) {
    const std::string indicator = needed(allowance, "ChargeIndicator");
    if (indicator == "true" || indicator == "1") return true;
    if (indicator != "false" && indicator != "0" && !indicator.empty()) {
        findings_.malformed(file_.place(allowance.child("ChargeIndicator")), indicator,
                            "true or false");
    }
    return false;
}

void UblValues::check_currency(const Element& place, const std::string& currency) {
    if (currency == k_currency || currency.empty()) return;
    findings_.add(Error{codes::document_currency_unknown, file_.place(place) + ": " + currency});
}

TaxRate UblValues::rate_of(const Element& category, const Element& parent, std::string_view path) {
    if (!category) {
        missing(parent, path);
        return {};
    }
    const std::string id = needed(category, "ID");
    const Element percent = category.child("Percent");
    const std::int64_t rate = percent ? number(percent, 2, "a rate in per cent: 13") : 0;
    const bool fits = id == "S" ? rate > 0 && rate <= k_whole_basis_points
                                : (id == "Z" || id == "E") && rate == 0;
    if (!fits && !id.empty()) {
        findings_.add(Error{codes::document_tax_category_unknown,
                            file_.place(category) + ": " + id + " " + percent.text()});
    }
    return fits ? TaxRate{static_cast<std::uint32_t>(rate), id == "E"} : TaxRate{};
}

}  // namespace cityledger::documents
