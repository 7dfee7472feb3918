// The steps of a scenario.

#include <algorithm>

#include "sim/scenario/reader.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_repeats = 100'000;
constexpr std::uint64_t k_max_rounds = 1'000'000;  // of all loops around a step together
constexpr std::int64_t k_max_weight = 1'000'000;
constexpr std::int64_t k_max_wait_ms = 3'600'000;
constexpr std::int64_t k_max_days = 1000;
constexpr std::int64_t k_max_generated = 1'000'000;

/// Each says what a step does; `expect` does so only where it stands alone.
const std::vector<std::string> k_kinds = {
    "do",        "send",     "bundle", "query", "repeat",  "for_each",   "choose",
    "close_day", "generate", "load",   "fault", "wait_ms", "wait_until", "expect_stalled"};
const std::vector<std::string> k_behaviours = {
    "equivocate",   "double_vote", "silent_leader", "withhold_votes", "false_roots",
    "forge_header", "flood_votes", "flood_batches", "lie_in_sync",    "withhold_certificates"};
const std::vector<std::string> k_loop_kinds = {"repeat", "for_each", "choose"};

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

std::uint64_t operations_in(const std::vector<BundleItem>& items) {
    std::uint64_t count = 0;
    for (const BundleItem& item : items) {
        count += item.loop ? item.loop->count() * operations_in(item.items) : 1;
    }
    return count;
}

/// What stands for the variable in its first round; nothing if the loop is broken.
std::optional<boost::json::value> first_of(const Loop& loop) {
    if (!loop.actors.empty()) return boost::json::value(loop.actors.front());
    if (loop.choices.empty()) return boost::json::value(1);
    const auto& drawn = loop.choices.front().actors;
    if (drawn.empty()) return std::nullopt;
    return boost::json::value(drawn.front());
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::vector<Step> ScenarioReader::read_steps(const Value& value) {
    std::vector<Step> steps;
    for (const Value& item : list_of(value, 1)) {
        const std::size_t before = problems_.size();
        steps.push_back(read_step(item));
        settle();
        if (problems_.size() > before) remember_saves(item);
    }
    return steps;
}

std::string ScenarioReader::read_step_kind(const Value& value) {
    Words known = k_kinds;
    known.insert(known.end(), {"as", "with", "save", "expect", "node", "steps"});
    std::string kind;
    if (!check_mapping(value, known, {})) return kind;
    for (const std::string& candidate : k_kinds) {
        if (value.find(candidate) == nullptr) continue;
        if (!kind.empty()) {
            fail(problem::step_kind(at(value), said("problem.both", {kind, candidate})));
            return kind;
        }
        kind = candidate;
    }
    if (kind.empty() && value.find("expect") != nullptr) return "expect";
    if (kind.empty()) {
        fail(
            problem::step_kind(at(value), said("problem.none_of", {joined(k_kinds) + ", expect"})));
    }
    return kind;
}

Step ScenarioReader::read_step(const Value& value) {
    Step step;
    step.place = value.place;
    step.action = WaitStep{};
    const std::string kind = read_step_kind(value);
    if (problem_) return step;
    if (kind == "do" || kind == "send") {
        step.action = read_do(value, kind);
    } else if (kind == "bundle") {
        step.action = read_bundle(value);
    } else if (kind == "query") {
        step.action = read_query(value);
    } else if (contains(k_loop_kinds, kind)) {
        step.action = read_loop_step(value);
    } else if (kind == "close_day") {
        step.action = read_close_day(value);
    } else if (kind == "generate") {
        step.action = read_generate(value);
    } else if (kind == "load") {
        if (check_mapping(value, {"load"}, {})) step.action = read_load(*value.find("load"));
    } else if (kind == "fault") {
        step.action = read_fault(value);
    } else if (kind == "wait_ms") {
        step.action = read_wait(value);
    } else if (kind == "wait_until") {
        read_wait_until(value, step);
    } else if (kind == "expect_stalled") {
        step.action = read_stalled(value);
    } else if (check_mapping(value, {"expect"}, {})) {
        step.action = ExpectStep{read_network_expectations(*value.find("expect"))};
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
    check_bundle_size(step.operations, *value.find("bundle"));
    return step;
}

void ScenarioReader::check_bundle_size(const std::vector<BundleItem>& items, const Value& value) {
    const std::uint64_t size = operations_in(items);
    if (size <= ledger::k_max_operations_per_transaction) return;
    fail(problem::out_of_range(
        at(value),
        said("problem.bundle_size",
             {std::to_string(size), std::to_string(ledger::k_max_operations_per_transaction)})));
}

std::vector<BundleItem> ScenarioReader::read_bundle_items(const Value& value) {
    std::vector<BundleItem> items;
    for (const Value& entry : list_of(value, 1)) {
        if (!is_a(entry, YamlKind::mapping)) break;
        BundleItem item;
        const bool loops = std::any_of(k_loop_kinds.begin(), k_loop_kinds.end(),
                                       [&](const auto& key) { return entry.find(key) != nullptr; });
        if (!loops) {
            if (check_mapping(entry, {"do", "with", "save", "expect"}, {"do"})) {
                item.call = read_call(entry, "do", false, true);
            }
        } else if (check_mapping(entry, {"repeat", "for_each", "choose", "operations"},
                                 {"operations"})) {
            item.loop = read_loop(entry);
            enter(*item.loop, entry.place);
            if (!problem_) item.items = read_bundle_items(*entry.find("operations"));
            leave(*item.loop);
        }
        items.push_back(std::move(item));
        settle();
    }
    return items;
}

std::string ScenarioReader::asker_under(const Value& value) {
    const Value* as = value.find("as");
    if (as == nullptr || problem_) return {};
    const bool nobody = as->kind == YamlKind::text && as->text == k_anybody;
    return nobody ? std::string(k_anybody) : read_actor(*as);
}

QueryStep ScenarioReader::read_query(const Value& value) {
    QueryStep step;
    if (!check_mapping(value, {"query", "as", "with", "node", "save", "expect"}, {})) return step;
    step.as = asker_under(value);
    if (const Value* node = value.find("node")) step.node = node_list(*node).front();
    if (!problem_) step.call = read_call(value, "query", true, true);
    return step;
}

WaitStep ScenarioReader::read_wait(const Value& value) {
    if (!check_mapping(value, {"wait_ms"}, {})) return {};
    return WaitStep{integer_under(value, "wait_ms", 1, k_max_wait_ms, 1)};
}

void ScenarioReader::read_wait_until(const Value& value, Step& step) {
    if (!check_mapping(value, {"wait_until"}, {})) return;
    const Value& inner = *value.find("wait_until");
    if (!is_a(inner, YamlKind::mapping)) return;
    if (inner.find("query") == nullptr) {
        step.action = ExpectStep{read_network_expectations(inner)};
        return;
    }
    QueryStep query;
    if (!check_mapping(inner, {"query", "as", "with", "node", "expect", "within_ms"}, {"expect"}))
        return;
    query.as = asker_under(inner);
    if (const Value* node = inner.find("node")) query.node = node_list(*node).front();
    if (problem_) return;
    query.call = read_call(inner, "query", true, true);
    query.within_ms =
        integer_under(inner, "within_ms", 1, k_max_wait_ms, scenario_.defaults.within_ms);
    step.action = std::move(query);
}

Loop ScenarioReader::read_loop(const Value& value) {
    Loop loop;
    std::string kind;
    for (const std::string& candidate : k_loop_kinds) {
        if (value.find(candidate) == nullptr) continue;
        if (!kind.empty()) {
            fail(problem::step_kind(at(value), said("problem.both", {kind, candidate})));
        }
        kind = candidate;
    }
    const Value& inner = *value.find(kind);
    Words keys = {"var"};
    if (kind != "repeat") keys.push_back(kind == "choose" ? "from" : "actors");
    if (kind != "for_each") keys.push_back("times");
    if (problem_ || !check_mapping(inner, keys, keys)) return loop;
    if (kind != "for_each") loop.times = integer_under(inner, "times", 1, k_max_repeats, 1);
    if (kind == "for_each") loop.actors = read_actor_group(*inner.find("actors"));
    if (kind == "choose") loop.choices = read_choices(*inner.find("from"));
    loop.variable = text_under(inner, "var");
    return loop;
}

void ScenarioReader::enter(const Loop& loop, Place place) {
    references_.push(loop.variable, first_of(loop));
    rounds_ *= std::max<std::size_t>(loop.count(), 1);
    if (rounds_ > k_max_rounds) {
        fail(problem::out_of_range(
            at(place),
            said("problem.rounds", {std::to_string(rounds_), std::to_string(k_max_rounds)})));
    }
}

void ScenarioReader::leave(const Loop& loop) {
    references_.pop();
    rounds_ /= std::max<std::size_t>(loop.count(), 1);
}

/// The actors of a group or role, or if there is none, the one actor of this name.
ScenarioReader::Words ScenarioReader::members_of(const std::string& word, Place place) {
    Words names;
    Words known;
    const auto remember = [&](const std::string& group) {
        if (!group.empty() && !contains(known, group)) known.push_back(group);
    };
    for (const Actor& actor : scenario_.actors) {
        if (contains(actor.roles, word) || actor.group == word) names.push_back(actor.name);
        remember(actor.group);
        for (const std::string& role : actor.roles) remember(role);
    }
    if (names.empty() && scenario_.find_actor(word) != nullptr) names.push_back(word);
    if (!problem_ && names.empty()) fail(problem::unknown_actor(at(place), word, known));
    return names;
}

ScenarioReader::Words ScenarioReader::read_actor_group(const Value& value) {
    if (value.kind != YamlKind::sequence) return members_of(text_of(value), value.place);
    Words names;
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

std::vector<WeightedActors> ScenarioReader::read_choices(const Value& value) {
    std::vector<WeightedActors> choices;
    if (value.kind != YamlKind::mapping) {
        choices.push_back({1, read_actor_group(value)});
        return choices;
    }
    for (const YamlEntry& entry : value.entries) {
        const auto weight = static_cast<std::uint64_t>(integer_of(entry.value, 1, k_max_weight));
        choices.push_back({weight, members_of(entry.key, entry.place)});
    }
    if (choices.empty()) fail(problem::out_of_range(at(value), said("problem.list_short")));
    return choices;
}

LoopStep ScenarioReader::read_loop_step(const Value& value) {
    LoopStep step;
    if (!check_mapping(value, {"repeat", "for_each", "choose", "steps"}, {"steps"})) return step;
    step.loop = read_loop(value);
    if (problem_) return step;
    enter(step.loop, value.place);
    if (!problem_) step.steps = read_steps(*value.find("steps"));
    leave(step.loop);
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
    step.expect.index = state_expectation(value.place, said("expect.day_closes"));
    return step;
}

GenerateStep ScenarioReader::read_generate(const Value& value) {
    GenerateStep step;
    if (!check_mapping(value, {"generate"}, {})) return step;
    const Value& inner = *value.find("generate");
    const Words keys = {"kind", "invoices", "tax_bureau", "sellers", "buyers", "consumers"};
    if (!check_mapping(inner, keys, keys)) return step;
    if (choice_of(*inner.find("kind"), {"shenzhen_day", "shenzhen_history"}) != "shenzhen_day") {
        step.kind = GeneratorKind::shenzhen_history;
    }
    step.invoices = integer_under(inner, "invoices", 1, k_max_generated, 1);
    step.tax_bureau = read_actor(*inner.find("tax_bureau"));
    step.sellers = read_actor_group(*inner.find("sellers"));
    step.buyers = read_actor_group(*inner.find("buyers"));
    step.consumers = read_actor_group(*inner.find("consumers"));
    step.expect.index = state_expectation(value.place, said("expect.as_drawn"));
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
        fail(problem::step_kind(at(inner), said("problem.one_fault")));
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
        fault.behaviour = choice_of(*what.find("behaviour"), k_behaviours);
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
        state_expectation(value.place, said("expect.stalled", {std::to_string(step.for_ms)}));
    return step;
}

}  // namespace cityledger::sim
