#pragma once
// Steps of the invoice's stories: a restaurant sells, an employer buys, Li holds.

#include "tests/contracts/cities.hpp"

namespace cityledger::ledger::testing {

inline constexpr std::int64_t k_dinner_total_fen = 19'800;  // the first invoice: 198 yuan

inline City admitted_shenzhen(std::string_view text = k_shenzhen_sections) {
    City city = shenzhen(text);
    const invoice::AdmitArguments admit{
        k_seller, {"catering", "crafts"}, {1'000'000, 1'000, 100'000'000}, std::nullopt};
    REQUIRE(city.run<Nothing>(k_bureau, "invoice", "admit", admit));
    return city;
}

inline invoice::Line line_of(std::int64_t amount_fen, std::uint32_t rate_basis_points,
                             std::int64_t tax_fen, const std::string& name = "*catering*") {
    invoice::Line line;
    line.name = name;
    line.amount_fen = amount_fen;
    line.rate_basis_points = rate_basis_points;
    line.tax_fen = tax_fen;
    return line;
}

/// 198 yuan of catering at 6 %: 186.79 and 11.21 of tax.
inline invoice::IssueArguments dinner(const std::string& payment) {
    invoice::IssueArguments arguments;
    arguments.buyer = k_buyer;
    arguments.category = "catering";
    arguments.lines = {line_of(18'679, 600, 1'121)};
    arguments.total_fen = k_dinner_total_fen;
    arguments.tax_fen = 1'121;
    arguments.payment_reference = payment;
    arguments.holder = k_consumer;
    arguments.content_digest = digest_of("dinner");
    arguments.sealed_body = Bytes(100, 0xab);
    return arguments;
}

/// The dinner's invoice with other lines.
inline invoice::IssueArguments sale_of(const std::string& payment,
                                       const std::vector<invoice::Line>& lines) {
    invoice::IssueArguments arguments = dinner(payment);
    arguments.lines = lines;
    arguments.tax_fen = 0;
    arguments.total_fen = 0;
    for (const invoice::Line& line : lines) {
        arguments.tax_fen += line.tax_fen;
        arguments.total_fen += line.amount_fen + line.tax_fen;
    }
    return arguments;
}

/// An invoice over this amount at the zero rate.
inline invoice::IssueArguments untaxed(const std::string& payment, std::int64_t amount_fen) {
    return sale_of(payment, {line_of(amount_fen, 0, 0, "*crafts*")});
}

inline Result<invoice::IssueResult> issue(City& city, const invoice::IssueArguments& arguments,
                                          const MemberId& sender = k_seller) {
    return city.run<invoice::IssueResult>(sender, "invoice", "issue", arguments);
}

/// Operations that name an invoice only: unlock, book, void.
inline Result<Nothing> act(City& city, const char* method, const invoice::IssueResult& made,
                           const MemberId& sender = k_buyer) {
    return city.run<Nothing>(sender, "invoice", method,
                             invoice::ActArguments{made.code, made.number, std::nullopt});
}

inline Result<Nothing> transfer(City& city, const invoice::IssueResult& made,
                                const MemberId& sender, const MemberId& to) {
    return city.run<Nothing>(sender, "invoice", "transfer",
                             invoice::TransferArguments{made.code, made.number, to, std::nullopt});
}

inline Result<Nothing> lock(City& city, const invoice::IssueResult& made,
                            const MemberId& sender = k_buyer, std::string_view content = "dinner") {
    return city.run<Nothing>(
        sender, "invoice", "lock",
        invoice::LockArguments{made.code, made.number, digest_of(content), std::nullopt});
}

/// The guest hands the invoice over, if it still holds it; then somebody claims it.
inline Result<Nothing> claim(City& city, const invoice::IssueResult& made,
                             const MemberId& sender = k_buyer,
                             std::string_view content = "dinner") {
    (void)transfer(city, made, k_consumer, k_buyer);
    return lock(city, made, sender, content);
}

/// The buyer agrees to a reversal of this much, with tax.
inline Result<Nothing> confirm_red(City& city, const invoice::IssueResult& made,
                                   std::int64_t total_fen, const MemberId& sender = k_buyer) {
    return city.run<Nothing>(
        sender, "invoice", "confirm_red",
        invoice::ConfirmRedArguments{made.code, made.number, total_fen, std::nullopt});
}

/// Reverses lines; all that is left if none is named.
inline Result<invoice::IssueResult> red_lines(
    City& city, const invoice::IssueResult& blue, std::vector<invoice::Reversal> lines,
    const MemberId& sender = k_seller,
    invoice::RedReason reason = invoice::RedReason::goods_returned) {
    return city.run<invoice::IssueResult>(
        sender, "invoice", "red_letter",
        invoice::RedLetterArguments{blue.code, blue.number, std::move(lines), reason,
                                    std::nullopt});
}

/// Reverses a part of the first line.
inline Result<invoice::IssueResult> red(City& city, const invoice::IssueResult& blue,
                                        std::int64_t amount_fen, std::int64_t tax_fen,
                                        const MemberId& sender = k_seller) {
    return red_lines(city, blue, {{1, amount_fen, tax_fen}}, sender);
}

inline Result<invoice::IssueResult> full_red(City& city, const invoice::IssueResult& blue) {
    return red_lines(city, blue, {});
}

inline invoice::Invoice read_invoice(City& city, const invoice::IssueResult& made) {
    const auto record = city.ask<invoice::Invoice>(
        "invoice", "invoice", invoice::InvoiceArguments{made.code, made.number});
    REQUIRE(record);
    return *record;
}

inline invoice::Statistics statistics(City& city) {
    const auto read = city.ask<invoice::Statistics>("invoice", "statistics", Nothing{});
    REQUIRE(read);
    CHECK(read->conserved());
    return *read;
}

}  // namespace cityledger::ledger::testing
