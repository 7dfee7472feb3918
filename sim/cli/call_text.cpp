#include "sim/cli/call_text.hpp"

#include <algorithm>
#include <utility>

#include "ledger/contracts/contracts.hpp"
#include "sim/cli/call_arguments.hpp"
#include "sim/cli/colour.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;

constexpr std::size_t k_name_columns = 22;
constexpr std::size_t k_most_cell_columns = 24;
constexpr std::int64_t k_fen_of_yuan = 100;

// ---- help --------------------------------------------------------------------------------------

/// Blanks round the bars, so that the line can be broken there.
std::string breakable(std::string type) {
    for (std::size_t at = type.find('|'); at != std::string::npos; at = type.find('|', at + 3)) {
        type.replace(at, 1, " | ");
    }
    return type;
}

std::string field_help(const ledger::Method& method, const ledger::FieldDescription& field) {
    std::string words = breakable(std::string(plain_type(field.type)));
    if (field.name.ends_with("_fen")) words += said("call.fen");
    if (plain_type(field.type).starts_with("list") || plain_type(field.type).starts_with("{")) {
        words += said("call.as_json");
    }
    if (is_filled_in(method, field.name)) {
        words += said("call.filled_in");
    } else if (!field.type.starts_with("optional ")) {
        words += said("call.required");
    }
    return named_lines("--" + field.name, k_name_columns, words);
}

std::string method_help(const std::string& contract, const ledger::Method& method) {
    std::string text = contract + " " + method.name + "\n" + paragraph(method.summary);
    text += "\n" + said("contracts.arguments") + "\n";
    for (const ledger::FieldDescription& field : method.arguments) {
        text += field_help(method, field);
    }
    if (method.arguments.empty()) text += "  -\n";
    if (method.result.empty()) return text;
    text += "\n" + said("contracts.result") + "\n";
    for (const ledger::FieldDescription& field : method.result) {
        text += named_lines(field.name, k_name_columns, breakable(field.type));
    }
    return text;
}

std::string methods_help(const ledger::Contract& contract, bool is_query) {
    std::string text = contract.name + "\n";
    for (const ledger::Method& method : is_query ? contract.queries : contract.operations) {
        text += named_lines(method.name, k_name_columns, method.summary);
    }
    return text;
}

// ---- values ------------------------------------------------------------------------------------

std::string yuan_of(std::int64_t fen) {
    const std::string sign = fen < 0 ? "-" : "";
    const std::int64_t size = fen < 0 ? -fen : fen;
    const std::string cents = std::to_string(size % k_fen_of_yuan);
    return sign + std::to_string(size / k_fen_of_yuan) + "." + (cents.size() < 2 ? "0" : "") +
           cents;
}

std::string value_text(std::string_view name, const json::value& value) {
    if (value.is_null()) return "-";
    if (value.is_string()) return printable(value.get_string());
    const bool money = name.ends_with("_fen") && value.is_int64();
    if (money) return said("call.yuan", {yuan_of(value.get_int64())});
    return printable(ledger::compact_json(value));
}

/// The members as the method declares them, whose example this is; JSON from a node is sorted.
json::value in_order(const json::value& value, const json::value& example) {
    if (value.is_array() && example.is_array() && !example.get_array().empty()) {
        json::array array;
        for (const json::value& item : value.get_array()) {
            array.push_back(in_order(item, example.get_array().front()));
        }
        return array;
    }
    if (!value.is_object() || !example.is_object()) return value;
    json::object object;
    for (const auto& [name, shape] : example.get_object()) {
        const json::value* member = value.get_object().if_contains(name);
        if (member != nullptr) object[name] = in_order(*member, shape);
    }
    return object;
}

bool is_table(const json::value& value) {
    return value.is_array() && !value.get_array().empty() && value.get_array().front().is_object();
}

/// Columns as wide as their widest cell, within reason.
std::string table_text(const json::array& rows) {
    std::string text;
    std::vector<std::size_t> widths;
    for (const auto& [name, first] : rows.front().get_object()) {
        std::size_t width = columns_of(name);
        for (const json::value& row : rows) {
            width = std::max(width, columns_of(value_text(name, row.get_object().at(name))));
        }
        widths.push_back(std::min(width, k_most_cell_columns));
        text += "  " + to_width(name, widths.back());
    }
    for (const json::value& row : rows) {
        std::size_t column = 0;
        text += "\n";
        for (const auto& [name, cell] : row.get_object()) {
            text += "  " + to_width(value_text(name, cell), widths[column++]);
        }
    }
    return text + "\n";
}

std::string members_text(const json::value& value) {
    if (!value.is_object()) return "  " + value_text("", value) + "\n";
    std::string text;
    for (const auto& [name, member] : value.get_object()) {
        if (is_table(member)) {
            text += "  " + std::string(name) + "\n" + table_text(member.get_array());
        } else {
            text += named_lines(name, k_name_columns, value_text(name, member));
        }
    }
    return text;
}

/// Quoted where RFC 4180 asks for it.
std::string csv_cell(const json::value& value) {
    if (value.is_null()) return "";
    const std::string text =
        value.is_string() ? std::string(value.get_string()) : ledger::compact_json(value);
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

/// The column names, which an empty list cannot tell, come from the example.
std::string csv_header(const json::object& example) {
    std::string line;
    for (const auto& [name, shape] : example) {
        line += (line.empty() ? "" : ",") + csv_cell(json::value(name));
    }
    return line + "\r\n";
}

std::string csv_line(const json::object& row) {
    std::string line;
    bool first = true;
    for (const auto& [name, cell] : row) {
        line += (std::exchange(first, false) ? "" : ",") + csv_cell(cell);
    }
    return line + "\r\n";
}

// ---- receipts ----------------------------------------------------------------------------------

/// The code with its words and what to do; codes of a newer node by number.
std::string refusal_text(std::uint16_t number, const std::string& name, const std::string& detail) {
    const Code* code = api::find_code(number);
    if (code == nullptr) return name + " (" + std::to_string(number) + ") " + detail;
    return message_of(Error{*code, detail});
}

json::value result_of(const api::OperationView& operation) {
    const auto method = ledger::city_contracts().operation(operation.contract, operation.method);
    if (!method || operation.code != 0) return nullptr;
    auto result = (*method)->result_to_json(operation.result);
    return result ? *std::move(result) : json::value(nullptr);
}

std::string operation_text(const api::OperationView& operation) {
    const std::string name = operation.contract + "." + operation.method;
    if (operation.code != 0) {
        const std::string words =
            refusal_text(operation.code, operation.code_name, operation.detail);
        return toned(Tone::bad, said("tx.refused", {name})) + "\n" + paragraph(words);
    }
    std::string text = toned(Tone::good, said("tx.done", {name})) + "\n";
    text += members_text(result_of(operation));
    for (const ledger::Event& event : operation.events) {
        text += named_lines(said("tx.event"), k_name_columns,
                            printable(event.name + " " + event.subject));
    }
    return text;
}

}  // namespace

std::string call_help(const std::string& contract, const std::string& method, bool is_query) {
    const ledger::Contract* found = ledger::city_contracts().find(contract);
    if (found == nullptr) {
        std::string names;
        for (const ledger::Contract* each : ledger::city_contracts().all()) {
            names += (names.empty() ? "" : ", ") + each->name;
        }
        return said("call.contracts", {names});
    }
    for (const ledger::Method& each : is_query ? found->queries : found->operations) {
        if (each.name == method) return method_help(contract, each);
    }
    return methods_help(*found, is_query);
}

std::string result_text(const ledger::Method& method, const json::value& result) {
    return members_text(in_order(result, method.example_result));
}

std::string result_csv(const ledger::Method& method, const json::value& result, bool with_header) {
    const json::object& example = method.example_result.get_object();
    const json::value ordered = in_order(result, example);
    for (const auto& [name, shape] : example) {
        if (!is_table(shape)) continue;
        std::string text = with_header ? csv_header(shape.get_array().front().get_object()) : "";
        for (const json::value& row : ordered.get_object().at(name).get_array()) {
            text += csv_line(row.get_object());
        }
        return text;
    }
    return (with_header ? csv_header(example) : "") + csv_line(ordered.get_object());
}

bool succeeded(const api::ReceiptView& receipt) {
    return receipt.code == 0 &&
           std::all_of(receipt.operations.begin(), receipt.operations.end(),
                       [](const api::OperationView& operation) { return operation.code == 0; });
}

std::string receipt_text(const api::ReceiptView& receipt) {
    // The id in one piece, so that it can be copied.
    std::string text = "  " + to_width(said("tx.transaction"), k_name_columns) +
                       to_hex(receipt.transaction) + "\n";
    text += named_lines(said("tx.height"), k_name_columns, std::to_string(receipt.height));
    if (receipt.code != 0) {
        text += toned(Tone::bad, said("tx.not_executed")) + "\n";
        text += paragraph(refusal_text(receipt.code, receipt.code_name, receipt.detail));
    }
    for (const api::OperationView& operation : receipt.operations) {
        text += operation_text(operation);
    }
    if (receipt.withheld) text += paragraph(said("receipt.withheld"));
    return text;
}

json::object receipt_json(const api::ReceiptView& receipt) {
    json::object object = ledger::to_json(receipt).as_object();
    for (std::size_t i = 0; i < receipt.operations.size(); ++i) {
        if (receipt.operations[i].withheld) continue;
        object["operations"].as_array()[i].as_object()["result"] = result_of(receipt.operations[i]);
    }
    object["outcome"] = succeeded(receipt) ? "executed" : "refused";
    return object;
}

}  // namespace cityledger::sim
