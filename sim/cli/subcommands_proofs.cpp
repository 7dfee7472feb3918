// proof, verify.

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/commands.hpp"
#include "sim/cli/subcommands.hpp"

namespace cityledger::sim {
namespace {

void add_common(CLI::App& command, ProofOptions& options) {
    command.add_option("--out", options.out, "file to write instead of standard output");
    command.add_flag("--binary", options.binary, "write the canonical encoding instead of JSON");
    command.add_option("--network,--dir", options.folder, "folder of the network")
        ->capture_default_str();
    command.add_option("--node", options.node, "ask this node only");
    command.add_option("--as", options.sender,
                       "id or name of the member that asks: proven is what it may read");
    command
        .add_option("--timeout-ms", options.timeout_ms,
                    "how long to wait for a header that covers it")
        ->capture_default_str()
        ->check(CLI::Range(1, 3'600'000));
}

void add_receipt_proof(CLI::App& proof, int& exit_code) {
    const auto options = std::make_shared<ProofOptions>();
    const auto id = std::make_shared<std::string>();
    CLI::App* command = proof.add_subcommand("receipt", "of a transaction's receipt");
    command->add_option("ID", *id, "id of the transaction, as `tx` prints it")->required();
    add_common(*command, *options);
    command->callback([options, id, &exit_code] {
        options->receipt = *id;
        exit_code = run_proof(*options);
    });
}

void add_invoice_proof(CLI::App& proof, int& exit_code) {
    const auto options = std::make_shared<ProofOptions>();
    const auto name = std::make_shared<std::pair<std::string, std::string>>();
    CLI::App* command = proof.add_subcommand("invoice", "of the record of an invoice");
    command->add_option("CODE", name->first, "12 digits")->required();
    command->add_option("NUMBER", name->second, "8 digits")->required();
    add_common(*command, *options);
    command->callback([options, name, &exit_code] {
        options->state = invoice_question(name->first, name->second);
        options->of_now = true;
        exit_code = run_proof(*options);
    });
}

struct StateKey {
    std::string key;
    std::string space = "business";
    std::optional<std::uint64_t> height;
};

void add_state_proof(CLI::App& proof, int& exit_code) {
    const auto options = std::make_shared<ProofOptions>();
    const auto state = std::make_shared<StateKey>();
    CLI::App* command =
        proof.add_subcommand("state", "of any key of the state, or that it is absent");
    command->add_option("KEY", state->key, "key as text")->required();
    command->add_option("--space", state->space, "business or system")
        ->capture_default_str()
        ->check(CLI::IsMember({"business", "system"}));
    command->add_option("--height", state->height, "as it was after this height; else as it is now")
        ->check(CLI::NonNegativeNumber);
    add_common(*command, *options);
    command->callback([options, state, &exit_code] {
        const bool system = state->space == "system";
        options->state = api::StateQuestion{
            system ? ledger::Space::system : ledger::Space::business, state->key, state->height};
        options->of_now = !state->height;
        exit_code = run_proof(*options);
    });
}

void add_verify(CLI::App& app, int& exit_code) {
    const auto options = std::make_shared<VerifyOptions>();
    CLI::App* verify =
        app.add_subcommand("verify", "check a proof file with a genesis file, without a network");
    verify->add_option("FILE", options->file, "proof file, JSON or binary")->required();
    verify->add_option("--genesis", options->genesis, "genesis file of the network that made it")
        ->required();
    verify->add_flag("--json", options->json, "print JSON");
    verify->callback([options, &exit_code] { exit_code = run_verify(*options); });
}

}  // namespace

void add_proof_commands(CLI::App& app, int& exit_code) {
    CLI::App* proof = app.add_subcommand(
        "proof", "what the chain recorded, as a file that proves it without a network");
    proof->require_subcommand(1);
    add_receipt_proof(*proof, exit_code);
    add_invoice_proof(*proof, exit_code);
    add_state_proof(*proof, exit_code);
    add_verify(app, exit_code);
}

}  // namespace cityledger::sim
