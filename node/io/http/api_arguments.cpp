#include "node/io/http/api_arguments.hpp"

#include <charconv>
#include <limits>

#include "node/api/answers.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

constexpr std::string_view k_optional = "optional ";

const ledger::FieldDescription* find_field(const ledger::Method& method, std::string_view name) {
    for (const ledger::FieldDescription& field : method.arguments) {
        if (field.name == name) return &field;
    }
    return nullptr;
}

Result<boost::json::value> value_of(const std::string& name, std::string_view type,
                                    const std::string& text) {
    if (type.starts_with(k_optional)) type.remove_prefix(k_optional.size());
    if (type == "flag") {
        if (text == "true") return boost::json::value(true);
        if (text == "false") return boost::json::value(false);
        return tl::unexpected<Error>(wrong_parameter(name + " is neither true nor false"));
    }
    const bool as_json = type == "integer" || type.starts_with("list") || type.starts_with("{");
    if (!as_json) return boost::json::value(text);
    auto parsed = ledger::parse_json(text);
    if (!parsed) {
        return tl::unexpected<Error>(
            wrong_parameter(name + " must be " + std::string(type) + " in JSON"));
    }
    return parsed;
}

boost::json::array describe_fields(const std::vector<ledger::FieldDescription>& fields) {
    boost::json::array described;
    for (const ledger::FieldDescription& field : fields) {
        described.push_back({{"name", field.name}, {"type", field.type}});
    }
    return described;
}

boost::json::array describe_methods(const std::vector<ledger::Method>& methods) {
    boost::json::array described;
    for (const ledger::Method& method : methods) {
        boost::json::object shown{{"name", method.name},
                                  {"summary", method.summary},
                                  {"arguments", describe_fields(method.arguments)},
                                  {"result", describe_fields(method.result)}};
        if (!method.readers.words.empty()) shown["readers"] = method.readers.words;
        described.push_back(std::move(shown));
    }
    return described;
}

}  // namespace

Error wrong_parameter(std::string detail) {
    return refuse(codes::http_wrong_parameter, std::move(detail)).value();
}

Result<std::uint64_t> number_of(std::string_view name, std::string_view text, std::uint64_t high) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || stop != end || error != std::errc() || number > high) {
        const std::string limit = high == std::numeric_limits<std::uint64_t>::max()
                                      ? ""
                                      : " up to " + std::to_string(high);
        return tl::unexpected<Error>(
            wrong_parameter(std::string(name) + " must be a whole number" + limit));
    }
    return number;
}

Result<boost::json::value> arguments_from_query(const ledger::Method& method,
                                                const HttpRequest& request) {
    boost::json::object arguments;
    for (const auto& [name, text] : request.query) {
        const ledger::FieldDescription* field = find_field(method, name);
        if (field == nullptr) {
            return tl::unexpected<Error>(
                wrong_parameter(method.name + " has no argument '" + name + "'"));
        }
        if (arguments.contains(name)) {
            return tl::unexpected<Error>(wrong_parameter(name + " is given twice"));
        }
        auto value = value_of(name, field->type, text);
        if (!value) return value;
        arguments[name] = *std::move(value);
    }
    return boost::json::value(std::move(arguments));
}

boost::json::value describe_contracts(const ledger::ContractRegistry& contracts) {
    boost::json::array described;
    for (const ledger::Contract* contract : contracts.all()) {
        described.push_back({{"name", contract->name},
                             {"operations", describe_methods(contract->operations)},
                             {"queries", describe_methods(contract->queries)}});
    }
    return boost::json::object{{"contracts", std::move(described)}};
}

boost::json::value describe_codes() {
    boost::json::array list;
    for (const Code& code : api::all_codes()) {
        list.push_back({{"number", code.number},
                        {"name", code.name},
                        {"kind", ledger::to_json(code.kind)},
                        {"meaning", code.meaning},
                        {"remedy", code.remedy}});
    }
    return boost::json::object{{"codes", std::move(list)}};
}

}  // namespace cityledger::io
