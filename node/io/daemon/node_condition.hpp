#pragma once
// What runs out, the node's certificate, its disk and its memory, and which validators lie: figures
// that somebody should be woken by.

#include <prometheus/metric_family.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/validator_set.hpp"
#include "node/api/condition.hpp"
#include "node/log/file_system.hpp"
#include "node/replica/counters.hpp"

namespace cityledger::io {

/// At so many days left a node warns; ascending.
inline constexpr std::int64_t k_certificate_warning_days[] = {1, 7, 30};

/// Whole days, downwards: -1 in the first second after the end.
[[nodiscard]] std::int64_t days_left(std::int64_t ends_unix_s, std::int64_t now_unix_s);

/// The least of k_certificate_warning_days that is not below the days left; nothing while more are.
[[nodiscard]] std::optional<std::int64_t> certificate_warning(std::int64_t days);

/// On the replica's thread.
class NodeCondition {
public:
    /// Both must outlive it. The next file of the log needs at most so many free bytes.
    NodeCondition(const ledger::ValidatorSet& validators, node::FileSystem& files,
                  std::string log_folder, std::uint64_t disk_needed_bytes)
        : validators_(validators),
          files_(files),
          log_folder_(std::move(log_folder)),
          disk_needed_bytes_(disk_needed_bytes),
          contradictions_(validators.size()) {}

    void set_certificate_end(std::int64_t unix_s) { certificate_ends_unix_s_ = unix_s; }
    /// Whole days left, once for each of k_certificate_warning_days that they come down to.
    [[nodiscard]] std::optional<std::int64_t> new_warning(std::int64_t now_unix_s);
    /// A validator was seen to contradict itself.
    void lie_seen(std::size_t validator) { ++contradictions_.at(validator); }

    [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const;
    /// The same for people; `counters` are those of the transport.
    [[nodiscard]] api::ConditionView view(const node::Counters& counters,
                                          std::int64_t now_unix_s) const;

private:
    const ledger::ValidatorSet& validators_;
    node::FileSystem& files_;
    std::string log_folder_;
    std::uint64_t disk_needed_bytes_;
    std::int64_t certificate_ends_unix_s_ = 0;
    std::optional<std::int64_t> warned_days_;    ///< of k_certificate_warning_days
    std::vector<std::uint64_t> contradictions_;  ///< by validator index
};

}  // namespace cityledger::io
