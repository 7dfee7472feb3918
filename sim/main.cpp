// cityledger: the command that people type.

#include <CLI/CLI.hpp>

#include "node/api/version.hpp"
#include "sim/cli/call_arguments.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/subcommands.hpp"

namespace {

/// Help is written before the arguments are parsed, so the language is looked for here.
std::string wished_language(const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--lang" && i + 1 < words.size()) return words[i + 1];
        if (words[i].starts_with("--lang=")) return words[i].substr(7);
    }
    return {};
}

}  // namespace

int main(int argument_count, char** arguments) {
    using namespace cityledger::sim;
    std::vector<std::string> words(arguments + 1, arguments + argument_count);
    CLI::App app("CityLedger: a permissioned ledger for two cities, its networks and scenarios",
                 "cityledger");
    app.require_subcommand(1);
    app.set_help_flag("-h,--help", "print this help");
    app.set_version_flag("--version",
                         "cityledger " + std::string(cityledger::api::version_of_build()),
                         "print the version");
    int exit_code = 0;
    std::vector<FieldWord> fields;
    add_network_commands(app, exit_code);
    add_certs_commands(app, exit_code);
    add_ledger_commands(app, fields, exit_code);
    add_document_commands(app, exit_code);
    add_exchange_commands(app, exit_code);
    add_proof_commands(app, exit_code);
    add_bench_commands(app, exit_code);
    add_shell_commands(app);
    add_scenario_commands(app, exit_code);
    static_cast<void>(choose_language(wished_language(words)));
    translate_help(app);
    fields = take_fields(app, words);
    try {
        app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    } catch (const CLI::ParseError& problem) {
        // Help and version come this way too.
        if (problem.get_exit_code() == 0) return app.exit(problem);
        return tell_usage(app, words, problem.what());
    }
    return exit_code;
}
