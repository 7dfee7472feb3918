#pragma once
// Runs the rounds of a plan on a network of its own or a running one, and measures the machine in
// the same run.

#include <atomic>
#include <functional>

#include "sim/bench/plan.hpp"
#include "sim/bench/result.hpp"
#include "sim/bench/round_driver.hpp"

namespace cityledger::bench {

struct BenchOptions {
    std::string folder;   ///< for networks and prepared transactions; removed piece by piece
    std::string network;  ///< folder of a running network; empty: new ones
    bool in_virtual_time = false;  ///< new networks are simulated
    std::string daemon;            ///< path of cityledgerd; empty: beside this program
    std::uint64_t seed = 1;
    bool keep = false;  ///< leaves the folders of the networks
    /// Results of earlier runs of the same plan: rounds with these labels are taken over.
    std::vector<RoundResult> done;
    const std::atomic<bool>* interrupted = nullptr;
};

/// What the bench does at the moment.
enum class Activity : std::uint8_t {
    launching,
    enrolling,  ///< done and all: members
    measuring,  ///< the machine
    preparing,
    calibrating,
    filling,  ///< done and all: invoices in state
    sending,  ///< `state` counts
};

struct BenchProgress {
    Activity activity = Activity::launching;
    std::size_t round = 0;  ///< from 0
    std::size_t rounds = 0;
    std::string label;
    std::uint64_t done = 0;
    std::uint64_t all = 0;
    RoundState state;
    std::uint64_t round_ms = 0;  ///< that the round takes in all
    std::uint64_t left_ms = 0;   ///< of sending in all rounds
};

struct BenchObserver {
    std::function<void(const BenchProgress&)> on_progress;
    /// After each round, with all so far: a run that ends early has lost nothing.
    std::function<void(const BenchResult&)> on_round;
};

/// Refuses what makes no sense before anything runs: a debug build, a disk that is too small, a
/// round that refers to one that does not come before it.
[[nodiscard]] Status check_plan(const Plan& plan, const BenchOptions& options);

/// Disk that the plan needs at most, in bytes: a guess from its rates.
[[nodiscard]] std::uint64_t expected_disk_bytes(const Plan& plan);

/// Runs the plan. An interrupted run returns what there is. Refused if the network cannot be
/// started or set up.
[[nodiscard]] Result<BenchResult> run_bench(const Plan& plan, const BenchOptions& options,
                                            const BenchObserver& observer);

}  // namespace cityledger::bench
