#include "sim/scenario/reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "ledger/executor.hpp"
#include "ledger/memory_state_store.hpp"
#include "sim/scenario/identities.hpp"
#include "sim/scenario/scenario_codes.hpp"
#include "sim/scenario/settings.hpp"
#include "sim/scenario/text_file.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_validators = 64;
constexpr std::int64_t k_max_within_ms = 600'000;
constexpr std::int64_t k_max_timeout_ms = 3'600'000;
const std::vector<std::string> k_world_kinds = {"virtual", "local", "remote"};

Result<Scenario> first_problem(ScenarioOrProblems scenario) {
    if (!scenario) return tl::unexpected<Error>(scenario.error().front());
    return *std::move(scenario);
}

}  // namespace

ScenarioReader::ScenarioReader(std::string file, const Vocabulary& vocabulary)
    : vocabulary_(vocabulary) {
    scenario_.file = std::move(file);
}

void ScenarioReader::fail(Error error) {
    if (!problem_) problem_ = std::move(error);
}

void ScenarioReader::settle() {
    if (problem_) note(*std::exchange(problem_, std::nullopt));
}

bool ScenarioReader::is_a(const Value& value, YamlKind kind) {
    if (value.kind == kind) return true;
    std::string found(kind_name(value.kind));
    if (value.kind == YamlKind::integer || value.kind == YamlKind::flag) {
        found += " `" + value.text + "`";
        if (kind == YamlKind::text) found += said("problem.quotes");
    }
    fail(problem::wrong_type(at(value), kind_name(kind), found));
    return false;
}

bool ScenarioReader::check_mapping(const Value& value, const Words& known, const Words& required) {
    if (!is_a(value, YamlKind::mapping)) return false;
    for (const YamlEntry& entry : value.entries) {
        if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
            fail(problem::unknown_key(at(entry.place), entry.key, known));
            return false;
        }
    }
    for (const std::string& key : required) {
        if (value.find(key) == nullptr) {
            fail(problem::missing_key(at(value), key));
            return false;
        }
    }
    return true;
}

std::string ScenarioReader::text_of(const Value& value) {
    if (!is_a(value, YamlKind::text)) return {};
    if (value.text.empty()) fail(problem::out_of_range(at(value), said("problem.text_empty")));
    return value.text;
}

std::string ScenarioReader::text_under(const Value& mapping, std::string_view key,
                                       std::string fallback) {
    const Value* value = mapping.find(key);
    return value == nullptr ? std::move(fallback) : text_of(*value);
}

std::int64_t ScenarioReader::integer_of(const Value& value, std::int64_t low, std::int64_t high) {
    if (!is_a(value, YamlKind::integer)) return low;
    if (value.integer < low || value.integer > high) {
        fail(problem::out_of_range(
            at(value),
            said("problem.not_between", {value.text, std::to_string(low), std::to_string(high)})));
        return low;
    }
    return value.integer;
}

std::uint64_t ScenarioReader::integer_under(const Value& mapping, std::string_view key,
                                            std::int64_t low, std::int64_t high,
                                            std::uint64_t fallback) {
    const Value* value = mapping.find(key);
    return value == nullptr ? fallback : static_cast<std::uint64_t>(integer_of(*value, low, high));
}

std::string ScenarioReader::choice_of(const Value& value, const Words& known) {
    const std::string word = text_of(value);
    if (!problem_ && std::find(known.begin(), known.end(), word) == known.end()) {
        fail(problem::not_a_choice(at(value), word, known));
    }
    return word;
}

const std::vector<YamlValue>& ScenarioReader::list_of(const Value& value, std::size_t low) {
    if (is_a(value, YamlKind::sequence) && value.items.size() < low) {
        fail(problem::out_of_range(at(value), said("problem.list_short")));
    }
    return value.items;
}

void ScenarioReader::read_version(const Value& root) {
    if (!is_a(root, YamlKind::mapping)) return;
    const Value* version = root.find("version");
    if (version == nullptr) return fail(problem::missing_key(at(root), "version"));
    if (version->kind != YamlKind::integer || version->integer != 1) {
        fail(problem::wrong_version(at(*version), version->text));
    }
}

void ScenarioReader::read_worlds(const Value& value) {
    if (!check_mapping(value, {"only", "because"}, {"only", "because"})) return;
    for (const Value& world : list_of(*value.find("only"), 1)) {
        scenario_.worlds.push_back(choice_of(world, k_world_kinds));
    }
    scenario_.worlds_because = text_under(value, "because");
}

void ScenarioReader::read_network(const Value& value) {
    if (!check_mapping(value, {"validators"}, {"validators"})) return;
    scenario_.validators = integer_under(value, "validators", 1, k_max_validators, 4);
}

void ScenarioReader::read_defaults(const Value& value) {
    if (!check_mapping(value, {"within_ms", "timeout_ms"}, {})) return;
    for (const YamlEntry& entry : value.entries) scenario_.stated.push_back(entry.key);
    Defaults& defaults = scenario_.defaults;
    defaults.within_ms = integer_under(value, "within_ms", 1, k_max_within_ms, defaults.within_ms);
    defaults.timeout_ms =
        integer_under(value, "timeout_ms", 1, k_max_timeout_ms, defaults.timeout_ms);
}

void ScenarioReader::read_genesis(const Value& value) {
    if (!is_a(value, YamlKind::mapping)) return;
    Words sections;
    for (const ledger::Contract* contract : vocabulary_.contracts->all()) {
        if (contract->name != "membership") sections.push_back(contract->name);
    }
    for (const YamlEntry& entry : value.entries) {
        if (std::find(sections.begin(), sections.end(), entry.key) == sections.end()) {
            fail(problem::unknown_section(at(entry.place), entry.key, sections));
        } else if (is_a(entry.value, YamlKind::mapping)) {
            scenario_.genesis[entry.key] = plain_json(entry.value);
        }
        settle();
    }
}

/// By the contracts themselves, as every node will apply it.
void ScenarioReader::check_genesis(const Value& root) {
    ledger::Genesis genesis;
    genesis.name = "check";
    genesis.suite = ledger::SuiteName::simulation;
    const crypto::PrivateKey key = crypto::PrivateKey::for_simulation(Digest{});
    genesis.validators.push_back({"node0", key.public_key().bytes()});
    genesis.business = ledger::compact_json(make_plan(scenario_).business);
    ledger::MemoryStateStore store;
    const auto applied = ledger::Executor::open(genesis, *vocabulary_.contracts, store);
    if (applied) return;
    const Value* section = root.find("genesis");
    fail(problem::bad_genesis(at(section != nullptr ? *section : root), applied.error()));
}

void ScenarioReader::read_end(const Value& root) {
    if (const Value* expect = root.find("expect")) {
        for (const Value& item : list_of(*expect, 1)) {
            for (auto& expectation : read_network_expectations(item)) {
                scenario_.final_expectations.push_back(std::move(expectation));
            }
            settle();
        }
        return;
    }
    if (!problems_.empty()) return;  // what is broken may be what would have expected something
    if (scenario_.expectations.empty()) return fail(problem::without_expectation(at(root)));
    for (const NetworkKind kind : {NetworkKind::equal_roots, NetworkKind::one_chain}) {
        NetworkExpectation expectation;
        expectation.kind = kind;
        expectation.within_ms = scenario_.defaults.within_ms;
        expectation.stated = false;
        expectation.index = state_expectation(
            root.place, said("expect.by_default", {std::string(network_key(kind))}));
        scenario_.final_expectations.push_back(std::move(expectation));
    }
}

ScenarioOrProblems ScenarioReader::read(const Value& root) {
    read_version(root);
    const Words keys = {"version", "name",     "title",  "seed",  "worlds", "network",
                        "genesis", "defaults", "actors", "steps", "expect"};
    if (!problem_) check_mapping(root, keys, {"name", "actors", "steps"});
    if (problem_) return tl::unexpected<std::vector<Error>>({*problem_});

    const auto each = [this](const auto& part) {
        part();
        settle();
    };
    for (const YamlEntry& entry : root.entries) scenario_.stated.push_back(entry.key);
    each([&] { scenario_.name = text_under(root, "name"); });
    each([&] { scenario_.title = text_under(root, "title", scenario_.name); });
    each([&] {
        const auto largest = std::numeric_limits<std::int64_t>::max();
        scenario_.seed = integer_under(root, "seed", 0, largest, 1);
    });
    const auto section = [&](std::string_view key, void (ScenarioReader::*read_it)(const Value&)) {
        if (const Value* value = root.find(key)) each([&] { (this->*read_it)(*value); });
    };
    section("worlds", &ScenarioReader::read_worlds);
    section("network", &ScenarioReader::read_network);
    section("genesis", &ScenarioReader::read_genesis);
    section("defaults", &ScenarioReader::read_defaults);
    section("actors", &ScenarioReader::read_actors);
    hide_identities(scenario_);
    if (problems_.empty()) each([&] { check_genesis(root); });
    each([&] { scenario_.steps = read_steps(*root.find("steps")); });
    each([&] { read_end(root); });
    if (problems_.empty()) return std::move(scenario_);
    return tl::unexpected<std::vector<Error>>(std::move(problems_));
}

ledger::MemberId narrator_of(const Scenario& scenario) {
    for (const std::string_view role : {"auditor", "tax_bureau", "operator", ""}) {
        for (const Actor& actor : scenario.actors) {
            const auto& roles = actor.roles;
            const bool fits =
                role.empty() || std::find(roles.begin(), roles.end(), role) != roles.end();
            if (actor.enrolled && fits) return actor.id;
        }
    }
    return {};
}

const Actor* Scenario::find_actor(std::string_view actor_name) const {
    for (const Actor& actor : actors) {
        if (actor.name == actor_name) return &actor;
    }
    return nullptr;
}

bool Scenario::states(std::string_view key) const {
    return std::find(stated.begin(), stated.end(), key) != stated.end();
}

ScenarioOrProblems check_scenario(std::string_view text, const std::string& file,
                                  const Vocabulary& vocabulary,
                                  const std::vector<std::string>& settings) {
    auto root = parse_yaml(text, file);
    if (!root) return tl::unexpected<std::vector<Error>>({root.error()});
    for (const std::string& setting : settings) {
        const Status applied = apply_setting(*root, setting);
        if (!applied) return tl::unexpected<std::vector<Error>>({applied.error()});
    }
    auto scenario = ScenarioReader(file, vocabulary).read(*root);
    if (scenario) scenario->settings = settings;
    if (scenario || settings.empty()) return scenario;
    // The place is in the file, but what is wrong there may come from the command line.
    for (Error& error : scenario.error()) {
        for (const std::string& setting : settings) error.detail += " (--set " + setting + ")";
    }
    return scenario;
}

ScenarioOrProblems check_scenario_file(const std::string& path,
                                       const std::vector<std::string>& settings) {
    const auto text = read_scenario_text(path);
    if (!text) return tl::unexpected<std::vector<Error>>({text.error()});
    return check_scenario(*text, path, city_vocabulary(), settings);
}

Result<Scenario> read_scenario(std::string_view text, const std::string& file,
                               const Vocabulary& vocabulary,
                               const std::vector<std::string>& settings) {
    return first_problem(check_scenario(text, file, vocabulary, settings));
}

Result<Scenario> read_scenario_file(const std::string& path,
                                    const std::vector<std::string>& settings) {
    return first_problem(check_scenario_file(path, settings));
}

boost::json::object member_json(const Actor& actor) {
    boost::json::array roles;
    for (const std::string& role : actor.roles) roles.emplace_back(boost::json::string(role));
    boost::json::object member;
    member["id"] = actor.id;
    member["name"] = actor.full_name;
    member["kind"] = actor.kind;
    member["roles"] = std::move(roles);
    return member;
}

WorldPlan make_plan(const Scenario& scenario) {
    WorldPlan plan;
    plan.name = scenario.name;
    plan.seed = scenario.seed;
    plan.validators = scenario.validators;
    plan.business = scenario.genesis;
    boost::json::array members;
    for (const Actor& actor : scenario.actors) {
        if (!actor.enrolled) continue;
        plan.members.push_back(actor.id);
        members.push_back(member_json(actor));
    }
    plan.business["membership"] = boost::json::object{{"members", std::move(members)}};
    return plan;
}

}  // namespace cityledger::sim
