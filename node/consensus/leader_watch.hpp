#pragma once
// Which leaders are worth waiting for (rules L5 and L11): not one that cannot be reached, and not
// one that let its last turns pass in silence. A matter of speed only: safety never rests on it.

#include <algorithm>
#include <vector>

#include "node/consensus/limits.hpp"
#include "node/consensus/types.hpp"

namespace cityledger::consensus {

class LeaderWatch {
public:
    explicit LeaderWatch(std::size_t validators) : leaders_(validators) {}

    void set_reachable(ValidatorIndex leader, bool reachable) {
        leaders_.at(leader).reachable = reachable;
    }
    /// A proposal of it came, late or not.
    void proposed(ValidatorIndex leader) { leaders_.at(leader).silent_turns = 0; }
    /// The timer of a view that it leads fired, and there was no proposal.
    void was_silent(ValidatorIndex leader) { leaders_.at(leader).silent_turns += 1; }

    /// Whether the leader of this view is waited for. One that was silent gets a fair turn again
    /// in turns 0, 2^j, 2 * 2^j, ...: with a higher j after each silent one, and each such turn is
    /// one of every lower j too, so that all validators wait in the same turns.
    [[nodiscard]] bool worth_waiting(View view, ValidatorIndex leader) const {
        const Leader& known = leaders_.at(leader);
        if (!known.reachable) return false;
        if (known.silent_turns < k_silent_turns) return true;
        const std::uint64_t shift =
            std::min(known.silent_turns - k_silent_turns + 1, k_max_skipped_turns_log2);
        const std::uint64_t turn = view / leaders_.size();
        return turn % (std::uint64_t{1} << shift) == 0;
    }

private:
    struct Leader {
        bool reachable = true;
        std::uint64_t silent_turns = 0;  ///< in a row, of those that were waited for
    };
    std::vector<Leader> leaders_;
};

}  // namespace cityledger::consensus
