#include "sim/bench/report_text.hpp"

#include <algorithm>

#include "sim/bench/figures.hpp"
#include "sim/bench/round_summary.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::bench {
namespace {

using sim::named_lines;
using sim::paragraph;
using sim::printable;
using sim::said;
using sim::to_width;
using sim::to_width_right;

constexpr std::size_t k_name_columns = 14;
constexpr std::size_t k_label_columns = 26;
constexpr std::size_t k_number_columns = 11;

std::string row(std::string_view id, const std::string& value) {
    return named_lines(said(id), k_name_columns, value);
}

/// A list in one text: "a, b, c".
void append(std::string& list, const std::string& item) {
    if (!list.empty()) list += ", ";
    list += item;
}

/// "invoices" if the round made nothing else.
std::string unit_of(const RoundResult& round) {
    return round.operation.ends_with("invoice") && round.operation.find('+') == std::string::npos
               ? said("bench.unit.invoices")
               : said("bench.unit.operations");
}

std::string latency_rows(const RoundResult& round) {
    const Latency& latency = round.latency;
    std::string text =
        row("bench.row.latency",
            said("bench.latency", {milliseconds(latency.p50_us), milliseconds(latency.p90_us),
                                   milliseconds(latency.p99_us), milliseconds(latency.p999_us),
                                   milliseconds(latency.max_us)}));
    if (round.closed_loop) {
        text += row("bench.row.more", said("bench.latency.closed", {grouped(round.open)}));
    }
    return text;
}

std::string agreement_text(const RoundResult& round) {
    if (round.nodes_agree) return said("bench.agree");
    const bool any = std::any_of(round.nodes.begin(), round.nodes.end(),
                                 [](const NodeUse& node) { return node.compared; });
    return any ? said("bench.disagree") : said("bench.not_compared");
}

std::string balance_rows(const RoundResult& round) {
    const Balance& balance = round.balance;
    std::string text =
        row("bench.row.balance",
            said(balance.holds() ? "bench.balance" : "bench.balance.broken",
                 {grouped(balance.sent), grouped(balance.committed), grouped(balance.refused),
                  grouped(balance.unknown), grouped(balance.pending)}));
    text += row("bench.row.nodes", agreement_text(round));
    std::string refused;
    for (const Refused& one : round.refused) append(refused, one.code + " " + grouped(one.count));
    if (!refused.empty()) text += row("bench.row.refused", refused);
    return text;
}

std::string limit_rows(const RoundResult& round) {
    std::string text;
    const auto lowest =
        std::find_if(round.ceilings.begin(), round.ceilings.end(),
                     [&](const Ceiling& one) { return one.name == round.lowest_ceiling; });
    if (lowest != round.ceilings.end()) {
        text +=
            row("bench.row.limit",
                said("bench.limit", {lowest->name, tenths(round.reached_per_mille),
                                     grouped(lowest->operations_per_second), lowest->measured}));
    }
    if (round.generator_limited) {
        text += row("bench.row.generator",
                    said("bench.generator.limited", {milliseconds(round.generator_late_p99_us)}));
    }
    return text;
}

/// Each stage in per cent of the nodes' CPU, and what no stage counts.
std::string stage_text(const RoundResult& round) {
    std::uint64_t counted = 0;
    std::uint64_t all = 0;
    for (const StageCpu& stage : round.stages) counted += stage.cpu_us;
    for (const NodeUse& node : round.nodes) all += node.cpu_us;
    all = std::max(all, counted);
    std::string text;
    for (const StageCpu& stage : round.stages) {
        append(text, stage.stage + " " + tenths(per_mille(stage.cpu_us, all)) + "%");
    }
    if (!text.empty() && all > counted) {
        append(text, said("bench.stage.other", {tenths(per_mille(all - counted, all))}));
    }
    return text;
}

std::string cost_rows(const RoundResult& round) {
    const Costs costs = costs_of(round);
    std::string text;
    if (costs.node_cpu_ns > 0) {
        text += row("bench.row.cpu", said("bench.cpu", {milliseconds(costs.node_cpu_ns),
                                                        milliseconds(costs.generator_ns)}));
    }
    const std::string stages = stage_text(round);
    if (!stages.empty()) text += row("bench.row.stages", stages);
    std::string bytes;
    if (costs.written_bytes > 0) {
        append(bytes, said("bench.bytes.written", {grouped(costs.written_bytes)}));
    }
    if (costs.folder_bytes > 0) {
        append(bytes, said("bench.bytes.folder", {grouped(costs.folder_bytes)}));
    }
    if (costs.sent_bytes > 0) {
        append(bytes, said("bench.bytes.sent", {grouped(costs.sent_bytes)}));
    }
    if (!bytes.empty()) text += row("bench.row.bytes", said("bench.bytes", {bytes}));
    return text;
}

std::string event_rows(const RoundResult& round) {
    std::string text;
    std::string marks;
    for (const Mark& mark : round.marks) {
        append(marks, said("bench.mark", {tenths(mark.at_ms / 100), mark.text}));
    }
    if (!marks.empty()) text += row("bench.row.faults", marks);
    if (round.nullified_views > 0) {
        text += row("bench.row.views", said("bench.nullified", {grouped(round.nullified_views)}));
    }
    for (const std::string& remark : round.remarks) text += row("bench.row.remark", remark);
    return text;
}

std::string round_block(const RoundResult& round, std::size_t number) {
    const std::string seconds = tenths(round.measured_ms / 100);
    return paragraph(said("bench.round", {std::to_string(number), round.label})) +
           row("bench.row.operation",
               said("bench.operation", {round.operation, grouped(round.bundle),
                                        grouped(round.senders), grouped(round.validators)})) +
           row("bench.row.rate", round.rate) +
           row("bench.row.committed", said("bench.committed", {grouped(round.committed_per_second),
                                                               unit_of(round), seconds})) +
           row("bench.row.offered", said("bench.offered", {grouped(round.offered_per_second)})) +
           latency_rows(round) + balance_rows(round) + limit_rows(round) + cost_rows(round) +
           event_rows(round) + "\n";
}

std::string summary_line(const std::string& label, const std::string& committed,
                         const std::string& p50, const std::string& p99, const std::string& reached,
                         const std::string& state) {
    std::string text = to_width(label, k_label_columns);
    for (const std::string* number : {&committed, &p50, &p99}) {
        text += to_width_right(*number, k_number_columns);
    }
    text += to_width_right(reached, k_number_columns - 2) + "  " + state;
    while (text.ends_with(' ')) text.pop_back();
    return text + "\n";
}

std::string summary_of(const BenchResult& result) {
    const auto ms = [](std::uint64_t us) {
        const std::string exact = milliseconds(us);
        return exact.size() < k_number_columns ? exact : short_number(us / 1'000);
    };
    std::string text = summary_line(said("bench.summary.round"), said("bench.summary.committed"),
                                    said("bench.summary.p50"), said("bench.summary.p99"),
                                    said("bench.summary.reached"), "");
    for (const RoundResult& round : result.rounds) {
        std::string state;
        if (!round.balance.holds() || !round.nodes_agree) {
            state = "!!!";
        } else if (round.generator_limited) {
            state = said("bench.summary.generator");
        }
        const std::string reached = round.reached_per_mille > 99'999
                                        ? short_number(round.reached_per_mille / 10)
                                        : tenths(round.reached_per_mille);
        text += summary_line(printable(round.label), short_number(round.committed_per_second),
                             ms(round.latency.p50_us), ms(round.latency.p99_us), reached, state);
    }
    return text;
}

}  // namespace

std::string result_table(const BenchResult& result) {
    std::string text = paragraph(said("bench.title", {result.name, result.started}));
    for (const std::string& label : result.labels) text += paragraph(said("bench.label", {label}));
    if (result.interrupted) text += paragraph(said("bench.ended.early"));
    text += "\n";
    for (std::size_t i = 0; i < result.rounds.size(); ++i) {
        text += round_block(result.rounds[i], i + 1);
    }
    return result.rounds.size() > 1 ? text + summary_of(result) : text;
}

}  // namespace cityledger::bench
