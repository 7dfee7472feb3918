#pragma once
// What a storm draws from its seed, before anything runs.

#include <optional>
#include <string>

#include "sim/simulator/storm.hpp"

namespace cityledger::sim {

/// What happens to the disk of one validator, once, while it is down. It makes it a faulty one.
enum class DiskLoss : std::uint8_t { none, bit_rot, new_disk, old_backup };

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
    std::string behaviour;    ///< of the byzantine node
    bool long_delay = false;  ///< up to a third of the longest view; stays when all is healed
    bool slow_sync = false;   ///< a sync takes longer than a round trip
    bool slow_execution = false;
    DiskLoss disk_loss = DiskLoss::none;
    std::size_t disk_loser = 0;
    /// From then on one disk takes hardly anything more, for a while; 0: never.
    std::uint64_t full_disk_after_ms = 0;
    std::size_t full_disk = 0;
    /// Phase 2 heals a quorum only; f nodes stay down, paused or Byzantine.
    bool heal_quorum_only = false;

    /// Of phase 1.
    [[nodiscard]] std::uint64_t faulty_ms(const StormOptions& options) const;
    /// Faulty validators beside those that phase 2 leaves unwell.
    [[nodiscard]] std::size_t faulty_validators() const {
        return (byzantine ? 1 : 0) + (disk_loss != DiskLoss::none ? 1 : 0);
    }
    /// In which phase 2 must make its blocks.
    [[nodiscard]] std::uint64_t healing_ms(const StormOptions& options) const;
};

[[nodiscard]] Dials draw_dials(const SimulatedRandom& seeded, const StormOptions& options);
[[nodiscard]] std::string in_words(const Dials& dials);

}  // namespace cityledger::sim
