// A comparison in words.

#include "sim/bench/compare.hpp"
#include "sim/bench/figures.hpp"
#include "sim/bench/round_summary.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::bench {
namespace {

using sim::named_lines;
using sim::paragraph;
using sim::said;

constexpr std::size_t k_name_columns = 14;

std::string name_of(Figure figure) {
    switch (figure) {
        case Figure::throughput: return said("bench.figure.throughput");
        case Figure::p50: return said("bench.figure.p_fifty");
        case Figure::p99: return said("bench.figure.p_ninety_nine");
        case Figure::node_cpu: return said("bench.figure.cpu");
        case Figure::written_bytes: return said("bench.figure.disk");
        case Figure::sent_bytes: return said("bench.figure.wire");
    }
    return {};
}

std::string unit_of(Figure figure) {
    switch (figure) {
        case Figure::throughput: return said("bench.measure.rate");
        case Figure::p50:
        case Figure::p99: return said("bench.measure.ms");
        case Figure::node_cpu: return said("bench.measure.us");
        case Figure::written_bytes:
        case Figure::sent_bytes: return said("bench.measure.bytes");
    }
    return {};
}

std::string word_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::better: return said("bench.verdict.better");
        case Verdict::worse: return said("bench.verdict.worse");
        case Verdict::noise: return said("bench.verdict.noise");
    }
    return {};
}

std::string number_of(Figure figure, std::uint64_t number) {
    const bool in_thousands =
        figure == Figure::p50 || figure == Figure::p99 || figure == Figure::node_cpu;
    return in_thousands ? milliseconds(number) : grouped(number);
}

std::string change_lines(const Change& change) {
    const bool more = change.now >= change.before;
    const std::uint64_t difference = more ? change.now - change.before : change.before - change.now;
    const std::string percent =
        (more ? "+" : "-") + tenths(per_mille(difference, change.before)) + "%";
    return named_lines(
        name_of(change.figure), k_name_columns,
        said("bench.change", {number_of(change.figure, change.before),
                              number_of(change.figure, change.now), unit_of(change.figure), percent,
                              word_of(change.verdict), tenths(change.noise_per_mille)}));
}

std::string listed(const std::vector<std::string>& labels) {
    std::string text;
    for (const std::string& label : labels) text += (text.empty() ? "" : ", ") + label;
    return text;
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
    std::string text = paragraph(
        said("bench.against", {comparison.name, comparison.started, comparison.software}));
    if (!comparison.same_machine) text += paragraph(said("bench.against.machine"));
    for (const RoundComparison& round : comparison.rounds) {
        text += paragraph(round.label);
        if (!round.same_shape) text += paragraph(said("bench.against.shape"));
        for (const Change& change : round.changes) text += change_lines(change);
    }
    if (!comparison.only_before.empty()) {
        text += paragraph(said("bench.against.gone", {listed(comparison.only_before)}));
    }
    if (!comparison.only_now.empty()) {
        text += paragraph(said("bench.against.new", {listed(comparison.only_now)}));
    }
    return text;
}

}  // namespace cityledger::bench
