// The schema and the reader must judge alike: what the schema refuses, the reader refuses, and the
// other way round unless it is a question of names.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "ledger/codec/json.hpp"
#include "sim/scenario/explain.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/paths.hpp"
#include "tests/sim/scenario_broken_samples.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream stream(path);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

const boost::json::value& schema_json() {
    static const boost::json::value value = boost::json::parse(scenario_schema());
    return value;
}

/// Whether the schema accepts this value, and if not, why.
std::string judged_by_schema(const boost::json::value& value) {
    static const valijson::adapters::BoostJsonAdapter adapter(schema_json());
    static valijson::Schema schema;
    static const bool parsed = [] {
        valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(adapter, schema);
        return true;
    }();
    CHECK(parsed);
    valijson::Validator validator;
    valijson::ValidationResults results;
    const valijson::adapters::BoostJsonAdapter target(value);
    if (validator.validate(schema, target, &results)) return "";
    valijson::ValidationResults::Error error;
    std::string words = "refused";
    while (results.popError(error)) words += "; " + error.description;
    return words;
}

std::vector<fs::path> shipped_scenarios() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(fs::path(source_dir()) / "scenarios")) {
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

TEST_CASE("schema and reader accept every shipped scenario", "[scenario]") {
    CHECK(shipped_scenarios().size() >= 8);
    for (const fs::path& path : shipped_scenarios()) {
        const std::string text = read_file(path);
        const auto yaml = parse_yaml(text, path.filename());
        REQUIRE(yaml);
        INFO(path);
        CHECK(judged_by_schema(plain_json(*yaml)) == "");
        const auto scenario = read_scenario(text, path.filename());
        INFO((scenario ? std::string() : scenario.error().message()));
        CHECK(scenario);
    }
}

TEST_CASE("schema and reader judge the broken samples alike", "[scenario]") {
    for (const BrokenSample& sample : broken_samples()) {
        INFO(sample.what << "\n" << sample.text);
        const auto yaml = parse_yaml(sample.text, "story.yaml");
        CHECK(yaml.has_value() == (sample.level != Level::yaml));
        if (!yaml) continue;
        const std::string judgement = judged_by_schema(plain_json(*yaml));
        INFO(judgement);
        CHECK(judgement.empty() == (sample.level == Level::meaning));
    }
}

TEST_CASE("the embedded schema and departments are those of the source tree", "[scenario]") {
    const fs::path folder = fs::path(source_dir()) / "scenarios";
    CHECK(scenario_schema() == read_file(folder / "scenario.schema.json"));
    CHECK(departments_table() == read_file(folder / "data" / "beijing_departments.tsv"));
}

TEST_CASE("docs/scenarios.md is what the program makes of the schema", "[scenario]") {
    const std::string text = scenario_document();
    CHECK(read_file(fs::path(source_dir()) / "docs" / "scenarios.md") == text);
    CHECK(text.find("{{") == std::string::npos);
    CHECK(text.find("| `within_ms` | integer from 1 to 600000 | `20000` |") != std::string::npos);
}

/// All keys that have a description, and the words.
void collect_descriptions(const boost::json::value& value, std::vector<std::string>& found) {
    if (value.is_array()) {
        for (const auto& item : value.get_array()) collect_descriptions(item, found);
    }
    if (!value.is_object()) return;
    const auto* words = value.get_object().if_contains("description");
    if (words != nullptr && words->is_string()) found.emplace_back(words->get_string());
    for (const auto& [key, member] : value.get_object()) collect_descriptions(member, found);
}

TEST_CASE("no key of the schema is left out of the document", "[scenario]") {
    const std::string text = scenario_document();
    std::vector<std::string> descriptions;
    for (const auto& [key, member] : schema_json().get_object()) {
        if (key != "description") collect_descriptions(member, descriptions);
    }
    CHECK(descriptions.size() > 60);
    for (const std::string& words : descriptions) {
        INFO(words);
        CHECK(text.find(" | " + words + " |\n") != std::string::npos);
    }
}

TEST_CASE("the defaults that the schema names are those of the reader", "[scenario]") {
    const auto scenario = read_scenario(k_good_head + k_good_step, "story.yaml");
    REQUIRE(scenario);
    const auto stated = [](const char* pointer) {
        return schema_json()
            .at_pointer(pointer)
            .as_object()
            .at("default")
            .to_number<std::uint64_t>();
    };
    CHECK(scenario->seed == stated("/properties/seed"));
    CHECK(scenario->validators == stated("/properties/network/properties/validators"));
    CHECK(scenario->defaults.within_ms == stated("/properties/defaults/properties/within_ms"));
    CHECK(scenario->defaults.timeout_ms == stated("/properties/defaults/properties/timeout_ms"));
}

}  // namespace
}  // namespace cityledger::sim
