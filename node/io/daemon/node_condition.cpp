#include "node/io/daemon/node_condition.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace cityledger::io {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::int64_t k_seconds_per_day = 24 * 60 * 60;

/// A control group without a limit says "max", which is no number.
std::uint64_t memory_limit_bytes() {
    const std::uint64_t machine = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                  static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::uint64_t limit = 0;
    std::ifstream group("/sys/fs/cgroup/memory.max");
    return group >> limit ? std::min(limit, machine) : machine;
}

std::uint64_t resident_bytes() {
    std::uint64_t all_pages = 0;
    std::uint64_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> all_pages >> resident_pages;
    return resident_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

template <class Number>
MetricFamily gauge(std::string name, std::string help, Number value) {
    ClientMetric metric;
    metric.gauge.value = static_cast<double>(value);
    return {std::move(name), std::move(help), MetricType::Gauge, {std::move(metric)}};
}

}  // namespace

std::int64_t days_left(std::int64_t ends_unix_s, std::int64_t now_unix_s) {
    const std::int64_t seconds = ends_unix_s - now_unix_s;
    return seconds / k_seconds_per_day - (seconds % k_seconds_per_day < 0 ? 1 : 0);
}

std::optional<std::int64_t> certificate_warning(std::int64_t days) {
    for (const std::int64_t warning : k_certificate_warning_days) {
        if (days <= warning) return warning;
    }
    return std::nullopt;
}

std::optional<std::int64_t> NodeCondition::new_warning(std::int64_t now_unix_s) {
    const std::int64_t days = days_left(certificate_ends_unix_s_, now_unix_s);
    const auto warning = certificate_warning(days);
    if (warning == warned_days_) return std::nullopt;
    warned_days_ = warning;
    return warning ? std::optional(days) : std::nullopt;  // none: the clock went back
}

api::ConditionView NodeCondition::view(const node::Counters& counters,
                                       std::int64_t now_unix_s) const {
    api::ConditionView view;
    view.certificate_ends_unix_s = certificate_ends_unix_s_;
    view.certificate_days_left = days_left(certificate_ends_unix_s_, now_unix_s);
    view.certificate_ends_soon = certificate_warning(view.certificate_days_left).has_value();
    view.disk_free_bytes = files_.free_bytes(log_folder_).value_or(0);
    view.disk_needed_bytes = disk_needed_bytes_;
    view.memory_bytes = resident_bytes();
    view.memory_limit_bytes = memory_limit_bytes();
    for (std::size_t i = 0; i < contradictions_.size(); ++i) {
        if (contradictions_[i] == 0) continue;
        view.liars.push_back({validators_.validators()[i].name, contradictions_[i]});
    }
    const std::string ended = "p2p_closed_";
    for (auto it = counters.lower_bound(ended);
         it != counters.end() && it->first.starts_with(ended); ++it) {
        view.ended_connections.push_back({it->first.substr(ended.size()), it->second});
    }
    return view;
}

std::vector<MetricFamily> NodeCondition::collect() const {
    MetricFamily lies{"cityledger_consensus_contradictions_total",
                      "Views in which this validator contradicted itself, as this node has seen.",
                      MetricType::Counter,
                      {}};
    for (std::size_t i = 0; i < contradictions_.size(); ++i) {
        ClientMetric metric;
        metric.label = {{"validator", validators_.validators()[i].name}};
        metric.counter.value = static_cast<double>(contradictions_[i]);
        lies.metric.push_back(std::move(metric));
    }
    std::vector<MetricFamily> families{
        gauge("cityledger_certificate_end_timestamp_seconds",
              "When the node's certificate ends, in seconds since 1970.", certificate_ends_unix_s_),
        gauge("cityledger_disk_needed_bytes",
              "Free bytes that the next file of the block log needs at most.", disk_needed_bytes_),
        gauge("cityledger_memory_limit_bytes", "Memory of the control group, else of the machine.",
              memory_limit_bytes()),
        std::move(lies)};
    if (const auto free = files_.free_bytes(log_folder_)) {
        families.push_back(
            gauge("cityledger_disk_free_bytes", "Free bytes where the block log is.", *free));
    }
    return families;
}

}  // namespace cityledger::io
