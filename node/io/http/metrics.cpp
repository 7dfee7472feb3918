#include "node/io/http/metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "node/io/stages.hpp"

namespace cityledger::io {
namespace {

constexpr std::string_view k_prefix = "cityledger_";
/// What is counted and may fall again.
constexpr std::string_view k_gauges[] = {"event_followers", "mempool_batches_held",
                                         "mempool_size_bytes"};

void append_metric(std::string& text, std::string_view prefix, std::string_view name,
                   std::string_view type, const std::string& value) {
    const std::string full = std::string(prefix) + std::string(name);
    text += "# TYPE " + full + " " + std::string(type) + "\n" + full + " " + value + "\n";
}

node::Counters gauges_of(const api::StatusView& status) {
    std::uint64_t connected = 0;
    for (const api::PeerView& peer : status.peers) {
        if (peer.connected && peer.name != status.node) ++connected;
    }
    return {{"consensus_height", status.final_height},
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
}

/// Peers' names come from the genesis; quotes and backslashes would break the line.
std::string escape_label(std::string_view value) {
    std::string escaped;
    for (const char c : value) {
        if (c == '"' || c == '\\') escaped += '\\';
        escaped += c == '\n' ? ' ' : c;
    }
    return escaped;
}

/// A state set: one line a word, 1 for the word that holds. In the text format 0.0.4, which knows
/// no state sets, its type is gauge.
std::string standing_text(const std::string& standing) {
    std::string text = "# TYPE cityledger_consensus_standing gauge\n";
    for (const std::string_view word : ledger::EnumNames<node::Standing>::names) {
        text += "cityledger_consensus_standing{standing=\"" + std::string(word) + "\"} " +
                (word == standing ? "1" : "0") + "\n";
    }
    return text;
}

constexpr std::uint64_t k_micros = 1'000'000;

std::string seconds_text(std::uint64_t micros) {
    std::string fraction = std::to_string(micros % k_micros);
    fraction.insert(0, 6 - fraction.size(), '0');
    return std::to_string(micros / k_micros) + "." + fraction;
}

std::uint64_t cpu_micros(const rusage& usage) {
    const auto of = [](const timeval& time) {
        return static_cast<std::uint64_t>(time.tv_sec) * k_micros +
               static_cast<std::uint64_t>(time.tv_usec);
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

std::string stages_text() {
    std::string text = "# TYPE cityledger_stage_cpu_seconds_total counter\n";
    const auto times = stage_cpu_us();
    for (std::size_t i = 0; i < times.size(); ++i) {
        text += "cityledger_stage_cpu_seconds_total{stage=\"" +
                std::string(ledger::EnumNames<Stage>::names[i]) + "\"} " + seconds_text(times[i]) +
                "\n";
    }
    return text;
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

}  // namespace

std::string metrics_text(const api::StatusView& status, const node::Counters& counters) {
    std::string text;
    node::Counters gauges = gauges_of(status);
    for (const auto& [name, value] : counters) {
        if (std::find(std::begin(k_gauges), std::end(k_gauges), name) != std::end(k_gauges)) {
            gauges.emplace(name, value);
        } else if (!gauges.contains(name)) {
            append_metric(text, k_prefix, name + "_total", "counter", std::to_string(value));
        }
    }
    for (const auto& [name, value] : gauges) {
        append_metric(text, k_prefix, name, "gauge", std::to_string(value));
    }
    text += standing_text(status.standing);
    text += "# TYPE cityledger_p2p_peer_connected gauge\n";
    for (const api::PeerView& peer : status.peers) {
        if (peer.name == status.node) continue;
        text += "cityledger_p2p_peer_connected{peer=\"" + escape_label(peer.name) + "\"} " +
                (peer.connected ? "1" : "0") + "\n";
    }
    return text;
}

std::string process_metrics_text() {
    std::string text;
    std::uint64_t total_pages = 0;
    std::uint64_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> total_pages >> resident_pages;
    const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    append_metric(text, "", "process_resident_memory_bytes", "gauge",
                  std::to_string(resident_pages * page_bytes));
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    append_metric(text, "", "process_cpu_seconds_total", "counter",
                  seconds_text(cpu_micros(usage)));
    append_metric(text, "", "process_peak_memory_bytes", "gauge",
                  std::to_string(peak_memory_bytes()));
    constexpr std::uint64_t k_block = 512;  // the unit of ru_oublock
    append_metric(text, "", "process_written_bytes_total", "counter",
                  std::to_string(static_cast<std::uint64_t>(usage.ru_oublock) * k_block));
    text += stages_text();
    std::error_code error;
    std::filesystem::directory_iterator files("/proc/self/fd", error);
    const auto open_files = error ? 0 : std::distance(begin(files), end(files));
    append_metric(text, "", "process_open_fds", "gauge", std::to_string(open_files));
    return text;
}

}  // namespace cityledger::io
