#pragma once
// Counts verified votes, makes certificates of them, and notices equivocation.

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "node/consensus/output.hpp"

namespace cityledger::consensus {

/// Keeps votes of a window of views only (rule B7), and of each validator the first vote of a
/// kind in a view: a validator that equivocates counts once.
class VoteCollector {
public:
    struct Added {
        std::optional<ledger::Certificate> certificate;  ///< this vote completed it
        std::optional<Evidence> evidence;                ///< at most once a view and validator
    };

    VoteCollector(std::size_t quorum, View window_views)
        : quorum_(quorum), window_views_(window_views) {}

    /// Counts a verified vote; one outside the window is dropped.
    Added add(const ledger::Vote& vote);
    /// The views that are worth votes: (final, current + window], and none below current - window.
    void move_to(View current, View final_view);

    /// Whether the validator is known to have cast a vote that contradicts this one.
    [[nodiscard]] bool conflicts(const ledger::Vote& vote) const;
    /// Whether this validator's vote of this kind and view was counted already.
    [[nodiscard]] bool has(const ledger::Vote& vote) const;
    /// Who has cast a vote of this kind in this view, ascending.
    [[nodiscard]] std::vector<ValidatorIndex> voters(View view, ledger::VoteKind kind) const;
    [[nodiscard]] bool in_window(View view) const { return view >= lowest_ && view <= highest_; }
    [[nodiscard]] std::size_t kept_views() const { return views_.size(); }

private:
    using VotesOfKind = std::map<ValidatorIndex, ledger::Vote>;
    struct ViewVotes {
        std::map<ledger::VoteKind, VotesOfKind> by_kind;
        std::set<ledger::VoteContent> certified;
        std::set<ValidatorIndex> equivocators;
    };

    static std::optional<Evidence> find_conflict(const ViewVotes& votes, const ledger::Vote& vote);
    [[nodiscard]] std::optional<ledger::Certificate> complete(ViewVotes& votes,
                                                              const ledger::VoteContent& content);

    std::size_t quorum_;
    View window_views_;
    View lowest_ = 1;
    View highest_ = 0;
    std::map<View, ViewVotes> views_;
};

}  // namespace cityledger::consensus
