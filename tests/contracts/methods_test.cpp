// Every method as the API and the command line see it: described, and readable as JSON.

#include <regex>

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

/// Whether the method has this argument, and it is a text in JSON.
bool is_text(const Method& method, const std::string& name) {
    const boost::json::value* value = method.example_arguments.as_object().if_contains(name);
    return value != nullptr && value->is_string();
}

/// The example arguments of a method with a value of its own in every leaf, so that a field that is
/// lost, or exchanged with another one, shows.
class FullArguments {
public:
    explicit FullArguments(const Method& method)
        : method_(method), value_(method.example_arguments) {
        for (const FieldDescription& field : method.arguments) {
            INFO(field.name << ": " << field.type);
            type_ = field.type;
            fill(value_.as_object().at(field.name));
        }
    }
    [[nodiscard]] const boost::json::value& value() const { return value_; }

private:
    void fill(boost::json::value& leaf) {
        if (leaf.is_object()) {
            for (auto& entry : leaf.get_object()) fill(entry.value());
        } else if (leaf.is_array()) {
            for (auto& element : leaf.get_array()) fill(element);
        } else if (leaf.is_string()) {
            fill_text(leaf);
        } else if (leaf.is_bool()) {
            leaf = true;
        } else if (leaf.is_uint64()) {
            leaf = std::uint64_t{++filled_};
        } else {
            REQUIRE(leaf.is_int64());
            leaf = std::int64_t{++filled_};
        }
        REQUIRE(method_.arguments_from_json(value_));
    }

    /// What the method takes: digits that are hex and text alike, or another name of an enum.
    void fill_text(boost::json::value& leaf) {
        const boost::json::string before = leaf.get_string();
        const std::string byte = to_hex(Bytes{++filled_});
        std::string digits = byte;
        while (digits.size() < before.size()) digits += byte;
        std::vector<std::string> candidates = {digits};
        static const std::regex word("[a-z_]+");
        for (auto it = std::sregex_iterator(type_.begin(), type_.end(), word);
             it != std::sregex_iterator(); ++it) {
            candidates.push_back(it->str());
        }
        for (const std::string& candidate : candidates) {
            leaf = boost::json::value(candidate);
            if (candidate != before && method_.arguments_from_json(value_)) return;
        }
        FAIL("nothing but the example fits: " << before);
    }

    const Method& method_;
    boost::json::value value_;
    std::string type_;
    std::uint8_t filled_ = 0;
};

void check_round_trip(const Method& method, const boost::json::value& value) {
    const auto bytes = method.arguments_from_json(value);
    REQUIRE(bytes);
    const auto json = method.arguments_to_json(*bytes);
    REQUIRE(json);
    CHECK(*json == value);
    Bytes longer = *bytes;
    longer.push_back(0);
    CHECK(refusal(method.arguments_to_json(longer)) == codes::decode_trailing.name);
}

TEST_CASE("every contract and method describes itself", "[contracts]") {
    CHECK(city_contracts().all().size() >= 5);
    for (const Contract* contract : city_contracts().all()) {
        INFO(contract->name);
        CHECK_FALSE(contract->operations.empty());
        CHECK_FALSE(contract->codes.empty());
        for (const Method* method : methods_of(*contract)) {
            INFO(method->name);
            CHECK_FALSE(method->summary.empty());
            CHECK(method->summary.back() == '.');
            for (const auto& field : method->arguments) {
                CHECK_FALSE(field.name.empty());
                CHECK_FALSE(field.type.empty());
            }
            for (const std::string& name : method->filled_in) CHECK(is_text(*method, name));
            for (const std::string& name : method->limited_by) CHECK(is_text(*method, name));
            CHECK(method->example_arguments.as_object().size() == method->arguments.size());
            CHECK(method->example_result.as_object().size() == method->result.size());
        }
    }
    const auto issue = city_contracts().operation("invoice", "issue");
    REQUIRE(issue);
    CHECK((*issue)->arguments.front().name == "buyer");
    CHECK((*issue)->result.size() == 4);
}

TEST_CASE("the arguments of every method survive JSON", "[contracts]") {
    for (const Contract* contract : city_contracts().all()) {
        for (const Method* method : methods_of(*contract)) {
            INFO(contract->name << "." << method->name);
            check_round_trip(*method, method->example_arguments);
            const FullArguments full(*method);
            check_round_trip(*method, full.value());
            for (const FieldDescription& field : method->arguments) {
                if (!field.type.starts_with("optional ")) continue;
                boost::json::value without = full.value();
                without.as_object()[field.name] = nullptr;
                check_round_trip(*method, without);
            }
        }
    }
}

TEST_CASE("the JSON of arguments is that of their struct", "[contracts]") {
    const auto check = [](const Result<const Method*>& method, const auto& value) {
        REQUIRE(method);
        const auto json = (*method)->arguments_to_json(encode(value));
        REQUIRE(json);
        CHECK(*json == to_json(value));
        CHECK((*method)->arguments_from_json(*json) == encode(value));
    };
    check(city_contracts().operation("invoice", "issue"), dinner("WX1"));
    check(city_contracts().operation("directory", "request"), request_for("AK/D00001"));
    check(city_contracts().query("membership", "members"),
          membership::MembersArguments{membership::Role::auditor, "AD", 7});
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
