#include "sim/bench/figures.hpp"

#include <cmath>

#include "sim/bench/round_summary.hpp"

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_thousand = 1'000;

/// Rounded; without a product that could overflow.
std::uint64_t scaled(std::uint64_t part, double factor, std::uint64_t whole) {
    if (whole == 0) return 0;
    const double value = static_cast<double>(part) * factor / static_cast<double>(whole);
    return value < 1e18 ? static_cast<std::uint64_t>(std::llround(value)) : k_thousand * 1'000'000;
}

}  // namespace

std::vector<const Second*> measured_seconds(const RoundResult& round) {
    std::vector<const Second*> list;
    const std::uint64_t end = (round.warm_up_ms + round.measured_ms) / k_thousand;
    for (const Second& second : round.seconds) {
        if (!second.warm_up && second.second < end) list.push_back(&second);
    }
    return list;
}

Costs costs_of(const RoundResult& round) {
    Costs costs;
    for (const Second* second : measured_seconds(round)) {
        costs.operations += second->committed + second->refused;
    }
    std::uint64_t cpu_us = 0;
    std::uint64_t written = 0;
    std::uint64_t sent = 0;
    std::uint64_t folder = 0;
    for (const NodeUse& node : round.nodes) {
        cpu_us += node.cpu_us;
        written += node.written_bytes;
        sent += node.sent_bytes;
        folder += node.folder_bytes;
    }
    costs.node_cpu_ns = scaled(cpu_us, k_thousand, costs.operations);
    costs.generator_ns = scaled(round.generator_cpu_us, k_thousand, costs.operations);
    costs.written_bytes = scaled(written, 1, costs.operations);
    costs.sent_bytes = scaled(sent, 1, costs.operations);
    costs.folder_bytes = scaled(folder, 1, round.balance.committed);
    return costs;
}

std::string milliseconds(std::uint64_t us) {
    return grouped(us / k_thousand) + "." + std::to_string(us % k_thousand / 100);
}

std::string tenths(std::uint64_t per_mille) {
    return grouped(per_mille / 10) + "." + std::to_string(per_mille % 10);
}

std::uint64_t per_mille(std::uint64_t part, std::uint64_t whole) {
    return scaled(part, k_thousand, whole);
}

std::string short_number(std::uint64_t number) {
    constexpr std::size_t k_columns = 7;
    constexpr std::string_view k_suffixes = "kMGTPE";
    std::string text = grouped(number);
    for (std::size_t i = 0; text.size() > k_columns && i < k_suffixes.size(); ++i) {
        number /= k_thousand;
        text = grouped(number) + k_suffixes[i];
    }
    return text;
}

}  // namespace cityledger::bench
