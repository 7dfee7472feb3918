// The YAML file of a bench. Its structure stands in scenarios/bench.schema.json too.

#include "sim/bench/operation_maker.hpp"
#include "sim/bench/plan.hpp"
#include "sim/scenario/text_file.hpp"
#include "sim/scenario/value_reader.hpp"

namespace cityledger::bench {
namespace {

using sim::Words;
using sim::YamlKind;
using Value = sim::YamlValue;

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
    explicit PlanReader(std::string file) : in_(std::move(file)) {}

    Result<Plan> read(const Value& root) {
        Plan plan;
        if (in_.check_mapping(root, {"version", "name", "rounds"}, {"version", "name", "rounds"})) {
            const Value& version = *root.find("version");
            if (version.kind != YamlKind::integer || version.integer != k_version) {
                in_.fail(sim::problem::wrong_version(in_.at(version), version.text));
            }
            plan.name = in_.text_under(root, "name");
            for (const Value& round : list_under(root, "rounds")) {
                plan.rounds.push_back(read_round(round));
            }
        }
        in_.settle();
        if (!in_.problems().empty()) return tl::unexpected<Error>(in_.problems().front());
        return plan;
    }

private:
    const std::vector<Value>& list_under(const Value& mapping, std::string_view key) {
        static const std::vector<Value> none;
        const Value* value = mapping.find(key);
        if (value == nullptr || !in_.is_a(*value, YamlKind::sequence)) return none;
        if (value->items.empty() || value->items.size() > k_max_rounds) {
            in_.fail(sim::problem::out_of_range(
                in_.at(*value), "1 to " + std::to_string(k_max_rounds) + " entries are possible"));
        }
        return value->items;
    }

    std::uint64_t count_of(const Value& value, std::int64_t low, std::int64_t high) {
        return static_cast<std::uint64_t>(in_.integer_of(value, low, high));
    }

    Rate read_rate(const Value& value) {
        Rate rate;
        rate.open = k_open_at_max_rate;
        if (value.kind == YamlKind::text) {
            if (value.text != "max")
                in_.fail(sim::problem::not_a_choice(in_.at(value), value.text, {"max"}));
            return rate;
        }
        const Words kinds = {"fixed", "linear", "share", "closed"};
        if (!in_.check_mapping(value, kinds, {})) return rate;
        if (value.entries.size() != 1) {
            in_.fail(sim::problem::step_kind(in_.at(value), "a rate has exactly one kind"));
            return rate;
        }
        const Value& inner = value.entries.front().value;
        const std::string& kind = value.entries.front().key;
        if (kind == "closed") rate.open = count_of(inner, 1, k_max_open);
        if (kind == "fixed") {
            rate.kind = RateKind::fixed;
            rate.from_per_second = count_of(inner, 1, k_max_rate);
        }
        if (kind == "linear" && in_.check_mapping(inner, {"from", "to"}, {"from", "to"})) {
            rate.kind = RateKind::linear;
            rate.from_per_second = in_.integer_under(inner, "from", 1, k_max_rate, 1);
            rate.to_per_second = in_.integer_under(inner, "to", 1, k_max_rate, 1);
        }
        if (kind == "share" && in_.check_mapping(inner, {"of", "per_cent"}, {"of", "per_cent"})) {
            rate.kind = RateKind::share;
            rate.of_round = in_.text_under(inner, "of");
            rate.share_per_cent = in_.integer_under(inner, "per_cent", 1, 1'000, 100);
        }
        return rate;
    }

    void read_workload(const Value& value, MixPart& part) {
        if (!in_.is_a(value, YamlKind::text)) return;
        Words known;
        for (const Workload workload : k_workloads) {
            known.emplace_back(workload_name(workload));
            if (value.text != known.back()) continue;
            part.workload = workload;
            return;
        }
        in_.fail(sim::problem::not_a_choice(in_.at(value), value.text, known));
    }

    void read_call(const Value& entry, MixPart& part) {
        part.workload = Workload::call;
        const std::string name = in_.text_under(entry, "do");
        const std::size_t point = name.find('.');
        part.call.contract = name.substr(0, point);
        if (point != std::string::npos) part.call.method = name.substr(point + 1);
        part.call.sender = in_.text_under(entry, "as");
        if (const Value* with = entry.find("with");
            with != nullptr && in_.is_a(*with, YamlKind::mapping)) {
            part.call.arguments = sim::plain_json(*with).get_object();
        }
        if (in_.failed()) return;
        const auto tried = operation_of(part.call, 0);
        if (!tried) in_.fail(sim::problem::bad_arguments(in_.at(entry), tried.error().message()));
    }

    MixPart read_part(const Value& value) {
        MixPart part;
        const bool is_call = value.find("do") != nullptr;
        const Words known =
            is_call ? Words{"weight", "do", "with", "as"} : Words{"weight", "operation"};
        if (!in_.check_mapping(value, known, is_call ? Words{"as"} : Words{"operation"}))
            return part;
        part.weight = in_.integer_under(value, "weight", 1, k_max_weight, 1);
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
        if (!in_.check_mapping(value, {"at", "kill", "restart", "pause", "resume"}, {"at"}))
            return fault;
        fault.at_ms = in_.integer_under(value, "at", 0, k_max_seconds_of_round, 0) * k_milliseconds;
        if (value.entries.size() != 2) {
            in_.fail(
                sim::problem::step_kind(in_.at(value), "a fault has a time and exactly one kind"));
        }
        for (const auto& [word, kind] : kinds) {
            const Value* node = value.find(word);
            if (node == nullptr) continue;
            fault.kind = kind;
            fault.node = count_of(*node, 0, static_cast<std::int64_t>(round.validators) - 1);
        }
        return fault;
    }

    Round read_round(const Value& value) {
        Round round;
        const Words known = {"label",   "operations", "rate",  "bundle", "senders", "validators",
                             "warm_up", "duration",   "count", "state",  "faults"};
        if (!in_.check_mapping(value, known, {"label", "operations", "rate"})) return round;
        round.label = in_.text_under(value, "label");
        read_mix(value, round);
        round.rate = read_rate(*value.find("rate"));
        round.bundle = in_.integer_under(value, "bundle", 1, k_max_bundle, round.bundle);
        round.senders = in_.integer_under(value, "senders", 1, k_max_senders, round.senders);
        round.validators =
            in_.integer_under(value, "validators", 1, k_max_validators, round.validators);
        round.warm_up_ms = in_.integer_under(value, "warm_up", 0, k_max_seconds_of_round,
                                             round.warm_up_ms / k_milliseconds) *
                           k_milliseconds;
        round.duration_ms = in_.integer_under(value, "duration", 1, k_max_seconds_of_round,
                                              round.duration_ms / k_milliseconds) *
                            k_milliseconds;
        round.operations = in_.integer_under(value, "count", 1, k_max_operations, 0);
        round.state = in_.integer_under(value, "state", 0, k_max_operations, 0);
        if (value.find("faults") != nullptr) {
            for (const Value& fault : list_under(value, "faults")) {
                round.faults.push_back(read_fault(fault, round));
            }
        }
        return round;
    }

    sim::ValueReader in_;
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
