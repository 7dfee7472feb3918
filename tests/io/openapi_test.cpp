#include "node/api/openapi.hpp"

#include <catch2/catch.hpp>

#include "ledger/codec/json.hpp"
#include "ledger/contracts/contracts.hpp"

namespace cityledger::io::test {
namespace {

namespace json = boost::json;

std::string schema(std::string_view type) {
    return ledger::compact_json(api::schema_of_type(type));
}

TEST_CASE("the schema of a type says what the type says", "[openapi]") {
    CHECK(schema("flag") == R"({"type":"boolean"})");
    CHECK(schema("text(8)") == R"({"maxLength":8,"type":"string"})");
    CHECK(schema("red|green") == R"({"enum":["red","green"],"type":"string"})");
    CHECK(
        schema("list(3) of optional integer") ==
        R"({"items":{"anyOf":[{"type":"integer"},{"type":"null"}]},"maxItems":3,"type":"array"})");
    CHECK(
        schema("{a: text, b: optional list of {c: hex(2)}}") ==
        R"({"properties":{"a":{"type":"string"},"b":{"anyOf":[{"items":{"properties":{"c":)"
        R"({"maxLength":4,"pattern":"^([0-9a-f]{2})*$","type":"string"}},"required":["c"],)"
        R"("type":"object"},"type":"array"},{"type":"null"}]}},"required":["a"],"type":"object"})");
    CHECK(schema("{}") == R"({"properties":{},"type":"object"})");
}

TEST_CASE("every operation and query of every contract is in the document", "[openapi]") {
    const json::value document = api::openapi_document(ledger::city_contracts());
    const json::object& paths = document.at("paths").as_object();
    const json::object& schemas = document.at("components").at("schemas").as_object();
    std::size_t queries = 0;
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        for (const ledger::Method& method : contract->operations) {
            INFO(contract->name << "." << method.name);
            CHECK(schemas.contains(contract->name + "." + method.name));
        }
        for (const ledger::Method& method : contract->queries) {
            INFO(contract->name << "." << method.name);
            CHECK(paths.contains("/query/" + contract->name + "/" + method.name));
            ++queries;
        }
    }
    CHECK(queries > 20);
}

}  // namespace
}  // namespace cityledger::io::test
