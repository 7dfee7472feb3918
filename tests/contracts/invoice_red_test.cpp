// Red-letter invoices: who may reverse what, and what becomes of the blue invoice.

#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace invoice;
using namespace testing;
using testing::issue;
using testing::transfer;

TEST_CASE("a red letter has its own number and negative amounts, and ends the blue invoice",
          "[invoice]") {
    City city = admitted_shenzhen();
    const auto blue = issue(city, dinner("WX1"));
    const auto made = full_red(city, *blue);
    REQUIRE(made);
    CHECK(made->number == "00000002");
    CHECK(city.emitted("invoice.red", blue->code + "/" + blue->number));
    const Invoice letter = read_invoice(city, *made);
    CHECK(letter.status == InvoiceStatus::red_letter);
    CHECK(letter.content.total_fen == -k_dinner_total_fen);
    CHECK(letter.content.tax_fen == -1'121);
    CHECK(letter.content.red_of == InvoiceArguments{blue->code, blue->number});
    CHECK(letter.content.red_reason == RedReason::goods_returned);
    CHECK(letter.reversals == std::vector<Reversal>{{1, 18'679, 1'121}});
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red);
    CHECK(refusal(claim(city, *blue)) == codes::invoice_reversed.name);
    CHECK(refusal(transfer(city, *blue, k_consumer, k_buyer)) == codes::invoice_reversed.name);
    CHECK(refusal(full_red(city, *blue)) == codes::invoice_reversed.name);
    CHECK(refusal(full_red(city, *made)) == codes::red_of_red.name);
    CHECK(refusal(claim(city, *made)) == codes::invoice_reversed.name);
    const Statistics totals = statistics(city);
    CHECK(totals.red_count == 1);
    CHECK(totals.red_letter_count == 1);
    CHECK(totals.red_fen == k_dinner_total_fen);
}

TEST_CASE("red letters together never exceed the blue invoice", "[invoice]") {
    City city = admitted_shenzhen();
    const auto blue = issue(city, dinner("WX1"));
    REQUIRE(red(city, *blue, 10'000, 600));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::issued);
    CHECK(refusal(red(city, *blue, 8'680, 521)) == codes::red_exceeds_blue.name);
    CHECK(refusal(red(city, *blue, 8'679, 522)) == codes::red_exceeds_blue.name);
    CHECK(refusal(red(city, *blue, 8'679, 520)) == codes::red_tax_wrong.name);
    CHECK(refusal(red(city, *blue, 1'000, 67)) == codes::red_tax_wrong.name);
    CHECK(statistics(city).red_count == 0);
    REQUIRE(red(city, *blue, 8'679, 521));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red);
    CHECK(read_invoice(city, *blue).reversals == std::vector<Reversal>{{1, 18'679, 1'121}});
    CHECK(statistics(city).red_count == 1);
}

TEST_CASE("two of three equal lines go back for what they charged", "[invoice]") {
    City city = admitted_shenzhen();
    const Line line = line_of(350, 600, 21);  // 3.50, and 0.21 of tax
    const auto blue = issue(city, sale_of("A", {line, line, line}));
    REQUIRE(red_lines(city, *blue, {{1, 350, 21}, {3, 350, 21}}));
    const Invoice record = read_invoice(city, *blue);
    CHECK(record.red_total_fen == 742);
    CHECK(record.red_tax_fen == 42);
    CHECK(refusal(red_lines(city, *blue, {{1, 350, 21}})) == codes::red_exceeds_blue.name);
    REQUIRE(red_lines(city, *blue, {}));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red);
    CHECK(statistics(city).red_fen == 1'113);
}

TEST_CASE("with lines of several rates no line can go back with another's tax", "[invoice]") {
    City city = admitted_shenzhen();
    const auto blue = issue(
        city, sale_of("A", {line_of(10'000, 1'600, 1'600, "*goods*"), line_of(10'000, 600, 600)}));
    REQUIRE(blue);
    CHECK(refusal(red_lines(city, *blue, {{1, 10'000, 600}})) == codes::red_tax_wrong.name);
    CHECK(refusal(red_lines(city, *blue, {{2, 10'000, 1'600}})) == codes::red_exceeds_blue.name);
    CHECK(refusal(red_lines(city, *blue, {{1, 19'999, 0}})) == codes::red_exceeds_blue.name);
    REQUIRE(red_lines(city, *blue, {{2, 10'000, 600}}));
    REQUIRE(red_lines(city, *blue, {{1, 10'000, 1'600}}));
    CHECK(read_invoice(city, *blue).red_tax_fen == 2'200);
}

TEST_CASE("what is wrong with a red letter is said", "[invoice]") {
    City city = admitted_shenzhen();
    const auto blue = issue(city, dinner("WX1"));
    CHECK(refusal(red(city, *blue, 100, 6, k_other)) == codes::not_issuer.name);
    CHECK(refusal(red(city, *blue, 100, 6, k_bureau)) == codes::not_permitted.name);
    CHECK(refusal(red(city, *blue, 0, 0)) == codes::red_amount_not_positive.name);
    CHECK(refusal(red_lines(city, *blue, {{2, 100, 6}})) == codes::red_line_unknown.name);
}

TEST_CASE("after a booking the buyer agrees to each reversal, and to how much", "[invoice]") {
    City city = admitted_shenzhen();
    const auto blue = issue(city, dinner("WX1"));
    CHECK(refusal(confirm_red(city, *blue, 100)) == codes::red_confirmation_not_needed.name);
    REQUIRE(claim(city, *blue));
    REQUIRE(act(city, "book", *blue));
    CHECK(refusal(full_red(city, *blue)) == codes::red_needs_confirmation.name);
    CHECK(refusal(confirm_red(city, *blue, 100, k_other)) == codes::not_buyer.name);
    CHECK(refusal(confirm_red(city, *blue, 0)) == codes::agreed_total_wrong.name);
    CHECK(refusal(confirm_red(city, *blue, k_dinner_total_fen + 1)) ==
          codes::agreed_total_wrong.name);
    REQUIRE(confirm_red(city, *blue, 1'000));
    CHECK(refusal(full_red(city, *blue)) == codes::red_differs_from_agreed.name);
    REQUIRE(confirm_red(city, *blue, 10'600));  // it changes its mind
    REQUIRE(red(city, *blue, 10'000, 600));
    CHECK(city.emitted("invoice.red_after_book", blue->code + "/" + blue->number));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::booked);
    CHECK(statistics(city).booked_fen == k_dinner_total_fen - 10'600);

    CHECK(refusal(red(city, *blue, 10, 1)) == codes::red_needs_confirmation.name);
    REQUIRE(confirm_red(city, *blue, 9'200));
    REQUIRE(red(city, *blue, 8'679, 521));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red_after_book);
    CHECK(refusal(confirm_red(city, *blue, 1)) == codes::red_confirmation_not_needed.name);
    const Statistics totals = statistics(city);
    CHECK(totals.booked_fen == 0);
    CHECK(totals.booked_count == 0);
    CHECK(totals.red_count == 1);
}

TEST_CASE("an unlock withdraws the agreement, and a locked invoice is reversed with one",
          "[invoice]") {
    City city = admitted_shenzhen();
    const auto blue = issue(city, dinner("WX1"));
    REQUIRE(claim(city, *blue));
    REQUIRE(confirm_red(city, *blue, k_dinner_total_fen));
    REQUIRE(act(city, "unlock", *blue));
    REQUIRE(claim(city, *blue));
    CHECK(refusal(full_red(city, *blue)) == codes::red_needs_confirmation.name);
    REQUIRE(confirm_red(city, *blue, k_dinner_total_fen));
    REQUIRE(full_red(city, *blue));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red_after_book);
    CHECK(refusal(act(city, "book", *blue)) == codes::invoice_reversed.name);
    CHECK(statistics(city).red_count == 1);
}

}  // namespace
}  // namespace cityledger::ledger
