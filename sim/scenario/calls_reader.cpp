#include "sim/scenario/calls_reader.hpp"

#include <algorithm>
#include <cstdlib>

#include "sim/scenario/values.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

Words method_names(const ledger::ContractRegistry& contracts, CallKind kind) {
    Words names;
    for (const ledger::Contract* contract : contracts.all()) {
        for (const ledger::Method& method :
             kind == CallKind::query ? contract->queries : contract->operations) {
            names.push_back(contract->name + "." + method.name);
        }
    }
    return names;
}

Words field_names(const std::vector<ledger::FieldDescription>& fields) {
    Words names;
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

Call CallsReader::read_call(const YamlValue& value, std::string_view key, CallKind kind,
                            bool has_expectation) {
    Call call;
    const YamlValue& method = *value.find(key);
    call.place = method.place;
    const std::string name = in_.text_of(method);
    const Words known = method_names(*vocabulary_.contracts, kind);
    if (in_.failed()) return call;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        in_.fail(problem::unknown_operation(in_.at(method), name, known));
        return call;
    }
    const std::size_t dot = name.find('.');
    call.contract = name.substr(0, dot);
    call.method = name.substr(dot + 1);
    const auto described = kind == CallKind::query
                               ? vocabulary_.contracts->query(call.contract, call.method)
                               : vocabulary_.contracts->operation(call.contract, call.method);
    const YamlValue* with = value.find("with");
    if (with != nullptr && in_.is_a(*with, YamlKind::mapping)) {
        call.arguments = plain_json(*with).get_object();
    }
    boost::json::object shape = (*described)->example_result.get_object();
    if (!in_.failed()) shape["arguments"] = check_arguments(call, **described, with);
    if (has_expectation && !in_.failed()) {
        call.expect = read_expectation(value.find("expect"), call, **described, kind);
    }
    if (const YamlValue* save = value.find("save")) {
        call.save = in_.text_of(*save);
        if (has_reference(*save)) check_references(*save);
        references_.save(call.save, std::move(shape));
    }
    return call;
}

void CallsReader::remember_saves(const YamlValue& value) {
    for (const YamlValue& item : value.items) remember_saves(item);
    for (const YamlEntry& entry : value.entries) {
        const bool named = entry.key == "save" && entry.value.kind == YamlKind::text;
        if (named && !references_.is_saved(entry.value.text)) {
            references_.save(entry.value.text, std::nullopt);
        }
        remember_saves(entry.value);
    }
}

boost::json::object CallsReader::check_arguments(const Call& call, const ledger::Method& method,
                                                 const YamlValue* with) {
    const std::size_t problems_before = in_.problems().size();
    const Words known = field_names(method.arguments);
    boost::json::object complete;
    for (const YamlEntry& entry : with != nullptr ? with->entries : std::vector<YamlEntry>()) {
        if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
            in_.note(problem::bad_arguments(in_.at(entry.place),
                                            "`" + entry.key + "`" + suggestion(entry.key, known)));
            continue;
        }
        YamlValue alone;
        alone.kind = YamlKind::mapping;
        alone.entries.push_back(entry);
        const auto example = references_.example_of(alone);
        if (!example) {
            in_.note(example.error());
        } else {
            complete[entry.key] = example->value->get_object().at(entry.key);
        }
    }
    const Place place = with != nullptr ? with->place : call.place;
    for (const ledger::FieldDescription& field : method.arguments) {
        if (call.arguments.contains(field.name) || field.type.starts_with("optional ")) continue;
        if (!is_filled_in(method, field.name)) {
            in_.note(problem::bad_arguments(in_.at(place),
                                            said("problem.argument_missing", {field.name})));
        }
        complete[field.name] = method.example_arguments.at(field.name);
    }
    if (with != nullptr) check_money(*with);
    if (!in_.failed() && in_.problems().size() == problems_before) {
        check_converted(method, with, place, complete);
    }
    return complete;
}

void CallsReader::check_converted(const ledger::Method& method, const YamlValue* with, Place place,
                                  const boost::json::object& arguments) {
    const auto converted = with_fen(arguments, in_.at(place));
    if (!converted) return in_.fail(converted.error());
    const auto bytes = method.arguments_from_json(*converted);
    if (bytes) return;
    const std::string& detail = bytes.error().detail;
    if (with == nullptr) return in_.fail(problem::bad_arguments(in_.at(place), detail));
    const YamlValue& wrong = value_at(*with, detail.substr(0, detail.find_first_of(" :")));
    // What a reference will stand for may be fine where the example is not, if the kind is right.
    const auto example = references_.example_of(wrong);
    const bool open = example && !example->exact && &wrong != with;
    const bool of_text = open && (!example->value || example->value->is_string());
    const bool wrong_kind = detail.find(" must be a") != std::string::npos;
    if (open && (of_text || !wrong_kind)) return;
    in_.fail(problem::bad_arguments(in_.at(wrong), detail));
}

void CallsReader::check_fields(const YamlValue& fields, const boost::json::value& shape) {
    const boost::json::object& known = shape.get_object();
    Words names;
    for (const auto& entry : known) names.emplace_back(entry.key());
    for (const YamlEntry& entry : fields.entries) {
        const auto example = references_.example_of(entry.value);
        if (!example) {
            in_.note(example.error());
            continue;
        }
        const boost::json::value* wanted = known.if_contains(entry.key);
        if (wanted == nullptr) {
            in_.note(problem::bad_arguments(in_.at(entry.place),
                                            "`" + entry.key + "`" + suggestion(entry.key, names)));
            continue;
        }
        const bool money = entry.key.ends_with("_fen") && entry.value.kind == YamlKind::text;
        const bool absent = entry.value.kind == YamlKind::nothing;
        if (!example->value || money || absent || same_kind(*wanted, *example->value)) continue;
        in_.note(
            problem::wrong_type(in_.at(entry.value), kind_of(*wanted), kind_of(*example->value)));
    }
}

void CallsReader::check_money(const YamlValue& value) {
    for (const YamlValue& item : value.items) check_money(item);
    for (const YamlEntry& entry : value.entries) {
        const bool money = entry.key.ends_with("_fen") && entry.value.kind == YamlKind::text &&
                           !has_reference(entry.value);
        if (money && !fen_of_yuan(entry.value.text)) {
            return in_.fail(problem::bad_money(in_.at(entry.value), entry.value.text));
        }
        check_money(entry.value);
    }
}

void CallsReader::check_references(const YamlValue& value) {
    const auto example = references_.example_of(value);
    if (!example) in_.fail(example.error());
}

std::string CallsReader::read_code(const YamlValue& value) {
    const std::string name = in_.text_of(value);
    const Words& known = vocabulary_.codes;
    if (!in_.failed() && std::find(known.begin(), known.end(), name) == known.end()) {
        in_.fail(problem::unknown_code(in_.at(value), name, known));
    }
    return name;
}

Expectation CallsReader::read_expectation(const YamlValue* value, const Call& call,
                                          const ledger::Method& method, CallKind kind) {
    Expectation expectation;
    const std::string subject = call.contract + "." + call.method;
    if (value == nullptr || (value->kind == YamlKind::text && value->text == "ok")) {
        const Place where = value == nullptr ? call.place : value->place;
        expectation.index = scenario_.state_expectation(where, said("expect.success", {subject}));
        expectation.stated = value != nullptr;
        return expectation;
    }
    if (value->kind == YamlKind::text) {
        static_cast<void>(in_.choice_of(*value, {"ok"}));
        return expectation;
    }
    const bool is_query = kind == CallKind::query;
    const std::string fields_key = is_query ? "equals" : "result";
    const Words known =
        is_query ? Words{"refused", "equals"} : Words{"refused", "result", "events"};
    if (!in_.check_mapping(*value, known, {})) return expectation;
    const bool refusal = value->find("refused") != nullptr;
    if (value->entries.empty() || (refusal && value->entries.size() > 1)) {
        in_.fail(problem::step_kind(in_.at(*value), said("problem.refusal_or_result")));
        return expectation;
    }
    expectation.stated = true;
    std::string words = said("expect.success", {subject});
    if (const YamlValue* refused = value->find("refused")) {
        expectation.refused = read_code(*refused);
        words = said("expect.refusal", {subject, *expectation.refused});
    }
    if (const YamlValue* fields = value->find(fields_key)) {
        if (!in_.is_a(*fields, YamlKind::mapping)) return expectation;
        check_fields(*fields, method.example_result);
        expectation.fields = plain_json(*fields).get_object();
        words = said("expect.fields", {subject, ledger::compact_json(*expectation.fields)});
    }
    if (const YamlValue* events = value->find("events")) {
        for (const YamlValue& event : in_.list_of(*events, 1)) {
            expectation.events.push_back(in_.text_of(event));
            words += said("expect.event", {expectation.events.back()});
        }
    }
    expectation.index = scenario_.state_expectation(value->place, words);
    return expectation;
}

}  // namespace cityledger::sim
