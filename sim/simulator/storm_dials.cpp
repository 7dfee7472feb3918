#include "sim/simulator/storm_dials.hpp"

#include "sim/simulator/load.hpp"

namespace cityledger::sim {
namespace {

/// A third of the longest view: a proposal, its votes and the finalize votes fit into one.
constexpr std::uint64_t k_long_delay_max_us = 5'300'000;

constexpr std::uint64_t k_small_segment_bytes = 64 * 1024;

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
    disk.sync_failure = random.below(3) == 0 ? random.between(100, 1'000) : 0;
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

/// What is slow. It draws from a generator of its own, so that the other dials stay as they are.
void draw_slowness(SimulatedRandom random, Dials& dials) {
    NetworkFaults& network = dials.world.network;
    WorkTimes& work = dials.world.work;
    dials.long_delay = random.below(8) == 0;
    const std::uint64_t longest_us = random.between(300'000, k_long_delay_max_us);
    dials.slow_sync = random.below(5) == 0;
    const std::uint64_t sync_us = random.between(200'000, 700'000);
    dials.slow_execution = random.below(5) == 0;
    const std::uint64_t execute_us = random.between(50'000, 200'000);
    if (dials.long_delay) {
        network.delay_min_us = longest_us / 4;
        network.delay_max_us = longest_us;
        network.slow_delay_max_us = longest_us;
    }
    if (dials.slow_sync) {
        work.sync_min_us = 100'000;
        work.sync_max_us = sync_us;
    }
    if (dials.slow_execution) work.execute_max_us = execute_us;
}

void draw_liar(SimulatedRandom random, Dials& dials) {
    const std::vector<std::string_view> behaviours = Byzantine::names();
    const std::size_t liar = random.below(dials.validators);
    const std::string_view behaviour = behaviours[random.below(behaviours.size())];
    if (random.below(2) != 0) return;
    dials.byzantine = liar;
    dials.behaviour = behaviour;
}

/// Not beside a Byzantine node: of four validators one may be faulty.
void draw_disk_loss(SimulatedRandom random, Dials& dials) {
    const auto loss = static_cast<DiskLoss>(random.below(4));
    dials.disk_loser = random.below(dials.validators);
    dials.full_disk = random.below(dials.validators);
    const std::uint64_t full_after_ms = random.between(2'000, 10'000);
    if (random.below(4) == 0) {
        dials.full_disk_after_ms = full_after_ms;
        // So small that a node asks for the next one while the disk is full.
        dials.world.replica.log_segment_bytes = k_small_segment_bytes;
    }
    if (!dials.byzantine) dials.disk_loss = loss;
}

std::string_view words_of(DiskLoss loss) {
    switch (loss) {
        case DiskLoss::bit_rot: return "a rotten byte";
        case DiskLoss::new_disk: return "a new disk";
        case DiskLoss::old_backup: return "an old backup";
        case DiskLoss::none: break;
    }
    return "its disk";
}

}  // namespace

std::uint64_t Dials::faulty_ms(const StormOptions& options) const {
    // A storm of slow messages needs more time to say as much.
    return long_delay ? 3 * options.faulty_ms : options.faulty_ms;
}

std::uint64_t Dials::healing_ms(const StormOptions& options) const {
    const std::uint64_t views = long_delay ? options.slow_view_times : options.view_times;
    return views * world.replica.consensus.view_timeout_cap_ms;
}

Dials draw_dials(const SimulatedRandom& seeded, const StormOptions& options) {
    SimulatedRandom random = seeded;
    Dials dials;
    const std::size_t drawn = random.below(3) == 0 ? 7 : 4;
    dials.validators = options.validators > 0 ? options.validators : drawn;
    draw_network(random, dials.world.network);
    draw_machines(random, options, dials);
    dials.world.contracts = &board_contracts();
    dials.world.check_persisted_votes = options.check_persisted_votes;
    dials.world.hide_byzantine = options.hide_byzantine;
    dials.load_interval_ms = random.between(20, 200);
    dials.crash_interval_ms = dial(random, 500, 5'000);
    dials.restart_after_ms = random.between(100, 4'000);
    dials.pause_interval_ms = dial(random, 1'000, 5'000);
    dials.resume_after_ms = random.between(100, 5'000);
    dials.partition_interval_ms = dial(random, 1'000, 8'000);
    dials.heal_after_ms = random.between(200, 5'000);
    dials.all_crash_interval_ms = dial(random, 3'000, 15'000);
    draw_slowness(seeded.fork("slowness"), dials);
    if (options.byzantine_nodes == 0) draw_liar(seeded.fork("liar"), dials);
    const bool control = options.byzantine_nodes > 0 || options.sync_lies_per_million > 0;
    if (!control) draw_disk_loss(seeded.fork("disk loss"), dials);
    dials.heal_quorum_only = seeded.fork("healing").below(2) == 0;
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
    add("sync up to us", dials.world.work.sync_max_us);
    add("execution up to us", dials.world.work.execute_max_us);
    if (dials.byzantine) {
        text += ", node " + std::to_string(*dials.byzantine) + " is byzantine: " + dials.behaviour;
    }
    add("full disk after ms", dials.full_disk_after_ms);
    if (dials.disk_loss != DiskLoss::none) {
        text += ", node " + std::to_string(dials.disk_loser) + " gets " +
                std::string(words_of(dials.disk_loss));
    }
    if (dials.heal_quorum_only) text += ", a quorum is healed";
    return text;
}

}  // namespace cityledger::sim
