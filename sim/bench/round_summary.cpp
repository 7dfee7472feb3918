#include "sim/bench/round_summary.hpp"

#include <algorithm>

#include "sim/bench/send_queue.hpp"

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_micros = 1'000'000;
/// A generator whose connections waited, and were still this late, was no good clock.
constexpr std::uint64_t k_generator_late_us = 50'000;

/// With fewer operations open a single transaction on its way is a large part of them.
constexpr std::uint64_t k_open_that_matter = 100;

/// The difference of two readings of a counter; 0 if it was reset between them.
std::uint64_t grown(std::uint64_t from, std::uint64_t to) { return to > from ? to - from : 0; }

Balance balance_of(const RoundRecord& record) {
    Balance balance;
    for (const TransactionRecord& one : record.transactions) {
        if (one.fate == Fate::planned) continue;
        balance.sent += one.operations;
        switch (one.fate) {
            case Fate::executed:
                balance.committed += one.committed;
                balance.refused += one.operations - one.committed;
                break;
            case Fate::refused: balance.refused += one.operations; break;
            case Fate::accepted: balance.pending += one.operations; break;
            default: balance.unknown += one.operations; break;
        }
    }
    return balance;
}

/// The chain that was followed farthest: what it counts is what the network committed.
const NodeChain* longest_chain(const RoundRecord& record) {
    const NodeChain* longest = nullptr;
    for (const NodeRecord& node : record.nodes) {
        if (longest == nullptr || node.chain.states.size() > longest->states.size()) {
            longest = &node.chain;
        }
    }
    return longest;
}

std::vector<Refused> refusals_of(const RoundRecord& record) {
    std::map<std::string, std::uint64_t> by_code = record.refused_on_admission;
    if (const NodeChain* chain = longest_chain(record)) {
        for (const auto& [code, count] : chain->refused_by_code) by_code[code] += count;
    }
    std::vector<Refused> list;
    for (const auto& [code, count] : by_code) list.push_back({code, count});
    return list;
}

/// At every height that two complete chains both hold their roots are equal, and all complete ones
/// count the same operations.
bool chains_agree(const RoundRecord& record) {
    std::map<std::uint64_t, std::string> states;
    const NodeChain* first = nullptr;
    for (const NodeRecord& node : record.nodes) {
        for (const auto& [height, state] : node.chain.states) {
            if (states.emplace(height, state).first->second != state) return false;
        }
        if (!node.chain.complete) continue;
        if (first == nullptr) first = &node.chain;
        if (node.chain.committed != first->committed || node.chain.refused != first->refused) {
            return false;
        }
    }
    return first != nullptr;
}

/// What clients were told is what the blocks hold.
bool blocks_hold(const RoundResult& result) {
    return std::all_of(result.nodes.begin(), result.nodes.end(), [&](const NodeUse& node) {
        return !node.compared || node.committed == result.balance.committed;
    });
}

/// The latest sample up to this second that the node answered.
const NodeCounters* counters_at(const NodeRecord& node, std::uint64_t second) {
    const NodeCounters* latest = nullptr;
    for (const NodeSample& sample : node.samples) {
        if (sample.second > second) break;
        if (sample.counters) latest = &*sample.counters;
    }
    return latest;
}

std::vector<Second> seconds_of(const Round& round, const Rate& rate, const RoundRecord& record) {
    std::uint64_t last_us = record.end_us;
    for (const TransactionRecord& one : record.transactions) {
        last_us = std::max({last_us, one.sent_us, one.done_us});
    }
    std::vector<Second> seconds(std::min<std::uint64_t>(last_us / k_micros + 1, k_max_seconds));
    std::vector<LatencyHistogram> latencies(seconds.size());
    const auto at = [&](std::uint64_t us) -> Second& {
        return seconds[std::min<std::size_t>(us / k_micros, seconds.size() - 1)];
    };
    for (const TransactionRecord& one : record.transactions) {
        if (one.fate == Fate::planned) continue;
        at(one.sent_us).sent += one.operations;
        if (one.fate != Fate::executed && one.fate != Fate::refused) continue;
        Second& end = at(one.done_us);
        end.committed += one.committed;
        end.refused += one.operations - one.committed;
        latencies[static_cast<std::size_t>(&end - seconds.data())].add(
            one.done_us - std::min(one.done_us, one.intended_us), one.committed);
    }
    const std::uint64_t duration_us = (round.warm_up_ms + round.duration_ms) * 1'000;
    const std::uint64_t planned = planned_operations(rate, duration_us);
    for (std::uint64_t number = 0; number < planned; number += round.bundle) {
        at(due_us(rate, number, duration_us)).offered += round.bundle;
    }
    std::uint64_t waiting = 0;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
        Second& second = seconds[i];
        second.second = i;
        second.warm_up = i * k_micros < record.warm_up_us;
        if (planned == 0) second.offered = second.sent;
        waiting += second.sent;
        waiting -= std::min(waiting, second.committed + second.refused);
        second.waiting = waiting;
        const Latency latency = latencies[i].summary();
        second.p50_us = latency.p50_us;
        second.p99_us = latency.p99_us;
        second.max_us = latency.max_us;
        for (const NodeRecord& node : record.nodes) {
            const NodeCounters* from = counters_at(node, i);
            const NodeCounters* to = counters_at(node, i + 1);
            const bool known = from != nullptr && to != nullptr;
            second.node_cpu_ms.push_back(known ? grown(from->cpu_us, to->cpu_us) / 1'000 : 0);
            if (!known) continue;
            second.blocks = std::max(second.blocks, grown(from->height, to->height));
            second.nullified_views =
                std::max(second.nullified_views, grown(from->nullified_views, to->nullified_views));
        }
        if (i + 1 < record.generator_cpu_us.size()) {
            second.generator_cpu_ms =
                grown(record.generator_cpu_us[i], record.generator_cpu_us[i + 1]) / 1'000;
        }
    }
    return seconds;
}

/// A closed loop whose generator kept less than half of the allowed operations open, on average.
bool kept_too_few_open(const Rate& rate, std::uint64_t from_second, std::uint64_t to_second,
                       const std::vector<Second>& seconds) {
    if (rate.kind != RateKind::closed || rate.open < k_open_that_matter) return false;
    std::uint64_t sum = 0;
    std::uint64_t count = 0;
    for (std::uint64_t i = from_second; i < to_second && i < seconds.size(); ++i, ++count) {
        sum += seconds[i].waiting;
    }
    return count > 0 && sum / count < rate.open / 2;
}

NodeUse use_of(const NodeRecord& node, std::uint64_t from_second, std::uint64_t to_second) {
    NodeUse use;
    use.node = node.name;
    use.folder_bytes = node.folder_bytes;
    use.committed = node.chain.committed;
    use.refused = node.chain.refused;
    use.blocks = node.chain.states.size();
    use.compared = node.chain.complete;
    if (!node.chain.states.empty()) {
        use.last_height = node.chain.states.rbegin()->first;
        use.last_state = node.chain.states.rbegin()->second;
    }
    const NodeCounters* from = counters_at(node, from_second);
    const NodeCounters* to = counters_at(node, to_second);
    if (from == nullptr || to == nullptr) return use;
    use.cpu_us = grown(from->cpu_us, to->cpu_us);
    use.peak_memory_bytes = to->peak_memory_bytes;
    use.written_bytes = grown(from->written_bytes, to->written_bytes);
    use.sent_bytes = grown(from->sent_bytes, to->sent_bytes);
    use.received_bytes = grown(from->received_bytes, to->received_bytes);
    return use;
}

std::vector<StageCpu> stages_of(const RoundRecord& record, std::uint64_t from_second,
                                std::uint64_t to_second) {
    std::map<std::string, std::uint64_t> sums;
    for (const NodeRecord& node : record.nodes) {
        const NodeCounters* from = counters_at(node, from_second);
        const NodeCounters* to = counters_at(node, to_second);
        if (from == nullptr || to == nullptr) continue;
        for (const auto& [stage, cpu_us] : to->stages_cpu_us) {
            const auto before = from->stages_cpu_us.find(stage);
            sums[stage] += grown(before == from->stages_cpu_us.end() ? 0 : before->second, cpu_us);
        }
    }
    std::vector<StageCpu> stages;
    for (const auto& [stage, cpu_us] : sums) stages.push_back({stage, cpu_us});
    std::stable_sort(stages.begin(), stages.end(),
                     [](const StageCpu& a, const StageCpu& b) { return a.cpu_us > b.cpu_us; });
    return stages;
}

/// Latency counts what should have been sent in the measured time; the rate, what ended in it.
void add_rates(const RoundRecord& record, RoundResult& result) {
    LatencyHistogram latencies;
    std::uint64_t committed = 0;
    std::uint64_t offered = 0;
    const auto measured = [&](std::uint64_t us) {
        return us >= record.warm_up_us && us < record.end_us;
    };
    for (const TransactionRecord& one : record.transactions) {
        if (one.fate == Fate::planned) continue;
        if (measured(one.intended_us)) offered += one.operations;
        if (one.fate != Fate::executed) continue;
        if (measured(one.done_us)) committed += one.committed;
        if (measured(one.intended_us)) {
            latencies.add(one.done_us - std::min(one.done_us, one.intended_us), one.committed);
        }
    }
    result.latency = latencies.summary();
    result.buckets = latencies.buckets();
    const std::uint64_t span_us = record.end_us - record.warm_up_us;
    result.measured_ms = span_us / 1'000;
    if (span_us == 0) return;
    result.committed_per_second = committed * k_micros / span_us;
    result.offered_per_second = offered * k_micros / span_us;
}

std::string operation_text(const Round& round) {
    std::string text;
    for (const MixPart& part : round.mix) {
        if (!text.empty()) text += " + ";
        if (round.mix.size() > 1) text += std::to_string(part.weight) + " ";
        text += part.workload == Workload::call ? part.call.contract + "." + part.call.method
                                                : std::string(workload_name(part.workload));
    }
    return text;
}

void add_remarks(const RoundRecord& record, RoundResult& result) {
    result.interrupted = record.interrupted;
    if (record.interrupted) result.remarks.emplace_back("interrupted before its end");
    if (record.sent_again > 0) {
        result.remarks.push_back(grouped(record.sent_again) +
                                 " transactions were sent again to another node");
    }
    if (record.held_back > 0) {
        result.remarks.push_back("a full node was asked again " + grouped(record.held_back) +
                                 " times");
    }
    for (const NodeUse& node : result.nodes) {
        if (!node.compared) {
            result.remarks.push_back(node.node + " was away or behind at the end: not compared");
        }
    }
}

}  // namespace

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
    return text;
}

std::string rate_text(const Rate& rate) {
    switch (rate.kind) {
        case RateKind::closed: return "closed, " + grouped(rate.open) + " open";
        case RateKind::linear:
            return "linear " + grouped(rate.from_per_second) + " to " +
                   grouped(rate.to_per_second) + "/s";
        default: return "fixed " + grouped(rate.from_per_second) + "/s";
    }
}

RoundResult summarize(const Round& round, const Rate& rate, const RoundRecord& record) {
    RoundResult result;
    result.label = round.label;
    result.operation = operation_text(round);
    result.rate = rate_text(rate);
    result.closed_loop = rate.kind == RateKind::closed;
    if (result.closed_loop) result.open = rate.open;
    result.bundle = round.bundle;
    result.senders = round.senders;
    result.validators = record.nodes.size();
    result.warm_up_ms = round.warm_up_ms;
    result.balance = balance_of(record);
    result.refused = refusals_of(record);
    add_rates(record, result);
    result.seconds = seconds_of(round, rate, record);
    result.marks = record.marks;
    const std::uint64_t from_second = record.warm_up_us / k_micros;
    const std::uint64_t to_second = record.end_us / k_micros;
    result.stages = stages_of(record, from_second, to_second);
    for (const NodeRecord& node : record.nodes) {
        result.nodes.push_back(use_of(node, from_second, to_second));
    }
    result.nodes_agree = chains_agree(record) && blocks_hold(result);
    for (const Second& second : result.seconds) {
        if (second.second < from_second || second.second >= to_second) continue;
        result.generator_cpu_us += second.generator_cpu_ms * 1'000;
        result.nullified_views += second.nullified_views;
    }
    result.generator_late_p99_us = record.late.percentile(99'000);
    result.generator_limited = result.generator_late_p99_us > k_generator_late_us ||
                               kept_too_few_open(rate, from_second, to_second, result.seconds);
    add_remarks(record, result);
    return result;
}

}  // namespace cityledger::bench
