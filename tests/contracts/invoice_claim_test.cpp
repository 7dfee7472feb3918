#include "ledger/contracts/membership/membership_codes.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace invoice;
using namespace testing;
using testing::issue;
using testing::transfer;

TEST_CASE("a dinner is paid, transferred, claimed and booked", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX1"));
    REQUIRE(transfer(city, *made, k_consumer, k_buyer));
    CHECK(city.emitted("invoice.transferred", made->code + "/" + made->number));
    CHECK(read_invoice(city, *made).holder == k_buyer);
    REQUIRE(claim(city, *made));
    CHECK(read_invoice(city, *made).status == InvoiceStatus::locked);
    REQUIRE(act(city, "book", *made));
    CHECK(read_invoice(city, *made).status == InvoiceStatus::booked);
    const Statistics totals = statistics(city);
    CHECK(totals.booked_fen == k_dinner_total_fen);
    CHECK(totals.booked_count == 1);
    CHECK(totals.outstanding_fen == 0);
}

TEST_CASE("an invoice is booked once", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX1"));
    CHECK(refusal(act(city, "book", *made)) == codes::invoice_not_locked.name);
    REQUIRE(claim(city, *made));
    REQUIRE(act(city, "book", *made));
    CHECK(refusal(act(city, "book", *made)) == codes::invoice_already_booked.name);
    CHECK(refusal(claim(city, *made)) == codes::invoice_already_booked.name);
    CHECK(refusal(act(city, "unlock", *made)) == codes::invoice_already_booked.name);
    CHECK(refusal(transfer(city, *made, k_consumer, k_other)) ==
          codes::invoice_already_booked.name);
}

TEST_CASE("only the enterprise in the header claims, and only what was issued", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX1"));
    CHECK(refusal(claim(city, *made, k_other)) == codes::not_buyer.name);
    CHECK(refusal(claim(city, *made, k_consumer)) == codes::not_permitted.name);
    CHECK(refusal(claim(city, *made, k_buyer, "altered")) == codes::claim_differs.name);
    CHECK(refusal(claim(city, {"144031809110", "00000009", "", ""})) ==
          codes::invoice_unknown.name);
    REQUIRE(claim(city, *made));
    CHECK(refusal(claim(city, *made)) == codes::invoice_locked.name);
    CHECK(refusal(act(city, "book", *made, k_other)) == codes::not_buyer.name);

    auto private_dinner = dinner("WX2");
    private_dinner.buyer.clear();
    CHECK(refusal(claim(city, *issue(city, private_dinner))) == codes::not_buyer.name);
}

TEST_CASE("a rejected claim frees the invoice", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX1"));
    CHECK(refusal(act(city, "unlock", *made)) == codes::invoice_not_locked.name);
    REQUIRE(claim(city, *made));
    CHECK(refusal(transfer(city, *made, k_consumer, k_other)) == codes::invoice_locked.name);
    REQUIRE(act(city, "unlock", *made));
    CHECK(read_invoice(city, *made).status == InvoiceStatus::issued);
    REQUIRE(transfer(city, *made, k_consumer, k_buyer));
    REQUIRE(claim(city, *made));
    REQUIRE(act(city, "unlock", *made));
    CHECK(read_invoice(city, *made).status == InvoiceStatus::transferred);
}

TEST_CASE("only the holder transfers, to another member", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX1"));
    CHECK(refusal(transfer(city, *made, k_seller, k_buyer)) == codes::not_holder.name);
    CHECK(refusal(transfer(city, *made, k_consumer, k_consumer)) == codes::transfer_to_holder.name);
    CHECK(refusal(transfer(city, *made, k_consumer, "P-NOBODY")) == codes::member_unknown.name);
    CHECK(refusal(transfer(city, *made, "P-NOBODY", k_buyer)) == codes::member_unknown.name);
    REQUIRE(transfer(city, *made, k_consumer, k_buyer));
    CHECK(refusal(transfer(city, *made, k_consumer, k_buyer)) == codes::not_holder.name);
}

TEST_CASE("nothing is voided", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX1"));
    CHECK(refusal(act(city, "void", *made, k_seller)) == codes::no_void_use_red.name);
}

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
    CHECK(letter.content.red_reason == "returned");
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red);
    CHECK(refusal(claim(city, *blue)) == codes::invoice_reversed.name);
    CHECK(refusal(transfer(city, *blue, k_consumer, k_buyer)) == codes::invoice_reversed.name);
    CHECK(refusal(full_red(city, *blue)) == codes::red_exceeds_blue.name);
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
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::part_red);
    CHECK(refusal(red(city, *blue, 8'680, 521)) == codes::red_exceeds_blue.name);
    CHECK(refusal(red(city, *blue, 8'679, 522)) == codes::red_exceeds_blue.name);
    CHECK(refusal(red(city, *blue, 8'679, 520)) == codes::red_tax_wrong.name);
    CHECK(refusal(red(city, *blue, 100, 5)) == codes::red_tax_wrong.name);
    CHECK(refusal(claim(city, *blue)) == codes::invoice_reversed.name);
    CHECK(statistics(city).red_count == 0);
    REQUIRE(red(city, *blue, 8'679, 521));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red);
    CHECK(statistics(city).red_count == 1);
}

TEST_CASE("one yuan at 13 % reversed in three parts: net and tax both end at 0", "[invoice]") {
    City city = admitted_shenzhen();
    auto arguments = dinner("A");
    arguments.lines = {{"*catering*", std::nullopt, 100, 1'300, 13}};
    arguments.total_fen = 113;
    arguments.tax_fen = 13;
    const auto blue = issue(city, arguments);
    REQUIRE(red(city, *blue, 33, 4));  // 4.29
    CHECK(refusal(red(city, *blue, 33, 5)) == codes::red_tax_wrong.name);
    REQUIRE(red(city, *blue, 33, 4));
    CHECK(refusal(red(city, *blue, 34, 4)) == codes::red_tax_wrong.name);  // 4.42, and a rest
    REQUIRE(red(city, *blue, 34, 5));
    const Invoice record = read_invoice(city, *blue);
    CHECK(record.status == InvoiceStatus::red);
    CHECK(record.red_total_fen == 113);
    CHECK(record.red_tax_fen == 13);
    CHECK(statistics(city).red_fen == 113);
}

TEST_CASE("many small reversals use up the tax before the amount", "[invoice]") {
    City city = admitted_shenzhen();
    auto arguments = dinner("A");
    arguments.lines = {{"*catering*", std::nullopt, 100, 1'300, 13}};
    arguments.total_fen = 113;
    arguments.tax_fen = 13;
    const auto blue = issue(city, arguments);
    for (int i = 0; i < 13; ++i) REQUIRE(red(city, *blue, 4, 1));  // 0.52 is 1
    REQUIRE(red(city, *blue, 4, 0));
    REQUIRE(red(city, *blue, 44, 0));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red);
}

TEST_CASE("with lines of several rates a part may have any tax that is left", "[invoice]") {
    City city = admitted_shenzhen();
    auto arguments = dinner("A");
    arguments.lines = {{"*catering*", std::nullopt, 100, 1'300, 13},
                       {"*catering*", std::nullopt, 100, 600, 6}};
    arguments.total_fen = 219;
    arguments.tax_fen = 19;
    const auto blue = issue(city, arguments);
    REQUIRE(red(city, *blue, 100, 13));
    CHECK(refusal(red(city, *blue, 100, 5)) == codes::red_tax_wrong.name);
    REQUIRE(red(city, *blue, 100, 6));
    CHECK(read_invoice(city, *blue).red_tax_fen == 19);
}

TEST_CASE("what is wrong with a red letter is said", "[invoice]") {
    City city = admitted_shenzhen();
    const auto blue = issue(city, dinner("WX1"));
    CHECK(refusal(red(city, *blue, 100, 6, k_other)) == codes::not_issuer.name);
    CHECK(refusal(red(city, *blue, 100, 6, k_bureau)) == codes::not_permitted.name);
    CHECK(refusal(red(city, *blue, 0, 0)) == codes::red_amount_not_positive.name);
    CHECK(refusal(red(city, *blue, -1, 6)) == codes::red_amount_not_positive.name);
    CHECK(refusal(red(city, *blue, 1, -6)) == codes::red_amount_not_positive.name);
    CHECK(refusal(red(city, *blue, 100, 6, k_seller, "")) == codes::red_reason_missing.name);
}

TEST_CASE("after a booking the buyer confirms each reversal", "[invoice]") {
    City city = admitted_shenzhen();
    const auto blue = issue(city, dinner("WX1"));
    CHECK(refusal(act(city, "confirm_red", *blue)) == codes::red_confirmation_not_needed.name);
    REQUIRE(claim(city, *blue));
    REQUIRE(act(city, "book", *blue));
    CHECK(refusal(full_red(city, *blue)) == codes::red_needs_confirmation.name);
    CHECK(refusal(act(city, "confirm_red", *blue, k_other)) == codes::not_buyer.name);
    REQUIRE(act(city, "confirm_red", *blue));
    CHECK(refusal(act(city, "confirm_red", *blue)) == codes::red_already_confirmed.name);
    REQUIRE(red(city, *blue, 10'000, 600));
    CHECK(city.emitted("invoice.red_after_book", blue->code + "/" + blue->number));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red_after_book);
    CHECK(statistics(city).booked_fen == k_dinner_total_fen - 10'600);

    CHECK(refusal(red(city, *blue, 10, 1)) == codes::red_needs_confirmation.name);
    REQUIRE(act(city, "confirm_red", *blue));
    REQUIRE(red(city, *blue, 8'679, 521));
    CHECK(refusal(act(city, "confirm_red", *blue)) == codes::red_confirmation_not_needed.name);
    const Statistics totals = statistics(city);
    CHECK(totals.booked_fen == 0);
    CHECK(totals.booked_count == 0);
    CHECK(totals.red_count == 1);
}

TEST_CASE("an unlock withdraws the confirmation, and a locked invoice is reversed with one",
          "[invoice]") {
    City city = admitted_shenzhen();
    const auto blue = issue(city, dinner("WX1"));
    REQUIRE(claim(city, *blue));
    REQUIRE(act(city, "confirm_red", *blue));
    REQUIRE(act(city, "unlock", *blue));
    REQUIRE(claim(city, *blue));
    CHECK(refusal(full_red(city, *blue)) == codes::red_needs_confirmation.name);
    REQUIRE(act(city, "confirm_red", *blue));
    REQUIRE(full_red(city, *blue));
    CHECK(read_invoice(city, *blue).status == InvoiceStatus::red_after_book);
    CHECK(refusal(act(city, "book", *blue)) == codes::invoice_reversed.name);
    CHECK(statistics(city).red_count == 1);
}

}  // namespace
}  // namespace cityledger::ledger
