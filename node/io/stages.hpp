#pragma once
// Where a node's CPU time goes: each thread says which stage of the work it is in, and a profiling
// timer looks now and then. Saying it costs a store to a thread's own variable. Reading the
// thread's clock at each change instead costs 0.8 µs on a virtual machine, twice for each message.

#include <array>
#include <cstdint>
#include <memory>

#include "ledger/codec/field.hpp"

namespace cityledger::io {

enum class Stage : std::uint8_t {
    background,  ///< threads of libraries, e.g. RocksDB's compaction
    network,     ///< event loop, TLS and sockets
    form,        ///< reading and admitting clients' transactions, without their signatures
    signature,   ///< checking signatures of transactions and batches
    batch,       ///< making, sending and taking batches, and other timed work
    proposal,    ///< proposals and blocks of other validators
    votes,       ///< votes and certificates, and what follows from them
    log,         ///< writing the block log
    sync,        ///< syncing it
    execution,   ///< executing blocks, with the state trees
    commit,      ///< applying blocks to the state store
    answer,      ///< receipts, queries and all other answers to clients
};

inline constexpr std::size_t k_stages = 12;

/// The stage of this thread until the scope ends.
class StageScope {
public:
    explicit StageScope(Stage stage);
    ~StageScope();
    StageScope(const StageScope&) = delete;
    StageScope& operator=(const StageScope&) = delete;

private:
    Stage before_;
};

/// The stage that this thread is in; background if it never said one.
[[nodiscard]] Stage current_stage();

/// Samples the whole process from its making to its end; one at a time. Of each sample the CPU time
/// that the process has used since the one before goes to the stage of the thread that runs, so all
/// stages together are the CPU time of the process. Uses SIGPROF and ITIMER_PROF.
class StageSampler {
public:
    StageSampler();
    ~StageSampler();
    StageSampler(const StageSampler&) = delete;
    StageSampler& operator=(const StageSampler&) = delete;
};

/// CPU time by stage in microseconds, of all samplers so far. From any thread.
[[nodiscard]] std::array<std::uint64_t, k_stages> stage_cpu_us();

}  // namespace cityledger::io

namespace cityledger::ledger {
template <>
struct EnumNames<io::Stage> {
    static constexpr std::string_view names[] = {"background", "network",   "form",   "signature",
                                                 "batch",      "proposal",  "votes",  "log",
                                                 "sync",       "execution", "commit", "answer"};
};
}  // namespace cityledger::ledger
