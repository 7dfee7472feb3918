// certs.

#include <CLI/CLI.hpp>
#include <memory>

#include "sim/cli/certs.hpp"
#include "sim/cli/subcommands.hpp"

namespace cityledger::sim {
namespace {

using Run = int (*)(const CertsOptions&);

struct CertsCommand {
    const char* name;
    const char* help;
    Run run;
};

constexpr CertsCommand k_show = {
    "show", "each node's certificate, its end, and whether the others take it", run_certs_show};
constexpr CertsCommand k_renew = {
    "renew", "give nodes new certificates for the keys that they have", run_certs_renew};
constexpr CertsCommand k_rotate = {"rotate", "give nodes new keys and certificates",
                                   run_certs_rotate};
constexpr CertsCommand k_revoke = {
    "revoke", "take a node's certificates back before they end, as after a theft of its key",
    run_certs_revoke};
constexpr CertsCommand k_authority = {
    "authority", "give the authority itself a new certificate for its key", run_certs_authority};

/// The command, to which further options can be added.
CLI::App* add(CLI::App& certs, int& exit_code, const CertsCommand& what,
              const std::shared_ptr<CertsOptions>& options) {
    CLI::App* command = certs.add_subcommand(what.name, what.help);
    command->add_option("FOLDER", options->path, "folder of a network, or a node's home")
        ->capture_default_str();
    command->add_option("--authority", options->authority,
                        "folder of the network with authority.key, for a home that is elsewhere");
    command->callback([options, run = what.run, &exit_code] { exit_code = run(*options); });
    return command;
}

void add_days(CLI::App& command, CertsOptions& options) {
    command.add_option("--days", options.days, "until it ends [365; the authority's: 3650]")
        ->check(CLI::Range(1, 36'500));
}

}  // namespace

void add_certs_commands(CLI::App& app, int& exit_code) {
    CLI::App* certs = app.add_subcommand(
        "certs", "certificates of a network's nodes, for who holds the authority's key");
    certs->require_subcommand(1);
    for (const CertsCommand& command : {k_show, k_renew, k_rotate, k_revoke, k_authority}) {
        const auto options = std::make_shared<CertsOptions>();
        CLI::App* added = add(*certs, exit_code, command, options);
        if (command.run == run_certs_revoke) {
            added->add_flag("--old", options->old,
                            "all but the certificate that is in the home now, after a rotation");
        } else if (command.run != run_certs_show) {
            add_days(*added, *options);
        }
    }
}

}  // namespace cityledger::sim
