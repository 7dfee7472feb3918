#pragma once
// Figures that reports and comparisons derive from a round, and their texts.

#include "sim/bench/result.hpp"

namespace cityledger::bench {

/// Costs of one operation over all nodes. Operations are those that ended in the measured time,
/// refused ones too. A figure that was not measured is 0.
struct Costs {
    std::uint64_t operations = 0;     ///< that ended in the measured time
    std::uint64_t node_cpu_ns = 0;    ///< an operation
    std::uint64_t generator_ns = 0;   ///< likewise
    std::uint64_t written_bytes = 0;  ///< an operation, to the disks
    std::uint64_t sent_bytes = 0;     ///< an operation, between validators
    std::uint64_t folder_bytes = 0;   ///< growth of the folders, a committed operation of the round
};
[[nodiscard]] Costs costs_of(const RoundResult& round);

/// The seconds that count: after the warm-up and before the round's end, whole ones.
[[nodiscard]] std::vector<const Second*> measured_seconds(const RoundResult& round);

/// "12.3" of 12'345 us.
[[nodiscard]] std::string milliseconds(std::uint64_t us);
/// "25.3" of 253.
[[nodiscard]] std::string tenths(std::uint64_t per_mille);
/// `part` in thousandths of `whole`; 0 of nothing.
[[nodiscard]] std::uint64_t per_mille(std::uint64_t part, std::uint64_t whole);
/// The number, or with k, M, G ... if it takes more than seven columns otherwise: at most seven.
[[nodiscard]] std::string short_number(std::uint64_t number);

}  // namespace cityledger::bench
