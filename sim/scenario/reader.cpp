#include "sim/scenario/reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "ledger/executor.hpp"
#include "ledger/memory_state_store.hpp"
#include "sim/scenario/actors_reader.hpp"
#include "sim/scenario/identities.hpp"
#include "sim/scenario/scenario_codes.hpp"
#include "sim/scenario/settings.hpp"
#include "sim/scenario/steps_reader.hpp"
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

ScenarioReader::ScenarioReader(std::string file, const Vocabulary& vocabulary,
                               std::optional<Register> secrets)
    : vocabulary_(vocabulary),
      secrets_(std::move(secrets)),
      in_(file),
      network_(in_, scenario_, vocabulary) {
    scenario_.file = std::move(file);
}

void ScenarioReader::read_version(const YamlValue& root) {
    if (!in_.is_a(root, YamlKind::mapping)) return;
    const YamlValue* version = root.find("version");
    if (version == nullptr) return in_.fail(problem::missing_key(in_.at(root), "version"));
    if (version->kind != YamlKind::integer || version->integer != 1) {
        in_.fail(problem::wrong_version(in_.at(*version), version->text));
    }
}

void ScenarioReader::read_worlds(const YamlValue& value) {
    if (!in_.check_mapping(value, {"only", "because"}, {"only", "because"})) return;
    for (const YamlValue& world : in_.list_of(*value.find("only"), 1)) {
        scenario_.worlds.push_back(in_.choice_of(world, k_world_kinds));
    }
    scenario_.worlds_because = in_.text_under(value, "because");
}

void ScenarioReader::read_network(const YamlValue& value) {
    if (!in_.check_mapping(value, {"validators"}, {"validators"})) return;
    scenario_.validators = in_.integer_under(value, "validators", 1, k_max_validators, 4);
}

void ScenarioReader::read_defaults(const YamlValue& value) {
    if (!in_.check_mapping(value, {"within_ms", "timeout_ms"}, {})) return;
    for (const YamlEntry& entry : value.entries) scenario_.stated.push_back(entry.key);
    Defaults& defaults = scenario_.defaults;
    defaults.within_ms =
        in_.integer_under(value, "within_ms", 1, k_max_within_ms, defaults.within_ms);
    defaults.timeout_ms =
        in_.integer_under(value, "timeout_ms", 1, k_max_timeout_ms, defaults.timeout_ms);
}

void ScenarioReader::read_genesis(const YamlValue& value) {
    if (!in_.is_a(value, YamlKind::mapping)) return;
    Words sections;
    for (const ledger::Contract* contract : vocabulary_.contracts->all()) {
        if (contract->name != "membership") sections.push_back(contract->name);
    }
    for (const YamlEntry& entry : value.entries) {
        if (std::find(sections.begin(), sections.end(), entry.key) == sections.end()) {
            in_.fail(problem::unknown_section(in_.at(entry.place), entry.key, sections));
        } else if (in_.is_a(entry.value, YamlKind::mapping)) {
            scenario_.genesis[entry.key] = plain_json(entry.value);
        }
        in_.settle();
    }
}

/// By the contracts themselves, as every node will apply it.
void ScenarioReader::check_genesis(const YamlValue& root) {
    ledger::Genesis genesis;
    genesis.name = "check";
    genesis.suite = ledger::SuiteName::simulation;
    const crypto::PrivateKey key = crypto::PrivateKey::for_simulation(Digest{});
    genesis.validators.push_back({"node0", key.public_key().bytes()});
    genesis.business = ledger::compact_json(make_plan(scenario_).business);
    ledger::MemoryStateStore store;
    const auto applied = ledger::Executor::open(genesis, *vocabulary_.contracts, store);
    if (applied) return;
    const YamlValue* section = root.find("genesis");
    in_.fail(problem::bad_genesis(in_.at(section != nullptr ? *section : root), applied.error()));
}

void ScenarioReader::read_end(const YamlValue& root) {
    if (const YamlValue* expect = root.find("expect")) {
        for (const YamlValue& item : in_.list_of(*expect, 1)) {
            for (auto& expectation : network_.read_network_expectations(item)) {
                scenario_.final_expectations.push_back(std::move(expectation));
            }
            in_.settle();
        }
        return;
    }
    if (!in_.problems().empty())
        return;  // what is broken may be what would have expected something
    if (scenario_.expectations.empty()) return in_.fail(problem::without_expectation(in_.at(root)));
    for (const NetworkKind kind : {NetworkKind::equal_roots, NetworkKind::one_chain}) {
        NetworkExpectation expectation;
        expectation.kind = kind;
        expectation.within_ms = scenario_.defaults.within_ms;
        expectation.stated = false;
        expectation.index = scenario_.state_expectation(
            root.place, said("expect.by_default", {std::string(network_key(kind))}));
        scenario_.final_expectations.push_back(std::move(expectation));
    }
}

ScenarioOrProblems ScenarioReader::read(const YamlValue& root) {
    read_version(root);
    const Words keys = {"version", "name",     "title",  "seed",  "worlds", "network",
                        "genesis", "defaults", "actors", "steps", "expect"};
    if (!in_.failed()) in_.check_mapping(root, keys, {"name", "actors", "steps"});
    if (in_.failed()) {
        in_.settle();
        return tl::unexpected<std::vector<Error>>(std::move(in_.problems()));
    }

    const auto each = [this](const auto& part) {
        part();
        in_.settle();
    };
    for (const YamlEntry& entry : root.entries) scenario_.stated.push_back(entry.key);
    each([&] { scenario_.name = in_.text_under(root, "name"); });
    each([&] { scenario_.title = in_.text_under(root, "title", scenario_.name); });
    each([&] {
        const auto largest = std::numeric_limits<std::int64_t>::max();
        scenario_.seed = in_.integer_under(root, "seed", 0, largest, 1);
    });
    const auto section = [&](std::string_view key,
                             void (ScenarioReader::*read_it)(const YamlValue&)) {
        if (const YamlValue* value = root.find(key)) each([&] { (this->*read_it)(*value); });
    };
    section("worlds", &ScenarioReader::read_worlds);
    section("network", &ScenarioReader::read_network);
    section("genesis", &ScenarioReader::read_genesis);
    section("defaults", &ScenarioReader::read_defaults);
    if (const YamlValue* actors = root.find("actors")) ActorsReader(in_, scenario_).read(*actors);
    hide_identities(scenario_, secrets_.value_or(register_of_seed(scenario_.seed)));
    if (in_.problems().empty()) each([&] { check_genesis(root); });
    each([&] {
        scenario_.steps =
            StepsReader(in_, scenario_, vocabulary_, network_).read_steps(*root.find("steps"));
    });
    each([&] { read_end(root); });
    if (in_.problems().empty()) return std::move(scenario_);
    return tl::unexpected<std::vector<Error>>(std::move(in_.problems()));
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

std::size_t Scenario::state_expectation(Place place, std::string text) {
    expectations.push_back({place, std::move(text)});
    return expectations.size();
}

bool Scenario::states(std::string_view key) const {
    return std::find(stated.begin(), stated.end(), key) != stated.end();
}

ScenarioOrProblems check_scenario(std::string_view text, const std::string& file,
                                  const Vocabulary& vocabulary,
                                  const std::vector<std::string>& settings,
                                  const std::optional<Register>& secrets) {
    auto root = parse_yaml(text, file);
    if (!root) return tl::unexpected<std::vector<Error>>({root.error()});
    for (const std::string& setting : settings) {
        const Status applied = apply_setting(*root, setting);
        if (!applied) return tl::unexpected<std::vector<Error>>({applied.error()});
    }
    auto scenario = ScenarioReader(file, vocabulary, secrets).read(*root);
    if (scenario) scenario->settings = settings;
    if (scenario || settings.empty()) return scenario;
    // The place is in the file, but what is wrong there may come from the command line.
    for (Error& error : scenario.error()) {
        for (const std::string& setting : settings) error.detail += " (--set " + setting + ")";
    }
    return scenario;
}

ScenarioOrProblems check_scenario_file(const std::string& path,
                                       const std::vector<std::string>& settings,
                                       const std::optional<Register>& secrets) {
    const auto text = read_scenario_text(path);
    if (!text) return tl::unexpected<std::vector<Error>>({text.error()});
    return check_scenario(*text, path, city_vocabulary(), settings, secrets);
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
    if (scenario.secrets) plan.register_secret = scenario.secrets->secret();
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
