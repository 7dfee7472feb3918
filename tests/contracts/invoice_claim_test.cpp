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
    CHECK(refusal(transfer(city, *made, k_buyer, k_other)) == codes::invoice_already_booked.name);
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

TEST_CASE("who does not hold the invoice cannot claim it, though it can read its digest",
          "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX1"));
    CHECK(refusal(lock(city, *made)) == codes::claim_not_held.name);
    REQUIRE(transfer(city, *made, k_consumer, k_other));  // the guest gives it to another firm
    CHECK(refusal(lock(city, *made)) == codes::claim_not_held.name);
    CHECK(refusal(lock(city, *made, k_other)) == codes::not_buyer.name);
    REQUIRE(transfer(city, *made, k_other, k_buyer));
    REQUIRE(lock(city, *made));

    auto to_the_firm = dinner("WX2");
    to_the_firm.holder.reset();  // sold to the firm itself
    REQUIRE(lock(city, *issue(city, to_the_firm)));
}

TEST_CASE("an abnormal buyer cannot claim", "[invoice]") {
    City city = admitted_shenzhen();
    const AdmitArguments admit{k_buyer, {"catering"}, {1'000, 10, 10'000}, std::nullopt};
    REQUIRE(city.run<Nothing>(k_bureau, "invoice", "admit", admit));
    const auto made = issue(city, dinner("WX1"));
    REQUIRE(city.run<Nothing>(k_bureau, "invoice", "mark_abnormal", EnterpriseArguments{k_buyer}));
    CHECK(refusal(claim(city, *made)) == codes::buyer_abnormal.name);
    REQUIRE(city.run<Nothing>(k_bureau, "invoice", "unfreeze", EnterpriseArguments{k_buyer}));
    REQUIRE(claim(city, *made));
}

TEST_CASE("a rejected claim frees the invoice", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX1"));
    CHECK(refusal(act(city, "unlock", *made)) == codes::invoice_not_locked.name);
    REQUIRE(claim(city, *made));
    CHECK(refusal(transfer(city, *made, k_buyer, k_other)) == codes::invoice_locked.name);
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

TEST_CASE("what a reversal has left can be passed on, claimed, given up and booked", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX1"));
    REQUIRE(red(city, *made, 10'000, 600));
    REQUIRE(transfer(city, *made, k_consumer, k_buyer));
    REQUIRE(claim(city, *made));
    REQUIRE(act(city, "unlock", *made));
    REQUIRE(claim(city, *made));
    REQUIRE(confirm_red(city, *made, 106));
    REQUIRE(red(city, *made, 100, 6));
    REQUIRE(act(city, "book", *made));
    CHECK(read_invoice(city, *made).status == InvoiceStatus::booked);
    CHECK(statistics(city).booked_fen == k_dinner_total_fen - 10'600 - 106);
}

}  // namespace
}  // namespace cityledger::ledger
