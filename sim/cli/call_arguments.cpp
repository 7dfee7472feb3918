#include "sim/cli/call_arguments.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>

#include "ledger/contracts/contracts.hpp"
#include "node/io/config_files.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/values.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;
using Words = std::vector<std::string>;

constexpr std::string_view k_optional = "optional ";

tl::unexpected<std::string> wrong(std::string words) {
    return tl::unexpected<std::string>(std::move(words));
}

Words names_of(const std::vector<ledger::Method>& methods) {
    Words names;
    for (const ledger::Method& method : methods) names.push_back(method.name);
    return names;
}

Words contract_names() {
    Words names;
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        names.push_back(contract->name);
    }
    return names;
}

const ledger::FieldDescription* find_field(const ledger::Method& method, std::string_view name) {
    const auto found =
        std::find_if(method.arguments.begin(), method.arguments.end(),
                     [name](const ledger::FieldDescription& field) { return field.name == name; });
    return found == method.arguments.end() ? nullptr : &*found;
}

/// "enterprise,consumer": a list of words, where the elements are no structs.
json::array words_between_commas(const std::string& text) {
    json::array words;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        words.push_back(json::value(text.substr(begin, end - begin)));
        begin = end + 1;
    }
    return words;
}

OrWords<json::value> json_value(const std::string& name, std::string_view type,
                                const std::string& text) {
    auto parsed = ledger::parse_json(text);
    if (!parsed) return wrong(said("call.not_json", {name, std::string(type), text}));
    return *std::move(parsed);
}

OrWords<json::value> value_of(const std::string& name, std::string_view type,
                              const std::string& text) {
    type = plain_type(type);
    if (type == "flag") {
        if (text == "true") return json::value(true);
        if (text == "false") return json::value(false);
        return wrong(said("call.not_flag", {name, text}));
    }
    // Without a point it is a whole number of fen, as in a scenario file.
    const bool yuan = name.ends_with("_fen") && text.find('.') != std::string::npos;
    if (yuan && type == "integer") return json::value(text);
    if (type == "integer" || type.starts_with("{")) return json_value(name, type, text);
    if (type.starts_with("list")) {
        const bool of_structs = type.find('{') != std::string_view::npos;
        if (text.starts_with("[") || of_structs) return json_value(name, type, text);
        return json::value(words_between_commas(text));
    }
    return json::value(text);
}

OrWords<json::object> read_json_file(const std::string& path) {
    if (path.empty()) return json::object();
    std::string text;
    if (path == "-") {
        text.assign(std::istreambuf_iterator<char>(std::cin), {});
    } else {
        auto read = io::read_text_file(path);
        if (!read) return wrong(message_of(read.error()));
        text = *std::move(read);
    }
    const auto parsed = ledger::parse_json(text);
    if (!parsed || !parsed->is_object()) return wrong(said("call.no_object", {path}));
    return parsed->get_object();
}

/// Every field of the method by its name.
Words field_names(const ledger::Method& method) {
    Words names;
    for (const ledger::FieldDescription& field : method.arguments) names.push_back(field.name);
    return names;
}

std::string no_such_field(const ledger::Method& method, const std::string& name,
                          const Words& options) {
    Words known = field_names(method);
    for (const std::string& option : options) {
        if (nearest(name, known).empty() && option.starts_with("--")) {
            known.push_back(option.substr(2));
        }
    }
    return said("call.no_field", {method.name, name, suggestion(name, known)});
}

}  // namespace

std::string_view plain_type(std::string_view type) {
    if (type.starts_with(k_optional)) type.remove_prefix(k_optional.size());
    return type;
}

OrWords<const ledger::Method*> method_of(const std::string& contract, const std::string& name,
                                         bool is_query) {
    const ledger::Contract* found = ledger::city_contracts().find(contract);
    if (found == nullptr) {
        return wrong(said("contracts.unknown", {contract, suggestion(contract, contract_names())}));
    }
    const auto& methods = is_query ? found->queries : found->operations;
    for (const ledger::Method& method : methods) {
        if (method.name == name) return &method;
    }
    const Words others = names_of(is_query ? found->operations : found->queries);
    if (std::find(others.begin(), others.end(), name) != others.end()) {
        return wrong(said(is_query ? "call.is_operation" : "call.is_query", {contract, name}));
    }
    return wrong(said(is_query ? "call.no_query" : "call.no_operation",
                      {contract, name, suggestion(name, names_of(methods))}));
}

OrWords<json::object> read_arguments(const ledger::Method& method,
                                     const std::vector<FieldWord>& fields,
                                     const std::string& json_file, const Words& options) {
    auto arguments = read_json_file(json_file);
    if (!arguments) return arguments;
    for (const auto& [name, member] : *arguments) {
        if (find_field(method, name) == nullptr) {
            return wrong(no_such_field(method, std::string(name), {}));
        }
    }
    for (const FieldWord& word : fields) {
        const ledger::FieldDescription* field = find_field(method, word.name);
        if (field == nullptr) return wrong(no_such_field(method, word.name, options));
        if (!word.value) return wrong(said("call.no_value", {word.name}));
        if (arguments->contains(word.name)) return wrong(said("call.twice", {word.name}));
        auto value = value_of(word.name, field->type, *word.value);
        if (!value) return wrong(std::move(value.error()));
        (*arguments)[word.name] = *std::move(value);
    }
    auto in_fen = with_fen(*arguments, {method.name, {}});
    if (!in_fen) return wrong(message_of(in_fen.error()));
    return std::move(in_fen->get_object());
}

std::string missing_fields(const ledger::Method& method, const json::object& arguments) {
    std::string names;
    for (const ledger::FieldDescription& field : method.arguments) {
        if (arguments.contains(field.name) || field.type.starts_with(k_optional) ||
            is_filled_in(method, field.name)) {
            continue;
        }
        names += (names.empty() ? "--" : ", --") + field.name;
    }
    return names.empty() ? names : said("call.missing", {method.name, names});
}

}  // namespace cityledger::sim
