// import, export.

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.hpp"
#include "sim/cli/subcommands.hpp"

namespace cityledger::sim {
namespace {

void add_import(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<ImportCommandOptions>();
    CLI::App* command =
        app.add_subcommand("import", "check a file of invoices (CSV, UBL) and show or issue them");
    command->add_option("FILE", options->file, "table of sales (.csv) or UBL document (.xml)")
        ->required();
    command->add_option("--category", options->category, "of all lines, e.g. catering");
    command->add_option("--date", options->date, "of documents without one: checks the rates");
    command->add_flag("--json", options->json, "print JSON");
    CLI::Option* issue =
        command->add_flag("--issue", options->issue, "sign and send the operations");
    CLI::Option* sender = command->add_option("--as", options->sender,
                                              "id or name of the member that signs, see `actors`");
    issue->needs(sender);
    command->add_option("--network,--dir", options->folder, "folder of the network")
        ->capture_default_str();
    command->callback([options, &exit_code] { exit_code = run_import(*options); });
}

void add_export(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<ExportCommandOptions>();
    CLI::App* command = app.add_subcommand("export", "an issued invoice as a file");
    command->add_option("CODE", options->code, "12 digits")->required();
    command->add_option("NUMBER", options->number, "8 digits")->required();
    command->add_option("--as", options->sender,
                        "id or name of the member that asks: a party, the tax bureau, an auditor");
    command->add_option("--format", options->format, "json, ubl, or html: a page to print")
        ->capture_default_str()
        ->check(CLI::IsMember({"json", "ubl", "html"}));
    command->add_option("--document", options->document,
                        "the file that was imported for it, for names of goods and parties");
    command->add_option("--category", options->category, "of all lines, e.g. catering");
    command->add_option("--out", options->out, "file to write instead of standard output");
    command->add_option("--network,--dir", options->folder, "folder of the network")
        ->capture_default_str();
    command->callback([options, &exit_code] { exit_code = run_export(*options); });
}

}  // namespace

void add_document_commands(CLI::App& app, int& exit_code) {
    add_import(app, exit_code);
    add_export(app, exit_code);
}

}  // namespace cityledger::sim
