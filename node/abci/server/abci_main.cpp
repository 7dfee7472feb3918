#include "node/abci/server/abci_main.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "ledger/contracts/contracts.hpp"
#include "node/abci/abci_codes.hpp"
#include "node/abci/server/abci_server.hpp"
#include "node/api/version.hpp"
#include "node/io/config_files.hpp"
#include "node/io/file_lock.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/io/storage/rocksdb_state_store.hpp"

namespace cityledger::abci {
namespace {

constexpr int k_exit_usage = 2;
/// So many blocks the engine replays after a crash at most. Each write-out of the store is a file
/// that may never be merged with others, so one per block would use up the descriptors.
constexpr std::uint64_t k_flush_blocks = 1'000;

struct Options {
    std::string genesis;
    std::string state;
    std::string listen = "tcp://127.0.0.1:26658";
    bool print_chain_id = false;
};

void print_line(std::string_view line) {
    std::fprintf(stderr, "cityledger-abci: %.*s\n", static_cast<int>(line.size()), line.data());
}

Status serve(const ledger::Genesis& genesis, const Options& options) {
    const auto lock = lock_state(options.state);
    if (!lock) return propagate(lock);
    io::PosixFileSystem files;
    const auto store = io::RocksDbStateStore::open(files, options.state + "/store");
    if (!store) return propagate(store);
    const auto application = Application::open(
        genesis, ledger::city_contracts(), **store, [&store, blocks = std::uint64_t{0}]() mutable {
            return ++blocks % k_flush_blocks == 0 ? (*store)->flush() : Status{};
        });
    if (!application) return propagate(application);
    boost::asio::io_context context(1);
    const auto server = AbciServer::listen(context, **application, options.listen, print_line);
    if (!server) return propagate(server);
    boost::asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&context](const auto&, int) { context.stop(); });
    std::printf("ready listen=%s height=%lld pid=%d\n", (*server)->address().c_str(),
                static_cast<long long>((*application)->info().last_block_height()), ::getpid());
    std::fflush(stdout);
    context.run();
    return {};
}

Status run(const Options& options) {
    const auto genesis = read_genesis(options.genesis);
    if (!genesis) return propagate(genesis);
    if (!options.print_chain_id) return serve(*genesis, options);
    std::printf("%s\n", engine_chain_id(ledger::chain_id_of(*genesis)).c_str());
    return {};
}

}  // namespace

Result<ledger::Genesis> read_genesis(const std::string& path) {
    const auto text = io::read_text_file(path);
    if (!text) return propagate(text);
    auto genesis = ledger::genesis_from_text(*text);
    if (genesis && genesis->suite == ledger::SuiteName::simulation) {
        return refuse(codes::abci_genesis_of_simulation, path);
    }
    return genesis;
}

Result<io::FileLock> lock_state(const std::string& folder) {
    io::PosixFileSystem files;
    if (!files.exists(folder)) {
        const Status made = files.create_folder(folder);
        if (!made) return propagate(made);
    }
    const std::string path = folder + "/lock";
    auto lock = io::FileLock::try_acquire(path);
    if (!lock) return propagate(lock);
    if (!*lock) return refuse(codes::abci_state_in_use, io::FileLock::holder_in_words(path));
    return *std::move(*lock);
}

int run_abci(int argument_count, char** arguments) {
    Options options;
    CLI::App app("cityledger-abci: the ledger as an ABCI 2.0 application of CometBFT v0.38");
    app.set_version_flag("--version", "cityledger-abci " + std::string(api::version_of_build()));
    app.add_option("--genesis", options.genesis, "genesis.json of the ledger")->required();
    auto* state = app.add_option("--state", options.state, "folder of the state, made if missing");
    app.add_option("--listen", options.listen, "tcp://LOOPBACK:PORT or unix://PATH")
        ->capture_default_str();
    auto* print = app.add_flag("--print-chain-id", options.print_chain_id,
                               "only tell the chain_id that the genesis of CometBFT must have");
    try {
        app.parse(argument_count, arguments);
        if (!*print && !*state) throw CLI::RequiredError("--state");
    } catch (const CLI::ParseError& problem) {
        return app.exit(problem) == 0 ? 0 : k_exit_usage;
    }
    std::signal(SIGPIPE, SIG_IGN);
    try {  // the system's refusals of descriptors and memory come as exceptions of the libraries
        const Status done = run(options);
        if (done) return 0;
        print_line(done.error().message());
    } catch (const std::exception& problem) {
        print_line(problem.what());
    }
    return k_exit_usage;
}

}  // namespace cityledger::abci
