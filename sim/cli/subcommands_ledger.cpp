// actors, tx, query, receipt, watch. The fields of a contract's method are no options that the
// parser knows: they are taken out of the words before it reads them.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "sim/cli/call_arguments.hpp"
#include "sim/cli/call_text.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/subcommands.hpp"

namespace cityledger::sim {
namespace {

using Words = std::vector<std::string>;

bool is_call(const std::string& command) { return command == "tx" || command == "query"; }

/// The option of this name, of the command or of all commands.
const CLI::Option* option_of(const CLI::App& app, const CLI::App* command,
                             const std::string& name) {
    const CLI::Option* option = app.get_option_no_throw(name);
    if (command != nullptr && option == nullptr) option = command->get_option_no_throw(name);
    return option;
}

Words options_of(const CLI::App& command) {
    Words names;
    for (const CLI::Option* option : command.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    return names;
}

void add_place(CLI::App& command, std::string& folder, std::string& node) {
    command.add_option("--network,--dir", folder, "folder of the network")->capture_default_str();
    command.add_option("--node", node, "ask this node only");
}

CLI::App* add_call(CLI::App& app, const std::string& name, const std::string& help,
                   const std::shared_ptr<CallOptions>& options) {
    CLI::App* call = app.add_subcommand(name, help);
    call->add_option("CONTRACT", options->contract, "as `contracts` names them")->required();
    call->add_option("METHOD", options->method, "an operation of it; for `query`, a query")
        ->required();
    call->add_option("--json-arguments", options->json_arguments,
                     "file with fields as a JSON object; -: standard input");
    add_place(*call, options->folder, options->node);
    call->add_flag("--json", options->json, "print JSON");
    return call;
}

void add_tx(CLI::App& app, const std::vector<FieldWord>& fields, int& exit_code) {
    const auto options = std::make_shared<CallOptions>();
    CLI::App* tx = add_call(
        app, "tx", "sign and send an operation; its fields follow as --FIELD VALUE", options);
    tx->add_option("--as", options->sender, "id or name of the member that signs, see `actors`")
        ->required();
    tx->add_flag("--wait,!--no-wait", options->wait, "wait for the receipt [yes]");
    tx->add_option("--timeout-ms", options->timeout_ms, "how long to wait for the receipt")
        ->capture_default_str()
        ->check(CLI::Range(1, 3'600'000));
    tx->callback([options, tx, &fields, &exit_code] {
        options->known = options_of(*tx);
        exit_code = run_tx(*options, fields);
    });
}

void add_query(CLI::App& app, const std::vector<FieldWord>& fields, int& exit_code) {
    const auto options = std::make_shared<CallOptions>();
    CLI::App* query =
        add_call(app, "query", "ask a contract; its fields follow as --FIELD VALUE", options);
    query->add_option("--as", options->sender,
                      "id or name of the member that asks and signs; none: as anybody");
    query->add_flag("--csv", options->csv, "print CSV, all pages of a list")->excludes("--json");
    query->callback([options, query, &fields, &exit_code] {
        options->known = options_of(*query);
        exit_code = run_query(*options, fields);
    });
}

void add_receipt(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<CallOptions>();
    const auto id = std::make_shared<std::string>();
    CLI::App* receipt = app.add_subcommand("receipt", "what became of a transaction");
    receipt->add_option("ID", *id, "id of the transaction, as `tx` prints it")->required();
    receipt->add_option("--as", options->sender, "id or name of the member that reads and signs");
    add_place(*receipt, options->folder, options->node);
    receipt->add_flag("--json", options->json, "print JSON");
    receipt->callback([options, id, &exit_code] { exit_code = run_receipt(*id, *options); });
}

void add_actors(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<CallOptions>();
    CLI::App* actors = app.add_subcommand("actors", "members whose keys the network's folder has");
    actors->add_option("--network,--dir", options->folder, "folder of the network")
        ->capture_default_str();
    actors->add_flag("--json", options->json, "print JSON");
    actors->callback(
        [options, &exit_code] { exit_code = run_actors(options->folder, options->json); });
}

void add_watch(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<WatchOptions>();
    CLI::App* watch = app.add_subcommand("watch", "new blocks and events as they come");
    add_place(*watch, options->folder, options->node);
    watch->add_option("--as", options->sender, "id or name of the member that reads and signs");
    watch->add_option("--blocks", options->blocks, "end after so many blocks")
        ->check(CLI::Range(1, 1'000'000'000));
    watch->add_flag("--json", options->json, "a line of JSON for each block");
    watch->callback([options, &exit_code] { exit_code = run_watch(*options); });
}

}  // namespace

void add_ledger_commands(CLI::App& app, const std::vector<FieldWord>& fields, int& exit_code) {
    add_actors(app, exit_code);
    add_tx(app, fields, exit_code);
    add_query(app, fields, exit_code);
    add_receipt(app, exit_code);
    add_watch(app, exit_code);
}

std::vector<FieldWord> take_fields(CLI::App& app, Words& words) {
    std::vector<FieldWord> fields;
    Words plain;  // CONTRACT METHOD
    CLI::App* command = nullptr;
    Words rest;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const std::string name = word.substr(0, word.find('='));
        const bool has_value = name.size() < word.size();
        if (!word.starts_with("--")) {
            if (command == nullptr) {
                if (!is_call(word)) return {};
                command = app.get_subcommand(word);
            } else if (word != "-h") {
                plain.push_back(word);
            }
            rest.push_back(word);
            continue;
        }
        const CLI::Option* option = option_of(app, command, name);
        const bool takes_next = !has_value &&
                                (option == nullptr || option->get_items_expected_max() > 0) &&
                                i + 1 < words.size();
        if (command == nullptr || option != nullptr) {
            rest.push_back(word);
            if (takes_next) rest.push_back(words[++i]);
            continue;
        }
        FieldWord& field = fields.emplace_back(FieldWord{name.substr(2), std::nullopt});
        if (has_value) field.value = word.substr(name.size() + 1);
        if (takes_next) field.value = words[++i];
    }
    if (command != nullptr) {
        plain.resize(2);
        command->footer(call_help(plain[0], plain[1], command->get_name() == "query"));
    }
    words = std::move(rest);
    return fields;
}

}  // namespace cityledger::sim
