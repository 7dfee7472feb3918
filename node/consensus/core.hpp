#pragma once
// The Simplex core: pure and deterministic. No clock, no randomness, no thread, never blocks.

#include <memory>
#include <vector>

#include "crypto/keys.hpp"
#include "node/consensus/input.hpp"
#include "node/consensus/output.hpp"

namespace cityledger::consensus {

struct CoreOptions {
    std::optional<ValidatorIndex> self;  ///< nothing: an observer that never votes
    LeaderSchedule leader;               ///< default: view modulo the number of validators
    std::uint64_t view_timeout_base_ms = 1000;
    std::uint64_t view_timeout_growth_percent = 200;  ///< of one step, see rule L4
    std::uint64_t view_timeout_cap_ms = 16'000;
    std::uint64_t resend_interval_ms = 500;
    /// How far ahead of the current view votes are kept.
    View vote_window_views = 64;
};

/// What a node reads from its log at start.
struct RecoveredState {
    ledger::Block last_final;  ///< header of height 0 for the genesis
    Digest last_final_digest;
    std::optional<ledger::Certificate> last_finalization;
    std::vector<ledger::Block> blocks;              ///< above the last final one
    std::vector<ledger::Certificate> certificates;  ///< above the last finalization
    std::vector<SafetyRecord> votes;                ///< own votes above it, in log order
};

/// A read-only picture for /status and tests.
struct CoreStatus {
    View view = 0;
    View finalized_view = 0;
    std::uint64_t finalized_height = 0;
    bool voting = false;                       ///< VotingAllowed was received
    bool halted = false;                       ///< see Core::halted
    std::vector<ValidatorIndex> notarized_by;  ///< votes seen in the current view
    std::vector<ValidatorIndex> nullified_by;
    std::uint64_t nullified_views = 0;
    std::uint64_t evidence_count = 0;
};

class Core {
public:
    Core(const ledger::ValidatorSet& validators, const crypto::PrivateKey* key, CoreOptions options,
         RecoveredState recovered);
    ~Core();

    /// The first output: timers, and re-sending of what was recovered. Call once.
    [[nodiscard]] Output start();
    [[nodiscard]] Output step(const Input& input);
    [[nodiscard]] CoreStatus status() const;
    [[nodiscard]] View view() const;
    /// Certificates that contradict each other were seen: more than f validators are faulty. The
    /// core votes no more.
    [[nodiscard]] bool halted() const;
    /// Halted, or told to stop voting.
    [[nodiscard]] bool silent() const;
    /// The certificates that a peer at `view` needs to come here: those from `view` on if they are
    /// kept, else the newest finalization and the entry certificate before them.
    [[nodiscard]] std::vector<ledger::Certificate> certificates_for(View view) const;
    /// Whether a vote or certificate with this content changes nothing here: its view is final, or
    /// the same is certified. Its signatures need no check then.
    [[nodiscard]] bool is_settled(const ledger::VoteContent& content) const;
    /// The same of one vote; one of a validator that is known to have said something else is
    /// evidence, and not settled.
    [[nodiscard]] bool is_settled(const ledger::Vote& vote) const;
    /// Whether a block names this batch that is not final yet and on which the next one would
    /// stand: the proposal of this view, else the highest certified block, and their ancestors.
    [[nodiscard]] bool is_named_in_tail(const Digest& batch) const;
    /// The executed height that the header of that block names.
    [[nodiscard]] std::uint64_t tail_executed_height() const;
    /// A block above the last final one, for peers that fetch it.
    [[nodiscard]] bool holds_block(const Digest& digest) const;
    [[nodiscard]] std::optional<ledger::Block> find_block(const Digest& digest) const;

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace cityledger::consensus
