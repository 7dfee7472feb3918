#include "sim/bench/compare.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "sim/bench/bench_codes.hpp"
#include "sim/bench/figures.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_usual_noise_per_mille = 100;
constexpr double k_standard_errors = 2;

struct Spread {
    double count = 0;
    double mean = 0;
    double deviation = 0;  ///< standard deviation of a second
};

/// Over the measured seconds; those without a value are left out unless `with_zeros`.
Spread spread_of(const RoundResult& round, std::uint64_t Second::*member, bool with_zeros) {
    std::vector<double> values;
    for (const Second* second : measured_seconds(round)) {
        const std::uint64_t value = second->*member;
        if (value > 0 || with_zeros) values.push_back(static_cast<double>(value));
    }
    Spread spread;
    spread.count = static_cast<double>(values.size());
    if (values.size() < 2) return spread;
    for (const double value : values) spread.mean += value / spread.count;
    double squares = 0;
    for (const double value : values) {
        squares += (value - spread.mean) * (value - spread.mean);
    }
    spread.deviation = std::sqrt(squares / (spread.count - 1));
    return spread;
}

std::uint64_t share(double part, double whole) {
    if (whole <= 0) return 0;
    return static_cast<std::uint64_t>(std::min(std::ceil(part / whole * 1'000), 1e9));
}

/// Thousandths of the earlier throughput. One second says nothing about the spread: then the usual.
std::uint64_t throughput_noise(const RoundResult& before, const RoundResult& now) {
    const Spread old_spread = spread_of(before, &Second::committed, true);
    const Spread new_spread = spread_of(now, &Second::committed, true);
    if (old_spread.count < 2 || new_spread.count < 2) return k_usual_noise_per_mille;
    const double error = std::sqrt(old_spread.deviation * old_spread.deviation / old_spread.count +
                                   new_spread.deviation * new_spread.deviation / new_spread.count);
    return share(k_standard_errors * error, static_cast<double>(before.committed_per_second));
}

std::uint64_t latency_noise(const RoundResult& before, const RoundResult& now,
                            std::uint64_t Second::*member, std::uint64_t earlier_us) {
    const double spread = std::max(spread_of(before, member, false).deviation,
                                   spread_of(now, member, false).deviation);
    return std::max(k_usual_noise_per_mille, share(spread, static_cast<double>(earlier_us)));
}

std::uint64_t difference(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

void add_change(std::vector<Change>& list, Figure figure, std::uint64_t before, std::uint64_t now,
                std::uint64_t noise_per_mille) {
    if (before == 0 || now == 0) return;
    Change change{figure, before, now, noise_per_mille, Verdict::noise};
    if (per_mille(difference(before, now), before) > noise_per_mille) {
        const bool more_is_better = figure == Figure::throughput;
        change.verdict = (now > before) == more_is_better ? Verdict::better : Verdict::worse;
    }
    list.push_back(change);
}

RoundComparison compare_rounds(const RoundResult& before, const RoundResult& now) {
    RoundComparison round;
    round.label = now.label;
    round.same_shape = before.operation == now.operation && before.bundle == now.bundle &&
                       before.validators == now.validators &&
                       before.closed_loop == now.closed_loop && before.open == now.open;
    std::vector<Change>& list = round.changes;
    add_change(list, Figure::throughput, before.committed_per_second, now.committed_per_second,
               throughput_noise(before, now));
    add_change(list, Figure::p50, before.latency.p50_us, now.latency.p50_us,
               latency_noise(before, now, &Second::p50_us, before.latency.p50_us));
    add_change(list, Figure::p99, before.latency.p99_us, now.latency.p99_us,
               latency_noise(before, now, &Second::p99_us, before.latency.p99_us));
    const Costs old_costs = costs_of(before);
    const Costs new_costs = costs_of(now);
    add_change(list, Figure::node_cpu, old_costs.node_cpu_ns, new_costs.node_cpu_ns,
               k_usual_noise_per_mille);
    add_change(list, Figure::written_bytes, old_costs.written_bytes, new_costs.written_bytes,
               k_usual_noise_per_mille);
    add_change(list, Figure::sent_bytes, old_costs.sent_bytes, new_costs.sent_bytes,
               k_usual_noise_per_mille);
    return round;
}

const RoundResult* round_of(const BenchResult& result, const std::string& label) {
    const auto found = std::find_if(result.rounds.begin(), result.rounds.end(),
                                    [&](const RoundResult& one) { return one.label == label; });
    return found == result.rounds.end() ? nullptr : &*found;
}

/// Rounded down so far that 10.0 % and a rest is more than 10 %.
bool fell(const RoundResult& before, const RoundResult& now) {
    if (now.reached_per_mille >= before.reached_per_mille) return false;
    const std::uint64_t lost = before.reached_per_mille - now.reached_per_mille;
    const std::uint64_t noise = std::max(k_usual_noise_per_mille, throughput_noise(before, now));
    return per_mille(lost, before.reached_per_mille) > noise;
}

}  // namespace

Result<BenchResult> read_result(const std::string& path) {
    const auto invalid = [&](const std::string& problem) {
        return tl::unexpected<Error>(Error{codes::bench_file_invalid, path + ": " + problem});
    };
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return invalid("cannot be read");
    const auto json = ledger::parse_json(text.str());
    if (!json) return invalid(json.error().detail);
    auto result = ledger::from_json<BenchResult>(*json);
    if (!result) return invalid(result.error().detail);
    if (result->version != k_result_version) {
        return invalid("version " + std::to_string(result->version));
    }
    return result;
}

Comparison compare(const BenchResult& before, const BenchResult& now) {
    Comparison comparison{before.name, before.started, before.software, true, {}, {}, {}};
    comparison.same_machine = before.machine.processor == now.machine.processor &&
                              before.machine.cores == now.machine.cores &&
                              before.machine.file_system == now.machine.file_system &&
                              before.network == now.network;
    for (const RoundResult& round : now.rounds) {
        if (const RoundResult* earlier = round_of(before, round.label)) {
            comparison.rounds.push_back(compare_rounds(*earlier, round));
        } else {
            comparison.only_now.push_back(round.label);
        }
    }
    for (const RoundResult& round : before.rounds) {
        if (round_of(now, round.label) == nullptr) comparison.only_before.push_back(round.label);
    }
    return comparison;
}

std::vector<std::string> gate_failures(const BenchResult& now, const BenchResult* before) {
    using sim::said;
    std::vector<std::string> reasons;
    bool matched = false;
    for (const RoundResult& round : now.rounds) {
        if (!round.balance.holds()) reasons.push_back(said("bench.gate.balance", {round.label}));
        if (!round.nodes_agree) reasons.push_back(said("bench.gate.nodes", {round.label}));
        if (round.generator_limited) {
            reasons.push_back(said("bench.gate.generator", {round.label}));
        }
        const RoundResult* earlier = before == nullptr ? nullptr : round_of(*before, round.label);
        if (earlier == nullptr) continue;
        matched = true;
        if (fell(*earlier, round)) {
            reasons.push_back(
                said("bench.gate.reached", {round.label, tenths(round.reached_per_mille),
                                            tenths(earlier->reached_per_mille)}));
        }
    }
    if (before != nullptr && !matched) reasons.push_back(said("bench.gate.unmatched"));
    return reasons;
}

}  // namespace cityledger::bench
