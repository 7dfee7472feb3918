// An invoice backs one financing, across banks; a reversal alerts the bank at once.

#include "ledger/contracts/receivables/receivables.hpp"

#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace receivables;
using namespace testing;
using testing::issue;

const MemberId k_bank = "9144030071526726XG";
const MemberId k_second_bank = "914403001922038216";
const std::string k_due = "2018-11-10";

/// Both banks are admitted, a dinner of 198 yuan is sold.
struct Market {
    City city;
    std::string code;
    std::string number;

    Market() {
        std::string text = k_shenzhen_sections;
        for (const MemberId& bank : {k_bank, k_second_bank}) {
            text.replace(text.find(R"({"id": "P-LI")"), 0,
                         R"({"id": ")" + bank + R"(", "name": "Bank", "kind": "enterprise",
                            "roles": ["enterprise"]},)");
        }
        city = admitted_shenzhen(text);
        for (const MemberId& bank : {k_bank, k_second_bank}) CHECK(admit(bank) == "accepted");
        const auto made = issue(city, dinner("A"));
        REQUIRE(made);
        code = made->code;
        number = made->number;
    }

    template <class Arguments>
    std::string run(const MemberId& sender, const char* method, const Arguments& arguments) {
        return refusal(city.run<Nothing>(sender, "receivables", method, arguments));
    }
    std::string admit(const MemberId& bank, const MemberId& sender = k_bureau) {
        return run(sender, "admit_bank", BankArguments{bank});
    }
    std::string request(const MemberId& bank, const MemberId& sender = k_seller) {
        return run(sender, "request", RequestArguments{code, number, bank});
    }
    std::string confirm(const std::string& due = k_due, const MemberId& sender = k_buyer) {
        return run(sender, "confirm", ConfirmArguments{code, number, due});
    }
    std::string finance(const MemberId& bank = k_bank, std::int64_t fen = 15'000) {
        return run(bank, "finance", FinanceArguments{code, number, fen});
    }
    std::string settle(const MemberId& bank = k_bank) {
        return run(bank, "settle", ReceivableArguments{code, number});
    }
    Receivable read() {
        const auto record =
            city.ask<Receivable>("receivables", "receivable", ReceivableArguments{code, number});
        REQUIRE(record);
        return *record;
    }
    std::string name(const MemberId& bank) const { return bank + "/" + code + "/" + number; }
};

TEST_CASE("a financing is read by its parties and the offices", "[receivables][readers]") {
    Market market;
    REQUIRE(market.request(k_bank) == "accepted");
    const auto method = city_contracts().query("receivables", "receivable");
    REQUIRE(method);
    const auto may_ask = [&](const MemberId& asker) {
        market.city.context.current_sender = asker;
        return (*method)->readers.admit(market.city.context,
                                        encode(ReceivableArguments{market.code, market.number}));
    };
    for (const MemberId& reader : {k_seller, k_buyer, k_bank, k_bureau}) CHECK(may_ask(reader));
    for (const MemberId& other : {k_second_bank, k_consumer, k_other, MemberId()}) {
        CHECK_FALSE(may_ask(other));
    }
}

TEST_CASE("a supplier asks, the buyer confirms, a bank finances and is paid", "[receivables]") {
    Market market;
    CHECK(market.request(k_bank) == "accepted");
    CHECK(market.city.emitted("receivables.requested", market.name(k_bank)));
    CHECK(market.confirm() == "accepted");
    CHECK(market.finance() == "accepted");
    CHECK(market.city.emitted("receivables.financed", market.name(k_bank)));
    CHECK(market.read() == Receivable{market.code, market.number, k_seller, k_buyer, k_bank,
                                      ReceivableStatus::financed, k_due, 15'000});
    CHECK(market.settle(k_second_bank) == codes::receivable_not_financed.name);
    CHECK(market.settle() == "accepted");
    CHECK(market.read().status == ReceivableStatus::settled);
    CHECK(market.settle() == codes::receivable_not_financed.name);
}

TEST_CASE("an invoice backs one financing, whatever the bank", "[receivables]") {
    Market market;
    CHECK(market.request(k_bank) == "accepted");
    CHECK(market.confirm() == "accepted");
    CHECK(market.finance(k_second_bank) == codes::receivable_other_bank.name);
    CHECK(market.request(k_second_bank) == "accepted");  // not financed yet: another may be asked
    CHECK(market.finance(k_bank) == codes::receivable_other_bank.name);
    CHECK(market.finance(k_second_bank) == "accepted");
    CHECK(market.request(k_bank) == codes::receivable_financed.name);
    CHECK(market.finance(k_second_bank) == codes::receivable_financed.name);
    CHECK(market.confirm() == codes::receivable_financed.name);
    CHECK(market.settle(k_second_bank) == "accepted");
    CHECK(market.request(k_bank) == codes::receivable_financed.name);  // never again
}

TEST_CASE("what is wrong with a financing is said", "[receivables]") {
    Market market;
    CHECK(market.admit(k_bank) == codes::bank_admitted_already.name);
    CHECK(market.admit("P-LI", k_seller) == "not_permitted");
    CHECK(market.finance() == codes::receivable_unknown.name);
    CHECK(market.confirm() == codes::receivable_unknown.name);
    CHECK(market.request(k_bank, k_other) == codes::not_issuer.name);
    CHECK(market.request(k_other) == codes::bank_not_admitted.name);
    CHECK(market.request(k_bank) == "accepted");
    CHECK(market.finance(k_other) == codes::bank_not_admitted.name);
    CHECK(market.finance() == codes::receivable_not_confirmed.name);
    CHECK(market.confirm(k_due, k_seller) == codes::not_buyer.name);
    CHECK(market.confirm("2018-08-10") == codes::due_day_past.name);
    CHECK(market.confirm("soon") == "date_malformed");
    CHECK(market.confirm() == "accepted");
    CHECK(market.finance(k_bank, 0) == codes::advance_out_of_range.name);
    CHECK(market.finance(k_bank, 19'801) == codes::advance_out_of_range.name);
    CHECK(market.finance(k_bank, 19'800) == "accepted");

    auto to_a_person = dinner("B");
    to_a_person.buyer.clear();
    market.number = issue(market.city, to_a_person)->number;
    CHECK(market.request(k_bank) == codes::receivable_without_debtor.name);
}

TEST_CASE("a red letter on a financed invoice alerts the bank at once", "[receivables]") {
    Market market;
    const invoice::IssueResult blue{market.code, market.number, "", ""};
    CHECK(market.request(k_bank) == "accepted");
    CHECK(market.confirm() == "accepted");
    CHECK(market.finance() == "accepted");
    const auto other = issue(market.city, dinner("B"));
    REQUIRE(full_red(market.city, *other));  // not financed: nobody is alerted
    CHECK_FALSE(market.city.emitted("receivables.reversed",
                                    k_bank + "/" + other->code + "/" + other->number));
    REQUIRE(red(market.city, blue, 10'000, 600));
    CHECK(market.city.emitted("receivables.reversed", market.name(k_bank)));
    REQUIRE(red(market.city, blue, 8'679, 521));
    CHECK(market.city.emitted("receivables.reversed", market.name(k_bank)));
    CHECK(market.settle() == "accepted");
}

TEST_CASE("one payment is financed once, whatever invoices follow each other for it",
          "[receivables]") {
    Market market;
    const invoice::IssueResult blue{market.code, market.number, "", ""};
    CHECK(market.request(k_bank) == "accepted");
    CHECK(market.confirm() == "accepted");
    CHECK(market.finance() == "accepted");
    REQUIRE(full_red(market.city, blue));
    const auto payment = read_invoice(market.city, blue).content.payment_reference;
    const auto again = issue(market.city, dinner(payment));
    REQUIRE(again);
    const std::string first = market.number;
    market.number = again->number;
    CHECK(market.request(k_bank) == "accepted");
    CHECK(market.confirm() == "accepted");
    CHECK(market.finance() == codes::payment_financed.name);
    market.number = first;
    CHECK(market.settle() == "accepted");
    market.number = again->number;
    CHECK(market.finance() == "accepted");
    CHECK(market.settle() == "accepted");
    REQUIRE(full_red(market.city, *again));  // the bank hears of it even after its money is back
    CHECK(market.city.emitted("receivables.reversed", market.name(k_bank)));
}

TEST_CASE("a reversed invoice is not financed, and only a financing is alerted", "[receivables]") {
    Market market;
    const invoice::IssueResult blue{market.code, market.number, "", ""};
    CHECK(market.request(k_bank) == "accepted");
    CHECK(market.confirm() == "accepted");
    REQUIRE(red(market.city, blue, 10'000, 600));
    CHECK_FALSE(market.city.emitted("receivables.reversed", market.name(k_bank)));
    CHECK(market.finance() == codes::receivable_reversed.name);
    CHECK(market.request(k_bank) == codes::receivable_reversed.name);
}

}  // namespace
}  // namespace cityledger::ledger
