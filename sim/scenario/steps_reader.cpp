#include "sim/scenario/steps_reader.hpp"

#include <algorithm>

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_wait_ms = 3'600'000;
constexpr std::int64_t k_max_days = 1000;
constexpr std::int64_t k_max_generated = 1'000'000;

/// Each says what a step does; `expect` does so only where it stands alone.
const Words k_kinds = {"do",       "send",    "bundle",     "query",         "repeat",
                       "for_each", "choose",  "close_day",  "generate",      "load",
                       "fault",    "wait_ms", "wait_until", "expect_stalled"};

std::string joined(const Words& words) {
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

bool contains(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

StepsReader::StepsReader(ValueReader& in, Scenario& scenario, const Vocabulary& vocabulary,
                         NetworkReader& network)
    : in_(in),
      scenario_(scenario),
      network_(network),
      references_(scenario),
      names_(in, scenario, references_),
      calls_(in, scenario, references_, vocabulary),
      loops_(in, names_, references_),
      loads_(in, names_, calls_, references_),
      faults_(in, scenario) {}

std::vector<Step> StepsReader::read_steps(const YamlValue& value) {
    std::vector<Step> steps;
    for (const YamlValue& item : in_.list_of(value, 1)) {
        const std::size_t before = in_.problems().size();
        steps.push_back(read_step(item));
        in_.settle();
        if (in_.problems().size() > before) calls_.remember_saves(item);
    }
    return steps;
}

std::string StepsReader::read_step_kind(const YamlValue& value) {
    Words known = k_kinds;
    known.insert(known.end(), {"as", "with", "save", "expect", "node", "steps"});
    std::string kind;
    if (!in_.check_mapping(value, known, {})) return kind;
    for (const std::string& candidate : k_kinds) {
        if (value.find(candidate) == nullptr) continue;
        if (!kind.empty()) {
            in_.fail(problem::step_kind(in_.at(value), said("problem.both", {kind, candidate})));
            return kind;
        }
        kind = candidate;
    }
    if (kind.empty() && value.find("expect") != nullptr) return "expect";
    if (kind.empty()) {
        in_.fail(problem::step_kind(in_.at(value),
                                    said("problem.none_of", {joined(k_kinds) + ", expect"})));
    }
    return kind;
}

Step StepsReader::read_step(const YamlValue& value) {
    Step step;
    step.place = value.place;
    step.action = WaitStep{};
    const std::string kind = read_step_kind(value);
    if (in_.failed()) return step;
    if (kind == "do" || kind == "send") {
        step.action = read_do(value, kind);
    } else if (kind == "bundle") {
        step.action = read_bundle(value);
    } else if (kind == "query") {
        step.action = read_query(value);
    } else if (contains(loop_kinds(), kind)) {
        step.action = read_loop_step(value);
    } else if (kind == "close_day") {
        step.action = read_close_day(value);
    } else if (kind == "generate") {
        step.action = read_generate(value);
    } else if (kind == "load") {
        if (in_.check_mapping(value, {"load"}, {}))
            step.action = loads_.read_load(*value.find("load"), loops_.rounds());
    } else if (kind == "fault") {
        step.action = faults_.read_fault(value);
    } else if (kind == "wait_ms") {
        step.action = read_wait(value);
    } else if (kind == "wait_until") {
        read_wait_until(value, step);
    } else if (kind == "expect_stalled") {
        step.action = read_stalled(value);
    } else if (in_.check_mapping(value, {"expect"}, {})) {
        step.action = ExpectStep{network_.read_network_expectations(*value.find("expect"))};
    }
    return step;
}

SubmitStep StepsReader::read_do(const YamlValue& value, std::string_view key) {
    SubmitStep step;
    step.wait = key == "do";
    Words known = {"as", std::string(key), "with"};
    if (step.wait) known.insert(known.end(), {"save", "expect"});
    if (!in_.check_mapping(value, known, {"as"})) return step;
    step.sender = names_.read_actor(*value.find("as"));
    BundleItem item;
    item.call = calls_.read_call(value, key, CallKind::operation, step.wait);
    step.operations.push_back(std::move(item));
    return step;
}

SubmitStep StepsReader::read_bundle(const YamlValue& value) {
    SubmitStep step;
    if (!in_.check_mapping(value, {"as", "bundle"}, {"as"})) return step;
    step.sender = names_.read_actor(*value.find("as"));
    step.operations = read_bundle_items(*value.find("bundle"));
    check_bundle_size(step.operations, *value.find("bundle"));
    return step;
}

void StepsReader::check_bundle_size(const std::vector<BundleItem>& items, const YamlValue& value) {
    const std::uint64_t size = operations_in(items);
    if (size <= ledger::k_max_operations_per_transaction) return;
    in_.fail(problem::out_of_range(
        in_.at(value),
        said("problem.bundle_size",
             {std::to_string(size), std::to_string(ledger::k_max_operations_per_transaction)})));
}

std::vector<BundleItem> StepsReader::read_bundle_items(const YamlValue& value) {
    std::vector<BundleItem> items;
    for (const YamlValue& entry : in_.list_of(value, 1)) {
        if (!in_.is_a(entry, YamlKind::mapping)) break;
        BundleItem item;
        const bool loops = std::any_of(loop_kinds().begin(), loop_kinds().end(),
                                       [&](const auto& key) { return entry.find(key) != nullptr; });
        if (!loops) {
            if (in_.check_mapping(entry, {"do", "with", "save", "expect"}, {"do"})) {
                item.call = calls_.read_call(entry, "do", CallKind::operation, true);
            }
        } else if (in_.check_mapping(entry, {"repeat", "for_each", "choose", "operations"},
                                     {"operations"})) {
            item.loop = loops_.read_loop(entry);
            loops_.enter(*item.loop, entry.place);
            if (!in_.failed()) item.items = read_bundle_items(*entry.find("operations"));
            loops_.leave(*item.loop);
        }
        items.push_back(std::move(item));
        in_.settle();
    }
    return items;
}

QueryStep StepsReader::read_query(const YamlValue& value) {
    QueryStep step;
    if (!in_.check_mapping(value, {"query", "as", "with", "node", "save", "expect"}, {}))
        return step;
    step.as = names_.asker_under(value);
    if (const YamlValue* node = value.find("node")) step.node = faults_.node_list(*node).front();
    if (!in_.failed()) step.call = calls_.read_call(value, "query", CallKind::query, true);
    return step;
}

WaitStep StepsReader::read_wait(const YamlValue& value) {
    if (!in_.check_mapping(value, {"wait_ms"}, {})) return {};
    return WaitStep{in_.integer_under(value, "wait_ms", 1, k_max_wait_ms, 1)};
}

void StepsReader::read_wait_until(const YamlValue& value, Step& step) {
    if (!in_.check_mapping(value, {"wait_until"}, {})) return;
    const YamlValue& inner = *value.find("wait_until");
    if (!in_.is_a(inner, YamlKind::mapping)) return;
    if (inner.find("query") == nullptr) {
        step.action = ExpectStep{network_.read_network_expectations(inner)};
        return;
    }
    QueryStep query;
    if (!in_.check_mapping(inner, {"query", "as", "with", "node", "expect", "within_ms"},
                           {"expect"}))
        return;
    query.as = names_.asker_under(inner);
    if (const YamlValue* node = inner.find("node")) query.node = faults_.node_list(*node).front();
    if (in_.failed()) return;
    query.call = calls_.read_call(inner, "query", CallKind::query, true);
    query.within_ms =
        in_.integer_under(inner, "within_ms", 1, k_max_wait_ms, scenario_.defaults.within_ms);
    step.action = std::move(query);
}

LoopStep StepsReader::read_loop_step(const YamlValue& value) {
    LoopStep step;
    if (!in_.check_mapping(value, {"repeat", "for_each", "choose", "steps"}, {"steps"}))
        return step;
    step.loop = loops_.read_loop(value);
    if (in_.failed()) return step;
    loops_.enter(step.loop, value.place);
    if (!in_.failed()) step.steps = read_steps(*value.find("steps"));
    loops_.leave(step.loop);
    return step;
}

CloseDayStep StepsReader::read_close_day(const YamlValue& value) {
    CloseDayStep step;
    if (!in_.check_mapping(value, {"close_day"}, {})) return step;
    const YamlValue& inner = *value.find("close_day");
    const Words required = {"by", "countersigned_by"};
    if (!in_.check_mapping(inner, {"by", "countersigned_by", "days"}, required)) return step;
    step.by = names_.read_actor(*inner.find("by"));
    step.countersigned_by = names_.read_actor(*inner.find("countersigned_by"));
    step.days = in_.integer_under(inner, "days", 1, k_max_days, 1);
    step.expect.index = scenario_.state_expectation(value.place, said("expect.day_closes"));
    return step;
}

GenerateStep StepsReader::read_generate(const YamlValue& value) {
    GenerateStep step;
    if (!in_.check_mapping(value, {"generate"}, {})) return step;
    const YamlValue& inner = *value.find("generate");
    const Words keys = {"kind", "invoices", "tax_bureau", "sellers", "buyers", "consumers"};
    if (!in_.check_mapping(inner, keys, keys)) return step;
    if (in_.choice_of(*inner.find("kind"), {"shenzhen_day", "shenzhen_history"}) !=
        "shenzhen_day") {
        step.kind = GeneratorKind::shenzhen_history;
    }
    step.invoices = in_.integer_under(inner, "invoices", 1, k_max_generated, 1);
    step.tax_bureau = names_.read_actor(*inner.find("tax_bureau"));
    step.sellers = names_.read_actor_group(*inner.find("sellers"));
    step.buyers = names_.read_actor_group(*inner.find("buyers"));
    step.consumers = names_.read_actor_group(*inner.find("consumers"));
    step.expect.index = scenario_.state_expectation(value.place, said("expect.as_drawn"));
    return step;
}

StalledStep StepsReader::read_stalled(const YamlValue& value) {
    StalledStep step;
    if (!in_.check_mapping(value, {"expect_stalled"}, {})) return step;
    const YamlValue& inner = *value.find("expect_stalled");
    if (!in_.check_mapping(inner, {"for_ms"}, {"for_ms"})) return step;
    step.for_ms = in_.integer_under(inner, "for_ms", 1, k_max_wait_ms, 1);
    step.expect.index = scenario_.state_expectation(
        value.place, said("expect.stalled", {std::to_string(step.for_ms)}));
    return step;
}

}  // namespace cityledger::sim
