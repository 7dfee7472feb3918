#include "sim/simulator/storm.hpp"

#include "node/log/log_codes.hpp"
#include "sim/simulator/load.hpp"
#include "sim/simulator/simulator_codes.hpp"
#include "sim/simulator/storm_dials.hpp"

namespace cityledger::sim {
namespace {

/// A full disk takes so much more.
constexpr std::uint64_t k_full_disk_room_bytes = 16 * 1024;
/// A few records of votes.
constexpr std::uint64_t k_confirming_bytes = 2 * 1024;

/// The faults of phase 1, each a chain of events that schedules its next one.
class Storm {
public:
    Storm(VirtualCluster& cluster, const Dials& dials, SimulatedRandom random)
        : cluster_(cluster), dials_(dials), random_(random) {
        every(dials_.crash_interval_ms, [this] { crash(random_.below(cluster_.size())); });
        every(dials_.all_crash_interval_ms, [this] { crash_all(); });
        every(dials_.pause_interval_ms, [this] { pause(random_.below(cluster_.size())); });
        every(dials_.partition_interval_ms, [this] { partition(); });
        if (dials_.disk_loss != DiskLoss::none)
            after(random_.between(1'000, 6'000), [this] { back_up(); });
        if (dials_.full_disk_after_ms > 0) after(dials_.full_disk_after_ms, [this] { fill(); });
    }

    void calm() { calm_ = true; }
    [[nodiscard]] std::uint64_t crashes() const { return crashes_; }
    [[nodiscard]] std::uint64_t blackouts() const { return blackouts_; }
    [[nodiscard]] std::uint64_t pauses() const { return pauses_; }
    [[nodiscard]] std::uint64_t partitions() const { return partitions_; }
    [[nodiscard]] bool lost_disk() const { return lost_disk_; }
    [[nodiscard]] bool filled_disk() const { return filled_disk_; }

    /// A damaged log must be refused; then the node gets a new one, as its operator would do. Where
    /// no later record confirms that the damaged ones were synced, it looks like a torn end, and
    /// the node (which counts as faulty) may start without them.
    Status start(std::size_t node) {
        const bool rotten = rotten_ && node == dials_.disk_loser;
        auto started = cluster_.restart(node);
        if (!rotten) return started;
        if (started && is_confirmed_) cluster_.checker().fail("a start took a damaged log");
        if (started) rotten_ = false;
        if (started || started.error().code != node::codes::log_damaged) return started;
        rotten_ = false;
        if (const auto wiped = cluster_.wipe(node); !wiped) return wiped;
        return cluster_.restart(node);
    }

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
        const auto started = start(node);
        if (started) return;
        const Code& code = started.error().code;
        if (code == codes::disk_sync_failed || code == codes::disk_without_room) {
            // The disk failed in the start too; somebody tries once more.
            after(dials_.restart_after_ms, [this, node] { restart(node); });
            return;
        }
        cluster_.checker().fail("restart refused: " + started.error().message());
    }
    /// Its image may come back later.
    void back_up() {
        backup_ = cluster_.disk(dials_.disk_loser).durable_files();
        after(random_.between(3'000, 9'000), [this] { lose_disk(); });
    }
    void lose_disk() {
        const std::size_t node = dials_.disk_loser;
        crash(node);
        Status done;
        switch (dials_.disk_loss) {
            case DiskLoss::bit_rot: return rot(node);
            case DiskLoss::new_disk: done = cluster_.wipe(node); break;
            case DiskLoss::old_backup: done = cluster_.restore(node, backup_); break;
            case DiskLoss::none: return;
        }
        if (!done) cluster_.checker().fail("no loss of a disk: " + done.error().message());
        lost_disk_ = true;
    }
    /// The bytes before the zeros that a segment is made with.
    static std::uint64_t used_bytes(const SparseBytes& content) {
        const Bytes bytes = content.read(0, static_cast<std::size_t>(content.size()));
        const auto zeros =
            std::find_if(bytes.rbegin(), bytes.rend(), [](auto b) { return b != 0; });
        return static_cast<std::uint64_t>(bytes.rend() - zeros);
    }
    /// Of what the log held when it was backed up.
    void rot(std::size_t node) {
        const auto segment = std::find_if(backup_.begin(), backup_.end(), [](const auto& file) {
            return file.first.find("log-") != std::string::npos;
        });
        if (segment == backup_.end()) return;
        const std::string& path = segment->first;
        const std::uint64_t used = used_bytes(segment->second);
        const DiskImage now = cluster_.disk(node).durable_files();
        const auto same = now.find(path);
        if (used < 2) return;
        is_confirmed_ = same != now.end() && used_bytes(same->second) >= used + k_confirming_bytes;
        cluster_.checker().mark_faulty(node);
        const std::uint64_t at = random_.below(used / 2);
        if (cluster_.disk(node).flip_bit(path, at, static_cast<unsigned>(random_.below(8)))) {
            rotten_ = lost_disk_ = true;
        }
    }
    void fill() {
        SimulatedDisk& disk = cluster_.disk(dials_.full_disk);
        const DiskFaults before = disk.faults();
        DiskFaults full = before;
        full.capacity_bytes -= disk.free_bytes("").value_or(0) - k_full_disk_room_bytes;
        disk.set_faults(full);
        after(random_.between(3'000, 8'000), [this, &disk, before] {
            const node::Replica* replica = cluster_.replica(dials_.full_disk);
            filled_disk_ = replica == nullptr ? !cluster_.down_because(dials_.full_disk).empty()
                                              : !replica->status().accepts_transactions;
            disk.set_faults(before);
        });
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
    DiskImage backup_;
    bool rotten_ = false;  ///< a byte of a log was damaged, and the node has not started since
    bool is_confirmed_ = false;  ///< later records say that what is damaged was synced
    bool lost_disk_ = false;
    bool filled_disk_ = false;
};

/// Phase 2: no more faults, and a quorum at least is up.
class Healing {
public:
    Healing(VirtualCluster& cluster, const Dials& dials, SimulatedRandom random, Storm& storm)
        : cluster_(cluster), dials_(dials), storm_(storm) {
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
            const bool lost_disk = dials_.disk_loss != DiskLoss::none && node == dials_.disk_loser;
            if (node != dials_.byzantine && !lost_disk) order.push_back(node);
        }
        if (!dials_.heal_quorum_only) return;
        random.shuffle(order);
        const std::size_t faulty = (cluster_.size() - 1) / 3;
        // A Byzantine node is one of the f and goes on with its lies; who lost its disk is one too.
        order.resize(faulty - dials_.faulty_validators());
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
        faults.capacity_bytes = DiskFaults{}.capacity_bytes;
        cluster_.disk(node).set_faults(faults);
        if (cluster_.state(node) == VirtualCluster::NodeState::paused) {
            (void)cluster_.resume(node);
        }
        if (cluster_.state(node) != VirtualCluster::NodeState::down) return;
        const auto started = storm_.start(node);
        if (!started) cluster_.checker().fail("restart refused: " + started.error().message());
    }

    VirtualCluster& cluster_;
    const Dials& dials_;
    Storm& storm_;
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
             SimulatedRandom random, VirtualLoad& load, Storm& storm, StormResult& result) {
    Healing healing(cluster, dials, random, storm);
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
        {"bit rot", storm.lost_disk() && dials.disk_loss == DiskLoss::bit_rot},
        {"new disk", storm.lost_disk() && dials.disk_loss == DiskLoss::new_disk},
        {"old backup", storm.lost_disk() && dials.disk_loss == DiskLoss::old_backup},
        {"full disk", storm.filled_disk()},
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
    if (!cluster.broken()) {
        recover(cluster, dials, options, random.fork("healing"), load, storm, result);
    }
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
