// Who may ask which query: strangers, members that are no party, parties, the offices.

#include "ledger/contracts/directory/trail.hpp"
#include "tests/contracts/directory_stories.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;
using membership::Role;

const MemberId k_auditor = "AUDIT";
const MemberId k_stranger;  // shows nobody's key

template <class Arguments>
bool may_ask(City& city, const MemberId& asker, std::string_view contract, std::string_view query,
             const Arguments& arguments) {
    const auto method = city_contracts().query(contract, query);
    REQUIRE(method.has_value());
    const Readers& readers = (*method)->readers;
    city.context.current_sender = asker;
    return !readers.admit || readers.admit(city.context, encode(arguments));
}

/// Shenzhen with an auditor and a dinner that the consumer holds.
struct ReadersFixture {
    ReadersFixture() : city(admitted_shenzhen()) {
        REQUIRE(city.run<Nothing>(k_bureau, "membership", "grant_role",
                                  membership::RoleArguments{k_auditor, Role::auditor}));
        const auto issued =
            city.run<invoice::IssueResult>(k_seller, "invoice", "issue", dinner("p1"));
        REQUIRE(issued);
        the_dinner = {issued->code, issued->number};
    }

    bool reads_dinner(const MemberId& asker) {
        return may_ask(city, asker, "invoice", "invoice", the_dinner);
    }

    City city;
    invoice::InvoiceArguments the_dinner;
};

TEST_CASE("every query of the contracts says who may ask", "[readers]") {
    for (const Contract* contract : city_contracts().all()) {
        for (const Method& query : contract->queries) {
            INFO(contract->name << "." << query.name);
            CHECK_FALSE(query.readers.words.empty());
            CHECK((query.readers.words == "anybody") == !query.readers.admit);
        }
    }
}

TEST_CASE("anybody may ask what 查验 gives and public facts and nothing else", "[readers]") {
    std::vector<std::string> open;
    for (const Contract* contract : city_contracts().all()) {
        for (const Method& query : contract->queries) {
            if (!query.readers.admit) open.push_back(contract->name + "." + query.name);
        }
    }
    CHECK(open == std::vector<std::string>{"calendar.today", "evidence.evidence",
                                           "evidence.on_chain_before", "invoice.verify",
                                           "invoice.rules"});
}

TEST_CASE_METHOD(ReadersFixture, "an invoice is for its parties and the offices", "[readers]") {
    for (const MemberId& reader : {k_seller, k_buyer, k_consumer, k_bureau, k_auditor}) {
        INFO(reader);
        CHECK(reads_dinner(reader));
    }
    for (const MemberId& other : {k_stranger, k_other, k_provider, MemberId("COURT")}) {
        INFO(other);
        CHECK_FALSE(reads_dinner(other));
    }
}

TEST_CASE_METHOD(ReadersFixture, "who is no party does not learn whether there is an invoice",
                 "[readers]") {
    the_dinner.number = "00009999";
    CHECK_FALSE(reads_dinner(k_seller));
    CHECK_FALSE(reads_dinner(k_other));
    CHECK(reads_dinner(k_bureau));
}

TEST_CASE_METHOD(ReadersFixture, "a mandate lets a provider read until it is taken back",
                 "[readers]") {
    const invoice::InvoicesArguments sales{k_seller, std::nullopt, std::nullopt};
    const invoice::MandateArguments mandate{k_provider};
    CHECK_FALSE(may_ask(city, k_provider, "invoice", "sales", sales));
    REQUIRE(city.run<Nothing>(k_seller, "invoice", "mandate", mandate));
    CHECK(reads_dinner(k_provider));
    CHECK(may_ask(city, k_provider, "invoice", "sales", sales));
    REQUIRE(city.run<Nothing>(k_seller, "invoice", "revoke_mandate", mandate));
    CHECK_FALSE(reads_dinner(k_provider));
}

TEST_CASE_METHOD(ReadersFixture, "a court reads what was disclosed to it", "[readers]") {
    const MemberId court = "COURT";
    REQUIRE(city.run<Nothing>(
        k_buyer, "invoice", "disclose",
        invoice::DiscloseArguments{the_dinner.code, the_dinner.number, court, {}}));
    CHECK(reads_dinner(court));
    CHECK_FALSE(reads_dinner(k_other));
}

TEST_CASE_METHOD(ReadersFixture, "a firm's trade is its own", "[readers]") {
    const auto check = [&](std::string_view query, const auto& arguments) {
        INFO(query);
        CHECK(may_ask(city, k_seller, "invoice", query, arguments));
        CHECK(may_ask(city, k_bureau, "invoice", query, arguments));
        CHECK(may_ask(city, k_auditor, "invoice", query, arguments));
        CHECK_FALSE(may_ask(city, k_buyer, "invoice", query, arguments));
        CHECK_FALSE(may_ask(city, k_stranger, "invoice", query, arguments));
    };
    check("admission", invoice::EnterpriseArguments{k_seller});
    check("quota", invoice::QuotaArguments{k_seller, "2018-08"});
    check("payment", invoice::PaymentArguments{k_seller, "p1"});
    check("sales", invoice::InvoicesArguments{k_seller, std::nullopt, std::nullopt});
    check("purchases", invoice::InvoicesArguments{k_seller, std::nullopt, std::nullopt});
    check("mandate", invoice::MandateQuery{k_seller, k_provider});
}

TEST_CASE_METHOD(ReadersFixture, "risk signals and totals are for the offices", "[readers]") {
    const invoice::RisksArguments day{"2018-08-10", std::nullopt, std::nullopt};
    for (const MemberId& office : {k_bureau, k_auditor}) {
        CHECK(may_ask(city, office, "invoice", "risks", day));
        CHECK(may_ask(city, office, "invoice", "statistics", Nothing{}));
    }
    for (const MemberId& other : {k_stranger, k_seller, k_consumer, MemberId("COURT")}) {
        CHECK_FALSE(may_ask(city, other, "invoice", "risks", day));
        CHECK_FALSE(may_ask(city, other, "invoice", "statistics", Nothing{}));
    }
}

TEST_CASE_METHOD(ReadersFixture, "members and the directory are for active members", "[readers]") {
    const membership::MemberArguments seller{k_seller};
    CHECK(may_ask(city, k_other, "membership", "member", seller));
    CHECK(may_ask(city, k_other, "membership", "key", seller));
    CHECK(may_ask(city, k_other, "membership", "members", membership::MembersArguments{}));
    CHECK(may_ask(city, k_other, "directory", "directory", directory::IdArguments{"AK/D00001"}));
    REQUIRE(
        city.run<Nothing>(k_bureau, "membership", "revoke", membership::MemberArguments{k_other}));
    for (const MemberId& nobody : {k_other, k_stranger, MemberId("UNKNOWN")}) {
        INFO(nobody);
        CHECK_FALSE(may_ask(city, nobody, "membership", "member", seller));
        CHECK_FALSE(may_ask(city, nobody, "membership", "key", seller));
        CHECK_FALSE(may_ask(city, nobody, "membership", "members", membership::MembersArguments{}));
        CHECK_FALSE(
            may_ask(city, nobody, "directory", "directory", directory::IdArguments{"AK/D00001"}));
    }
}

TEST_CASE("who was delivered what is for auditors, operators and whose data it was", "[readers]") {
    City city = beijing();
    const directory::TrailArguments trail{locked_entry(city, pension_metadata()), {}, {}};
    CHECK(may_ask(city, "JCJ", "directory", "trail", trail));  // auditor
    CHECK(may_ask(city, "AD", "directory", "trail", trail));   // operator
    CHECK(may_ask(city, "AK", "directory", "trail", trail));
    CHECK_FALSE(may_ask(city, "AF", "directory", "trail", trail));
    CHECK_FALSE(may_ask(city, "BZB", "directory", "trail", trail));
    CHECK_FALSE(may_ask(city, k_stranger, "directory", "trail", trail));
    CHECK_FALSE(
        may_ask(city, "AK", "directory", "trail", directory::TrailArguments{"AF/D00009", {}, {}}));
}

}  // namespace
}  // namespace cityledger::ledger
