#include "sim/documents/findings.hpp"

#include <algorithm>

#include "ledger/contracts/values/civil_date.hpp"
#include "sim/documents/documents_codes.hpp"

namespace cityledger::documents {
namespace {

namespace invoice = ledger::invoice;

constexpr std::size_t k_max_name_bytes = 128;
constexpr std::size_t k_max_quantity_bytes = 32;
constexpr int k_quantity_decimals = 6;
constexpr std::size_t k_shown_bytes = 60;

/// Long and multi-line values would hide the rest of the message.
std::string shown(const std::string& text) {
    std::string part = text.substr(0, k_shown_bytes);
    std::replace_if(
        part.begin(), part.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return "`" + part + (part.size() < text.size() ? "..." : "") + "`";
}

}  // namespace

void Findings::missing(const std::string& place, const std::string& what) {
    add(Error{codes::document_field_missing, place + ": " + what});
}

void Findings::malformed(const std::string& place, const std::string& text,
                         const std::string& form) {
    add(Error{codes::document_value_malformed, place + ": " + shown(text) + " should be " + form});
}

void Findings::too_large(const std::string& place, const std::string& text) {
    add(Error{codes::document_number_too_large, place + ": " + shown(text)});
}

void Findings::total_wrong(const std::string& place, std::int64_t told, std::int64_t computed) {
    add(Error{codes::document_total_wrong,
              place + ": " + fen_text(told) + " yuan, the parts give " + fen_text(computed)});
}

void Findings::discount_too_large(const std::string& place, std::int64_t discount) {
    add(Error{codes::document_discount_too_large, place + ": " + fen_text(discount) + " yuan"});
}

void Findings::zero_line(const std::string& place) { add(Error{codes::document_line_zero, place}); }

void Findings::lines_refused(const std::string& place, const std::string& what) {
    add(Error{codes::document_lines_refused, place + ": " + what});
}

void Findings::too_many_lines(const std::string& place, std::size_t count) {
    lines_refused(place, std::to_string(count) + " lines, at most " +
                             std::to_string(invoice::k_max_lines) + " fit");
}

void Findings::not_utf8(const std::string& place) { add(Error{codes::document_not_utf8, place}); }

std::int64_t Findings::number(const std::string& place, const std::string& text, int decimals,
                              const std::string& form) {
    const auto value = parse_decimal(text, decimals);
    if (!value) {
        malformed(place, text, form);
        return 0;
    }
    if (*value != k_too_large) return *value;
    too_large(place, text);
    return 0;
}

std::optional<std::string> Findings::quantity(const std::string& place, const std::string& text) {
    if (text.empty()) return std::nullopt;
    check_length(place, text, k_max_quantity_bytes);
    if (!parse_decimal(text.substr(0, text.find(' ')), k_quantity_decimals)) {
        malformed(place, text, "a number, with a unit behind it or without: 2.5 KGM");
    }
    return text;
}

void Findings::check_date(const std::string& place, const std::string& text) {
    if (!ledger::parse_date(text)) malformed(place, text, "a date: 2024-03-31");
}

void Findings::check_length(const std::string& place, const std::string& text, std::size_t bytes) {
    if (text.size() <= bytes) return;
    add(Error{codes::document_text_too_long, place + ": " + shown(text) + " has " +
                                                 std::to_string(text.size()) + " bytes, at most " +
                                                 std::to_string(bytes) + " fit"});
}

void Findings::check_reason(const std::string& place, const std::string& text) {
    const auto& names = ledger::EnumNames<invoice::RedReason>::names;
    if (std::find(std::begin(names), std::end(names), text) != std::end(names)) return;
    malformed(place, text, "return, discount, error or service_ended");
}

void Findings::check_document(const std::string& place, const Document& document) {
    check_length(place + ", number", document.reference, invoice::k_max_payment_reference_bytes);
    check_length(place + ", buyer", document.buyer.id, invoice::k_uscc_bytes);
    check_length(place + ", category", document.category, invoice::k_max_category_bytes);
    if (document.red) check_reason(place + ", reason", document.red_reason);
    for (const Line& line : document.lines) check_length(place, line.name, k_max_name_bytes);
    if (document.lines.size() > invoice::k_max_lines) {
        return too_many_lines(place, document.lines.size());
    }
    // Without a date the contract's rates are those of the day of the issue.
    if (document.date.empty() || !ledger::parse_date(document.date)) return;
    const auto charges = invoice::charges_of(chain_lines(document.lines), document.date, {});
    if (!charges) lines_refused(place, charges.error().message());
}

void add_line(std::vector<Line>& lines, Line line, std::int64_t base, std::int64_t net,
              std::int64_t tax) {
    line.amount_fen = base;
    line.tax_fen = base == net ? tax : std::max(tax, tax_on(base, line.rate_basis_points));
    lines.push_back(line);
    if (base == net) return;
    line.tax_fen = tax - line.tax_fen;
    line.amount_fen = net - base;
    line.quantity.reset();
    lines.push_back(std::move(line));
}

}  // namespace cityledger::documents
