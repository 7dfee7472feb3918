// Calls of contracts, references, and what is expected of calls and of the network.

#include <algorithm>
#include <cstdlib>

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

bool has_reference(const YamlValue& value) { return value.text.find("${") != std::string::npos; }

/// The value at "lines[2].name", or the last on the way there that is written in the file.
const YamlValue& value_at(const YamlValue& root, std::string_view path) {
    const YamlValue* value = &root;
    while (!path.empty()) {
        const bool index = path.front() == '[';
        if (index || path.front() == '.') path.remove_prefix(1);
        const std::size_t end = std::min(path.find_first_of(index ? "]" : ".["), path.size());
        const std::string_view word = path.substr(0, end);
        const YamlValue* inner = nullptr;
        if (index) {
            const std::size_t number = std::strtoul(std::string(word).c_str(), nullptr, 10);
            inner = number < value->items.size() ? &value->items[number] : nullptr;
        } else {
            inner = value->find(word);
        }
        if (inner == nullptr) break;
        value = inner;
        path.remove_prefix(std::min(end + (index ? 1 : 0), path.size()));
    }
    return *value;
}

bool same_kind(const boost::json::value& one, const boost::json::value& other) {
    const auto number = [](const boost::json::value& value) {
        return value.is_int64() || value.is_uint64();
    };
    return one.kind() == other.kind() || (number(one) && number(other));
}

std::string kind_of(const boost::json::value& value) {
    if (value.is_null()) return said("kind.nothing");
    if (value.is_bool()) return said("kind.flag");
    if (value.is_string()) return said("kind.text");
    if (value.is_array()) return said("kind.list");
    return said(value.is_object() ? "kind.mapping" : "kind.integer");
}

}  // namespace

bool is_filled_in(const ledger::Method& method, std::string_view field) {
    const std::vector<std::string>& fields = method.filled_in;
    return std::find(fields.begin(), fields.end(), field) != fields.end();
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
    const auto described = is_query ? vocabulary_.contracts->query(call.contract, call.method)
                                    : vocabulary_.contracts->operation(call.contract, call.method);
    const Value* with = value.find("with");
    if (with != nullptr && is_a(*with, YamlKind::mapping)) {
        call.arguments = plain_json(*with).get_object();
    }
    boost::json::object shape = (*described)->example_result.get_object();
    if (!problem_) shape["arguments"] = check_arguments(call, **described, with);
    if (has_expectation && !problem_) {
        call.expect = read_expectation(value.find("expect"), call, **described, is_query);
    }
    if (const Value* save = value.find("save")) {
        call.save = text_of(*save);
        if (has_reference(*save)) check_references(*save);
        references_.save(call.save, std::move(shape));
    }
    return call;
}

void ScenarioReader::remember_saves(const Value& value) {
    for (const Value& item : value.items) remember_saves(item);
    for (const YamlEntry& entry : value.entries) {
        const bool named = entry.key == "save" && entry.value.kind == YamlKind::text;
        if (named && !references_.is_saved(entry.value.text)) {
            references_.save(entry.value.text, std::nullopt);
        }
        remember_saves(entry.value);
    }
}

boost::json::object ScenarioReader::check_arguments(const Call& call, const ledger::Method& method,
                                                    const Value* with) {
    const std::size_t problems_before = problems_.size();
    const Words known = field_names(method.arguments);
    boost::json::object complete;
    for (const YamlEntry& entry : with != nullptr ? with->entries : std::vector<YamlEntry>()) {
        if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
            note(problem::bad_arguments(at(entry.place),
                                        "`" + entry.key + "`" + suggestion(entry.key, known)));
            continue;
        }
        YamlValue alone;
        alone.kind = YamlKind::mapping;
        alone.entries.push_back(entry);
        const auto example = references_.example_of(alone);
        if (!example) {
            note(example.error());
        } else {
            complete[entry.key] = example->value->get_object().at(entry.key);
        }
    }
    const Place place = with != nullptr ? with->place : call.place;
    for (const ledger::FieldDescription& field : method.arguments) {
        if (call.arguments.contains(field.name) || field.type.starts_with("optional ")) continue;
        if (!is_filled_in(method, field.name)) {
            note(problem::bad_arguments(at(place), said("problem.argument_missing", {field.name})));
        }
        complete[field.name] = method.example_arguments.at(field.name);
    }
    if (with != nullptr) check_money(*with);
    if (!problem_ && problems_.size() == problems_before) {
        check_converted(method, with, place, complete);
    }
    return complete;
}

void ScenarioReader::check_converted(const ledger::Method& method, const Value* with, Place place,
                                     const boost::json::object& arguments) {
    const auto converted = with_fen(arguments, at(place));
    if (!converted) return fail(converted.error());
    const auto bytes = method.arguments_from_json(*converted);
    if (bytes) return;
    const std::string& detail = bytes.error().detail;
    if (with == nullptr) return fail(problem::bad_arguments(at(place), detail));
    const Value& wrong = value_at(*with, detail.substr(0, detail.find_first_of(" :")));
    // What a reference will stand for may be fine where the example is not, if the kind is right.
    const auto example = references_.example_of(wrong);
    const bool open = example && !example->exact && &wrong != with;
    const bool of_text = open && (!example->value || example->value->is_string());
    const bool wrong_kind = detail.find(" must be a") != std::string::npos;
    if (open && (of_text || !wrong_kind)) return;
    fail(problem::bad_arguments(at(wrong), detail));
}

void ScenarioReader::check_fields(const Value& fields, const boost::json::value& shape) {
    const boost::json::object& known = shape.get_object();
    Words names;
    for (const auto& entry : known) names.emplace_back(entry.key());
    for (const YamlEntry& entry : fields.entries) {
        const auto example = references_.example_of(entry.value);
        if (!example) {
            note(example.error());
            continue;
        }
        const boost::json::value* wanted = known.if_contains(entry.key);
        if (wanted == nullptr) {
            note(problem::bad_arguments(at(entry.place),
                                        "`" + entry.key + "`" + suggestion(entry.key, names)));
            continue;
        }
        const bool money = entry.key.ends_with("_fen") && entry.value.kind == YamlKind::text;
        const bool absent = entry.value.kind == YamlKind::nothing;
        if (!example->value || money || absent || same_kind(*wanted, *example->value)) continue;
        note(problem::wrong_type(at(entry.value), kind_of(*wanted), kind_of(*example->value)));
    }
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

void ScenarioReader::check_references(const Value& value) {
    const auto example = references_.example_of(value);
    if (!example) fail(example.error());
}

std::string ScenarioReader::read_code(const Value& value) {
    const std::string name = text_of(value);
    const Words& known = vocabulary_.codes;
    if (!problem_ && std::find(known.begin(), known.end(), name) == known.end()) {
        fail(problem::unknown_code(at(value), name, known));
    }
    return name;
}

Expectation ScenarioReader::read_expectation(const Value* value, const Call& call,
                                             const ledger::Method& method, bool is_query) {
    Expectation expectation;
    const std::string subject = call.contract + "." + call.method;
    if (value == nullptr || (value->kind == YamlKind::text && value->text == "ok")) {
        const Place where = value == nullptr ? call.place : value->place;
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
        check_fields(*fields, method.example_result);
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
