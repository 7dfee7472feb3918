// Calls of contracts, references, and what is expected of calls and of the network.

#include <algorithm>

#include "sim/scenario/reader.hpp"
#include "sim/scenario/values.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_count = 1'000'000'000;
constexpr std::int64_t k_max_within_ms = 600'000;

const std::vector<std::string> k_flags = {"equal_roots", "one_chain", "no_evidence",
                                          "all_nodes_have_receipts"};
const std::vector<std::string> k_network_keys = {"equal_roots",
                                                 "one_chain",
                                                 "no_evidence",
                                                 "evidence_at_least",
                                                 "nullified_views_at_least",
                                                 "height_at_least",
                                                 "receipts",
                                                 "all_nodes_have_receipts",
                                                 "within_ms"};

std::vector<std::string> method_names(const ledger::ContractRegistry& contracts, bool queries) {
    std::vector<std::string> names;
    for (const ledger::Contract* contract : contracts.all()) {
        for (const ledger::Method& method : queries ? contract->queries : contract->operations) {
            names.push_back(contract->name + "." + method.name);
        }
    }
    return names;
}

std::vector<std::string> field_names(const std::vector<ledger::FieldDescription>& fields) {
    std::vector<std::string> names;
    for (const ledger::FieldDescription& field : fields) names.push_back(field.name);
    return names;
}

bool has_reference(const YamlValue& value) {
    if (value.text.find("${") != std::string::npos) return true;
    return std::any_of(value.items.begin(), value.items.end(), has_reference) ||
           std::any_of(value.entries.begin(), value.entries.end(),
                       [](const YamlEntry& entry) { return has_reference(entry.value); });
}

// A checked reference inside another one: its signs are replaced by control characters, so that
// the outer one can be split. A saved name with a reference in it must be written the same way.
constexpr std::string_view k_signs = "${}.:";
constexpr std::string_view k_marks = "\1\2\3\4\5";

std::string translated(std::string text, std::string_view from, std::string_view to) {
    for (char& c : text) {
        const std::size_t place = from.find(c);
        if (place != std::string_view::npos) c = to[place];
    }
    return text;
}

std::string marked(const std::string& expression) {
    return translated("${" + expression + "}", k_signs, k_marks);
}

std::string unmarked(std::string root) { return translated(std::move(root), k_marks, k_signs); }

/// Whether a saved name with references in it ("reply_${d}") can be this name ("reply_AK").
bool may_become(std::string_view written, std::string_view name) {
    const std::size_t begin = written.find("${");
    const std::size_t end = written.rfind('}');
    if (begin == std::string_view::npos || end == std::string_view::npos) return false;
    const std::string_view suffix = written.substr(end + 1);
    return name.size() > begin + suffix.size() && name.starts_with(written.substr(0, begin)) &&
           name.ends_with(suffix);
}

}  // namespace

bool is_filled_in(const Call& call, std::string_view field) {
    if (call.contract == "invoice" && call.method == "issue") {
        return field == "content_digest" || field == "sealed_body";
    }
    return call.contract == "membership" && call.method == "enrol" && field == "public_key";
}

std::string_view network_key(NetworkKind kind) {
    return k_network_keys[static_cast<std::size_t>(kind)];
}

std::size_t ScenarioReader::state_expectation(Place place, std::string text) {
    scenario_.expectations.push_back({place, std::move(text)});
    return scenario_.expectations.size();
}

Call ScenarioReader::read_call(const Value& value, std::string_view key, bool is_query,
                               bool has_expectation) {
    Call call;
    const Value& method = *value.find(key);
    call.place = method.place;
    const std::string name = text_of(method);
    const Words known = method_names(*vocabulary_.contracts, is_query);
    if (problem_) return call;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        fail(problem::unknown_operation(at(method), name, known));
        return call;
    }
    const std::size_t dot = name.find('.');
    call.contract = name.substr(0, dot);
    call.method = name.substr(dot + 1);
    const Value* with = value.find("with");
    if (with != nullptr && is_a(*with, YamlKind::mapping)) {
        call.arguments = plain_json(*with).get_object();
        check_references(*with);
    }
    if (!problem_) check_arguments(call, with, is_query);
    if (has_expectation && !problem_) {
        call.expect = read_expectation(value.find("expect"), call.place, name, is_query);
    }
    if (const Value* save = value.find("save")) {
        call.save = text_of(*save);
        if (has_reference(*save)) check_references(*save);
        saved_.insert(call.save);
    }
    return call;
}

void ScenarioReader::check_arguments(const Call& call, const Value* with, bool is_query) {
    const auto method = is_query ? vocabulary_.contracts->query(call.contract, call.method)
                                 : vocabulary_.contracts->operation(call.contract, call.method);
    const Words known = field_names((*method)->arguments);
    if (with != nullptr) {
        for (const YamlEntry& entry : with->entries) {
            if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
                return fail(problem::bad_arguments(
                    at(entry.place), "`" + entry.key + "`" + suggestion(entry.key, known)));
            }
        }
    }
    const Place place = with != nullptr ? with->place : call.place;
    boost::json::object complete = call.arguments;
    for (const ledger::FieldDescription& field : (*method)->arguments) {
        if (complete.contains(field.name) || field.type.starts_with("optional ")) continue;
        if (!is_filled_in(call, field.name)) {
            return fail(
                problem::bad_arguments(at(place), said("problem.argument_missing", {field.name})));
        }
        const std::size_t digits = field.name == "public_key" ? 66 : 64;
        complete[field.name] = std::string(digits, '0');
    }
    if (with != nullptr) check_money(*with);
    if (problem_ || (with != nullptr && has_reference(*with))) return;
    const auto converted = with_fen(complete, at(place));
    if (!converted) return fail(converted.error());
    const auto bytes = (*method)->arguments_from_json(*converted);
    if (!bytes) fail(problem::bad_arguments(at(place), bytes.error().detail));
}

void ScenarioReader::check_money(const Value& value) {
    for (const Value& item : value.items) check_money(item);
    for (const YamlEntry& entry : value.entries) {
        const bool money = entry.key.ends_with("_fen") && entry.value.kind == YamlKind::text &&
                           !has_reference(entry.value);
        if (money && !fen_of_yuan(entry.value.text)) {
            return fail(problem::bad_money(at(entry.value), entry.value.text));
        }
        check_money(entry.value);
    }
}

bool ScenarioReader::is_known_root(const std::string& root) const {
    const bool saved = std::any_of(saved_.begin(), saved_.end(), [&](const std::string& written) {
        return written == root || may_become(written, root);
    });
    return saved || scenario_.find_actor(root) != nullptr ||
           std::find(variables_.begin(), variables_.end(), root) != variables_.end();
}

void ScenarioReader::check_reference_text(const Value& value) {
    // From the inside out: what a checked reference stands for is unknown here, so it stays,
    // marked.
    std::string text = value.text;
    while (!problem_) {
        bool open = false;
        const auto reference = find_reference(text, 0, open);
        if (open) return fail(problem::bad_reference(at(value), said("problem.open_reference")));
        if (!reference) return;
        const auto parts = split_reference(reference->expression);
        if (!parts) {
            return fail(problem::bad_reference(
                at(value), said("problem.bad_reference", {reference->expression})));
        }
        const std::string root = unmarked(parts->root);
        if (!is_known_root(root)) {
            Words known(saved_.begin(), saved_.end());
            known.insert(known.end(), variables_.begin(), variables_.end());
            for (const std::string& name : actor_names()) known.push_back(name);
            return fail(
                problem::bad_reference(at(value), "`" + root + "`" + suggestion(root, known)));
        }
        text.replace(reference->begin, reference->end - reference->begin,
                     marked(reference->expression));
    }
}

void ScenarioReader::check_references(const Value& value) {
    if (value.kind == YamlKind::text) check_reference_text(value);
    for (const Value& item : value.items) check_references(item);
    for (const YamlEntry& entry : value.entries) check_references(entry.value);
}

std::string ScenarioReader::read_code(const Value& value) {
    const std::string name = text_of(value);
    const Words& known = vocabulary_.codes;
    if (!problem_ && std::find(known.begin(), known.end(), name) == known.end()) {
        fail(problem::unknown_code(at(value), name, known));
    }
    return name;
}

Expectation ScenarioReader::read_expectation(const Value* value, Place place,
                                             const std::string& subject, bool is_query) {
    Expectation expectation;
    if (value == nullptr || (value->kind == YamlKind::text && value->text == "ok")) {
        const Place where = value == nullptr ? place : value->place;
        expectation.index = state_expectation(where, said("expect.success", {subject}));
        expectation.stated = value != nullptr;
        return expectation;
    }
    if (value->kind == YamlKind::text) {
        static_cast<void>(choice_of(*value, {"ok"}));
        return expectation;
    }
    const std::string fields_key = is_query ? "equals" : "result";
    const Words known =
        is_query ? Words{"refused", "equals"} : Words{"refused", "result", "events"};
    if (!check_mapping(*value, known, {})) return expectation;
    const bool refusal = value->find("refused") != nullptr;
    if (value->entries.empty() || (refusal && value->entries.size() > 1)) {
        fail(problem::step_kind(at(*value), said("problem.refusal_or_result")));
        return expectation;
    }
    expectation.stated = true;
    std::string words = said("expect.success", {subject});
    if (const Value* refused = value->find("refused")) {
        expectation.refused = read_code(*refused);
        words = said("expect.refusal", {subject, *expectation.refused});
    }
    if (const Value* fields = value->find(fields_key)) {
        if (!is_a(*fields, YamlKind::mapping)) return expectation;
        check_references(*fields);
        expectation.fields = plain_json(*fields).get_object();
        words = said("expect.fields", {subject, ledger::compact_json(*expectation.fields)});
    }
    if (const Value* events = value->find("events")) {
        for (const Value& event : list_of(*events, 1)) {
            expectation.events.push_back(text_of(event));
            words += said("expect.event", {expectation.events.back()});
        }
    }
    expectation.index = state_expectation(value->place, words);
    return expectation;
}

void ScenarioReader::read_receipt_counts(const Value& value, NetworkExpectation& expectation) {
    if (!check_mapping(value, {"ok", "refused"}, {})) return;
    if (value.entries.empty()) return fail(problem::missing_key(at(value), "ok"));
    if (value.find("ok") != nullptr) {
        expectation.ok = integer_under(value, "ok", 0, k_max_count, 0);
    }
    const Value* refused = value.find("refused");
    if (refused == nullptr || !is_a(*refused, YamlKind::mapping)) return;
    for (const YamlEntry& entry : refused->entries) {
        const Words& known = vocabulary_.codes;
        if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
            return fail(problem::unknown_code(at(entry.place), entry.key, known));
        }
        const std::int64_t count = integer_of(entry.value, 0, k_max_count);
        expectation.refused.push_back({entry.key, static_cast<std::uint64_t>(count)});
    }
}

void ScenarioReader::read_network_expectation(const YamlEntry& entry,
                                              NetworkExpectation& expectation, std::string& words) {
    const auto found = std::find(k_network_keys.begin(), k_network_keys.end(), entry.key);
    words = entry.key;
    expectation.kind = static_cast<NetworkKind>(found - k_network_keys.begin());
    if (expectation.kind == NetworkKind::receipts) {
        read_receipt_counts(entry.value, expectation);
        words += " " + ledger::compact_json(plain_json(entry.value));
    } else if (std::find(k_flags.begin(), k_flags.end(), entry.key) != k_flags.end()) {
        if (!is_a(entry.value, YamlKind::flag)) return;
        if (!entry.value.flag) {
            fail(problem::not_a_choice(at(entry.value), "false", {"true"}));
        }
    } else {
        expectation.amount = static_cast<std::uint64_t>(integer_of(entry.value, 1, k_max_count));
        words += " " + entry.value.text;
    }
}

std::vector<NetworkExpectation> ScenarioReader::read_network_expectations(const Value& value) {
    std::vector<NetworkExpectation> expectations;
    if (!check_mapping(value, k_network_keys, {})) return expectations;
    const std::uint64_t within =
        integer_under(value, "within_ms", 1, k_max_within_ms, scenario_.defaults.within_ms);
    for (const YamlEntry& entry : value.entries) {
        if (problem_ || entry.key == "within_ms") continue;
        NetworkExpectation expectation;
        std::string words;
        expectation.within_ms = within;
        read_network_expectation(entry, expectation, words);
        expectation.index = state_expectation(entry.place, words);
        expectations.push_back(std::move(expectation));
    }
    if (!problem_ && expectations.empty()) {
        fail(problem::step_kind(at(value), said("problem.expect_nothing")));
    }
    return expectations;
}

}  // namespace cityledger::sim
