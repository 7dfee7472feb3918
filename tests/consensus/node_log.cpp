#include "tests/consensus/node_log.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "ledger/memory_state_store.hpp"
#include "tests/consensus/memory_files.hpp"

namespace cityledger::consensus::testing {
namespace {

constexpr std::uint64_t k_segment_bytes = 64ull * 1024 * 1024;
const std::string k_folder = "log";

std::unique_ptr<node::BlockLog> open_log(MemoryFiles& files, node::RecoveredLog& recovered) {
    static PromptSyncer syncer;
    auto log = node::BlockLog::open(files, syncer, k_folder, ledger::chain_id_of(test_genesis()),
                                    k_segment_bytes, recovered);
    CHECK_INVARIANT(log.has_value());
    return *std::move(log);
}

void append(node::BlockLog& log, const LogRecord& record) {
    if (const auto* vote = std::get_if<SafetyRecord>(&record)) log.append_safety_record(*vote);
    if (const auto* block = std::get_if<ledger::Block>(&record)) log.append_block(*block);
    if (const auto* one = std::get_if<ledger::Certificate>(&record)) log.append_certificate(*one);
    if (const auto* marker = std::get_if<node::FinalMarker>(&record)) log.append_final(*marker, 0);
    if (const auto* lost = std::get_if<node::LostVotes>(&record)) log.append_lost_votes(*lost);
}

void write_log(MemoryFiles& files, const std::vector<LogRecord>& records) {
    const auto made =
        node::initialise_log(files, k_folder, test_genesis(), {}, node::LogOrigin::with_network);
    CHECK_INVARIANT(made.has_value());
    node::RecoveredLog nothing;
    const auto log = open_log(files, nothing);
    for (const LogRecord& record : records) append(*log, record);
    log->request_sync();
}

/// A height without a finalization of its own is final by that of a descendant.
std::vector<Commit> final_chain(const node::BlockLog& log) {
    std::vector<Commit> chain(log.final_height());
    ledger::Certificate newest;
    for (std::uint64_t height = chain.size(); height > 0; --height) {
        if (const auto own = log.finalization(height)) newest = *own;
        chain[height - 1] = {log.final_entry(height).digest, *log.final_block(height), newest, {}};
    }
    return chain;
}

bool state_is_above(MemoryFiles& files, std::uint64_t executed_height) {
    ledger::MemoryStateStore state;
    const auto applied = state.apply(executed_height, {}, {});
    CHECK_INVARIANT(applied.has_value());
    const auto above = node::prepare_state(files, k_folder, test_genesis(), k_segment_bytes, state);
    CHECK_INVARIANT(above.has_value());
    return *above;
}

}  // namespace

const ledger::Genesis& test_genesis() {
    static const ledger::Genesis genesis = [] {
        ledger::Genesis made;
        made.name = "consensus tests";
        return made;
    }();
    return genesis;
}

ReadLog read_log(std::vector<LogRecord>& records, std::uint64_t executed_height) {
    MemoryFiles files;
    write_log(files, records);
    ReadLog read;
    auto log = open_log(files, read.recovered);
    if (executed_height > log->final_height()) {
        log.reset();
        if (state_is_above(files, executed_height)) records.emplace_back(node::LostVotes{});
        log = open_log(files, read.recovered);
    }
    read.chain = final_chain(*log);
    const auto is_marker = [](const LogRecord& record) {
        return std::holds_alternative<node::FinalMarker>(record);
    };
    const auto marked = std::count_if(records.begin(), records.end(), is_marker);
    for (std::size_t at = static_cast<std::size_t>(marked); at < read.chain.size(); ++at) {
        const Commit& commit = read.chain[at];
        records.emplace_back(
            node::FinalMarker{at + 1, commit.digest, commit.finalization.content.view});
    }
    return read;
}

}  // namespace cityledger::consensus::testing
