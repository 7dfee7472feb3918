// A closed chain: whatever text an operation takes, words in it are refused before anybody orders
// them, and the refusal does not repeat them.

#include "ledger/contracts/closed_words.hpp"

#include "ledger/contracts/values/registration_tag.hpp"
#include "ledger/contracts/values/uscc.hpp"
#include "tests/contracts/closed_city.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

namespace json = boost::json;
using namespace invoice;
using namespace testing;

const MemberId k_person = "P-0123456789ABCDEF";
const std::string k_words = "张三";

/// What may stand in the texts of operations, by their names.
const json::object& good_texts() {
    static const json::object texts = {
        {"code", "144031809110"},
        {"number", "00000001"},
        {"enterprise", k_tag},
        {"provider", k_tag},
        {"bank", k_tag},
        {"buyer", k_tag},
        {"id", k_tag},
        {"name", k_tag},
        {"to", k_person},
        {"holder", k_person},
        {"reader", "SZCOURT"},
        {"principal", k_tag},
        {"category", "catering"},
        {"categories", json::array{"catering"}},
        {"valid_until", "2018-09-01"},
        {"due_on", "2018-09-01"},
        {"after", "144031809110/00000001"},
        {"payment_reference", std::string(64, 'a')},
    };
    return texts;
}

bool is_text(const FieldDescription& field) {
    return field.type.find("text") != std::string::npos && field.name != "lines";
}

json::object good_arguments(const Method& operation) {
    json::object arguments = operation.example_arguments.as_object();
    for (const FieldDescription& field : operation.arguments) {
        if (!is_text(field)) continue;
        INFO(operation.name << "." << field.name << ": a text that nobody has thought of");
        REQUIRE(good_texts().contains(field.name));
        arguments[field.name] = good_texts().at(field.name);
    }
    if (operation.name == "issue") {
        arguments["lines"].as_array().at(0).as_object()["name"] = "*catering*";
        arguments["lines"].as_array().at(0).as_object()["quantity"] = nullptr;
    }
    return arguments;
}

/// "accepted", or the code; the words must not be in the refusal.
std::string judged(const City& city, const Method& operation, const json::object& arguments) {
    const auto bytes = operation.arguments_from_json(arguments);
    INFO(json::serialize(arguments));
    REQUIRE(bytes);
    const Status status = city.judge(operation, *bytes);
    if (!status) CHECK(status.error().detail.find(k_words) == std::string::npos);
    return refusal(status);
}

TEST_CASE("no operation on a closed chain takes words in any of its texts", "[closed]") {
    const City city = closed_shenzhen();
    const City open = shenzhen();
    std::size_t tried = 0;
    for (const char* contract : {"invoice", "membership", "receivables"}) {
        for (const Method& operation : city_contracts().find(contract)->operations) {
            const json::object good = good_arguments(operation);
            INFO(contract << "." << operation.name);
            CHECK(judged(city, operation, good) == "accepted");
            for (const FieldDescription& field : operation.arguments) {
                if (!is_text(field)) continue;
                json::object bad = good;
                bad[field.name] = field.name == "categories" ? json::value(json::array{k_words})
                                                             : json::value(k_words);
                INFO(field.name);
                CHECK(judged(city, operation, bad) != "accepted");
                CHECK(judged(open, operation, bad) == "accepted");
                ++tried;
            }
        }
    }
    CHECK(tried > 50);
}

TEST_CASE("codes, names, numbers of persons and payments in the open are refused", "[closed]") {
    const City city = closed_shenzhen();
    const auto with = [&](const char* contract, const char* name, const char* field,
                          const json::value& value) {
        const Method& operation = **city_contracts().operation(contract, name);
        json::object arguments = good_arguments(operation);
        arguments[field] = value;
        return judged(city, operation, arguments);
    };
    for (const char* id : {"91440300YY1000011B", "P-LI", "440301199001011234", "E-0"}) {
        INFO(id);
        CHECK(with("invoice", "transfer", "to", id) == codes::open_code_refused.name);
        CHECK(with("invoice", "issue", "buyer", id) == codes::open_code_refused.name);
        CHECK(with("membership", "revoke", "id", id) == codes::open_code_refused.name);
    }
    CHECK(with("invoice", "issue", "buyer", "") == "accepted");
    CHECK(with("invoice", "issue", "payment_reference", "13800138000") ==
          codes::open_payment_refused.name);
    CHECK(with("invoice", "issue", "category", "13800138000") == codes::open_text_refused.name);
    CHECK(with("invoice", "book", "code", "013800138000") == codes::open_text_refused.name);
    CHECK(with("membership", "enrol", "name", "Guomao Restaurant") ==
          codes::tagged_member_named.name);
    json::array lines = {{{"name", "*catering*dinner"},
                          {"amount_fen", 100},
                          {"rate_basis_points", 600},
                          {"tax_fen", 6}}};
    CHECK(with("invoice", "issue", "lines", lines) == codes::open_text_refused.name);
    lines[0].as_object()["name"] = "*catering*";
    CHECK(with("invoice", "issue", "lines", lines) == "accepted");
    lines[0].as_object()["quantity"] = "2 tables of Li";
    CHECK(with("invoice", "issue", "lines", lines) == codes::open_text_refused.name);
}

TEST_CASE("persons are enrolled by tag, public bodies by their names", "[closed]") {
    City city = closed_shenzhen();
    const auto enrol = [&](const MemberId& id, const std::string& name, membership::MemberKind kind,
                           membership::Role role) {
        return refusal(
            city.run<Nothing>(k_bureau, "membership", "enrol",
                              membership::EnrolArguments{id, name, kind, {role}, test_key(id)}));
    };
    using membership::MemberKind;
    using membership::Role;
    CHECK(enrol("P-WANG", "P-WANG", MemberKind::person, Role::consumer) ==
          codes::open_code_refused.name);
    CHECK(enrol(k_person, "Wang", MemberKind::person, Role::consumer) ==
          codes::tagged_member_named.name);
    CHECK(enrol(k_person, k_person, MemberKind::person, Role::consumer) == "accepted");
    CHECK(enrol("E-0000000000000001", "E-0000000000000001", MemberKind::person, Role::consumer) ==
          codes::open_code_refused.name);
    CHECK(enrol("SZCOURT", "Shenzhen Court", MemberKind::authority, Role::court) == "accepted");
}

TEST_CASE("tags and commitments are keyed", "[closed]") {
    const auto key_of = [](std::string_view name) {
        return crypto::SecretKey(digest_of(name).bytes);
    };
    const std::string tag = person_tag(key_of("register"), "440301199001011234");
    CHECK(is_person_tag(tag));
    CHECK(tag != person_tag(key_of("another"), "440301199001011234"));
    CHECK(tag.substr(2) != person_tag(key_of("register"), "440301199001011235").substr(2));
    const std::string payment = payment_commitment(key_of("platform"), "WX1");
    CHECK(payment == payment_commitment(key_of("platform"), "WX1"));
    CHECK(payment != payment_commitment(key_of("platform"), "WX2"));
    CHECK(payment != payment_commitment(key_of("another"), "WX1"));
    CHECK(payment.size() == 64);
}

}  // namespace
}  // namespace cityledger::ledger
