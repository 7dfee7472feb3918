#pragma once
// The subcommands of `cityledger` and their options. Each family stands in its own file, adds its
// subcommands and runs the chosen one from a callback, which leaves the exit code (commands.hpp).

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cityledger::sim {

struct FieldWord;

void add_network_commands(CLI::App& app, int& exit_code);
void add_certs_commands(CLI::App& app, int& exit_code);
void add_bench_commands(CLI::App& app, int& exit_code);
/// `fields` are what take_fields() finds later.
void add_ledger_commands(CLI::App& app, const std::vector<FieldWord>& fields, int& exit_code);
/// Import and export.
void add_document_commands(CLI::App& app, int& exit_code);
/// Proof and verify.
void add_proof_commands(CLI::App& app, int& exit_code);
/// Serve, fetch and probe.
void add_exchange_commands(CLI::App& app, int& exit_code);
void add_scenario_commands(CLI::App& app, int& exit_code);
/// Completion and manual page.
void add_shell_commands(CLI::App& app);

/// Takes the fields of a contract's method out of the words of `tx` and `query`, and lets the help
/// of the command tell what the words before them name. After the language was chosen.
[[nodiscard]] std::vector<FieldWord> take_fields(CLI::App& app, std::vector<std::string>& words);

/// Descriptions in the language of the process; after all commands were added.
void translate_help(CLI::App& app);
/// Says what is wrong with these arguments, and what may have been meant: `problem` is what the
/// parser met. The exit code.
int tell_usage(CLI::App& app, const std::vector<std::string>& words, const std::string& problem);

}  // namespace cityledger::sim
