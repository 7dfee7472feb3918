// Every method as the API and the command line see it: described, and readable as JSON.

#include <set>

#include "ledger/contracts/receivables.hpp"
#include "tests/contracts/directory_stories.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

std::vector<const Method*> methods_of(const Contract& contract) {
    std::vector<const Method*> methods;
    for (const Method& method : contract.operations) methods.push_back(&method);
    for (const Method& method : contract.queries) methods.push_back(&method);
    return methods;
}

template <class Arguments>
void check_round_trip(const Result<const Method*>& found, const Arguments& value,
                      std::set<const Method*>& covered) {
    REQUIRE(found);
    const Method& method = **found;
    INFO(method.name);
    const Bytes bytes = encode(value);
    const auto json = method.arguments_to_json(bytes);
    REQUIRE(json);
    CHECK(*json == to_json(value));
    const auto again = method.arguments_from_json(*json);
    REQUIRE(again);
    CHECK(*again == bytes);
    Bytes longer = bytes;
    longer.push_back(0);
    CHECK(refusal(method.arguments_to_json(longer)) == codes::decode_trailing.name);
    covered.insert(&method);
}

template <class Arguments>
void operation_survives(std::string_view contract, std::string_view name, const Arguments& value,
                        std::set<const Method*>& covered) {
    check_round_trip(city_contracts().operation(contract, name), value, covered);
}
template <class Arguments>
void query_survives(std::string_view contract, std::string_view name, const Arguments& value,
                    std::set<const Method*>& covered) {
    check_round_trip(city_contracts().query(contract, name), value, covered);
}

TEST_CASE("every contract and method describes itself", "[contracts]") {
    CHECK(city_contracts().all().size() == 5);
    for (const Contract* contract : city_contracts().all()) {
        for (const Method* method : methods_of(*contract)) {
            INFO(contract->name << "." << method->name);
            CHECK_FALSE(method->summary.empty());
            CHECK(method->summary.back() == '.');
            for (const auto& field : method->arguments) {
                CHECK_FALSE(field.name.empty());
                CHECK_FALSE(field.type.empty());
            }
        }
    }
    const auto issue = city_contracts().operation("invoice", "issue");
    REQUIRE(issue);
    CHECK((*issue)->arguments.front().name == "buyer");
    CHECK((*issue)->result.size() == 4);
}

void cover_membership(std::set<const Method*>& covered) {
    using namespace membership;
    const EnrolArguments enrol{
        k_seller, "Name", MemberKind::enterprise, {Role::enterprise}, test_key(k_seller)};
    operation_survives("membership", "enrol", enrol, covered);
    const RoleArguments role{"AD", Role::chain_operator};
    operation_survives("membership", "grant_role", role, covered);
    operation_survives("membership", "revoke_role", role, covered);
    operation_survives("membership", "revoke", MemberArguments{"AD"}, covered);
    operation_survives("membership", "rotate_key", RotateKeyArguments{test_key("AD")}, covered);
    query_survives("membership", "member", MemberArguments{"AD"}, covered);
    query_survives("membership", "members", MembersArguments{Role::auditor, "AD", 7}, covered);
}

void cover_calendar(std::set<const Method*>& covered) {
    const calendar::CloseArguments close{"2018-08-10"};
    operation_survives("calendar", "propose_close", close, covered);
    operation_survives("calendar", "countersign_close", close, covered);
    query_survives("calendar", "today", Nothing{}, covered);
}

void cover_directory(std::set<const Method*>& covered) {
    using namespace directory;
    const auto operation = [&covered](std::string_view name, const auto& value) {
        operation_survives("directory", name, value, covered);
    };
    const auto query = [&covered](std::string_view name, const auto& value) {
        query_survives("directory", name, value, covered);
    };
    operation("register_responsibility", RegisterResponsibilityArguments{"text", "basis"});
    operation("approve_responsibility", ApproveResponsibilityArguments{"AK/R00001"});
    operation("register_directory", RegisterDirectoryArguments{"AK/R00001", pension_metadata()});
    operation("update_directory", UpdateDirectoryArguments{"AK/D00001", pension_metadata()});
    operation("lock_directory", LockDirectoryArguments{"AK/D00001"});
    RequestArguments request = request_for("AK/D00001");
    request.until_day = "2020-12-31";
    operation("request", request);
    operation("approve", ApproveArguments{"AF/Q00001"});
    operation("refuse", ReasonArguments{"AF/Q00001", "why"});
    operation("revoke", ReasonArguments{"AF/Q00001", "why"});
    operation("mark_overdue", MarkOverdueArguments{3});
    operation("deliver", DeliverArguments{"AF/Q00001", digest_of("rows"), 7});
    operation("acknowledge", AcknowledgeArguments{"AF/Q00001", 1, digest_of("rows")});
    for (const char* name : {"responsibility", "directory", "request"}) {
        query(name, IdArguments{"AK/R00001"});
    }
    for (const char* name : {"responsibilities", "directories", "requests", "inbox"}) {
        query(name, DepartmentPageArguments{"AK", "AK/R00001", 5});
    }
    query("deliveries", DeliveriesArguments{"AF/Q00001", 1, 5});
}

void cover_invoice(std::set<const Method*>& covered) {
    using namespace invoice;
    const auto operation = [&covered](std::string_view name, const auto& value) {
        operation_survives("invoice", name, value, covered);
    };
    const auto query = [&covered](std::string_view name, const auto& value) {
        query_survives("invoice", name, value, covered);
    };
    operation("admit", AdmitArguments{k_seller, {"catering"}, {1, 2, 3}, "2018-12-31"});
    operation("set_quota", SetQuotaArguments{k_seller, {1, 2, 3}});
    for (const char* name : {"freeze", "unfreeze", "mark_abnormal"}) {
        operation(name, EnterpriseArguments{k_seller});
    }
    operation("issue", dinner("WX1"));
    const std::string code = "144031809110";
    const std::string number = "00000001";
    operation("transfer", TransferArguments{code, number, k_buyer, k_other});
    operation("lock", LockArguments{code, number, digest_of("dinner"), k_buyer});
    for (const char* name : {"unlock", "book", "confirm_red", "void"}) {
        operation(name, ActArguments{code, number, k_buyer});
    }
    operation("red_letter", RedLetterArguments{code, number, 1, 2, "why", k_seller});
    operation("offer", OfferArguments{code, number, digest_of("key"), Bytes(40, 1), k_consumer});
    operation("accept", AcceptArguments{code, number, digest_of("key"), k_buyer});
    operation("mandate", MandateArguments{k_other});
    operation("revoke_mandate", MandateArguments{k_other});
    operation("order_disclosure", OrderDisclosureArguments{code, number, "case 7"});
    operation("disclose", DiscloseArguments{code, number, "COURT", Bytes(40, 2)});
    operation("warn_bookers", WarnBookersArguments{k_seller, code + "/" + number});
    query("mandate", MandateQuery{k_seller, k_other});
    query("risks", RisksArguments{"2018-08-10", "risk.outside_scope"});
    query("invoice", InvoiceArguments{code, number});
    query("admission", EnterpriseArguments{k_seller});
    query("verify", VerifyArguments{code, number, k_seller, "83431"});
    query("quota", QuotaArguments{k_seller, "2018-08"});
    query("payment", PaymentArguments{k_seller, "WX1"});
    query("sales", InvoicesArguments{k_seller, "144031809110/00000001", 5});
    query("purchases", InvoicesArguments{k_seller, std::nullopt, std::nullopt});
    query("statistics", Nothing{});
}

void cover_receivables(std::set<const Method*>& covered) {
    using namespace receivables;
    const std::string code = "144031809110";
    const std::string number = "00000001";
    operation_survives("receivables", "admit_bank", BankArguments{k_other}, covered);
    operation_survives("receivables", "request", RequestArguments{code, number, k_other}, covered);
    operation_survives("receivables", "confirm", ConfirmArguments{code, number, "2018-11-10"},
                       covered);
    operation_survives("receivables", "finance", FinanceArguments{code, number, 7}, covered);
    operation_survives("receivables", "settle", ReceivableArguments{code, number}, covered);
    query_survives("receivables", "receivable", ReceivableArguments{code, number}, covered);
}

TEST_CASE("the arguments of every method survive JSON", "[contracts]") {
    std::set<const Method*> covered;
    cover_membership(covered);
    cover_calendar(covered);
    cover_directory(covered);
    cover_invoice(covered);
    cover_receivables(covered);
    for (const Contract* contract : city_contracts().all()) {
        for (const Method* method : methods_of(*contract)) {
            INFO("not covered: " << contract->name << "." << method->name);
            CHECK(covered.contains(method));
        }
    }
}

TEST_CASE("metadata fields stand beside the others in JSON", "[contracts]") {
    const auto json =
        to_json(directory::RegisterDirectoryArguments{"AK/R00001", pension_metadata()});
    const auto& object = json.as_object();
    CHECK(object.at("responsibility") == "AK/R00001");
    CHECK(object.at("name") == "Pension records");
    CHECK(object.at("sharing") == "conditional");
}

}  // namespace
}  // namespace cityledger::ledger
