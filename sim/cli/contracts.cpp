// contracts: what each contract can do, and why it refuses, without a network.

#include <algorithm>
#include <cstdio>
#include <span>

#include "ledger/contracts/calendar_codes.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/directory_codes.hpp"
#include "ledger/contracts/invoice_codes.hpp"
#include "ledger/contracts/membership_codes.hpp"
#include "ledger/contracts/receivables_codes.hpp"
#include "ledger/contracts/uscc_codes.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/scenario/problems.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

constexpr std::size_t k_name_columns = 24;

std::vector<Code> refusals_of(const std::string& contract) {
    std::vector<Code> refusals;
    const auto add = [&](std::string_view name, std::span<const Code> codes) {
        if (contract == name) refusals.insert(refusals.end(), codes.begin(), codes.end());
    };
    add("membership", ledger::codes::membership_codes);
    add("membership", ledger::codes::uscc_codes);
    add("calendar", ledger::codes::calendar_codes);
    add("directory", ledger::codes::directory_codes);
    add("invoice", ledger::codes::invoice_codes);
    add("receivables", ledger::codes::receivables_codes);
    return refusals;
}

std::string names_of(const std::vector<ledger::Method>& methods) {
    std::string names;
    for (const ledger::Method& method : methods) names += (names.empty() ? "" : ", ") + method.name;
    return names;
}

// ---- for the terminal --------------------------------------------------------------------------

std::string overview() {
    std::string text;
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        text += contract->name + "\n";
        text += named_lines(said("contracts.operations"), k_name_columns,
                            names_of(contract->operations));
        text += named_lines(said("contracts.queries"), k_name_columns, names_of(contract->queries));
    }
    return text + "\n" + said("contracts.more", {own_name()}) + "\n";
}

std::string fields_text(const std::string& heading,
                        const std::vector<ledger::FieldDescription>& fields) {
    if (fields.empty()) return {};
    std::string text = "    " + heading + "\n";
    for (const ledger::FieldDescription& field : fields) {
        std::string type = field.type;  // blanks, so that the line can be broken between the words
        for (std::size_t at = type.find('|'); at != std::string::npos;
             at = type.find('|', at + 2)) {
            type.replace(at, 1, " | ");
        }
        text += named_lines("    " + field.name, k_name_columns, type);
    }
    return text;
}

std::string methods_text(const std::string& heading, const std::vector<ledger::Method>& methods) {
    std::string text;
    for (const ledger::Method& method : methods) {
        text += "\n" + heading + " " + method.name + "\n";
        text += named_lines("", 0, method.summary);
        text += fields_text(said("contracts.arguments"), method.arguments);
        text += fields_text(said("contracts.result"), method.result);
    }
    return text;
}

std::string description(const ledger::Contract& contract) {
    std::string text = contract.name + "\n";
    text += methods_text(said("contracts.operation"), contract.operations);
    text += methods_text(said("contracts.query"), contract.queries);
    text += "\n" + said("contracts.refusals") + "\n";
    for (const Code& code : refusals_of(contract.name)) {
        const auto chinese =
            language() == Language::chinese ? chinese_code(code.name) : std::nullopt;
        text += "  " + std::string(code.name) + " (" + std::to_string(code.number) + ")\n";
        text += named_lines("", 2, chinese ? chinese->meaning : code.meaning);
    }
    return text;
}

// ---- docs/contracts.md -------------------------------------------------------------------------

std::string fields_cell(const std::vector<ledger::FieldDescription>& fields) {
    std::string cell;
    for (const ledger::FieldDescription& field : fields) {
        std::string type = field.type;
        for (std::size_t at = type.find('|'); at != std::string::npos;
             at = type.find('|', at + 2)) {
            type.insert(at, "\\");
        }
        cell += (cell.empty() ? "" : "<br>") + ("`" + field.name + "` " + type);
    }
    return cell;
}

std::string methods_table(const std::string& kind, const std::vector<ledger::Method>& methods) {
    if (methods.empty()) return {};
    std::string table =
        "\n| " + kind + " | what it does | arguments | result |\n|---|---|---|---|\n";
    for (const ledger::Method& method : methods) {
        table += "| `" + method.name + "` | " + method.summary + " | " +
                 fields_cell(method.arguments) + " | " + fields_cell(method.result) + " |\n";
    }
    return table;
}

}  // namespace

std::string contracts_document() {
    std::string text =
        "# Contracts\n\nGenerated by `cityledger contracts --markdown`; do not edit. Amounts are "
        "integer fen; a scenario may write\nyuan as text. Types: `docs/formats.md`.\n";
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        text += "\n## " + contract->name + "\n";
        text += methods_table("operation", contract->operations);
        text += methods_table("query", contract->queries);
        text += "\n| refusal | meaning |\n|---|---|\n";
        for (const Code& code : refusals_of(contract->name)) {
            text += "| `" + std::string(code.name) + "` | " + std::string(code.meaning) + " |\n";
        }
    }
    return text;
}

int run_contracts(const std::string& name, bool markdown) {
    if (markdown) {
        std::fputs(contracts_document().c_str(), stdout);
        return 0;
    }
    if (name.empty()) {
        std::fputs(overview().c_str(), stdout);
        return 0;
    }
    std::vector<std::string> known;
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        known.push_back(contract->name);
        if (contract->name != name) continue;
        std::fputs(description(*contract).c_str(), stdout);
        return 0;
    }
    std::fprintf(stderr, "%s\n",
                 said("contracts.unknown", {name, suggestion(name, known)}).c_str());
    return 2;
}

}  // namespace cityledger::sim
