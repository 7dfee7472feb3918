// The steps of a scenario.

#include <algorithm>

#include "sim/core/scenario_reader.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_repeats = 100'000;
constexpr std::int64_t k_max_wait_ms = 3'600'000;
constexpr std::int64_t k_max_days = 1000;
constexpr std::int64_t k_max_generated = 1'000'000;

/// Each says what a step does; `expect` does so only where it stands alone.
const std::vector<std::string> k_kinds = {"do",       "send",      "bundle",   "query",
                                          "repeat",   "for_each",  "fault",    "close_day",
                                          "generate", "wait_ms",   "expect_stalled"};
const std::vector<std::string> k_all_keys = {
    "as",       "do",       "send",    "bundle",         "with",   "save", "expect",
    "query",    "node",     "repeat",  "for_each",       "steps",  "fault", "close_day",
    "generate", "wait_ms",  "expect_stalled"};

}  // namespace

std::vector<Step> ScenarioReader::read_steps(const Value& value) {
    std::vector<Step> steps;
    for (const Value& item : list_of(value, 1)) {
        if (problem_) break;
        steps.push_back(read_step(item));
    }
    return steps;
}

Step ScenarioReader::read_step(const Value& value) {
    Step step;
    step.place = value.place;
    step.action = WaitStep{};
    if (!check_mapping(value, k_all_keys, {})) return step;
    std::string kind;
    for (const std::string& candidate : k_kinds) {
        if (value.find(candidate) == nullptr) continue;
        if (!kind.empty()) {
            fail(problem::step_kind(at(value), "both `" + kind + "` and `" + candidate + "`"));
            return step;
        }
        kind = candidate;
    }
    if (kind.empty() && value.find("expect") != nullptr) kind = "expect";
    if (kind == "do" || kind == "send") {
        step.action = read_do(value, kind);
    } else if (kind == "bundle") {
        step.action = read_bundle(value);
    } else if (kind == "query") {
        step.action = read_query(value);
    } else if (kind == "repeat" || kind == "for_each") {
        step.action = read_loop_step(value);
    } else if (kind == "close_day") {
        step.action = read_close_day(value);
    } else if (kind == "generate") {
        step.action = read_generate(value);
    } else if (kind == "fault") {
        step.action = read_fault(value);
    } else if (kind == "wait_ms") {
        if (!check_mapping(value, {"wait_ms"}, {})) return step;
        step.action = WaitStep{integer_under(value, "wait_ms", 1, k_max_wait_ms, 1)};
    } else if (kind == "expect_stalled") {
        step.action = read_stalled(value);
    } else if (kind == "expect") {
        if (!check_mapping(value, {"expect"}, {})) return step;
        step.action = ExpectStep{read_network_expectations(*value.find("expect"))};
    } else {
        fail(problem::step_kind(at(value), "none of do, send, bundle, query, repeat, for_each, "
                                           "fault, close_day, generate, wait_ms, expect_stalled, "
                                           "expect"));
    }
    return step;
}

std::string ScenarioReader::read_actor(const Value& value) {
    const std::string name = text_of(value);
    if (problem_) return name;
    if (name.find("${") != std::string::npos) {
        check_references(value);
    } else if (scenario_.find_actor(name) == nullptr) {
        fail(problem::unknown_actor(at(value), name, actor_names()));
    }
    return name;
}

SubmitStep ScenarioReader::read_do(const Value& value, std::string_view key) {
    SubmitStep step;
    step.wait = key == "do";
    Words known = {"as", std::string(key), "with"};
    if (step.wait) known.insert(known.end(), {"save", "expect"});
    if (!check_mapping(value, known, {"as"})) return step;
    step.sender = read_actor(*value.find("as"));
    BundleItem item;
    item.call = read_call(value, key, false, step.wait);
    step.operations.push_back(std::move(item));
    return step;
}

SubmitStep ScenarioReader::read_bundle(const Value& value) {
    SubmitStep step;
    if (!check_mapping(value, {"as", "bundle"}, {"as"})) return step;
    step.sender = read_actor(*value.find("as"));
    step.operations = read_bundle_items(*value.find("bundle"));
    return step;
}

std::vector<BundleItem> ScenarioReader::read_bundle_items(const Value& value) {
    std::vector<BundleItem> items;
    for (const Value& entry : list_of(value, 1)) {
        if (problem_ || !is_a(entry, YamlKind::mapping)) break;
        BundleItem item;
        if (entry.find("repeat") == nullptr && entry.find("for_each") == nullptr) {
            if (check_mapping(entry, {"do", "with", "save", "expect"}, {"do"})) {
                item.call = read_call(entry, "do", false, true);
            }
        } else if (check_mapping(entry, {"repeat", "for_each", "operations"}, {"operations"})) {
            item.loop = read_loop(entry);
            variables_.push_back(item.loop->variable);
            if (!problem_) item.items = read_bundle_items(*entry.find("operations"));
            variables_.pop_back();
        }
        items.push_back(std::move(item));
    }
    return items;
}

QueryStep ScenarioReader::read_query(const Value& value) {
    QueryStep step;
    if (!check_mapping(value, {"query", "with", "node", "save", "expect"}, {})) return step;
    if (const Value* node = value.find("node")) step.node = node_list(*node).front();
    if (!problem_) step.call = read_call(value, "query", true, true);
    return step;
}

Loop ScenarioReader::read_loop(const Value& value) {
    Loop loop;
    const Value* repeat = value.find("repeat");
    const Value* for_each = value.find("for_each");
    if ((repeat == nullptr) == (for_each == nullptr)) {
        fail(problem::step_kind(at(value), "a loop has either `repeat` or `for_each`"));
        return loop;
    }
    if (repeat != nullptr) {
        if (!check_mapping(*repeat, {"times", "var"}, {"times", "var"})) return loop;
        loop.times = integer_under(*repeat, "times", 1, k_max_repeats, 1);
        loop.variable = text_under(*repeat, "var");
        return loop;
    }
    if (!check_mapping(*for_each, {"actors", "var"}, {"actors", "var"})) return loop;
    loop.actors = read_actor_group(*for_each->find("actors"));
    loop.variable = text_under(*for_each, "var");
    return loop;
}

ScenarioReader::Words ScenarioReader::read_actor_group(const Value& value) {
    Words names;
    if (value.kind == YamlKind::sequence) {
        for (const Value& name : list_of(value, 1)) {
            const std::string word = text_of(name);
            if (problem_) return names;
            if (scenario_.find_actor(word) == nullptr) {
                fail(problem::unknown_actor(at(name), word, actor_names()));
                return names;
            }
            names.push_back(word);
        }
        return names;
    }
    const std::string word = text_of(value);
    Words known;
    const auto remember = [&](const std::string& group) {
        if (group.empty() || std::find(known.begin(), known.end(), group) != known.end()) return;
        known.push_back(group);
    };
    for (const Actor& actor : scenario_.actors) {
        const bool has_role =
            std::find(actor.roles.begin(), actor.roles.end(), word) != actor.roles.end();
        if (has_role || actor.group == word) names.push_back(actor.name);
        remember(actor.group);
        for (const std::string& role : actor.roles) remember(role);
    }
    if (!problem_ && names.empty()) fail(problem::unknown_actor(at(value), word, known));
    return names;
}

LoopStep ScenarioReader::read_loop_step(const Value& value) {
    LoopStep step;
    if (!check_mapping(value, {"repeat", "for_each", "steps"}, {"steps"})) return step;
    step.loop = read_loop(value);
    variables_.push_back(step.loop.variable);
    if (!problem_) step.steps = read_steps(*value.find("steps"));
    variables_.pop_back();
    return step;
}

CloseDayStep ScenarioReader::read_close_day(const Value& value) {
    CloseDayStep step;
    if (!check_mapping(value, {"close_day"}, {})) return step;
    const Value& inner = *value.find("close_day");
    const Words required = {"by", "countersigned_by"};
    if (!check_mapping(inner, {"by", "countersigned_by", "days"}, required)) return step;
    step.by = read_actor(*inner.find("by"));
    step.countersigned_by = read_actor(*inner.find("countersigned_by"));
    step.days = integer_under(inner, "days", 1, k_max_days, 1);
    step.expect.index = state_expectation(value.place, "the business day closes");
    return step;
}

GenerateStep ScenarioReader::read_generate(const Value& value) {
    GenerateStep step;
    if (!check_mapping(value, {"generate"}, {})) return step;
    const Value& inner = *value.find("generate");
    const Words keys = {"kind", "invoices", "tax_bureau", "sellers", "buyers", "consumers"};
    if (!check_mapping(inner, keys, keys)) return step;
    static_cast<void>(choice_of(*inner.find("kind"), {"shenzhen_day"}));
    step.invoices = integer_under(inner, "invoices", 1, k_max_generated, 1);
    step.tax_bureau = read_actor(*inner.find("tax_bureau"));
    step.sellers = read_actor_group(*inner.find("sellers"));
    step.buyers = read_actor_group(*inner.find("buyers"));
    step.consumers = read_actor_group(*inner.find("consumers"));
    step.expect.index =
        state_expectation(value.place, "each generated operation ends as it was drawn");
    return step;
}

std::vector<std::size_t> ScenarioReader::node_list(const Value& value) {
    std::vector<std::size_t> nodes;
    const auto add = [&](const Value& node) {
        if (!is_a(node, YamlKind::integer)) return;
        if (node.integer < 0 || node.integer >= static_cast<std::int64_t>(scenario_.validators)) {
            return fail(problem::unknown_node(at(node), node.integer, scenario_.validators));
        }
        nodes.push_back(static_cast<std::size_t>(node.integer));
    };
    if (value.kind == YamlKind::sequence) {
        for (const Value& node : list_of(value, 1)) add(node);
    } else {
        add(value);
    }
    if (nodes.empty()) nodes.push_back(0);  // a problem is recorded; callers may use front()
    return nodes;
}

void ScenarioReader::read_fault_nodes(const Value& value, FaultStep& fault) {
    if (value.kind != YamlKind::text) {
        fault.nodes = node_list(value);
        return;
    }
    Words words;
    if (fault.kind == FaultKind::kill || fault.kind == FaultKind::pause) words = {"leader", "all"};
    if (fault.kind == FaultKind::restart) words = {"killed"};
    if (fault.kind == FaultKind::resume) words = {"paused"};
    const std::string word = choice_of(value, words);
    if (word == "leader") fault.choice = NodeChoice::leader;
    if (word == "all") fault.choice = NodeChoice::all;
    if (word == "killed") fault.choice = NodeChoice::killed;
    if (word == "paused") fault.choice = NodeChoice::paused;
}

FaultStep ScenarioReader::read_fault(const Value& value) {
    FaultStep fault;
    if (!check_mapping(value, {"fault"}, {})) return fault;
    const Value& inner = *value.find("fault");
    if (inner.kind == YamlKind::text) {
        static_cast<void>(choice_of(inner, {"heal"}));
        fault.kind = FaultKind::heal;
        return fault;
    }
    const Words kinds = {"kill", "restart", "pause", "resume", "partition", "byzantine"};
    if (!check_mapping(inner, kinds, {})) return fault;
    if (inner.entries.size() != 1) {
        fail(problem::step_kind(at(inner), "a fault names exactly one kind"));
        return fault;
    }
    const std::string& kind = inner.entries.front().key;
    const Value& what = inner.entries.front().value;
    if (kind == "partition") {
        fault.kind = FaultKind::partition;
        for (const Value& group : list_of(what, 2)) {
            if (is_a(group, YamlKind::sequence)) fault.groups.push_back(node_list(group));
        }
    } else if (kind == "byzantine") {
        fault.kind = FaultKind::byzantine;
        const Words keys = {"node", "behaviour"};
        if (!check_mapping(what, keys, keys)) return fault;
        const Value& node = *what.find("node");
        if (is_a(node, YamlKind::integer)) fault.nodes = node_list(node);
        fault.behaviour = choice_of(*what.find("behaviour"), {"equivocate"});
    } else {
        if (kind == "kill") fault.kind = FaultKind::kill;
        if (kind == "restart") fault.kind = FaultKind::restart;
        if (kind == "pause") fault.kind = FaultKind::pause;
        if (kind == "resume") fault.kind = FaultKind::resume;
        read_fault_nodes(what, fault);
    }
    return fault;
}

StalledStep ScenarioReader::read_stalled(const Value& value) {
    StalledStep step;
    if (!check_mapping(value, {"expect_stalled"}, {})) return step;
    const Value& inner = *value.find("expect_stalled");
    if (!check_mapping(inner, {"for_ms"}, {"for_ms"})) return step;
    step.for_ms = integer_under(inner, "for_ms", 1, k_max_wait_ms, 1);
    step.expect.index =
        state_expectation(value.place, "nothing becomes final for " +
                                           std::to_string(step.for_ms) + " ms");
    return step;
}

}  // namespace cityledger::sim
