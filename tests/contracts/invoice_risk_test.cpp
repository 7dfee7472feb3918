// Each risk signal: where it is raised, and where it must not be.

#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace invoice;
using namespace testing;
using testing::issue;

const std::string k_today = "2018-08-10";

/// Three admitted enterprises; the limits are far away.
City trading_city() {
    City city = admitted_shenzhen();
    for (const MemberId& enterprise : {k_buyer, k_other}) {
        const AdmitArguments admit{
            enterprise, {"catering"}, {1'000'000, 1'000, 100'000'000}, std::nullopt};
        REQUIRE(city.run<Nothing>(k_bureau, "invoice", "admit", admit));
    }
    return city;
}

/// All signals of a day, or those of one kind.
std::vector<RiskSignal> risks(City& city, const std::string& date = k_today,
                              std::optional<std::string> kind = std::nullopt) {
    const auto read = city.ask<RisksResult>("invoice", "risks",
                                            RisksArguments{date, std::move(kind), std::nullopt});
    REQUIRE(read);
    return read->signals;
}

/// The seller sells to the buyer, who books at once.
IssueResult sell_and_book(City& city, const MemberId& seller, const MemberId& buyer,
                          const std::string& payment) {
    auto sale = dinner(payment);
    sale.buyer = buyer;
    sale.holder.reset();
    const auto made = issue(city, sale, seller);
    REQUIRE(made);
    REQUIRE(claim(city, *made, buyer));
    REQUIRE(act(city, "book", *made, buyer));
    return *made;
}

TEST_CASE("three enterprises that sell in a circle are signalled", "[invoice][risk]") {
    City city = trading_city();
    sell_and_book(city, k_seller, k_buyer, "1");
    sell_and_book(city, k_buyer, k_other, "2");
    CHECK(risks(city).empty());
    const auto closing = sell_and_book(city, k_other, k_seller, "3");
    const std::string name = closing.code + "/" + closing.number;
    CHECK(city.emitted("risk.circular_trade", name));
    CHECK(risks(city) == std::vector<RiskSignal>{{"risk.circular_trade", name}});
    CHECK(risks(city, k_today, "risk.circular_trade").size() == 1);
    CHECK(risks(city, k_today, "risk.many_headers").empty());
    CHECK(risks(city, "2018-08-11").empty());
}

TEST_CASE("a chain, mutual trade, and a circle over more than a quarter are no circle",
          "[invoice][risk]") {
    City city = trading_city();
    sell_and_book(city, k_seller, k_buyer, "1");
    sell_and_book(city, k_buyer, k_seller, "2");
    sell_and_book(city, k_buyer, k_other, "3");
    CHECK(risks(city).empty());
    while (close_day(city, k_bureau, "AUDIT").date != "2018-11-11") {
    }
    sell_and_book(city, k_other, k_seller, "4");
    CHECK(risks(city, "2018-11-11").empty());
}

TEST_CASE("a circle across the end of a month is signalled", "[invoice][risk]") {
    City city = trading_city();
    sell_and_book(city, k_seller, k_buyer, "1");
    sell_and_book(city, k_buyer, k_other, "2");
    while (close_day(city, k_bureau, "AUDIT").date != "2018-11-10") {
    }
    sell_and_book(city, k_other, k_seller, "3");
    CHECK(risks(city, "2018-11-10").size() == 1);
    sell_and_book(city, k_other, k_seller, "4");  // one signal for a partner, not for an invoice
    CHECK(risks(city, "2018-11-10").size() == 1);
}

/// Enrols and admits more enterprises.
std::vector<MemberId> more_enterprises(City& city, std::size_t count) {
    std::vector<MemberId> all = {k_seller, k_buyer, k_other};
    const char* more[] = {"9144030071526726XG", "914403001922038216", "91330100799655058B"};
    for (const char* id : more) {
        if (all.size() == count) break;
        const membership::EnrolArguments enrol{id,
                                               "More",
                                               membership::MemberKind::enterprise,
                                               {membership::Role::enterprise},
                                               crypto::PrivateKey::generate().public_key().bytes()};
        REQUIRE(city.run<Nothing>(k_bureau, "membership", "enrol", enrol));
        const AdmitArguments admit{id, {"catering"}, {1'000'000, 1'000, 100'000'000}, {}};
        REQUIRE(city.run<Nothing>(k_bureau, "invoice", "admit", admit));
        all.emplace_back(id);
    }
    return all;
}

TEST_CASE("a circle of up to five firms is signalled, one of six is not", "[invoice][risk]") {
    for (const std::size_t firms : {3U, 4U, 5U, 6U}) {
        City city = trading_city();
        const auto members = more_enterprises(city, firms);
        for (std::size_t i = 0; i < firms; ++i) {
            sell_and_book(city, members[i], members[(i + 1) % firms], std::to_string(i));
        }
        INFO(firms << " firms");
        CHECK(risks(city).size() == (firms <= 5 ? 1 : 0));
    }
}

TEST_CASE("a sale to oneself is signalled", "[invoice][risk]") {
    City city = trading_city();
    auto sale = dinner("1");
    sale.buyer = k_seller;
    const auto made = issue(city, sale);
    REQUIRE(made);
    CHECK(city.emitted("risk.self_dealing", made->code + "/" + made->number));
    REQUIRE(issue(city, dinner("2")));
    CHECK(risks(city).size() == 1);
}

TEST_CASE("a booking from an abnormal seller is signalled at once", "[invoice][risk]") {
    City city = trading_city();
    auto sale = dinner("1");
    sale.holder.reset();
    const auto early = issue(city, sale);
    REQUIRE(city.run<Nothing>(k_bureau, "invoice", "mark_abnormal", EnterpriseArguments{k_seller}));
    REQUIRE(claim(city, *early));
    REQUIRE(act(city, "book", *early));
    CHECK(risks(city, k_today, "risk.abnormal_seller").size() == 1);
}

TEST_CASE("signals come in pages", "[invoice][risk]") {
    City city = trading_city();
    for (int i = 0; i < 150; ++i) {
        auto sale = dinner(std::to_string(i));
        sale.buyer = k_seller;
        REQUIRE(issue(city, sale));
    }
    const auto page = [&city](std::optional<std::string> after) {
        return *city.ask<RisksResult>("invoice", "risks",
                                      RisksArguments{k_today, std::nullopt, std::move(after)});
    };
    const auto first = page(std::nullopt);
    CHECK(first.signals.size() == 100);
    REQUIRE(first.next);
    const auto second = page(first.next);
    CHECK(second.signals.size() == 50);
    CHECK_FALSE(second.next);
    CHECK(second.signals.front().subject == "144031809110/00000101");
}

TEST_CASE("the fifth invoice of a day just under the cap is signalled", "[invoice][risk]") {
    City city = admitted_shenzhen();
    const auto sell = [&](int i, std::int64_t fen) {
        REQUIRE(issue(city, untaxed("P" + std::to_string(i), fen)));
    };
    for (int i = 0; i < 4; ++i) sell(i, 960'000);
    sell(4, 950'000);  // 95 % is not above 95 %
    CHECK(risks(city).empty());
    sell(5, 1'000'000);
    CHECK(city.emitted("risk.burst_under_cap", k_seller));

    City slow = admitted_shenzhen();
    for (int i = 0; i < 6; ++i) {
        REQUIRE(issue(slow, untaxed("P" + std::to_string(i), 990'000)));
        close_day(slow, k_bureau, "AUDIT");
        CHECK(risks(slow, "2018-08-1" + std::to_string(i)).empty());
    }
}

TEST_CASE("a reversal within three days of the booking is signalled", "[invoice][risk]") {
    City city = trading_city();
    const auto reversed = [&](const IssueResult& made) {
        REQUIRE(confirm_red(city, made, k_dinner_total_fen));
        REQUIRE(full_red(city, made));
        return city.emitted("risk.red_after_booking", made.code + "/" + made.number);
    };
    const auto early = sell_and_book(city, k_seller, k_buyer, "1");
    const auto late = sell_and_book(city, k_seller, k_buyer, "2");
    for (int i = 0; i < 3; ++i) close_day(city, k_bureau, "AUDIT");
    CHECK(reversed(early));
    close_day(city, k_bureau, "AUDIT");
    CHECK_FALSE(reversed(late));
    const auto never_booked = issue(city, dinner("3"));
    REQUIRE(full_red(city, *never_booked));
    CHECK(risks(city, "2018-08-14").empty());
}

TEST_CASE("one payer with four headers in a month is signalled", "[invoice][risk]") {
    City city = admitted_shenzhen();
    const std::vector<MemberId> headers = {k_buyer, k_other, "9144030071526726XG",
                                           "914403001922038216"};
    const auto dine = [&](const MemberId& header, int turn) {
        auto sale = dinner(header + "-" + std::to_string(turn));
        sale.buyer = header;
        REQUIRE(issue(city, sale));
    };
    for (int turn = 0; turn < 2; ++turn) {
        for (int i = 0; i < 3; ++i) dine(headers[i], turn);
    }
    CHECK(risks(city).empty());
    dine(headers[3], 0);
    CHECK(city.emitted("risk.many_headers", k_consumer));
    dine(headers[3], 1);
    CHECK(risks(city).size() == 1);
}

TEST_CASE("a new enterprise that nears its cap on the first day is signalled", "[invoice][risk]") {
    const AdmitArguments admit{k_seller, {"catering"}, {1'000'000, 5, 100'000'000}, std::nullopt};
    City city = shenzhen();
    REQUIRE(city.run<Nothing>(k_bureau, "invoice", "admit", admit));
    for (int i = 0; i < 3; ++i) REQUIRE(issue(city, dinner(std::to_string(i))));
    CHECK(risks(city).empty());
    REQUIRE(issue(city, dinner("3")));
    CHECK(city.emitted("risk.cap_on_first_day", k_seller));

    City later = shenzhen();
    REQUIRE(later.run<Nothing>(k_bureau, "invoice", "admit", admit));
    close_day(later, k_bureau, "AUDIT");
    for (int i = 0; i < 5; ++i) REQUIRE(issue(later, dinner(std::to_string(i))));
    CHECK(risks(later, "2018-08-11").empty());
}

TEST_CASE("a line outside the seller's categories is signalled, not refused", "[invoice][risk]") {
    City city = admitted_shenzhen();
    REQUIRE(issue(city, dinner("1")));
    CHECK(risks(city).empty());
    auto odd = dinner("2");
    odd.lines[0].name = "*steel*";
    const auto made = issue(city, odd);
    REQUIRE(made);
    CHECK(city.emitted("risk.outside_scope", made->code + "/" + made->number));
}

TEST_CASE("bookers are warned of an abnormal enterprise, in steps", "[invoice][risk]") {
    City city = trading_city();
    std::vector<std::string> booked;
    for (int i = 0; i < 15; ++i) {
        const auto made = sell_and_book(city, k_seller, k_buyer, "B" + std::to_string(i));
        booked.push_back(made.code + "/" + made.number);
        REQUIRE(issue(city, dinner("N" + std::to_string(i))));  // not booked
    }
    const auto warn = [&](std::optional<std::string> after, const MemberId& sender = k_bureau) {
        return city.run<WarnBookersResult>(sender, "invoice", "warn_bookers",
                                           WarnBookersArguments{k_seller, std::move(after)});
    };
    CHECK(refusal(warn({}, k_buyer)) == "not_permitted");
    REQUIRE(city.run<Nothing>(k_bureau, "invoice", "freeze", EnterpriseArguments{k_seller}));
    CHECK(refusal(warn({})) == codes::enterprise_not_abnormal.name);
    CHECK(risks(city).empty());
    REQUIRE(city.run<Nothing>(k_bureau, "invoice", "mark_abnormal", EnterpriseArguments{k_seller}));
    CHECK(refusal(issue(city, dinner("X"))) == codes::enterprise_frozen.name);
    std::uint32_t warned = 0;
    std::optional<std::string> after;
    do {
        const auto step = warn(after);
        REQUIRE(step);
        warned += step->warned;
        after = step->next;
    } while (after);
    CHECK(warned == 15);
    const auto signals = risks(city, k_today, "risk.abnormal_seller");
    REQUIRE(signals.size() == 15);
    CHECK(signals[0].subject == k_buyer + "/" + booked[0]);
    REQUIRE(city.run<Nothing>(k_bureau, "invoice", "unfreeze", EnterpriseArguments{k_seller}));
    CHECK(refusal(warn({})) == codes::enterprise_not_abnormal.name);
}

TEST_CASE("an ordinary day raises no signal", "[invoice][risk]") {
    City city = trading_city();
    for (int i = 0; i < 20; ++i) sell_and_book(city, k_seller, k_buyer, std::to_string(i));
    CHECK(risks(city).empty());
    CHECK(refusal(city.ask<RisksResult>("invoice", "risks",
                                        RisksArguments{"today", std::nullopt, std::nullopt})) ==
          "date_malformed");
}

}  // namespace
}  // namespace cityledger::ledger
