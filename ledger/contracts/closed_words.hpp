#pragma once
// A closed chain (genesis: invoice: tags_only, the default) holds nothing in clear that names
// somebody. What may stand in the arguments of an operation there is judged before anybody orders
// it (Method::judge): an id is a tag or that of a public body, a word is a code, a payment is a
// commitment. The refusals name the argument and never what stands in it, since they go into
// receipts and logs.

#include <optional>
#include <string>
#include <string_view>

#include "ledger/contract.hpp"
#include "ledger/contracts/membership/membership.hpp"

namespace cityledger::ledger {

/// Whether the genesis closes the chain.
[[nodiscard]] bool is_closed(const ChainRules& rules);
[[nodiscard]] bool is_closed(Context& context);

/// Judges the arguments of one operation one after the other and keeps the first refusal:
/// open_code_refused, open_text_refused, open_payment_refused or tagged_member_named.
class ClosedWords {
public:
    void enterprise(std::string_view argument, const std::string& id);
    /// An enterprise or person by tag, or a public body.
    void member(std::string_view argument, const std::string& id);
    void member(std::string_view argument, const std::optional<std::string>& id);
    void new_member(membership::MemberKind kind, const std::string& id, const std::string& name);
    /// Code and number as the chain gives them.
    void invoice(std::string_view code, std::string_view number);
    /// "code/number".
    void invoice_name(std::string_view argument, std::string_view name);
    void date(std::string_view argument, std::string_view text);
    /// 1 to 32 of a-z, '_' and '-': no digits, so no number of a phone or of a person.
    void category(std::string_view argument, std::string_view text);
    /// A category between two stars.
    void line_name(std::string_view text);
    void absent(std::string_view argument, bool is_absent);
    void payment(std::string_view argument, std::string_view reference);

    [[nodiscard]] const Status& verdict() const { return verdict_; }

private:
    void keep(Status status);
    void id(std::string_view argument, bool fits);
    void text(std::string_view argument, bool fits);

    Status verdict_;
};

/// Judges all texts of the arguments by their names. A text of another name would pass: a test
/// tries words in every text of every operation that is made by make_closed_method.
template <class Arguments>
[[nodiscard]] Status judge_words(const Arguments& a) {
    ClosedWords words;
    if constexpr (requires { a.code, a.number; }) words.invoice(a.code, a.number);
    if constexpr (requires { a.enterprise; }) words.enterprise("enterprise", a.enterprise);
    if constexpr (requires { a.provider; }) words.enterprise("provider", a.provider);
    if constexpr (requires { a.bank; }) words.enterprise("bank", a.bank);
    if constexpr (requires { a.buyer; }) {
        if (!a.buyer.empty()) words.enterprise("buyer", a.buyer);
    }
    if constexpr (requires { a.kind, a.name; }) {
        words.new_member(a.kind, a.id, a.name);
    } else if constexpr (requires { a.id; }) {
        words.member("id", a.id);
    }
    if constexpr (requires { a.to; }) words.member("to", a.to);
    if constexpr (requires { a.reader; }) words.member("reader", a.reader);
    if constexpr (requires { a.holder; }) words.member("holder", a.holder);
    if constexpr (requires { a.principal; }) words.member("principal", a.principal);
    if constexpr (requires { a.category; }) words.category("category", a.category);
    if constexpr (requires { a.categories; }) {
        for (const std::string& category : a.categories) words.category("categories", category);
    }
    if constexpr (requires { a.valid_until; }) {
        if (a.valid_until) words.date("valid_until", *a.valid_until);
    }
    if constexpr (requires { a.due_on; }) words.date("due_on", a.due_on);
    if constexpr (requires { a.after; }) {
        if (a.after) words.invoice_name("after", *a.after);
    }
    if constexpr (requires { a.lines.front().name; }) {
        for (const auto& line : a.lines) {
            words.line_name(line.name);
            words.absent("quantity", !line.quantity);
        }
    }
    if constexpr (requires { a.payment_reference; }) {
        words.payment("payment_reference", a.payment_reference);
    }
    return words.verdict();
}

template <class Arguments>
[[nodiscard]] Status check_words(Context& context, const Arguments& arguments) {
    return is_closed(context) ? judge_words(arguments) : Status{};
}

/// As make_method, with the judgement of a closed chain.
template <class Arguments, class R>
[[nodiscard]] Method make_closed_method(std::string name, std::string summary,
                                        Result<R> (*handler)(Context&, const Arguments&)) {
    Method method =
        make_method(std::move(name), std::move(summary), handler, check_words<Arguments>);
    method.judge = [](const ChainRules& rules, ByteView bytes) -> Status {
        if (!is_closed(rules)) return {};
        const auto arguments = decode<Arguments>(bytes);
        if (!arguments) return tl::unexpected<Error>(bad_arguments(arguments.error()));
        return judge_words(*arguments);
    };
    return method;
}

}  // namespace cityledger::ledger
