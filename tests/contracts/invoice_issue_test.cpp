#include "ledger/contracts/invoice/invoice.hpp"

#include <functional>
#include <limits>

#include "ledger/contracts/membership/membership_codes.hpp"
#include "ledger/contracts/values/money.hpp"
#include "ledger/contracts/values/uscc_codes.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace invoice;
using namespace testing;
using testing::issue;

constexpr std::int64_t k_largest = std::numeric_limits<std::int64_t>::max();

TEST_CASE("the first invoice of 10 August 2018 gets the code that the tax bureau announced",
          "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("WX20180810-1"));
    REQUIRE(made);
    CHECK(made->code == "144031809110");
    CHECK(made->number == "00000001");
    CHECK(made->date == "2018-08-10");
    CHECK(made->check_code.size() == 5);
    CHECK(made->check_code.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(city.emitted("invoice.issued", "144031809110/00000001"));
    const Invoice record = read_invoice(city, *made);
    CHECK(record.content.seller == k_seller);
    CHECK(record.holder == k_consumer);
    CHECK(record.status == InvoiceStatus::issued);
    CHECK(record.check_code == check_code_of(record.content));
}

TEST_CASE("numbers count through the whole city", "[invoice]") {
    City city = admitted_shenzhen();
    REQUIRE(
        city.run<Nothing>(k_bureau, "invoice", "admit",
                          AdmitArguments{k_other, {"catering"}, {1'000'000, 10, 10'000'000}, {}}));
    CHECK(issue(city, dinner("A"))->number == "00000001");
    CHECK(issue(city, dinner("A"), k_other)->number == "00000002");
    CHECK_FALSE(issue(city, dinner("A")));
    CHECK(issue(city, dinner("B"))->number == "00000003");
}

TEST_CASE("neither the sealed body nor the names of the lines enter the state", "[invoice]") {
    City city = admitted_shenzhen();
    auto arguments = dinner("A");
    arguments.lines[0].name = "*UNMISTAKABLE*";
    REQUIRE(issue(city, arguments));
    const std::string sealed = to_hex(Bytes(16, 0xab));
    for (const auto& [space, entries] : city.context.spaces) {
        for (const auto& [key, value] : entries) {
            CHECK(to_hex(value).find(sealed) == std::string::npos);
            CHECK(as_text(value).find("UNMISTAKABLE") == std::string_view::npos);
        }
    }
}

TEST_CASE("sums of money that do not fit are refused", "[invoice]") {
    CHECK(refusal(add_fen(k_largest, 1)) == codes::money_overflow.name);
    CHECK(add_fen(k_largest, 0) == k_largest);
    CHECK(near_cap(80, 100));
    CHECK_FALSE(near_cap(79, 100));
    CHECK(near_cap(1, 1));
    CHECK(near_cap(k_largest, k_largest));
}

TEST_CASE("what is wrong with an invoice is said", "[invoice]") {
    City city = admitted_shenzhen();
    const auto with = [&](const std::function<void(IssueArguments&)>& change) {
        IssueArguments arguments = dinner("A");
        change(arguments);
        return refusal(issue(city, arguments));
    };
    CHECK(with([](auto& i) { i.buyer = "91440300YY100002X4"; }) == codes::uscc_bad_check.name);
    CHECK(with([](auto& i) { i.buyer = "E-0000000000000000"; }) == codes::tag_refused.name);
    CHECK(with([](auto& i) { i.buyer = "91330100799655058B"; }) == "accepted");  // elsewhere
    CHECK(with([](auto& i) { i.lines.clear(); }) == codes::invoice_without_lines.name);
    CHECK(with([](auto& i) { i.tax_fen = 1'120; }) == codes::tax_total_wrong.name);
    CHECK(with([](auto& i) { i.total_fen = 18'679; }) == codes::total_wrong.name);
    CHECK(with([](auto& i) { i.payment_reference.clear(); }) ==
          codes::payment_reference_malformed.name);
    CHECK(with([](auto& i) { i.payment_reference = "WX/1"; }) ==
          codes::payment_reference_malformed.name);
    CHECK(with([](auto& i) { i.holder = "P-NOBODY"; }) == codes::member_unknown.name);
    CHECK(with([](auto& i) { i.holder = k_other; }) == codes::holder_not_consumer.name);
    REQUIRE(
        city.run<Nothing>(k_bureau, "membership", "revoke", membership::MemberArguments{k_buyer}));
    CHECK(with([](auto&) {}) == codes::member_revoked.name);
    CHECK(with([](auto& i) {
              i.buyer = "";
              i.payment_reference = "B";
          }) == "accepted");
}

TEST_CASE("one payment has one live invoice; a full red letter frees it", "[invoice]") {
    City city = admitted_shenzhen();
    const auto first = issue(city, dinner("WX1"));
    CHECK(refusal(issue(city, dinner("WX1"))) == codes::payment_already_invoiced.name);
    REQUIRE(red(city, *first, 100, 6));
    CHECK(refusal(issue(city, dinner("WX1"))) == codes::payment_already_invoiced.name);
    REQUIRE(red(city, *first, 18'579, 1'115));
    const auto payment = [&] {
        return city.ask<PaymentResult>("invoice", "payment", PaymentArguments{k_seller, "WX1"});
    };
    CHECK_FALSE(payment()->invoice);
    const auto again = issue(city, dinner("WX1"));
    REQUIRE(again);
    CHECK(payment()->invoice == InvoiceArguments{again->code, again->number});
}

TEST_CASE("without a holder the buyer holds the invoice", "[invoice]") {
    City city = admitted_shenzhen();
    auto arguments = dinner("A");
    arguments.holder.reset();
    CHECK(read_invoice(city, *issue(city, arguments)).holder == k_buyer);
    arguments = dinner("B");
    arguments.holder.reset();
    arguments.buyer.clear();
    CHECK(read_invoice(city, *issue(city, arguments)).holder.empty());
}

std::string genesis_with(const std::string& invoice, const std::string& first_day) {
    std::string text = k_shenzhen_sections;
    const std::string old = R"({"region": "4403", "tags_only": false, "first_batch": 1})";
    text.replace(text.find(old), old.size(), R"({"tags_only": false, )" + invoice.substr(1));
    text.replace(text.find("2018-08-10"), 10, first_day);
    return text;
}

TEST_CASE("after number 99,999,999 the batch goes up, in batch 9 the last million is for reds",
          "[invoice]") {
    City city = admitted_shenzhen(
        genesis_with(R"({"first_batch": 8, "first_number": 99999999})", "2018-08-10"));
    const auto last_of_8 = issue(city, dinner("A"));
    CHECK(last_of_8->code == "144031809810");
    CHECK(last_of_8->number == "99999999");
    const auto first_of_9 = issue(city, dinner("B"));
    CHECK(first_of_9->code == "144031809910");
    CHECK(first_of_9->number == "00000001");

    City full = admitted_shenzhen(
        genesis_with(R"({"first_batch": 9, "first_number": 98999999})", "2018-12-31"));
    const auto last = issue(full, dinner("A"));
    REQUIRE(last);
    CHECK(refusal(issue(full, dinner("B"))) == codes::series_exhausted.name);
    CHECK(full_red(full, *last)->number == "99000000");  // what was sold can be taken back
    close_day(full, k_bureau, "AUDIT");
    const auto next_year = issue(full, dinner("B"));
    REQUIRE(next_year);
    CHECK(next_year->code == "144031909110");
    CHECK(next_year->number == "00000001");
}

TEST_CASE("a new year starts batch 1 with number 1", "[invoice]") {
    City city = admitted_shenzhen(genesis_with(
        R"({"region": "1100", "first_batch": 3, "first_number": 8904765})", "2020-12-31"));
    const auto old_year = issue(city, dinner("A"));
    CHECK(old_year->code == "111002009310");
    CHECK(old_year->number == "08904765");
    close_day(city, k_bureau, "AUDIT");
    const auto new_year = issue(city, dinner("B"));
    CHECK(new_year->code == "111002109110");
    CHECK(new_year->number == "00000001");
}

TEST_CASE("the invoice section of the genesis is checked", "[invoice]") {
    const auto start = [](const std::string& invoice) {
        City city;
        return refusal(city.start(sections(R"({"invoice": )" + invoice + "}")));
    };
    CHECK(start(R"({"region": "440"})") == codes::region_malformed.name);
    CHECK(start(R"({"region": "44O3"})") == codes::region_malformed.name);
    CHECK(start(R"({"first_batch": 0})") == codes::series_start_out_of_range.name);
    CHECK(start(R"({"first_batch": 10})") == codes::series_start_out_of_range.name);
    CHECK(start(R"({"first_number": 0})") == codes::series_start_out_of_range.name);
    CHECK(start(R"({"first_number": 100000000})") == codes::series_start_out_of_range.name);
    CHECK(start(R"({"line_tolerance_fen": 0})") == codes::tolerance_out_of_range.name);
    CHECK(start(R"({"line_tolerance_fen": 101})") == codes::tolerance_out_of_range.name);
    CHECK(start(R"({"document_tolerance_fen": 0})") == codes::tolerance_out_of_range.name);
    CHECK(start(R"({"document_tolerance_fen": 10001})") == codes::tolerance_out_of_range.name);
}

TEST_CASE("what is printed on an invoice can be verified", "[invoice]") {
    City city = admitted_shenzhen();
    const auto made = issue(city, dinner("A"));
    const auto verify = [&](const VerifyArguments& arguments) {
        return *city.ask<VerifyResult>("invoice", "verify", arguments);
    };
    const VerifyArguments printed{made->code, made->number, k_seller, made->check_code};
    CHECK(verify(printed) == VerifyResult{true});
    auto forged = printed;
    forged.check_code = made->check_code == "00000" ? "00001" : "00000";
    CHECK(verify(forged) == VerifyResult{false});
    forged = printed;
    forged.seller = k_other;
    CHECK_FALSE(verify(forged).matches);
    forged = printed;
    forged.number = "00000002";
    CHECK_FALSE(verify(forged).matches);
    REQUIRE(full_red(city, *made));
    CHECK(verify(printed).matches);  // nothing else is told
}

TEST_CASE("invoices are listed by seller and by buyer", "[invoice]") {
    City city = admitted_shenzhen();
    for (int i = 0; i < 3; ++i) REQUIRE(issue(city, dinner("P" + std::to_string(i))));
    const auto list = [&](const char* query, const MemberId& enterprise,
                          std::optional<std::string> after) {
        return *city.ask<InvoicesResult>("invoice", query, InvoicesArguments{enterprise, after, 2});
    };
    const auto first = list("sales", k_seller, std::nullopt);
    CHECK(first.invoices.size() == 2);
    CHECK(first.next == "144031809110/00000002");
    const auto rest = list("sales", k_seller, first.next);
    REQUIRE(rest.invoices.size() == 1);
    CHECK(rest.invoices[0].number == "00000003");
    CHECK_FALSE(rest.next);
    CHECK(list("purchases", k_buyer, std::nullopt).invoices.size() == 2);
    CHECK(list("purchases", k_seller, std::nullopt).invoices.empty());
}

}  // namespace
}  // namespace cityledger::ledger
