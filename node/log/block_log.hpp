#pragma once
// The typed block log: batches, blocks, certificates, safety records and final markers in, and the
// final chain as an index over them.

#include <map>
#include <memory>
#include <unordered_map>

#include "ledger/genesis.hpp"
#include "ledger/state_store.hpp"
#include "node/consensus/core.hpp"
#include "node/log/batch_cache.hpp"
#include "node/log/log_files.hpp"

namespace cityledger::node {

inline constexpr std::uint64_t k_batch_cache_max_bytes = 32ull * 1024 * 1024;

/// What a scan of the log gives back besides the index.
struct RecoveredLog {
    consensus::RecoveredState consensus;
    std::uint64_t highest_vote_view = 0;             ///< of any own vote in the log
    std::vector<ledger::VoteContent> highest_votes;  ///< the own votes of that view
    std::optional<LostVotes> lost_votes;             ///< the newest word on it
    std::vector<Digest> unnamed_batches;  ///< in the log, named by no final block; log order
};

/// One final height.
struct FinalEntry {
    Digest digest;
    LogPosition block;
    std::optional<LogPosition> finalization;  ///< of this very block
    /// The sequence of the record that proves finality: durable before the block is executed.
    std::uint64_t proof_sequence = 0;
};

class BlockLog {
public:
    /// Refuses a missing log, one of another chain or version, and damage before its end.
    static Result<std::unique_ptr<BlockLog>> open(FileSystem& files, Syncer& syncer,
                                                  const std::string& folder,
                                                  const ledger::ChainId& chain,
                                                  std::uint64_t segment_bytes,
                                                  RecoveredLog& recovered);

    void set_hooks(LogFiles::Hooks hooks) { files_.set_hooks(std::move(hooks)); }
    /// Asks that everything appended so far becomes durable.
    void request_sync() { files_.request_sync(); }
    [[nodiscard]] std::uint64_t durable_sequence() const { return files_.durable_sequence(); }
    [[nodiscard]] std::uint64_t last_sequence() const { return files_.last_sequence(); }
    /// False while the disk has no room for the next segment and this one is nearly full.
    [[nodiscard]] bool has_room() const { return files_.has_room(); }
    /// Tries again; refuses with log_full.
    [[nodiscard]] Status make_room() { return files_.make_room(); }
    [[nodiscard]] std::uint64_t syncs() const { return files_.syncs(); }
    [[nodiscard]] std::uint64_t appended_bytes() const { return files_.appended_bytes(); }

    /// Appends once: what is already there is not written again. Returns the record's sequence.
    std::uint64_t append_batch(const Digest& digest, std::shared_ptr<const ledger::Batch> batch);
    std::uint64_t append_block(const Digest& digest, const ledger::Block& block);
    std::uint64_t append_block(const ledger::Block& block) {
        return append_block(ledger::block_digest(block.header, chain_), block);
    }
    std::uint64_t append_certificate(const ledger::Certificate& certificate);
    std::uint64_t append_safety_record(const consensus::SafetyRecord& record);
    std::uint64_t append_lost_votes(const LostVotes& lost);
    void append_evidence(const EvidenceRecord& evidence);
    /// The next height; its block is in the log already (CHECK).
    void append_final(const FinalMarker& marker, std::uint64_t proof_sequence);

    [[nodiscard]] std::uint64_t final_height() const { return finals_.size(); }
    [[nodiscard]] Digest final_digest() const;
    /// Of heights 1 to final_height().
    [[nodiscard]] const FinalEntry& final_entry(std::uint64_t height) const;
    /// log_damaged, for a final block that cannot be read any more.
    [[nodiscard]] Error unreadable(std::uint64_t height) const;
    [[nodiscard]] std::optional<std::uint64_t> height_of(const Digest& digest) const;

    [[nodiscard]] bool has_batch(const Digest& digest) const { return batches_.contains(digest); }
    /// Encoded size; 0 if it is not held.
    [[nodiscard]] std::uint64_t batch_bytes(const Digest& digest) const;
    [[nodiscard]] std::uint64_t batch_sequence(const Digest& digest) const;
    [[nodiscard]] std::optional<LogPosition> batch_position(const Digest& digest) const;
    [[nodiscard]] std::shared_ptr<const ledger::Batch> batch(const Digest& digest) const;
    [[nodiscard]] std::uint64_t batch_count() const { return batches_.size(); }

    /// Final or not.
    [[nodiscard]] std::optional<ledger::Block> block(const Digest& digest) const;
    [[nodiscard]] std::optional<ledger::Block> final_block(std::uint64_t height) const;
    [[nodiscard]] std::optional<ledger::Certificate> finalization(std::uint64_t height) const;

private:
    struct OpenBlock {
        LogPosition position;
        std::uint64_t height = 0;
    };
    class Recovery;

    BlockLog(FileSystem& files, Syncer& syncer, std::string folder, ledger::ChainId chain,
             std::uint64_t segment_bytes);
    void index_block(const Digest& digest, std::uint64_t height, const LogPosition& position);
    void index_certificate(const ledger::Certificate& certificate, const LogPosition& position);
    void index_final(const FinalMarker& marker, std::uint64_t proof_sequence);
    template <class T>
    [[nodiscard]] std::optional<T> read_as(const LogPosition& position) const;

    ledger::ChainId chain_;
    LogFiles files_;
    Digest genesis_digest_;
    std::vector<FinalEntry> finals_;  ///< of height 1, 2, ...
    std::unordered_map<Digest, std::uint64_t, DigestHasher> heights_;
    std::map<Digest, OpenBlock> open_blocks_;           ///< above the last final one
    std::map<Digest, LogPosition> open_finalizations_;  ///< of blocks not yet final here
    std::unordered_map<Digest, LogPosition, DigestHasher> batches_;
    mutable BatchCache cache_{k_batch_cache_max_bytes};
};

/// Creates the log of a new node (what `cityledger up` and `init` do, once). Refuses a folder that
/// already holds one. `salt`: random and secret. A log that is made anew, for a validator that may
/// have voted, says that votes are lost.
enum class LogOrigin : std::uint8_t { with_network, made_anew };
[[nodiscard]] Status initialise_log(FileSystem& files, const std::string& folder,
                                    const ledger::Genesis& genesis, const ledger::Nonce& salt,
                                    LogOrigin origin);

/// What a start that was refused with state_above_log needs, before the executor is opened again: a
/// state that executed more than the log holds as final shows that the log lost its end, and with
/// it own votes. The log records that, durably, and the state is cleared: start() makes it again.
/// Returns whether it did so.
[[nodiscard]] Result<bool> prepare_state(FileSystem& files, const std::string& folder,
                                         const ledger::Genesis& genesis,
                                         std::uint64_t segment_bytes, ledger::StateStore& store);

}  // namespace cityledger::node
