#include "sim/simulator/storm.hpp"

#include "sim/simulator/load.hpp"
#include "sim/simulator/simulator_codes.hpp"
#include "sim/simulator/storm_dials.hpp"

namespace cityledger::sim {
namespace {

/// The faults of phase 1, each a chain of events that schedules its next one.
class Storm {
public:
    Storm(VirtualCluster& cluster, const Dials& dials, SimulatedRandom random)
        : cluster_(cluster), dials_(dials), random_(random) {
        every(dials_.crash_interval_ms, [this] { crash(random_.below(cluster_.size())); });
        every(dials_.all_crash_interval_ms, [this] { crash_all(); });
        every(dials_.pause_interval_ms, [this] { pause(random_.below(cluster_.size())); });
        every(dials_.partition_interval_ms, [this] { partition(); });
    }

    void calm() { calm_ = true; }
    [[nodiscard]] std::uint64_t crashes() const { return crashes_; }
    [[nodiscard]] std::uint64_t blackouts() const { return blackouts_; }
    [[nodiscard]] std::uint64_t pauses() const { return pauses_; }
    [[nodiscard]] std::uint64_t partitions() const { return partitions_; }

private:
    using Action = std::function<void()>;

    void every(std::uint64_t interval_ms, const Action& action) {
        if (interval_ms == 0) return;
        after(random_.between(1, 2 * interval_ms), [this, interval_ms, action] {
            action();
            every(interval_ms, action);
        });
    }
    void after(std::uint64_t delay_ms, const Action& action) {
        cluster_.queue().after(delay_ms * k_millisecond_us, k_world_owner, [this, action] {
            if (!calm_) action();
        });
    }
    void crash(std::size_t node) {
        if (cluster_.state(node) == VirtualCluster::NodeState::down) return;
        ++crashes_;
        (void)cluster_.kill(node);
        after(random_.between(1, 2 * dials_.restart_after_ms), [this, node] { restart(node); });
    }
    void crash_all() {
        ++blackouts_;
        for (std::size_t node = 0; node < cluster_.size(); ++node) crash(node);
    }
    void restart(std::size_t node) {
        if (cluster_.state(node) != VirtualCluster::NodeState::down) return;
        const auto started = cluster_.restart(node);
        if (started) return;
        if (started.error().code == codes::disk_sync_failed) {
            // The disk failed in the start too; somebody tries once more.
            after(dials_.restart_after_ms, [this, node] { restart(node); });
            return;
        }
        cluster_.checker().fail("restart refused: " + started.error().message());
    }
    void pause(std::size_t node) {
        if (!cluster_.pause(node)) return;
        ++pauses_;
        const OwnerId life = cluster_.life(node);
        after(random_.between(1, 2 * dials_.resume_after_ms), [this, node, life] {
            if (cluster_.life(node) == life) (void)cluster_.resume(node);
        });
    }
    void partition() {
        ++partitions_;
        if (random_.below(3) == 0) {
            const auto from = static_cast<ValidatorIndex>(random_.below(cluster_.size()));
            const auto to = static_cast<ValidatorIndex>(random_.below(cluster_.size()));
            cluster_.network().block(from, to);
        } else {
            std::vector<std::size_t> order;
            for (std::size_t node = 0; node < cluster_.size(); ++node) order.push_back(node);
            random_.shuffle(order);
            const auto cut =
                order.begin() + static_cast<std::ptrdiff_t>(random_.between(1, order.size() - 1));
            cluster_.network().partition({{order.begin(), cut}, {cut, order.end()}});
        }
        after(random_.between(1, 2 * dials_.heal_after_ms), [this] { cluster_.network().heal(); });
    }

    VirtualCluster& cluster_;
    const Dials& dials_;
    SimulatedRandom random_;
    bool calm_ = false;
    std::uint64_t crashes_ = 0;
    std::uint64_t blackouts_ = 0;
    std::uint64_t pauses_ = 0;
    std::uint64_t partitions_ = 0;
};

/// Phase 2: no more faults, and a quorum at least is up.
class Healing {
public:
    Healing(VirtualCluster& cluster, const Dials& dials, SimulatedRandom random)
        : cluster_(cluster), dials_(dials) {
        choose(random);
        calm_network();
        for (std::size_t node = 0; node < cluster_.size(); ++node) {
            if (well_.contains(node)) heal(node);
        }
        for (const std::size_t node : unwell_) {
            if (random.below(2) == 0) {
                (void)cluster_.kill(node);
            } else {
                (void)cluster_.pause(node);
            }
        }
    }

    /// Of the honest nodes that are healed.
    [[nodiscard]] std::uint64_t lowest_executed() const {
        std::uint64_t lowest = UINT64_MAX;
        for (const std::size_t node : well_) {
            if (cluster_.honest(node)) lowest = std::min(lowest, cluster_.executed_height(node));
        }
        return lowest;
    }
    void check_acknowledged() {
        for (const std::size_t node : well_) {
            if (!cluster_.honest(node)) continue;
            cluster_.checker().check_acknowledged(node, cluster_.store(node));
        }
    }
    /// How many nodes stay down or paused.
    [[nodiscard]] std::size_t unwell() const { return unwell_.size(); }

private:
    void choose(SimulatedRandom& random) {
        std::vector<std::size_t> order;
        for (std::size_t node = 0; node < cluster_.size(); ++node) {
            well_.insert(node);
            if (node != dials_.byzantine) order.push_back(node);
        }
        if (!dials_.heal_quorum_only) return;
        random.shuffle(order);
        const std::size_t faulty = (cluster_.size() - 1) / 3;
        // A Byzantine node is one of the f and goes on with its lies.
        order.resize(dials_.byzantine ? faulty - 1 : faulty);
        for (const std::size_t node : order) {
            well_.erase(node);
            unwell_.push_back(node);
        }
    }
    void calm_network() {
        NetworkFaults kind;
        if (dials_.long_delay) {
            kind.delay_min_us = dials_.world.network.delay_min_us;
            kind.delay_max_us = dials_.world.network.delay_max_us;
        }
        cluster_.network().set_faults(kind);
        cluster_.network().heal();
    }
    void heal(std::size_t node) {
        DiskFaults faults = cluster_.disk(node).faults();
        faults.sync_failure = 0;
        cluster_.disk(node).set_faults(faults);
        if (cluster_.state(node) == VirtualCluster::NodeState::paused) {
            (void)cluster_.resume(node);
        }
        if (cluster_.state(node) != VirtualCluster::NodeState::down) return;
        const auto started = cluster_.restart(node);
        if (!started) cluster_.checker().fail("restart refused: " + started.error().message());
    }

    VirtualCluster& cluster_;
    const Dials& dials_;
    std::set<std::size_t> well_;
    std::vector<std::size_t> unwell_;
};

std::string standstill(VirtualCluster& cluster, std::uint64_t target) {
    std::string text = "no progress after healing: height " + std::to_string(target) +
                       " was not executed everywhere";
    for (std::size_t node = 0; node < cluster.size(); ++node) {
        text += "\n    node " + std::to_string(node) + ": ";
        node::Replica* replica = cluster.replica(node);
        if (!replica) {
            text += "down, " + cluster.down_because(node);
            continue;
        }
        const node::ReplicaStatus status = replica->status();
        text += "executed " + std::to_string(status.executed.height) + ", final " +
                std::to_string(status.final_height) + ", view " +
                std::to_string(status.consensus.view) + (status.syncing ? ", syncs" : "") + " " +
                status.standing.reason;
    }
    return text;
}

void make_byzantine(VirtualCluster& cluster, const Dials& dials, const StormOptions& options) {
    if (dials.byzantine) (void)cluster.make_byzantine(*dials.byzantine, dials.behaviour);
    for (std::size_t node = 0; node < options.byzantine_nodes; ++node) {
        (void)cluster.make_byzantine(node, options.byzantine_behaviour);
    }
}

/// Heals, and checks that blocks come in time and acknowledged receipts are there.
void recover(VirtualCluster& cluster, const Dials& dials, const StormOptions& options,
             SimulatedRandom random, VirtualLoad& load, StormResult& result) {
    Healing healing(cluster, dials, random);
    const std::uint64_t limit_ms = dials.healing_ms(options);
    const TimeUs begun_us = cluster.queue().now_us();
    const auto reach = [&](std::uint64_t target) {
        const bool reached =
            cluster.run_until([&] { return healing.lowest_executed() >= target; }, limit_ms);
        if (!reached) cluster.checker().fail(standstill(cluster, target));
    };
    reach(cluster.checker().highest_block() + options.progress_blocks);
    result.healed_after_ms = (cluster.queue().now_us() - begun_us) / k_millisecond_us;
    result.left_behind = healing.unwell();
    load.stop();
    // Blocks may become final while the slower nodes catch up: all must have the newest one.
    const bool settled = cluster.run_until(
        [&] { return healing.lowest_executed() >= cluster.checker().highest_block(); }, limit_ms);
    if (!settled) {
        cluster.checker().fail(standstill(cluster, cluster.checker().highest_block()));
    }
    healing.check_acknowledged();
}

std::map<std::string, bool> fired(const VirtualCluster& cluster, const Dials& dials,
                                  const Storm& storm) {
    const NetworkFaults& network = dials.world.network;
    const DiskFaults& disk = dials.world.disk;
    const bool lied = dials.byzantine && cluster.lies(*dials.byzantine) > 0;
    std::map<std::string, bool> fired = {
        {"message lost", network.loss > 0},
        {"message doubled", network.duplicate > 0},
        {"message slow", network.slow_message > 0},
        {"session reset", network.reset > 0},
        {"delay up to a third of a view", dials.long_delay},
        {"sync longer than a round trip", dials.slow_sync},
        {"slow execution", dials.slow_execution},
        {"crash", storm.crashes() > 0},
        {"power cut of all", storm.blackouts() > 0},
        {"pause", storm.pauses() > 0},
        {"partition", storm.partitions() > 0},
        {"unsynced bytes kept", disk.keep_unsynced_files > 0 && storm.crashes() > 0},
        {"torn write", disk.torn_write > 0 && storm.crashes() > 0},
        {"sync failure", cluster.fatal_errors() > 0},
        {"byzantine", lied},
        {"quorum healed only", dials.heal_quorum_only},
        {"four validators", dials.validators == 4},
        {"seven validators", dials.validators == 7},
    };
    for (const std::string_view behaviour : Byzantine::names()) {
        fired["byzantine: " + std::string(behaviour)] = lied && dials.behaviour == behaviour;
    }
    return fired;
}

}  // namespace

StormResult run_storm(std::uint64_t seed, const StormOptions& options) {
    const SimulatedRandom random = SimulatedRandom(seed).fork("storm");
    Dials dials = draw_dials(random.fork("dials"), options);
    dials.world.replay_command =
        "CITYLEDGER_STORM_SEED=" + std::to_string(seed) + " sim_tests \"[storm-replay]\"";
    const WorldPlan plan = board_plan(seed, dials.validators);
    VirtualCluster cluster(plan, dials.world);
    make_byzantine(cluster, dials, options);
    VirtualLoad load(cluster, plan);
    load.start(dials.load_interval_ms);
    Storm storm(cluster, dials, random.fork("faults"));
    cluster.run_for(dials.faulty_ms(options));
    storm.calm();
    StormResult result;
    if (!cluster.broken()) recover(cluster, dials, options, random.fork("healing"), load, result);
    result.fired = fired(cluster, dials, storm);
    result.passed = !cluster.broken();
    result.dials = in_words(dials);
    if (const auto report = cluster.report()) result.report = *report + "\n  " + result.dials;
    result.heights = cluster.checker().highest_block();
    result.acknowledged = cluster.checker().acknowledged();
    result.events = cluster.queue().executed();
    result.crashes = storm.crashes();
    result.trace = cluster.trace().hash();
    return result;
}

}  // namespace cityledger::sim
