#include "sim/bench/plan.hpp"

#include <algorithm>

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_second = 1'000;
constexpr std::uint64_t k_open_bundles = 20'000;
constexpr std::uint64_t k_open_singles = 2'000;

/// The other kind of the same city, where a profile has rounds of both.
Workload plain_of(Workload workload) {
    return workload == Workload::sealed_invoice ? Workload::plain_invoice : workload;
}

Round closed(std::string label, Workload workload, std::uint64_t bundle, std::uint64_t seconds) {
    Round round;
    round.label = std::move(label);
    round.mix = {{1, workload, {}}};
    round.bundle = bundle;
    round.rate.open = bundle == 1 ? k_open_singles : std::max(k_open_bundles, bundle * 8);
    round.duration_ms = seconds * k_second;
    return round;
}

/// The same shape at half of what that round reached.
Round half_of(const Round& full, std::string label, std::uint64_t seconds) {
    Round round = full;
    round.label = std::move(label);
    round.rate = {};
    round.rate.kind = RateKind::share;
    round.rate.share_per_cent = 50;
    round.rate.of_round = full.label;
    round.duration_ms = seconds * k_second;
    return round;
}

Round idle(Workload workload, std::uint64_t seconds) {
    Round round = closed("single, idle", workload, 1, seconds);
    round.rate.open = 1;
    round.warm_up_ms = k_second;
    return round;
}

Round with_faults(Round round, std::string label, sim::FaultKind first, sim::FaultKind then) {
    round.label = std::move(label);
    round.duration_ms = 40 * k_second;
    round.faults = {{10 * k_second, first, 3}, {25 * k_second, then, 3}};
    return round;
}

Plan quick(Workload workload) {
    const Round peak = closed("bundle of 100", workload, 100, 10);
    return {"quick",
            {peak, half_of(peak, "bundle of 100, half load", 8),
             closed("single", plain_of(workload), 1, 8), idle(plain_of(workload), 4)}};
}

Plan headline(Workload workload) {
    const Round single = closed("single", plain_of(workload), 1, 20);
    const Round peak = closed("bundle of 100", workload, 100, 60);
    const Round half = half_of(single, "single, half load", 20);
    Plan plan{"headline", {single, half, idle(plain_of(workload), 10), peak}};
    if (plain_of(workload) != workload) {
        plan.rounds.push_back(closed("bundle of 100, plain", plain_of(workload), 100, 60));
    }
    plan.rounds.push_back(half_of(peak, "bundle of 100, half load", 30));
    plan.rounds.push_back(with_faults(half, "single, half load, one killed", sim::FaultKind::kill,
                                      sim::FaultKind::restart));
    plan.rounds.push_back(with_faults(half, "single, half load, one paused", sim::FaultKind::pause,
                                      sim::FaultKind::resume));
    return plan;
}

/// One dial at a time, from the middle of all others.
Plan sweep(Workload workload) {
    constexpr std::uint64_t k_seconds = 15;
    Plan plan{"sweep", {}};
    for (const std::uint64_t bundle : {1, 10, 100, 1'000}) {
        plan.rounds.push_back(
            closed("bundle of " + std::to_string(bundle), workload, bundle, k_seconds));
    }
    for (const std::uint64_t senders : {1, 7'600, 100'000}) {
        Round round = closed(std::to_string(senders) + " senders", workload, 100, k_seconds);
        round.senders = senders;
        plan.rounds.push_back(round);
    }
    for (const std::size_t validators : {4, 7, 16, 31}) {
        Round round = closed(std::to_string(validators) + " validators", workload, 100, k_seconds);
        round.validators = validators;
        plan.rounds.push_back(round);
    }
    const Round base = closed("bundle of 100", workload, 100, k_seconds);
    plan.rounds.push_back(with_faults(half_of(base, "", k_seconds), "one killed",
                                      sim::FaultKind::kill, sim::FaultKind::restart));
    plan.rounds.push_back(with_faults(half_of(base, "", k_seconds), "one paused",
                                      sim::FaultKind::pause, sim::FaultKind::resume));
    for (const std::uint64_t state : {10'000, 100'000, 1'000'000, 10'000'000}) {
        Round round = closed(std::to_string(state) + " in state", workload, 100, k_seconds);
        round.state = state;
        plan.rounds.push_back(round);
    }
    return plan;
}

}  // namespace

std::string_view workload_name(Workload workload) {
    switch (workload) {
        case Workload::sealed_invoice: return "sealed_invoice";
        case Workload::plain_invoice: return "plain_invoice";
        case Workload::refused_invoice: return "refused_invoice";
        case Workload::directory_request: return "directory_request";
        case Workload::call: return "call";
    }
    return "";
}

std::optional<Plan> profile_plan(std::string_view profile, Workload workload) {
    if (profile == "quick") return quick(workload);
    if (profile == "headline") return headline(workload);
    if (profile == "sweep") return sweep(workload);
    return std::nullopt;
}

std::uint64_t sending_ms(const Plan& plan) {
    std::uint64_t sum = 0;
    for (const Round& round : plan.rounds) sum += round.warm_up_ms + round.duration_ms;
    return sum;
}

}  // namespace cityledger::bench
