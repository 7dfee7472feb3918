#include "ledger/contracts/closed_words.hpp"

#include <algorithm>

#include "ledger/contracts/invoice/records.hpp"
#include "ledger/contracts/invoice/rules.hpp"
#include "ledger/contracts/values/uscc.hpp"

namespace cityledger::ledger {
namespace {

constexpr std::size_t k_commitment_digits = 64;

bool are_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// 1, region, year, 09, batch, 10: see invoice.hpp.
bool is_invoice_code(std::string_view text) {
    return text.size() == invoice::k_code_digits && are_digits(text) && text[0] == '1' &&
           text.substr(7, 2) == "09" && text.substr(10) == "10";
}

bool is_invoice_number(std::string_view text) {
    return text.size() == invoice::k_number_digits && are_digits(text);
}

bool is_category(std::string_view text) {
    return !text.empty() && text.size() <= invoice::k_max_category_bytes &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '-'; });
}

/// No tag, and nothing that a tag with a slip of the pen could be.
bool is_public_body(std::string_view id) {
    using membership::MemberKind;
    return !id.starts_with("E-") && (membership::has_shape_of(MemberKind::department, id) ||
                                     membership::has_shape_of(MemberKind::authority, id));
}

}  // namespace

bool is_closed(const ChainRules& rules) {
    const auto set = rules.of<invoice::Rules>("invoice");
    return set && set->tags_only;
}

bool is_closed(Context& context) {
    const auto set = context.load<invoice::Rules>("invoice/rules");
    return set && set->tags_only;
}

void ClosedWords::keep(Status status) {
    if (verdict_) verdict_ = std::move(status);
}

void ClosedWords::id(std::string_view argument, bool fits) {
    if (!fits) keep(refuse(codes::open_code_refused, std::string(argument)));
}

void ClosedWords::text(std::string_view argument, bool fits) {
    if (!fits) keep(refuse(codes::open_text_refused, std::string(argument)));
}

void ClosedWords::enterprise(std::string_view argument, const std::string& tag) {
    id(argument, is_registration_tag(tag));
}

void ClosedWords::member(std::string_view argument, const std::string& member) {
    id(argument, is_registration_tag(member) || is_person_tag(member) || is_public_body(member));
}

void ClosedWords::member(std::string_view argument, const std::optional<std::string>& id) {
    if (id) member(argument, *id);
}

void ClosedWords::new_member(membership::MemberKind kind, const std::string& member,
                             const std::string& name) {
    using membership::MemberKind;
    if (kind == MemberKind::enterprise) {
        id("id", is_registration_tag(member));
    } else if (kind == MemberKind::person) {
        id("id", is_person_tag(member));
    } else {
        id("id", is_public_body(member));
    }
    keep(membership::check_tagged_name(member, name));
}

void ClosedWords::invoice(std::string_view code, std::string_view number) {
    text("code", is_invoice_code(code));
    text("number", is_invoice_number(number));
}

void ClosedWords::invoice_name(std::string_view argument, std::string_view name) {
    const std::size_t slash = name.find('/');
    text(argument, slash != std::string_view::npos && is_invoice_code(name.substr(0, slash)) &&
                       is_invoice_number(name.substr(slash + 1)));
}

void ClosedWords::date(std::string_view argument, std::string_view day) {
    text(argument, parse_date(day).has_value());
}

void ClosedWords::category(std::string_view argument, std::string_view name) {
    text(argument, is_category(name));
}

void ClosedWords::line_name(std::string_view name) {
    text("lines.name", name.size() > 2 && name.front() == '*' && name.back() == '*' &&
                           is_category(name.substr(1, name.size() - 2)));
}

void ClosedWords::absent(std::string_view argument, bool is_absent) { text(argument, is_absent); }

void ClosedWords::payment(std::string_view argument, std::string_view reference) {
    const bool is_commitment =
        reference.size() == k_commitment_digits &&
        reference.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (!is_commitment) keep(refuse(codes::open_payment_refused, std::string(argument)));
}

}  // namespace cityledger::ledger
