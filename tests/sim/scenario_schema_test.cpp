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
#include "sim/core/scenario.hpp"
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
    for (const auto& entry :
         fs::directory_iterator(fs::path(source_dir()) / "scenarios")) {
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

/// All (key, description) pairs of the schema's properties.
void collect_descriptions(const boost::json::value& value,
                          std::vector<std::pair<std::string, std::string>>& found) {
    if (value.is_array()) {
        for (const auto& item : value.get_array()) collect_descriptions(item, found);
    }
    if (!value.is_object()) return;
    const auto* properties = value.get_object().if_contains("properties");
    if (properties != nullptr && properties->is_object()) {
        for (const auto& [key, property] : properties->get_object()) {
            const auto* words = property.as_object().if_contains("description");
            if (words != nullptr && words->is_string()) {
                found.emplace_back(key, words->get_string());
            }
        }
    }
    for (const auto& [key, member] : value.get_object()) collect_descriptions(member, found);
}

TEST_CASE("docs/scenarios.md describes each key in the schema's words", "[scenario]") {
    const std::string text =
        read_file(fs::path(source_dir()) / "docs" / "scenarios.md");
    std::vector<std::pair<std::string, std::string>> keys;
    collect_descriptions(schema_json(), keys);
    CHECK(keys.size() > 40);
    for (const auto& [key, description] : keys) {
        INFO(key << ": " << description);
        CHECK(text.find("| `" + key + "` | " + description + " |") != std::string::npos);
    }
}

}  // namespace
}  // namespace cityledger::sim
