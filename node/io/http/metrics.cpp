#include "node/io/http/metrics.hpp"

#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "node/io/http/metric_names.hpp"
#include "node/io/stages.hpp"
#include "node/replica/standing.hpp"

namespace cityledger::io {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::string_view k_prefix = "cityledger_";

MetricFamily family(MetricKind kind, std::string name, std::string_view help) {
    const MetricType type = kind == MetricKind::counter ? MetricType::Counter : MetricType::Gauge;
    return {std::move(name), std::string(help), type, {}};
}

template <class Number>
void add(MetricFamily& to, Number value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = static_cast<double>(value);
    metric.gauge.value = static_cast<double>(value);
    to.metric.push_back(std::move(metric));
}

template <class Number>
MetricFamily single(MetricKind kind, std::string name, std::string_view help, Number value) {
    MetricFamily made = family(kind, std::move(name), help);
    add(made, value);
    return made;
}

std::string full_name(MetricKind kind, std::string_view name) {
    return std::string(k_prefix) + std::string(name) +
           (kind == MetricKind::counter ? "_total" : "");
}

/// What the status knows better than the counters, of a node that has not started, too.
node::Counters with_status(node::Counters counters, const api::StatusView& status) {
    std::uint64_t connected = 0;
    for (const api::PeerView& peer : status.peers) {
        if (peer.connected && peer.name != status.node) ++connected;
    }
    const node::Counters known = {
        {"consensus_height", status.final_height},
        {"consensus_view", status.view},
        {"consensus_voting", status.voting ? 1 : 0},
        {"consensus_quorum_may_vote", status.network_waits_for.empty() ? 1 : 0},
        {"consensus_validators", status.peers.size()},
        {"consensus_evidence", status.evidence},
        {"consensus_nullified_views", status.nullified_views},
        {"blocksync_syncing", status.syncing ? 1 : 0},
        {"state_executed_height", status.executed_height},
        {"mempool_size", status.mempool_transactions},
        {"p2p_peers", connected}};
    for (const auto& [name, value] : known) counters[name] = value;
    return counters;
}

MetricFamily labelled(const LabelledName& name, const node::Counters& counters) {
    MetricFamily made =
        family(MetricKind::counter, full_name(MetricKind::counter, name.name), name.help);
    for (auto it = counters.lower_bound(std::string(name.counted_prefix));
         it != counters.end() && it->first.starts_with(name.counted_prefix); ++it) {
        add(made, it->second,
            {{std::string(name.label), it->first.substr(name.counted_prefix.size())}});
    }
    return made;
}

/// A state set: one line a word, 1 for the word that holds. The text format 0.0.4 knows no state
/// sets, so its type is gauge.
MetricFamily standing_family(const std::string& standing) {
    MetricFamily made =
        family(MetricKind::gauge, "cityledger_consensus_standing",
               "1 for the word that says whether this node votes, or why not; 0 for the others.");
    for (const std::string_view word : ledger::EnumNames<node::Standing>::names) {
        add(made, word == standing ? 1 : 0, {{"standing", std::string(word)}});
    }
    return made;
}

MetricFamily peers_family(const api::StatusView& status) {
    MetricFamily made = family(MetricKind::gauge, "cityledger_p2p_peer_connected",
                               "1 while this validator is connected, else 0.");
    for (const api::PeerView& peer : status.peers) {
        if (peer.name != status.node) add(made, peer.connected ? 1 : 0, {{"peer", peer.name}});
    }
    return made;
}

MetricFamily build_family(const api::StatusView& status) {
    MetricFamily made = family(MetricKind::gauge, "cityledger_build_info",
                               "1, with the version of the program, and node and network.");
    add(made, 1, {{"node", status.node}, {"network", status.network}, {"version", status.version}});
    return made;
}

constexpr double k_micros = 1e6;

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / k_micros;
}

MetricFamily stages_family() {
    MetricFamily made = family(MetricKind::counter, "cityledger_stage_cpu_seconds_total",
                               "CPU time of the process by what it was for.");
    const auto times = stage_cpu_us();
    for (std::size_t i = 0; i < times.size(); ++i) {
        add(made, static_cast<double>(times[i]) / k_micros,
            {{"stage", std::string(ledger::EnumNames<Stage>::names[i])}});
    }
    return made;
}

/// Of this program; ru_maxrss would begin with the peak of the process that started it.
std::uint64_t peak_memory_bytes() {
    constexpr std::uint64_t k_kilobyte = 1024;
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("VmHWM:")) continue;
        return std::strtoull(line.c_str() + 6, nullptr, 10) * k_kilobyte;
    }
    return 0;
}

std::uint64_t resident_memory_bytes() {
    std::uint64_t total_pages = 0;
    std::uint64_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> total_pages >> resident_pages;
    return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::int64_t open_files() {
    std::error_code error;
    std::filesystem::directory_iterator files("/proc/self/fd", error);
    return error ? 0 : std::distance(begin(files), end(files));
}

}  // namespace

MetricFamilies node_metrics(const api::StatusView& status, const node::Counters& counters) {
    const node::Counters all = with_status(counters, status);
    MetricFamilies families{build_family(status), standing_family(status.standing),
                            peers_family(status)};
    for (const MetricName& name : metric_names()) {
        const auto found = all.find(std::string(name.counted));
        if (found == all.end()) continue;
        families.push_back(
            single(name.kind, full_name(name.kind, name.name), name.help, found->second));
    }
    for (const LabelledName& name : labelled_names()) {
        MetricFamily made = labelled(name, all);
        if (!made.metric.empty()) families.push_back(std::move(made));
    }
    return families;
}

MetricFamilies process_metrics() {
    using enum MetricKind;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    constexpr std::uint64_t k_block = 512;  // the unit of ru_oublock
    return {single(gauge, "process_resident_memory_bytes", "Resident memory of the process.",
                   resident_memory_bytes()),
            single(counter, "process_cpu_seconds_total", "CPU time of the process.",
                   seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime)),
            single(gauge, "process_peak_memory_bytes", "Most resident memory since the start.",
                   peak_memory_bytes()),
            single(counter, "process_written_bytes_total",
                   "Bytes written to disks; 0 where the system does not tell.",
                   static_cast<std::uint64_t>(usage.ru_oublock) * k_block),
            single(gauge, "process_open_fds", "Open files of the process.", open_files()),
            stages_family()};
}

std::string metrics_text(const MetricFamilies& families) {
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, families);
    return text.str();
}

}  // namespace cityledger::io
