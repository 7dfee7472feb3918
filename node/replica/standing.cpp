#include "node/replica/standing.hpp"

#include <algorithm>

#include "node/replica/replica.hpp"

namespace cityledger::node {
namespace {

using Names = std::vector<std::string>;

bool may_vote(const PeerStatus& validator) {
    return validator.connected && validator.standing == Standing::voting;
}

/// Why it may not vote, in few words.
std::string reason_of(const PeerStatus& validator) {
    if (!validator.connected) return "does not answer";
    if (!validator.standing) return "has not told its standing yet";
    switch (*validator.standing) {
        case Standing::voting: return "votes";
        case Standing::stopped: return "stopped: a write to its disk failed";
        case Standing::starting: return "starting: its log is not read yet";
        case Standing::observer: return "observer: it has no validator's key";
        case Standing::halted: return "halted: certificates contradict each other";
        case Standing::diverged: return "diverged: its state differs from that of a final block";
        case Standing::disk_full: return "disk_full: it cannot record a vote";
        case Standing::asking: return "asking: others have not said yet what it may have signed";
        case Standing::votes_lost:
            return "votes_lost: it votes again above view " +
                   std::to_string(validator.votes_above_view);
        case Standing::syncing: return "syncing: it fetches final blocks";
    }
    return {};
}

std::string listed(const Names& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// The validators that answer with one of these standings.
Names standing_at(const std::vector<PeerStatus>& validators,
                  std::initializer_list<Standing> standings) {
    Names names;
    for (const PeerStatus& validator : validators) {
        if (!validator.connected || !validator.standing) continue;
        const auto end = standings.end();
        if (std::find(standings.begin(), end, *validator.standing) == end) continue;
        names.push_back(validator.name);
    }
    return names;
}

/// Validators without their votes pass a view only behind a quorum of others. If too few others
/// exist at all, waiting does not help and a person has to act.
std::string step_for_lost_votes(const std::vector<PeerStatus>& validators, std::size_t quorum) {
    const Names lost = standing_at(validators, {Standing::votes_lost});
    if (lost.empty()) return {};
    std::uint64_t above = 0;
    for (const PeerStatus& validator : validators) {
        const bool counts = validator.connected && validator.standing == Standing::votes_lost;
        if (counts) above = std::max(above, validator.votes_above_view);
    }
    const std::string view = std::to_string(above);
    if (validators.size() - lost.size() >= quorum) {
        return "once " + std::to_string(quorum) + " others vote and have passed view " + view +
               ", these vote again by themselves: " + listed(lost);
    }
    return "too many validators lost votes, the network cannot pass view " + view +
           " by itself; there are two ways back: (1) put the newer data folders of " +
           listed(lost) +
           " back, if they still exist; (2) stop ALL validators, then start them again, these "
           "with the option --network-was-stopped: " +
           listed(lost) + " (docs/operations.md)";
}

Names next_steps(const std::vector<PeerStatus>& validators, std::size_t quorum) {
    using enum Standing;
    Names steps;
    const auto add = [&steps](const std::string& what, const Names& names) {
        if (!names.empty()) steps.push_back(what + ": " + listed(names));
    };
    Names silent;
    for (const PeerStatus& validator : validators) {
        if (!validator.connected) silent.push_back(validator.name);
    }
    add("start, or connect again", silent);
    add("mend the disk and start again", standing_at(validators, {stopped}));
    add("free disk space, they go on by themselves", standing_at(validators, {disk_full}));
    add("keep the data folders and read the reason in /status of",
        standing_at(validators, {halted, diverged}));
    add("start with a validator's key", standing_at(validators, {observer}));
    std::string lost = step_for_lost_votes(validators, quorum);
    if (!lost.empty()) steps.push_back(std::move(lost));
    add("wait, these go on by themselves when the others answer",
        standing_at(validators, {starting, asking, syncing}));
    return steps;
}

}  // namespace

std::string_view word_of(std::optional<Standing> standing) {
    if (!standing) return {};
    return ledger::EnumNames<Standing>::names[static_cast<std::size_t>(*standing)];
}

std::string network_waits_for(const std::vector<PeerStatus>& validators, std::size_t quorum) {
    const auto voting =
        static_cast<std::size_t>(std::count_if(validators.begin(), validators.end(), may_vote));
    if (voting >= quorum) return {};
    std::string text = std::to_string(voting) + " of " + std::to_string(validators.size()) +
                       " validators may vote, " + std::to_string(quorum) + " are needed.";
    std::string missing;
    for (const PeerStatus& validator : validators) {
        if (may_vote(validator)) continue;
        missing +=
            (missing.empty() ? "" : ", ") + validator.name + " (" + reason_of(validator) + ")";
    }
    text += " May not vote: " + missing + ".";
    std::string next;
    for (const std::string& step : next_steps(validators, quorum)) {
        next += (next.empty() ? "" : ". ") + step;
    }
    if (!next.empty()) text += " Next: " + next + ".";
    return text;
}

}  // namespace cityledger::node
