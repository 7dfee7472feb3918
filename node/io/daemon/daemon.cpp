#include "node/io/daemon/daemon.hpp"

#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "crypto/certificate_end.hpp"
#include "crypto/check.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/events.hpp"
#include "node/io/config_files.hpp"
#include "node/io/daemon/asio_scheduler.hpp"
#include "node/io/daemon/certificate_watch.hpp"
#include "node/io/daemon/daemon_backend.hpp"
#include "node/io/daemon/event_log.hpp"
#include "node/io/daemon/execution_thread.hpp"
#include "node/io/daemon/http_thread.hpp"
#include "node/io/daemon/node_metrics.hpp"
#include "node/io/daemon/verifier_pool.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/stages.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/io/storage/rocksdb_state_store.hpp"
#include "node/io/storage/sync_thread.hpp"
#include "node/log/block_log.hpp"
#include "node/log/log_codes.hpp"
#include "node/replica/peer_messages.hpp"

namespace cityledger::io {
namespace {

constexpr std::size_t k_verifier_threads = 2;
/// A clean exit that takes longer is cut short: the log keeps all that was acknowledged.
constexpr unsigned k_exit_deadline_s = 5;
constexpr auto k_home_watch_interval = std::chrono::seconds(1);

/// Randomness of the operating system.
class SystemRandom : public node::RandomSource {
public:
    ledger::Nonce nonce() override {
        ledger::Nonce nonce;
        CHECK_INVARIANT(::getentropy(nonce.bytes.data(), nonce.bytes.size()) == 0);
        return nonce;
    }
};

TransportSettings transport_settings(const HomeContents& home) {
    TransportSettings settings;
    settings.identity = home.identity;
    settings.revocations = home.revocations;
    settings.chain_id = home.chain_id;
    settings.network = to_hex(home.chain_id);
    for (const ledger::Validator& validator : home.genesis.validators) {
        settings.validators.push_back(validator.name);
    }
    settings.own_index = home.own_index;
    settings.listen_address = home.config.listen_address;
    settings.listen_port = home.config.listen_port;
    settings.peers = home.config.peers;
    return settings;
}

/// What a message of a peer is part of.
Stage stage_of(ByteView frame) {
    using node::frame_kind;
    const std::uint8_t kind = frame.empty() ? std::uint8_t{0} : frame[0];
    switch (kind) {
        case frame_kind<node::BatchPush>():
        case frame_kind<node::BatchAck>():
        case frame_kind<node::BatchRequest>(): return Stage::batch;
        case frame_kind<node::ProposalMessage>():
        case frame_kind<node::BlockRequest>():
        case frame_kind<node::BlockAnswer>():
        case frame_kind<node::SyncRequest>():
        case frame_kind<node::SyncAnswer>(): return Stage::proposal;
        default: return Stage::votes;
    }
}

HttpSettings http_settings(const NodeConfig& config) {
    HttpSettings settings;
    settings.address = config.http_address;
    settings.port = config.http_port;
    settings.names = config.http_names.value_or(std::vector<std::string>{});
    settings.names.push_back(config.http_address);
    return settings;
}

}  // namespace

/// The order of the members is the order of their making; they end in reverse. Work that is still
/// queued in `context_` may hold files, so the context ends before the file systems.
class Daemon::Impl {
public:
    Impl(NodeHome folder, HomeContents home, FileLock lock, std::unique_ptr<Logger> logger)
        : folder_(std::move(folder)),
          home_(std::move(home)),
          lock_(std::move(lock)),
          logger_(std::move(logger)) {}

    ~Impl() {
        if (http_) http_->stop();
        if (transport_) transport_->stop();
    }

    Status open(const DaemonOptions& options) {
        Status done = open_storage(options);
        if (done) done = open_transport();
        if (!done) return done;
        if (options.new_log) done = replace_lost_log();
        if (done) done = start_replica(options.network_was_stopped);
        if (done) done = start_network(options.fault_controls);
        if (done) done = announce();
        if (done && options.handle_signals) watch_signals();
        if (done) watch_certificate();
        if (done) watch_home();
        return done;
    }

    void run() {
        const StageScope stage(Stage::network);
        context_->run();
        if (handles_signals_) ::alarm(k_exit_deadline_s);
        logger_->info("stopping");
        http_->stop();
        transport_->stop();
        const Status flushed = store_->flush();
        if (!flushed) logger_->warning("flush_failed", {{"why", flushed.error().message()}});
        logger_->info("stopped");
        logger_->flush();
        lock_.clear();
    }

    void stop() { context_->stop(); }

    const HomeContents& home() const { return home_; }
    ChosenPorts ports() const { return {transport_->port(), http_->port()}; }

    /// Refusals of the start go to the log too: the launcher's terminal may be gone.
    void log_refusal(const Error& error) {
        logger_->write(LogLevel::error, "start_refused",
                       {{"code", std::string(error.code.name)}, {"why", error.message()}});
        logger_->flush();
    }

private:
    Status open_storage(const DaemonOptions& options) {
        if (options.files_over) files_over_ = options.files_over(posix_);
        files_ = files_over_ ? files_over_.get() : &posix_;
        condition_.emplace(home_.validators, *files_, folder_.log(home_.config),
                           node::ReplicaOptions().log_segment_bytes);
        auto store = RocksDbStateStore::open(*files_, folder_.state(home_.config));
        if (!store) return propagate(store);
        store_ = *std::move(store);
        return open_executor();
    }

    Status open_executor() {
        auto executor = ledger::Executor::open(home_.genesis, ledger::city_contracts(), *store_);
        if (!executor) return propagate(executor);
        executor_ = *std::move(executor);
        return {};
    }

    Status open_transport() {
        const auto ends = crypto::certificate_end_unix_s(home_.identity.certificate_pem);
        if (!ends) return propagate(ends);
        condition_->set_certificate_end(*ends);
        context_.emplace(1);
        auto transport = TcpTransport::create(*context_, transport_settings(home_), *logger_);
        if (!transport) return propagate(transport);
        transport_ = *std::move(transport);
        certificates_.emplace(folder_, home_, *transport_, *condition_, *logger_);
        if (!home_.own_certificate) {
            logger_->warning("own_certificate", {{"why", home_.own_certificate.error().message()}});
        }
        return {};
    }

    Status replace_lost_log() {
        logger_->warning("new_log", {{"why", "asked for: the log of this node is lost"}});
        return node::initialise_log(*files_, folder_.log(home_.config), home_.genesis,
                                    random_.nonce(), node::LogOrigin::made_anew);
    }

    /// A log that has lost its end is met here: see node::prepare_state.
    Status start_replica(bool network_was_stopped) {
        make_replica(network_was_stopped);
        const Status started = replica_->start();
        if (started || started.error().code != node::codes::state_above_log) return started;
        logger_->warning("log_lost_its_end",
                         {{"why", started.error().message()},
                          {"what", "the state is made again, votes wait for the others' word"}});
        replica_.reset();
        execution_.reset();
        executor_.reset();
        const auto prepared =
            node::prepare_state(*files_, folder_.log(home_.config), home_.genesis,
                                node::ReplicaOptions().log_segment_bytes, *store_);
        if (!prepared) return propagate(prepared);
        if (const Status opened = open_executor(); !opened) return opened;
        make_replica(network_was_stopped);
        return replica_->start();
    }

    void make_replica(bool network_was_stopped) {
        const Post post = make_post(*context_);
        scheduler_.emplace(*context_);
        verifier_.emplace(home_.validators, k_verifier_threads, post);
        syncer_.emplace(post, [this](SteadyClock::duration took) { metrics_.log_synced(took); });
        execution_.emplace(*executor_, post,
                           [this](SteadyClock::duration took) { metrics_.block_processed(took); });
        node::ReplicaOptions options;
        options.log_folder = folder_.log(home_.config);
        options.consensus.self = home_.own_index;
        options.network_was_stopped = network_was_stopped;
        const node::Ports ports{*scheduler_, *transport_, *files_, *syncer_,
                                *verifier_,  *execution_, random_};
        replica_.emplace(home_.genesis, home_.validators, &home_.validator_key, *executor_, *store_,
                         options, ports);
        events_.emplace(*logger_, *scheduler_);
        replica_->set_event_observer([this](const node::ReplicaEvent& event) { on_event(event); });
        replica_->set_fatal_handler([this](const Error& error) { die(error); });
    }

    void on_event(const node::ReplicaEvent& event) {
        if (std::holds_alternative<node::BlockFinal>(event)) {
            metrics_.block_final(SteadyClock::now());
        }
        if (const auto* lie = std::get_if<node::LieSeen>(&event)) {
            condition_->lie_seen(lie->validator);
        }
        events_->tell(event);
    }

    /// Fault controls are for those who may read the node's home.
    Status open_fault_controls(bool wanted) {
        std::error_code ignored;
        std::filesystem::remove(folder_.control_token(), ignored);
        if (!wanted) return {};
        const ledger::Nonce one = random_.nonce();
        const ledger::Nonce other = random_.nonce();
        control_token_ = to_hex(one.bytes) + to_hex(other.bytes);
        return write_text_file(folder_.control_token(), control_token_, 0600);
    }

    Status start_network(bool fault_controls) {
        if (const Status opened = open_fault_controls(fault_controls); !opened) return opened;
        const Status listening = transport_->start(
            {[this](ValidatorIndex peer, bool up) { replica_->on_session(peer, up); },
             [this](ValidatorIndex peer, ByteView frame) {
                 const StageScope stage(stage_of(frame));
                 replica_->on_message(peer, frame);
             }});
        if (!listening) return listening;
        http_.emplace(http_settings(home_.config), *logger_);
        backend_.emplace(
            NodeParts{home_, *replica_, *transport_, *store_, *files_, *execution_, metrics_,
                      *condition_, folder_.log(home_.config), control_token_},
            make_post(*context_), http_->post());
        replica_->set_block_observer(
            [this](const node::FinalBlock&, const ledger::ExecutedBlock& executed) {
                metrics_.executed(executed, SteadyClock::now());
                backend_->reached(executed.state.height);
                http_->on_executed(executed.state.height);
            });
        return http_->start(*backend_, ledger::city_contracts());
    }

    Status announce() {
        const ChosenPorts chosen = ports();
        logger_->info("ready", {{"chain", to_hex(home_.chain_id)},
                                {"listen_port", std::to_string(chosen.listen_port)},
                                {"http_port", std::to_string(chosen.http_port)},
                                {"pid", std::to_string(::getpid())}});
        return write_text_file(folder_.ports(),
                               ledger::pretty_json(ledger::to_json(chosen)) + "\n");
    }

    void watch_signals() {
        handles_signals_ = true;
        signals_.emplace(*context_, SIGTERM, SIGINT);
        signals_->async_wait([this](boost::system::error_code error, int) {
            if (!error) stop();
        });
    }

    /// Who removed the home wants the node gone; nothing that it writes from then on would be kept.
    void watch_home() {
        home_watch_.emplace(*context_, k_home_watch_interval);
        home_watch_->async_wait([this](boost::system::error_code error) {
            if (error) return;
            if (!lock_.exists()) die(home_vanished(home_.config.name));
            certificates_->look(std::time(nullptr));
            watch_certificate();
            watch_home();
        });
    }

    void watch_certificate() {
        const auto days = condition_->new_warning(std::time(nullptr));
        if (!days) return;
        logger_->warning("certificate_ends",
                         {{"days_left", std::to_string(*days)},
                          {"what", "after it no peer takes this node: cityledger certs renew"}});
    }

    static Error home_vanished(const std::string& node) {
        return Error{codes::home_vanished, node};
    }

    /// Nothing may be acknowledged any more, so not even destructors run.
    [[noreturn]] void die(const Error& error) {
        const std::string why = error.message();
        logger_->write(LogLevel::error, "fatal", {{"why", why}});
        logger_->flush();
        std::fprintf(stderr, "cityledgerd %s: %s\n", home_.config.name.c_str(), why.c_str());
        std::_Exit(k_exit_fatal);
    }

    NodeHome folder_;
    HomeContents home_;
    FileLock lock_;
    std::unique_ptr<Logger> logger_;
    PosixFileSystem posix_;
    std::unique_ptr<node::FileSystem> files_over_;
    node::FileSystem* files_ = nullptr;
    std::unique_ptr<RocksDbStateStore> store_;
    std::unique_ptr<ledger::Executor> executor_;
    SystemRandom random_;
    NodeMetrics metrics_{ledger::city_events()};
    std::optional<NodeCondition> condition_;
    std::string control_token_;  ///< empty: no fault controls
    std::optional<boost::asio::io_context> context_;
    std::optional<AsioScheduler> scheduler_;
    std::optional<EventLog> events_;
    std::optional<VerifierPool> verifier_;
    std::optional<SyncThread> syncer_;
    std::optional<ExecutionThread> execution_;
    std::unique_ptr<TcpTransport> transport_;
    std::optional<CertificateWatch> certificates_;
    std::optional<node::Replica> replica_;
    std::optional<HttpThread> http_;
    std::optional<DaemonBackend> backend_;
    std::optional<boost::asio::signal_set> signals_;
    std::optional<boost::asio::steady_timer> home_watch_;
    bool handles_signals_ = false;
};

Daemon::Daemon(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Daemon::~Daemon() = default;

Result<std::unique_ptr<Daemon>> Daemon::start(const DaemonOptions& options) {
    NodeHome folder{options.home};
    auto home = read_home(folder);
    if (!home) return propagate(home);
    auto lock = lock_home(folder);
    if (!lock) return propagate(lock);
    auto logger = Logger::open(folder.node_log(), home->config.name, home->config.log_level);
    if (!logger) return propagate(logger);
    auto impl =
        std::make_unique<Impl>(folder, *std::move(home), *std::move(lock), *std::move(logger));
    const Status opened = impl->open(options);
    if (!opened) {
        impl->log_refusal(opened.error());
        return propagate(opened);
    }
    return std::unique_ptr<Daemon>(new Daemon(std::move(impl)));
}

void Daemon::run() { impl_->run(); }
void Daemon::stop() { impl_->stop(); }
const std::string& Daemon::name() const { return impl_->home().config.name; }
ChosenPorts Daemon::ports() const { return impl_->ports(); }
std::string Daemon::listen_address() const { return impl_->home().config.listen_address; }
std::string Daemon::http_address() const { return impl_->home().config.http_address; }

}  // namespace cityledger::io
