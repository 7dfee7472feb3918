#include "sim/core/virtual_storm.hpp"

#include "sim/core/virtual_codes.hpp"
#include "sim/core/virtual_load.hpp"

namespace cityledger::sim {
namespace {

/// What goes wrong in a run and how often. Intervals are mean times between two such events in the
/// whole network; 0: never.
struct Dials {
    std::size_t validators = 4;
    VirtualOptions world;
    std::uint64_t load_interval_ms = 50;
    std::uint64_t crash_interval_ms = 0;
    std::uint64_t restart_after_ms = 1'000;
    std::uint64_t pause_interval_ms = 0;
    std::uint64_t resume_after_ms = 1'000;
    std::uint64_t partition_interval_ms = 0;
    std::uint64_t heal_after_ms = 2'000;
    std::uint64_t all_crash_interval_ms = 0;
    std::optional<std::size_t> byzantine;
};

/// A dial is off in half of the runs, so that faults are met alone and together.
std::uint64_t dial(SimulatedRandom& random, std::uint64_t low, std::uint64_t high) {
    const bool on = random.below(2) == 1;
    const std::uint64_t value = random.between(low, high);
    return on ? value : 0;
}

void draw_network(SimulatedRandom& random, NetworkFaults& network) {
    network.delay_min_us = random.between(50, 30'000);
    network.delay_max_us = network.delay_min_us + random.between(0, 100'000);
    network.slow_message = dial(random, 1'000, 50'000);
    network.loss = dial(random, 1'000, 100'000);
    network.duplicate = dial(random, 1'000, 100'000);
    network.reset = dial(random, 100, 5'000);
}

void draw_machines(SimulatedRandom& random, const StormOptions& options, Dials& dials) {
    DiskFaults& disk = dials.world.disk;
    disk.keep_unsynced_files = dial(random, 100'000, k_million);
    disk.keep_unsynced_names = dial(random, 100'000, k_million);
    disk.torn_write = dial(random, 100'000, k_million);
    disk.sync_failure = random.below(4) == 0 ? random.between(50, 500) : 0;
    WorkTimes& work = dials.world.work;
    work.sync_max_us = random.between(1'000, 40'000);
    work.verify_max_us = random.between(100, 5'000);
    work.execute_max_us = random.between(100, 20'000);
    work.flush_every_blocks = random.between(1, 40);
    work.sync_lies_per_million = options.sync_lies_per_million;
    for (std::size_t node = 0; node < dials.validators; ++node) {
        const auto drift = static_cast<std::int64_t>(random.below(100'001)) - 50'000;
        dials.world.clocks.push_back({random.below(3'600'000), drift});
    }
}

Dials draw_dials(SimulatedRandom random, const StormOptions& options) {
    Dials dials;
    const std::size_t drawn = random.below(3) == 0 ? 7 : 4;
    dials.validators = options.validators > 0 ? options.validators : drawn;
    draw_network(random, dials.world.network);
    draw_machines(random, options, dials);
    dials.world.contracts = &board_contracts();
    dials.world.check_persisted_votes = options.check_persisted_votes;
    dials.load_interval_ms = random.between(20, 200);
    dials.crash_interval_ms = dial(random, 500, 5'000);
    dials.restart_after_ms = random.between(100, 4'000);
    dials.pause_interval_ms = dial(random, 1'000, 5'000);
    dials.resume_after_ms = random.between(100, 5'000);
    dials.partition_interval_ms = dial(random, 1'000, 8'000);
    dials.heal_after_ms = random.between(200, 5'000);
    dials.all_crash_interval_ms = dial(random, 3'000, 15'000);
    const std::size_t liar = random.below(dials.validators);
    if (random.below(4) == 0) dials.byzantine = liar;
    return dials;
}

std::string in_words(const Dials& dials) {
    const NetworkFaults& network = dials.world.network;
    const DiskFaults& disk = dials.world.disk;
    std::string text = std::to_string(dials.validators) + " validators";
    const auto add = [&text](const char* name, std::uint64_t value) {
        if (value > 0) text += std::string(", ") + name + " " + std::to_string(value);
    };
    add("delay up to us", network.delay_max_us);
    add("loss ppm", network.loss);
    add("duplicate ppm", network.duplicate);
    add("reset ppm", network.reset);
    add("slow ppm", network.slow_message);
    add("crash every ms", dials.crash_interval_ms);
    add("all crash every ms", dials.all_crash_interval_ms);
    add("pause every ms", dials.pause_interval_ms);
    add("partition every ms", dials.partition_interval_ms);
    add("unsynced kept ppm", disk.keep_unsynced_files);
    add("torn ppm", disk.torn_write);
    add("sync failure ppm", disk.sync_failure);
    if (dials.byzantine) text += ", byzantine node " + std::to_string(*dials.byzantine);
    return text;
}

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
        const OwnerId life = cluster_.life(node);
        after(random_.between(1, 2 * dials_.resume_after_ms), [this, node, life] {
            if (cluster_.life(node) == life) (void)cluster_.resume(node);
        });
    }
    void partition() {
        if (random_.below(3) == 0) {
            const auto from = static_cast<ValidatorIndex>(random_.below(cluster_.size()));
            const auto to = static_cast<ValidatorIndex>(random_.below(cluster_.size()));
            cluster_.network().block(from, to);
        } else {
            std::vector<std::size_t> order;
            for (std::size_t node = 0; node < cluster_.size(); ++node) order.push_back(node);
            random_.shuffle(order);
            const auto cut = order.begin() + static_cast<std::ptrdiff_t>(
                                                 random_.between(1, order.size() - 1));
            cluster_.network().partition({{order.begin(), cut}, {cut, order.end()}});
        }
        after(random_.between(1, 2 * dials_.heal_after_ms),
              [this] { cluster_.network().heal(); });
    }

    VirtualCluster& cluster_;
    const Dials& dials_;
    SimulatedRandom random_;
    bool calm_ = false;
    std::uint64_t crashes_ = 0;
};

/// Phase 2: no more faults, everybody up.
void heal(VirtualCluster& cluster) {
    NetworkFaults kind;
    cluster.network().set_faults(kind);
    cluster.network().heal();
    for (std::size_t node = 0; node < cluster.size(); ++node) {
        DiskFaults faults = cluster.disk(node).faults();
        faults.sync_failure = 0;
        cluster.disk(node).set_faults(faults);
        if (cluster.state(node) == VirtualCluster::NodeState::paused) (void)cluster.resume(node);
        if (cluster.state(node) != VirtualCluster::NodeState::down) continue;
        const auto started = cluster.restart(node);
        if (!started) cluster.checker().fail("restart refused: " + started.error().message());
    }
}

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
                std::to_string(status.consensus.view) +
                (status.syncing ? ", syncs" : "") + " " + status.standing.reason;
    }
    return text;
}

}  // namespace

StormResult run_storm(std::uint64_t seed, const StormOptions& options) {
    const SimulatedRandom random = SimulatedRandom(seed).fork("storm");
    Dials dials = draw_dials(random.fork("dials"), options);
    dials.world.replay_command =
        "CITYLEDGER_STORM_SEED=" + std::to_string(seed) + " sim_tests \"[storm-replay]\"";
    const WorldPlan plan = board_plan(seed, dials.validators);
    VirtualCluster cluster(plan, dials.world);
    if (dials.byzantine) (void)cluster.make_byzantine(*dials.byzantine, "equivocate");
    VirtualLoad load(cluster, plan);
    load.start(dials.load_interval_ms);
    Storm storm(cluster, dials, random.fork("faults"));
    cluster.run_for(options.faulty_ms);
    storm.calm();
    if (!cluster.broken()) {
        heal(cluster);
        const std::uint64_t target = cluster.checker().highest_block() + options.progress_blocks;
        const bool progressed = cluster.run_until(
            [&] { return cluster.lowest_executed_height() >= target; }, options.healing_ms);
        if (!progressed) cluster.checker().fail(standstill(cluster, target));
        load.stop();
        // Blocks may become final while the slower nodes catch up: all must have the newest one.
        const bool settled = cluster.run_until(
            [&] { return cluster.lowest_executed_height() >= cluster.checker().highest_block(); },
            options.healing_ms);
        if (!settled) {
            cluster.checker().fail(standstill(cluster, cluster.checker().highest_block()));
        }
        for (std::size_t node = 0; node < cluster.size(); ++node) {
            if (cluster.honest(node)) {
                cluster.checker().check_acknowledged(node, cluster.store(node));
            }
        }
    }
    StormResult result;
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
