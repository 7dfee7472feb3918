// serve, fetch, probe: departments exchange rows under grants of the chain.

#include <pthread.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <filesystem>

#include "ledger/codec/json.hpp"
#include "node/data/provider.hpp"
#include "node/data/requester.hpp"
#include "node/data/tables.hpp"
#include "node/io/config_files.hpp"
#include "node/io/data/data_channel.hpp"
#include "node/io/data/databases.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_actors.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/exchange/chain_grants.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;
namespace directory = ledger::directory;

constexpr int k_exit_refused = 1;
constexpr int k_exit_usage = 2;

int usage(const std::string& words) {
    std::fprintf(stderr, "cityledger: %s\n", words.c_str());
    return k_exit_usage;
}

int tell(const Error& error) {
    fail(error);
    const bool refused = error.code.kind == RefusalKind::refused ||
                         error.code.kind == RefusalKind::not_found ||
                         error.code.kind == RefusalKind::busy;
    return refused ? k_exit_refused : k_exit_usage + 1;
}

/// A department on a network, with its key.
struct Department {
    NetworkFolder folder;
    NetworkFile network;
    std::unique_ptr<RemoteWorld> world;
    ledger::MemberId id;
    const crypto::PrivateKey* key = nullptr;
};

/// The exit code if there is none.
tl::expected<Department, int> department_of(const ExchangeOptions& options) {
    Department department;
    department.folder = folder_at(options.folder);
    auto network = read_network(department.folder);
    if (!network) return tl::unexpected(fail(network.error()));
    department.network = *std::move(network);
    department.world = std::make_unique<RemoteWorld>(department.folder, department.network);
    const auto actors = actors_of(department.folder, *department.world);
    const auto actor = find_actor(actors, options.member);
    if (!actor) return tl::unexpected(usage(actor.error()));
    department.id = actor->id;
    const auto key = department.world->key_of(department.id);
    if (!key) return tl::unexpected(fail(key.error()));
    department.key = *key;
    return department;
}

std::string port_file(const NetworkFolder& folder, const ledger::MemberId& member) {
    return folder.data() + "/" + member + ".port";
}

// ---- serve ------------------------------------------------------------------------------------

/// Serves each connection with databases and a view of the chain of its own.
class RowServer {
public:
    RowServer(const Department& department, std::string database, bool as_json)
        : department_(department), database_(std::move(database)), as_json_(as_json) {}

    /// What will be needed later is there.
    Status check() const {
        if (const auto rows = io::open_database(database_); !rows) return propagate(rows);
        const auto notes = io::open_database(outbox_file());
        if (!notes) return propagate(notes);
        const auto outbox = data::Outbox::open(**notes);
        return outbox ? Status() : propagate(outbox);
    }

    void operator()(data::Channel& channel) const {
        const auto sent = serve(channel);
        if (!sent) {
            print("refused", message_of(sent.error()), nullptr);
            return;
        }
        print("delivered", "", &*sent);
    }

private:
    std::string outbox_file() const {
        return department_.folder.data() + "/" + department_.id + ".outbox";
    }

    Result<data::SentDelivery> serve(data::Channel& channel) const {
        const auto rows = io::open_database(database_);
        if (!rows) return propagate(rows);
        const auto notes = io::open_database(outbox_file());
        if (!notes) return propagate(notes);
        auto outbox = data::Outbox::open(**notes);
        if (!outbox) return propagate(outbox);
        RemoteWorld world(department_.folder, department_.network);
        ChainGrants grants(world, department_.id);
        return data::Provider(**rows, *outbox, grants).serve(channel);
    }

    void print(const std::string& outcome, const std::string& words,
               const data::SentDelivery* sent) const {
        std::string line;
        if (as_json_) {
            json::object object{{"outcome", outcome}};
            if (sent != nullptr) {
                object["request"] = sent->request;
                object["requester"] = sent->requester;
                object["rows"] = sent->rows;
                object["sequence"] = sent->sequence;
            } else {
                object["words"] = words;
            }
            line = ledger::compact_json(object);
        } else if (sent != nullptr) {
            line =
                said("serve.delivered", {sent->request, sent->requester, std::to_string(sent->rows),
                                         std::to_string(sent->sequence)});
        } else {
            line = said("serve.refused", {words});
        }
        std::printf("%s\n", printable(line).c_str());
        std::fflush(stdout);
    }

    const Department& department_;
    std::string database_;
    bool as_json_;
};

/// "127.0.0.1:4711".
std::optional<io::DataAddress> read_address(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    io::DataAddress address{text.substr(0, colon), 0};
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, address.port);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return address;
}

/// Where to fetch from: what was said, or where the provider serves on this machine.
tl::expected<io::DataAddress, int> provider_address(const ExchangeOptions& options,
                                                    const Department& department,
                                                    ChainGrants& grants) {
    if (!options.from.empty()) {
        const auto address = read_address(options.from);
        if (!address) return tl::unexpected(usage(said("fetch.bad_address", {options.from})));
        return *address;
    }
    const auto request = grants.request(options.request);
    if (!request) return tl::unexpected(tell(request.error()));
    const auto text = io::read_text_file(port_file(department.folder, request->provider));
    const auto address = text ? read_address(*text) : std::nullopt;
    if (!address) return tl::unexpected(usage(said("fetch.nobody_serves", {request->provider})));
    return *address;
}

// ---- probe ------------------------------------------------------------------------------------

struct ProbedTable {
    std::string id;
    std::string name;
    bool same = false;
    std::string words;  ///< what became of it on the chain, or why it could not be read

    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(field("id", id), field("name", name), field("same", same), field("words", words));
    }
};

/// The tables in force of a department.
Result<std::vector<directory::TableSummary>> tables_in_force(Department& department) {
    std::vector<directory::TableSummary> tables;
    std::optional<std::string> after;
    do {
        json::object arguments{{"department", department.id}};
        if (after) arguments["after"] = *after;
        const auto answer =
            department.world->query("directory", "tables", arguments, std::nullopt, department.id);
        if (!answer) return propagate(answer);
        const auto page = ledger::from_json<directory::TablesResult>(*answer);
        if (!page) return propagate(page);
        for (const auto& table : page->tables) {
            if (table.status != directory::TableStatus::retired) tables.push_back(table);
        }
        after = page->next;
    } while (after);
    return tables;
}

ProbedTable probe_table(data::Database& database, ChainGrants& grants,
                        const directory::TableSummary& table, bool report) {
    ProbedTable probed{table.id, table.name, false, {}};
    const auto found = data::probe_schema(database, table.name);
    if (!found) {
        probed.words = message_of(found.error());
        return probed;
    }
    probed.same = *found == table.schema_hash;
    const bool as_known = probed.same == (table.status == directory::TableStatus::sound);
    if (!report || (probed.same && as_known)) return probed;
    const auto told = grants.report_schema(table.id, *found);
    probed.words =
        told ? said("probe.reported",
                    {std::string(
                        ledger::EnumNames<directory::TableStatus>::names[static_cast<std::size_t>(
                            told->status)])})
             : message_of(told.error());
    return probed;
}

}  // namespace

int run_serve(const ExchangeOptions& options) {
    // Before any thread is made, so that all of them leave these to sigwait.
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGINT);
    ::sigaddset(&ends, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    const auto department = department_of(options);
    if (!department) return department.error();
    std::error_code error;
    std::filesystem::create_directory(department->folder.data(), error);
    const RowServer rows(*department, options.database, options.json);
    if (const Status ready = rows.check(); !ready) return tell(ready.error());
    const auto server = io::DataServer::start({options.address, options.port}, *department->key,
                                              [&rows](data::Channel& channel) { rows(channel); });
    if (!server) return tell(server.error());
    const std::string address = options.address + ":" + std::to_string((*server)->port());
    const std::string file = port_file(department->folder, department->id);
    if (const Status noted = io::write_text_file(file, address); !noted) return fail(noted.error());
    if (!options.json) std::printf("%s\n", said("serve.ready", {department->id, address}).c_str());
    std::fflush(stdout);
    int signal = 0;
    ::sigwait(&ends, &signal);
    std::filesystem::remove(file, error);
    return 0;
}

int run_fetch(const ExchangeOptions& options) {
    const auto department = department_of(options);
    if (!department) return department.error();
    ChainGrants grants(*department->world, department->id);
    const auto address = provider_address(options, *department, grants);
    if (!address) return address.error();
    const auto database = io::open_database(options.database);
    if (!database) return tell(database.error());
    auto inbox = data::Inbox::open(**database);
    if (!inbox) return tell(inbox.error());
    const auto fetched = data::Requester(*inbox, grants)
                             .fetch({options.request, options.columns, options.target},
                                    [&] { return io::connect_data(*address, *department->key); });
    if (!fetched) return tell(fetched.error());
    if (options.json) {
        const json::object object{{"request", options.request},
                                  {"rows", fetched->rows},
                                  {"sequence", fetched->sequence},
                                  {"digest", to_hex(fetched->digest)},
                                  {"resumed", fetched->resumed}};
        std::fputs(ledger::pretty_json(object).c_str(), stdout);
        return 0;
    }
    std::printf("%s\n", said("fetch.done", {std::to_string(fetched->rows), options.target,
                                            options.request, std::to_string(fetched->sequence)})
                            .c_str());
    return 0;
}

int run_probe(const ExchangeOptions& options) {
    auto department = department_of(options);
    if (!department) return department.error();
    const auto database = io::open_database(options.database);
    if (!database) return tell(database.error());
    const auto tables = tables_in_force(*department);
    if (!tables) return tell(tables.error());
    ChainGrants grants(*department->world, department->id);
    std::vector<ProbedTable> probed;
    bool all_same = true;
    for (const auto& table : *tables) {
        probed.push_back(probe_table(**database, grants, table, options.report));
        all_same = all_same && probed.back().same;
    }
    if (options.json) {
        std::fputs(ledger::pretty_json(ledger::to_json(probed)).c_str(), stdout);
        return all_same ? 0 : k_exit_refused;
    }
    for (const ProbedTable& table : probed) {
        const std::string words =
            said(table.same ? "probe.same" : "probe.differs", {table.id, table.name});
        std::printf("%s\n", printable(words).c_str());
        if (!table.words.empty()) std::printf("    %s\n", printable(table.words).c_str());
    }
    if (probed.empty()) std::printf("%s\n", said("probe.none", {department->id}).c_str());
    return all_same ? 0 : k_exit_refused;
}

}  // namespace cityledger::sim
