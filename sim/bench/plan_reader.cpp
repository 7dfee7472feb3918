// The YAML file of a bench. Its structure stands in scenarios/bench.schema.json too.

#include <algorithm>

#include "sim/bench/operation_maker.hpp"
#include "sim/bench/plan.hpp"
#include "sim/scenario/problems.hpp"
#include "sim/scenario/text_file.hpp"

namespace cityledger::bench {
namespace {

using sim::YamlKind;
using Value = sim::YamlValue;
using Words = std::vector<std::string>;

constexpr std::int64_t k_version = 1;
constexpr std::int64_t k_max_seconds_of_round = 3'600;
constexpr std::int64_t k_max_rate = 1'000'000;
constexpr std::int64_t k_max_open = 1'000'000;
constexpr std::int64_t k_max_bundle = ledger::k_max_operations_per_transaction;
constexpr std::int64_t k_max_senders = 100'000;
constexpr std::int64_t k_max_validators = 53;
constexpr std::int64_t k_max_operations = 100'000'000;
constexpr std::int64_t k_max_weight = 1'000'000;
constexpr std::size_t k_max_rounds = 100;
constexpr std::uint64_t k_open_at_max_rate = 20'000;
constexpr std::uint64_t k_milliseconds = 1'000;

/// Reads the whole file; the first problem counts, and what is read after it is of no use.
class PlanReader {
public:
    explicit PlanReader(std::string file) : file_(std::move(file)) {}

    Result<Plan> read(const Value& root) {
        Plan plan;
        if (check_mapping(root, {"version", "name", "rounds"}, {"version", "name", "rounds"})) {
            const Value& version = *root.find("version");
            if (version.kind != YamlKind::integer || version.integer != k_version) {
                fail(sim::problem::wrong_version(at(version), version.text));
            }
            plan.name = text_under(root, "name");
            for (const Value& round : list_under(root, "rounds")) {
                plan.rounds.push_back(read_round(round));
            }
        }
        if (problem_) return tl::unexpected<Error>(*problem_);
        return plan;
    }

private:
    [[nodiscard]] sim::FilePlace at(const Value& value) const { return {file_, value.place}; }
    void fail(Error error) {
        if (!problem_) problem_ = std::move(error);
    }

    bool is_a(const Value& value, YamlKind kind) {
        if (value.kind == kind) return true;
        fail(sim::problem::wrong_type(at(value), sim::kind_name(kind), sim::kind_name(value.kind)));
        return false;
    }

    bool check_mapping(const Value& value, const Words& known, const Words& required) {
        if (!is_a(value, YamlKind::mapping)) return false;
        for (const sim::YamlEntry& entry : value.entries) {
            if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
                fail(sim::problem::unknown_key({file_, entry.place}, entry.key, known));
            }
        }
        for (const std::string& key : required) {
            if (value.find(key) == nullptr) fail(sim::problem::missing_key(at(value), key));
        }
        return !problem_;
    }

    std::string text_under(const Value& mapping, std::string_view key) {
        const Value* value = mapping.find(key);
        return value != nullptr && is_a(*value, YamlKind::text) ? value->text : std::string();
    }

    const std::vector<Value>& list_under(const Value& mapping, std::string_view key) {
        static const std::vector<Value> none;
        const Value* value = mapping.find(key);
        if (value == nullptr || !is_a(*value, YamlKind::sequence)) return none;
        if (value->items.empty() || value->items.size() > k_max_rounds) {
            fail(sim::problem::out_of_range(
                at(*value), "1 to " + std::to_string(k_max_rounds) + " entries are possible"));
        }
        return value->items;
    }

    std::uint64_t integer_of(const Value& value, std::int64_t low, std::int64_t high) {
        if (!is_a(value, YamlKind::integer)) return 0;
        if (value.integer < low || value.integer > high) {
            fail(sim::problem::out_of_range(at(value), value.text + " is not between " +
                                                           std::to_string(low) + " and " +
                                                           std::to_string(high)));
            return 0;
        }
        return static_cast<std::uint64_t>(value.integer);
    }

    std::uint64_t integer_under(const Value& mapping, std::string_view key, std::int64_t low,
                                std::int64_t high, std::uint64_t otherwise) {
        const Value* value = mapping.find(key);
        return value == nullptr ? otherwise : integer_of(*value, low, high);
    }

    Rate read_rate(const Value& value) {
        Rate rate;
        rate.open = k_open_at_max_rate;
        if (value.kind == YamlKind::text) {
            if (value.text != "max")
                fail(sim::problem::not_a_choice(at(value), value.text, {"max"}));
            return rate;
        }
        const Words kinds = {"fixed", "linear", "share", "closed"};
        if (!check_mapping(value, kinds, {})) return rate;
        if (value.entries.size() != 1) {
            fail(sim::problem::step_kind(at(value), "a rate has exactly one kind"));
            return rate;
        }
        const Value& inner = value.entries.front().value;
        const std::string& kind = value.entries.front().key;
        if (kind == "closed") rate.open = integer_of(inner, 1, k_max_open);
        if (kind == "fixed") {
            rate.kind = RateKind::fixed;
            rate.from_per_second = integer_of(inner, 1, k_max_rate);
        }
        if (kind == "linear" && check_mapping(inner, {"from", "to"}, {"from", "to"})) {
            rate.kind = RateKind::linear;
            rate.from_per_second = integer_under(inner, "from", 1, k_max_rate, 1);
            rate.to_per_second = integer_under(inner, "to", 1, k_max_rate, 1);
        }
        if (kind == "share" && check_mapping(inner, {"of", "per_cent"}, {"of", "per_cent"})) {
            rate.kind = RateKind::share;
            rate.of_round = text_under(inner, "of");
            rate.share_per_cent = integer_under(inner, "per_cent", 1, 1'000, 100);
        }
        return rate;
    }

    void read_workload(const Value& value, MixPart& part) {
        if (!is_a(value, YamlKind::text)) return;
        Words known;
        for (const Workload workload : k_workloads) {
            known.emplace_back(workload_name(workload));
            if (value.text != known.back()) continue;
            part.workload = workload;
            return;
        }
        fail(sim::problem::not_a_choice(at(value), value.text, known));
    }

    void read_call(const Value& entry, MixPart& part) {
        part.workload = Workload::call;
        const std::string name = text_under(entry, "do");
        const std::size_t point = name.find('.');
        part.call.contract = name.substr(0, point);
        if (point != std::string::npos) part.call.method = name.substr(point + 1);
        part.call.sender = text_under(entry, "as");
        if (const Value* with = entry.find("with");
            with != nullptr && is_a(*with, YamlKind::mapping)) {
            part.call.arguments = sim::plain_json(*with).get_object();
        }
        if (problem_) return;
        const auto tried = operation_of(part.call, 0);
        if (!tried) fail(sim::problem::bad_arguments(at(entry), tried.error().message()));
    }

    MixPart read_part(const Value& value) {
        MixPart part;
        const bool is_call = value.find("do") != nullptr;
        const Words known =
            is_call ? Words{"weight", "do", "with", "as"} : Words{"weight", "operation"};
        if (!check_mapping(value, known, is_call ? Words{"as"} : Words{"operation"})) return part;
        part.weight = integer_under(value, "weight", 1, k_max_weight, 1);
        if (is_call) {
            read_call(value, part);
        } else {
            read_workload(*value.find("operation"), part);
        }
        return part;
    }

    void read_mix(const Value& round_value, Round& round) {
        const Value& operations = *round_value.find("operations");
        round.mix.clear();
        if (operations.kind == YamlKind::text) {
            read_workload(operations, round.mix.emplace_back());
            return;
        }
        for (const Value& part : list_under(round_value, "operations")) {
            round.mix.push_back(read_part(part));
        }
    }

    TimedFault read_fault(const Value& value, const Round& round) {
        TimedFault fault;
        const std::pair<std::string, sim::FaultKind> kinds[] = {
            {"kill", sim::FaultKind::kill},
            {"restart", sim::FaultKind::restart},
            {"pause", sim::FaultKind::pause},
            {"resume", sim::FaultKind::resume}};
        if (!check_mapping(value, {"at", "kill", "restart", "pause", "resume"}, {"at"}))
            return fault;
        fault.at_ms = integer_under(value, "at", 0, k_max_seconds_of_round, 0) * k_milliseconds;
        if (value.entries.size() != 2) {
            fail(sim::problem::step_kind(at(value), "a fault has a time and exactly one kind"));
        }
        for (const auto& [word, kind] : kinds) {
            const Value* node = value.find(word);
            if (node == nullptr) continue;
            fault.kind = kind;
            fault.node = integer_of(*node, 0, static_cast<std::int64_t>(round.validators) - 1);
        }
        return fault;
    }

    Round read_round(const Value& value) {
        Round round;
        const Words known = {"label",   "operations", "rate",  "bundle", "senders", "validators",
                             "warm_up", "duration",   "count", "state",  "faults"};
        if (!check_mapping(value, known, {"label", "operations", "rate"})) return round;
        round.label = text_under(value, "label");
        read_mix(value, round);
        round.rate = read_rate(*value.find("rate"));
        round.bundle = integer_under(value, "bundle", 1, k_max_bundle, round.bundle);
        round.senders = integer_under(value, "senders", 1, k_max_senders, round.senders);
        round.validators =
            integer_under(value, "validators", 1, k_max_validators, round.validators);
        round.warm_up_ms = integer_under(value, "warm_up", 0, k_max_seconds_of_round,
                                         round.warm_up_ms / k_milliseconds) *
                           k_milliseconds;
        round.duration_ms = integer_under(value, "duration", 1, k_max_seconds_of_round,
                                          round.duration_ms / k_milliseconds) *
                            k_milliseconds;
        round.operations = integer_under(value, "count", 1, k_max_operations, 0);
        round.state = integer_under(value, "state", 0, k_max_operations, 0);
        if (value.find("faults") != nullptr) {
            for (const Value& fault : list_under(value, "faults")) {
                round.faults.push_back(read_fault(fault, round));
            }
        }
        return round;
    }

    std::string file_;
    std::optional<Error> problem_;
};

}  // namespace

Result<Plan> read_plan(std::string_view text, const std::string& file) {
    const auto root = sim::parse_yaml(text, file);
    if (!root) return propagate(root);
    return PlanReader(file).read(*root);
}

Result<Plan> read_plan_file(const std::string& path) {
    const auto text = sim::read_scenario_text(path);
    if (!text) return propagate(text);
    return read_plan(*text, path);
}

}  // namespace cityledger::bench
