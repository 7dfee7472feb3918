#pragma once
// What a bench measured. The JSON file is this, whole; table, CSV and HTML are views of it, and two
// of them can be compared. Durations are integers with their unit in the name; rates are whole
// numbers a second.

#include <string>
#include <vector>

#include "ledger/codec/json.hpp"

namespace cityledger::bench {

using ledger::field;
using ledger::limited;

inline constexpr std::uint32_t k_result_version = 1;
inline constexpr std::uint32_t k_max_seconds = 86'400;
inline constexpr std::uint32_t k_max_buckets = 10'000;

struct Latency {
    std::uint64_t count = 0;
    std::uint64_t mean_us = 0;
    std::uint64_t p50_us = 0;
    std::uint64_t p90_us = 0;
    std::uint64_t p99_us = 0;
    std::uint64_t p999_us = 0;
    std::uint64_t max_us = 0;

    bool operator==(const Latency&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("count", count), field("mean_us", mean_us), field("p50_us", p50_us),
                field("p90_us", p90_us), field("p99_us", p99_us), field("p999_us", p999_us),
                field("max_us", max_us));
    }
};

/// Operations with a latency of at least `from_us` and less than `to_us`.
struct LatencyBucket {
    std::uint64_t from_us = 0;
    std::uint64_t to_us = 0;
    std::uint64_t count = 0;

    bool operator==(const LatencyBucket&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("from_us", from_us), field("to_us", to_us), field("count", count));
    }
};

/// Operations that were refused, by the first reason.
struct Refused {
    std::string code;
    std::uint64_t count = 0;

    bool operator==(const Refused&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("code", code), field("count", count));
    }
};

/// Where every operation of a round ended. `sent` is the sum of all others, or the bench is wrong.
struct Balance {
    std::uint64_t sent = 0;       ///< handed to a node, the warm-up included
    std::uint64_t committed = 0;  ///< executed with success, by the blocks
    std::uint64_t refused = 0;    ///< by a node on admission, or by a contract in a block
    std::uint64_t unknown = 0;    ///< no answer came, and no block holds it
    std::uint64_t pending = 0;    ///< a node accepted it, and no block holds it at the end

    [[nodiscard]] bool holds() const { return sent == committed + refused + unknown + pending; }
    bool operator==(const Balance&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("sent", sent), field("committed", committed), field("refused", refused),
                field("unknown", unknown), field("pending", pending));
    }
};

/// One second of a round, counted from its start. Counts are of operations.
struct Second {
    std::uint64_t second = 0;
    bool warm_up = false;         ///< not part of the figures
    std::uint64_t offered = 0;    ///< that the plan wanted to be sent in this second
    std::uint64_t sent = 0;       ///< that were
    std::uint64_t committed = 0;  ///< whose receipts arrived
    std::uint64_t refused = 0;
    std::uint64_t waiting = 0;  ///< sent and without an end when the second ended
    std::uint64_t p50_us = 0;   ///< of those that ended in this second; 0 if none did
    std::uint64_t p99_us = 0;
    std::uint64_t max_us = 0;
    std::uint64_t blocks = 0;           ///< of the node that made most
    std::uint64_t nullified_views = 0;  ///< likewise
    std::vector<std::uint64_t> node_cpu_ms;
    std::uint64_t generator_cpu_ms = 0;

    bool operator==(const Second&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("second", second), field("warm_up", warm_up), field("offered", offered),
                field("sent", sent), field("committed", committed), field("refused", refused),
                field("waiting", waiting), field("p50_us", p50_us), field("p99_us", p99_us),
                field("max_us", max_us), field("blocks", blocks),
                field("nullified_views", nullified_views), field("node_cpu_ms", node_cpu_ms),
                field("generator_cpu_ms", generator_cpu_ms));
    }
};

/// A fault of the plan, or something that the bench did not plan and saw.
struct Mark {
    std::uint64_t at_ms = 0;  ///< from the start of the round
    std::string text;         ///< "pause node2"

    bool operator==(const Mark&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("at_ms", at_ms), field("text", text));
    }
};

/// CPU time of one stage of the work, over all nodes.
struct StageCpu {
    std::string stage;  ///< as /metrics names it
    std::uint64_t cpu_us = 0;

    bool operator==(const StageCpu&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("stage", stage), field("cpu_us", cpu_us));
    }
};

/// What one node used, and what its own blocks say. Figures that could not be read are 0.
struct NodeUse {
    std::string node;
    std::uint64_t cpu_us = 0;
    std::uint64_t peak_memory_bytes = 0;
    std::uint64_t written_bytes = 0;  ///< to the disk
    std::uint64_t folder_bytes = 0;   ///< growth of its folder
    std::uint64_t sent_bytes = 0;     ///< to other validators
    std::uint64_t received_bytes = 0;
    std::uint64_t blocks = 0;
    std::uint64_t committed = 0;  ///< operations with success in its blocks
    std::uint64_t refused = 0;    ///< operations without
    std::uint64_t last_height = 0;
    std::string last_state;  ///< roots after it, hexadecimal
    bool compared = true;    ///< false: it was down at the end, so its blocks could not be read

    bool operator==(const NodeUse&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("node", node), field("cpu_us", cpu_us),
                field("peak_memory_bytes", peak_memory_bytes),
                field("written_bytes", written_bytes), field("folder_bytes", folder_bytes),
                field("sent_bytes", sent_bytes), field("received_bytes", received_bytes),
                field("blocks", blocks), field("committed", committed), field("refused", refused),
                field("last_height", last_height), field("last_state", last_state),
                field("compared", compared));
    }
};

/// What this machine could do if nothing but this one thing cost anything.
struct Ceiling {
    std::string name;                         ///< "signatures"
    std::string measured;                     ///< "20,625 P-256 checks/s on 2 cores"
    std::uint64_t operations_per_second = 0;  ///< of the round's shape, for the whole network

    bool operator==(const Ceiling&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("name", name), field("measured", measured),
                field("operations_per_second", operations_per_second));
    }
};

struct RoundResult {
    std::string label;
    std::string operation;             ///< "invoice.issue, sealed"
    std::string rate;                  ///< "fixed 2,000/s", "closed, 4,000 open"
    bool closed_loop = false;          ///< then latency counts from the sending, not from a plan
    std::uint64_t open = 0;            ///< closed loop: operations that wait at one time, else 0
    std::uint64_t bundle = 0;          ///< operations under one signature
    std::uint64_t senders = 0;         ///< keys
    std::uint64_t argument_bytes = 0;  ///< mean of an operation
    std::uint64_t validators = 0;
    std::uint64_t state_before = 0;  ///< invoices in state when it began
    std::uint64_t warm_up_ms = 0;
    std::uint64_t measured_ms = 0;  ///< after the warm-up; figures are of this time
    Balance balance;                ///< of the whole round
    std::vector<Refused> refused;
    std::uint64_t offered_per_second = 0;
    std::uint64_t committed_per_second = 0;
    Latency latency;  ///< from the intended time of sending (closed loop: from the sending)
    std::vector<LatencyBucket> buckets;
    std::vector<Second> seconds;
    std::vector<Mark> marks;
    std::vector<StageCpu> stages;
    std::vector<NodeUse> nodes;
    bool nodes_agree = false;  ///< equal blocks and states at every height that all executed
    std::uint64_t generator_cpu_us = 0;
    std::uint64_t generator_late_p99_us = 0;  ///< behind its plan though a connection was free
    bool generator_limited = false;           ///< then the figure is the generator's, no network's
    std::uint64_t nullified_views = 0;
    std::vector<Ceiling> ceilings;
    std::string lowest_ceiling;
    bool interrupted = false;
    std::uint64_t reached_per_mille = 0;  ///< of the lowest ceiling
    std::vector<std::string> remarks;     ///< what a reader has to know about the figures

    bool operator==(const RoundResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("label", label), field("operation", operation), field("rate", rate),
                field("closed_loop", closed_loop), field("open", open), field("bundle", bundle),
                field("senders", senders), field("argument_bytes", argument_bytes),
                field("validators", validators), field("state_before", state_before),
                field("warm_up_ms", warm_up_ms), field("measured_ms", measured_ms),
                field("balance", balance), field("refused", refused),
                field("offered_per_second", offered_per_second),
                field("committed_per_second", committed_per_second), field("latency", latency),
                limited<k_max_buckets>("buckets", buckets),
                limited<k_max_seconds>("seconds", seconds), field("marks", marks),
                field("stages", stages), field("nodes", nodes), field("nodes_agree", nodes_agree),
                field("generator_cpu_us", generator_cpu_us),
                field("generator_late_p99_us", generator_late_p99_us),
                field("generator_limited", generator_limited),
                field("nullified_views", nullified_views), field("ceilings", ceilings),
                field("lowest_ceiling", lowest_ceiling), field("interrupted", interrupted),
                field("reached_per_mille", reached_per_mille), field("remarks", remarks));
    }
};

struct Machine {
    std::string processor;
    std::uint64_t cores = 0;
    std::uint64_t memory_bytes = 0;
    std::string system;       ///< kernel and distribution
    std::string file_system;  ///< of the network's folder

    bool operator==(const Machine&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("processor", processor), field("cores", cores),
                field("memory_bytes", memory_bytes), field("system", system),
                field("file_system", file_system));
    }
};

struct BenchResult {
    std::uint32_t version = k_result_version;
    std::string name;     ///< profile or file
    std::string started;  ///< "2026-11-26 10:40:12 UTC"
    std::string command;
    std::string software;  ///< version and commit
    std::uint64_t seed = 0;
    std::string network;              ///< "local", "remote" or "virtual"
    std::vector<std::string> labels;  ///< what the figures do not mean, e.g. of virtual time
    Machine machine;
    std::uint64_t histogram_error_per_mille = 0;  ///< of every latency figure, at most
    bool interrupted = false;
    std::vector<RoundResult> rounds;

    bool operator==(const BenchResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("version", version), field("name", name), field("started", started),
                field("command", command), field("software", software), field("seed", seed),
                field("network", network), field("labels", labels), field("machine", machine),
                field("histogram_error_per_mille", histogram_error_per_mille),
                field("interrupted", interrupted), field("rounds", rounds));
    }
};

}  // namespace cityledger::bench
