#pragma once
// What the tests of real processes share: fresh folders, networks of four, load, and waiting.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sim/worlds/local_world.hpp"
#include "tests/paths.hpp"

namespace cityledger::sim::test {

using Clock = std::chrono::steady_clock;

/// The programs under test.
inline std::string daemon_path() { return binary_dir() + "/cityledgerd"; }
/// Whose kill is a power cut.
inline std::string power_daemon_path() {
    return binary_dir() + "/tests/cityledgerd_loses_unsynced";
}
inline std::string command_path() { return binary_dir() + "/cityledger"; }

/// The long campaigns too: CITYLEDGER_DEEP is set.
bool deep();
/// CITYLEDGER_SEED, or a fresh one; printed.
std::uint64_t printed_seed(const std::string& story);
std::uint64_t milliseconds_since(Clock::time_point start);
/// Asks until it holds or the time is over.
bool holds_within(std::uint64_t timeout_ms, const std::function<bool()>& holds);
std::string text_of_file(const std::string& path);
[[nodiscard]] bool contains(const std::string& text, std::string_view part);

struct CommandResult {
    int exit_code = -1;
    std::string output;  ///< both streams
};
/// Runs `cityledger`. `environment` stands before the program, e.g. "LANG=zh_CN.UTF-8"; without it
/// the language is English.
CommandResult run_command(const std::string& arguments, const std::string& environment = "");

/// A folder that is gone at the end of the test.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    [[nodiscard]] const std::string& path() const { return path_; }
    /// Of a network that is not made yet.
    [[nodiscard]] std::string network() const { return path_ + "/network"; }

private:
    std::string path_;
};

/// Listens on a port of the loopback interface until the end of the scope.
class TakenPort {
public:
    explicit TakenPort(std::uint16_t port);
    ~TakenPort();
    TakenPort(const TakenPort&) = delete;
    TakenPort& operator=(const TakenPort&) = delete;

private:
    int socket_;
};

LocalOptions local_options(const std::string& folder, bool lose_unsynced = false);
/// A running network of the default plan.
std::unique_ptr<LocalWorld> make_network(const std::string& folder, bool lose_unsynced = false,
                                         std::size_t validators = 4);

/// The tag of a person of this name: the chains of these tests are closed.
ledger::MemberId tag_of(const std::string& name);
/// The operator enrols a new person of this name, a change of the business state.
ledger::Transaction enrolment(const crypto::PrivateKey& operator_key, const Digest& chain_id,
                              const ledger::MemberId& id, std::uint64_t expires_at_height);
/// Submits one enrolment and waits for its receipt, which must be a success.
api::ReceiptView enrol_one(LocalWorld& world, const ledger::MemberId& id);

/// What a client was told: it must be true on every node for ever.
struct Acknowledged {
    Digest transaction;
    std::uint64_t height = 0;
};

/// Threads that submit transactions to all nodes in turn and keep what was acknowledged.
class Load {
public:
    /// Ids begin with `prefix`, which no other load of this network may use.
    Load(LocalWorld& world, std::string prefix, std::size_t threads = 2);
    ~Load();
    [[nodiscard]] std::size_t count();
    /// Waits until so many more are acknowledged; false if the time is over first.
    bool await_more(std::size_t more, std::uint64_t timeout_ms);
    /// Ends the threads.
    std::vector<Acknowledged> stop();

private:
    void run(std::size_t thread);

    std::string prefix_;
    NetworkFile network_;
    crypto::PrivateKey operator_key_;
    std::atomic<std::uint64_t> expires_at_height_{0};
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::vector<Acknowledged> acknowledged_;
    std::vector<std::thread> threads_;
};

/// All nodes have executed the same height with equal roots.
bool settles_within(LocalWorld& world, std::uint64_t timeout_ms);
/// How many acknowledged receipts any node lacks or has at another height; 0 is right.
std::size_t missing_receipts(LocalWorld& world, const std::vector<Acknowledged>& acknowledged);

}  // namespace cityledger::sim::test
