#pragma once
// What the command `cityledger` does. Each function prints and returns the exit code:
// 0 fine, 1 expectation failed, 2 usage or file error, 3 environment, 4 time-out, 5 fork or
// divergence, 130 interrupted.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "node/api/state_question.hpp"

namespace cityledger::sim {

struct UpOptions {
    std::string folder = "run";
    std::optional<std::size_t> validators;    ///< of a new network; else 4
    std::string engine;                       ///< of a new network; empty: the built-in one
    std::string scenario;                     ///< its genesis instead of the default one
    std::string daemon;                       ///< path of cityledgerd
    std::optional<std::uint16_t> first_port;  ///< two ports a node from here on; else free ones
    bool new_ports = false;                   ///< of a stopped network
    bool fault_controls = false;              ///< POST /control/links for who holds the token
    bool network_was_stopped = false;  ///< passed on to the validators, see docs/operations.md
};

struct ReplayOptions {
    std::vector<std::string> files;
    std::string world = "local";
    std::string engine;        ///< of the local world's network; empty: the built-in one
    std::string network;       ///< of the remote world: folder or http://HOST:PORT
    bool used = false;         ///< remote world: a chain with a history is fine
    std::string actors;        ///< folder whose actors/ holds members' keys, for an address
    std::string register_key;  ///< file of the register's key, where no folder holds it
    std::optional<std::uint64_t> seed;
    std::vector<std::string> settings;  ///< "path=value" of --set
    std::optional<std::size_t> until;   ///< the last step to do, from 1
    std::optional<std::size_t> invert;
    std::string folder;  ///< of the local world's network; empty: a fresh temporary one
    bool keep = false;
    bool json = false;
    bool quiet = false;  ///< no story, the report alone
    std::string daemon;
};

struct BenchCommandOptions {
    std::string what;  ///< "invoice", "directory", or a file
    std::string profile = "quick";
    std::string world = "local";  ///< of new networks: "local" or "virtual"
    std::string network;
    std::string out;
    std::string against;
    std::uint64_t seed = 1;
    bool gate = false;
    bool resume = false;
    bool keep = false;
    bool json = false;
    std::string daemon;
};

struct RestartOptions {
    std::string folder = "run";
    std::string node;
    std::string daemon;
};

struct LogsOptions {
    std::string folder = "run";
    std::string node;     ///< empty: all
    bool merge = false;   ///< one order, by time
    bool follow = false;  ///< goes on until interrupted; merged
};

/// Of `tx`, `query` and `receipt`.
struct CallOptions {
    std::string folder = "run";
    std::string node;  ///< the only one that is asked; empty: any
    std::string contract;
    std::string method;
    std::string sender;          ///< id or name of the member that signs
    std::string json_arguments;  ///< a file with fields as JSON, "-": standard input
    bool wait = true;
    std::uint64_t timeout_ms = 20'000;
    bool json = false;
    bool csv = false;                ///< of `query`: rows for a spreadsheet, of all pages
    std::vector<std::string> known;  ///< the command's own options, for what may have been meant
};

struct WatchOptions {
    std::string folder = "run";
    std::string node;
    std::string sender;        ///< id or name of the member that reads; empty: as anybody
    std::uint64_t blocks = 0;  ///< ends after so many; 0: never
    bool json = false;
};

struct ImportCommandOptions {
    std::string file;
    std::string category;  ///< of lines; overrides that of UBL
    std::string date;
    std::string folder = "run";
    std::string sender;
    bool issue = false;
    bool json = false;
};

struct ExportCommandOptions {
    std::string code;
    std::string number;
    std::string format = "json";
    std::string sender;    ///< id or name of the member that asks; empty: anybody
    std::string document;  ///< the imported file with the words
    std::string category;
    std::string out;
    std::string folder = "run";
};

struct ProofOptions {
    std::string receipt;  ///< id of the transaction that is proven; empty: it is `state`
    std::optional<api::StateQuestion> state;
    std::string sender;  ///< id or name of the member that asks; empty: anybody
    std::string folder = "run";
    std::string node;     ///< the only one that is asked; empty: any
    std::string out;      ///< file to write; empty: standard output
    bool binary = false;  ///< the canonical encoding instead of JSON
    bool of_now = false;  ///< of a state: of the height that the nodes have executed
    std::uint64_t timeout_ms = 20'000;
};

struct VerifyOptions {
    std::string file;
    std::string genesis;
    bool json = false;
};

/// Of `serve`, `fetch` and `probe`: departments' rows.
struct ExchangeOptions {
    std::string folder = "run";
    std::string member;    ///< id or name of the department that acts
    std::string database;  ///< file of SQLite, or "postgresql://..."
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< of `serve`; 0: a free one
    std::string request;     ///< of `fetch`
    std::vector<std::string> columns;
    std::string target;
    std::string from;     ///< "HOST:PORT" of the provider; empty: one that serves on this network
    bool report = false;  ///< of `probe`
    bool json = false;
};

struct FieldWord;

/// Starts what does not run; the exit code is that of `status`, or 3.
int run_up(const UpOptions& options);
/// 0 only if nothing of the network runs any more.
int run_down(const std::string& folder, bool purge);
/// 0 all nodes vote, 6 a quorum votes, 7 none does.
int run_status(const std::string& folder, bool json, bool why);
/// Sends SIGKILL, SIGSTOP or SIGCONT to one node and waits until it shows.
int run_signal(const std::string& folder, const std::string& node, int signal);
int run_restart(const RestartOptions& options);
int run_logs(const LogsOptions& options);
/// Reads the homes of stopped nodes again from the genesis on, up to a height or to the end: 1 if
/// something is damaged.
int run_audit(const std::string& path, std::optional<std::uint64_t> at);
/// 1 if something here keeps a network from running.
int run_doctor(const std::string& folder, const std::string& daemon);
/// Whose keys the network's folder holds.
int run_actors(const std::string& folder, bool json);
/// Signs and sends one operation: 0 done, 1 refused, 4 unknown.
int run_tx(const CallOptions& options, const std::vector<FieldWord>& fields);
int run_query(const CallOptions& options, const std::vector<FieldWord>& fields);
int run_receipt(const std::string& id, const CallOptions& options);
/// A line for each new block and each event.
int run_watch(const WatchOptions& options);
/// Checks a file of invoices; prints or issues them. 2 if the file is wrong.
int run_import(const ImportCommandOptions& options);
/// Fetches a proof, checks it and writes it: 1 refused, 4 nothing covers it in time.
int run_proof(const ProofOptions& options);
/// The question for the proof of an invoice's record.
[[nodiscard]] api::StateQuestion invoice_question(const std::string& code,
                                                  const std::string& number);
/// Checks a proof file with a genesis file alone, and tells what it shows: 0 only if it holds, 1 if
/// not, 2 if a file cannot be used.
int run_verify(const VerifyOptions& options);
/// An issued invoice as JSON, UBL or a page.
int run_export(const ExportCommandOptions& options);
/// Serves a department's rows to who holds a grant, until interrupted.
int run_serve(const ExchangeOptions& options);
/// Rows of a granted request into a table; 1 if they are refused.
int run_fetch(const ExchangeOptions& options);
/// Compares a department's tables with the chain; 1 if one differs.
int run_probe(const ExchangeOptions& options);
int run_replay(const ReplayOptions& options);
/// Also 1 with `gate`, if a ratio is worse than it should be.
int run_bench_command(const BenchCommandOptions& options);
int run_validate(const std::vector<std::string>& files, const std::vector<std::string>& settings);
/// The scenarios in words, with every default in force.
int run_explain(const std::vector<std::string>& files, const std::vector<std::string>& settings);
/// Operations, queries and refusals of a contract; without a name, what there is.
int run_contracts(const std::string& name, bool markdown);
/// What a node answers to GET /openapi.json.
int run_openapi();
/// The text of docs/contracts.md.
[[nodiscard]] std::string contracts_document();
/// The text of docs/scenarios.md.
int run_scenario_docs();
/// Sets the language of `--lang`, or else of the environment. False if there is no such language.
[[nodiscard]] bool choose_language(const std::string& choice);
/// Every refusal code of every layer, as docs/codes.md has it.
int run_codes();
/// The text of docs/codes.md.
[[nodiscard]] std::string codes_document();

}  // namespace cityledger::sim
