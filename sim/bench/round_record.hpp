#pragma once
// What happened in a round, as it was observed: the figures of its result follow from this alone.

#include <bitset>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/limits.hpp"
#include "sim/bench/latency_histogram.hpp"
#include "sim/bench/result.hpp"

namespace cityledger::bench {

/// Nodes of a network by number.
using NodeSet = std::bitset<ledger::k_max_validators>;

enum class Fate : std::uint8_t {
    planned,   ///< not sent
    unknown,   ///< sent; no node has answered
    accepted,  ///< by a node
    refused,   ///< by a node, on admission
    executed,  ///< a block holds it, and its client could know
};

/// Times are microseconds from the start of the round.
struct TransactionRecord {
    std::uint64_t intended_us = 0;  ///< when it should be sent; of closed loops: when it was
    std::uint64_t sent_us = 0;
    std::uint64_t done_us = 0;  ///< when its receipt or refusal came
    std::uint32_t operations = 0;
    std::uint32_t committed = 0;  ///< operations with success
    Fate fate = Fate::planned;
    std::uint8_t node = 0;  ///< that it was sent to last
    NodeSet executed_by;    ///< nodes whose receipt was seen
};

/// Counters of a node at a moment; 0 where the node tells none.
struct NodeCounters {
    std::uint64_t cpu_us = 0;
    std::uint64_t peak_memory_bytes = 0;
    std::uint64_t written_bytes = 0;
    std::uint64_t sent_bytes = 0;
    std::uint64_t received_bytes = 0;
    std::uint64_t height = 0;
    std::uint64_t nullified_views = 0;
    std::map<std::string, std::uint64_t> stages_cpu_us;
};

/// One question to a node; nothing while it does not answer.
struct NodeSample {
    std::uint64_t second = 0;  ///< from the start of the round
    std::optional<NodeCounters> counters;
};

/// The blocks of one node, as it tells them itself.
struct NodeChain {
    std::map<std::uint64_t, std::string> states;  ///< roots after a height
    std::uint64_t committed = 0;                  ///< operations of this round
    std::uint64_t refused = 0;
    std::map<std::string, std::uint64_t> refused_by_code;
    bool complete = true;  ///< followed to the end
};

struct NodeRecord {
    std::string name;
    NodeChain chain;
    std::vector<NodeSample> samples;
    std::uint64_t folder_bytes = 0;  ///< growth of its folder
};

struct RoundRecord {
    std::vector<TransactionRecord> transactions;
    std::map<std::string, std::uint64_t> refused_on_admission;  ///< operations by code
    std::vector<NodeRecord> nodes;
    std::vector<std::uint64_t> generator_cpu_us;  ///< at the start of each second
    LatencyHistogram late;  ///< of the generator, behind its plan though it was free to send
    std::vector<Mark> marks;
    std::uint64_t warm_up_us = 0;
    std::uint64_t end_us = 0;      ///< of the time that figures are of
    std::uint64_t held_back = 0;   ///< closed loop: times that a full node was asked again
    std::uint64_t sent_again = 0;  ///< the same bytes, to another node
    bool interrupted = false;
};

}  // namespace cityledger::bench
