#include "sim/bench/node_sampler.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <thread>

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_micros = 1'000'000;
constexpr std::uint64_t k_answer_timeout_ms = 700;
constexpr auto k_longest_sleep = std::chrono::milliseconds(50);
constexpr std::string_view k_stage_name = "cityledger_stage_cpu_seconds_total{stage=\"";

std::uint64_t whole(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// Seconds with a fraction, perhaps with an exponent, as microseconds.
std::uint64_t micros(std::string_view seconds) {
    double number = 0;
    std::from_chars(seconds.data(), seconds.data() + seconds.size(), number);
    return static_cast<std::uint64_t>(std::llround(number * static_cast<double>(k_micros)));
}

}  // namespace

NodeCounters counters_of(std::string_view metrics) {
    NodeCounters counters;
    const std::pair<std::string_view, std::uint64_t*> known[] = {
        {"process_peak_memory_bytes", &counters.peak_memory_bytes},
        {"process_written_bytes_total", &counters.written_bytes},
        {"cityledger_p2p_sent_bytes_total", &counters.sent_bytes},
        {"cityledger_p2p_received_bytes_total", &counters.received_bytes},
        {"cityledger_consensus_height", &counters.height},
        {"cityledger_consensus_nullified_views", &counters.nullified_views}};
    while (!metrics.empty()) {
        const std::string_view line = metrics.substr(0, metrics.find('\n'));
        metrics.remove_prefix(std::min(line.size() + 1, metrics.size()));
        const std::size_t space = line.rfind(' ');
        if (space == std::string_view::npos || line.front() == '#') continue;
        const std::string_view name = line.substr(0, space);
        const std::string_view value = line.substr(space + 1);
        if (name.starts_with(k_stage_name)) {
            const std::string_view stage = name.substr(k_stage_name.size());
            counters.stages_cpu_us[std::string(stage.substr(0, stage.find('"')))] = micros(value);
        }
        if (name == "process_cpu_seconds_total") counters.cpu_us = micros(value);
        for (const auto& [wanted, target] : known) {
            if (name == wanted) *target = whole(value);
        }
    }
    return counters;
}

NodeSampler::NodeSampler(const sim::NodeAddress& address, const RoundClock& clock)
    : name_(address.name),
      client_(address.address, address.http_port, k_answer_timeout_ms),
      clock_(clock) {}

void NodeSampler::run() {
    for (std::uint64_t second = 0; !stopped_; ++second) {
        const auto due = clock_.at(second * k_micros);
        while (!stopped_ && RoundClock::Clock::now() < due) {
            std::this_thread::sleep_until(
                std::min(due, RoundClock::Clock::now() + k_longest_sleep));
        }
        if (stopped_) return;
        sample(second);
        // What was missed while the node or this program stood still is not asked for later.
        second = std::max(second, clock_.now_us() / k_micros);
    }
}

void NodeSampler::sample(std::uint64_t second) {
    const auto text = client_.metrics();
    if (answers_ != text.has_value()) {
        answers_ = text.has_value();
        marks_.push_back(
            {clock_.now_us() / 1'000, name_ + (answers_ ? " answers again" : " does not answer")});
    }
    std::optional<NodeCounters> counters;
    if (text) counters = counters_of(*text);
    samples_.push_back({second, std::move(counters)});
}

}  // namespace cityledger::bench
