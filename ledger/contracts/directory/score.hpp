#pragma once
// Directory: how a department did in a month, counted by the contract as it goes. See
// directory.hpp.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contract.hpp"

namespace cityledger::ledger::directory {

inline constexpr std::uint32_t k_month_bytes = 7;

/// Record, and result of the query `score`. Everything is counted in the month of the business day
/// on which it was done; silence in that of the day whose close made it so, for the department that
/// the request or objection waits for (after a reform: the successor).
struct Score {
    MemberId department;
    std::string month;  ///< "YYYY-MM"
    // As a provider.
    std::uint32_t requests_received = 0;
    std::uint32_t answered_in_time = 0;
    std::uint32_t answered_late = 0;
    std::uint32_t overdue = 0;    ///< requests and objections whose last day closed without answer
    std::uint32_t escalated = 0;  ///< of these, whose day of escalation closed, too
    std::uint32_t deliveries = 0;
    std::uint32_t digests_differed = 0;  ///< deliveries that arrived as something else
    std::uint32_t objections_received = 0;
    std::uint32_t objections_corrected = 0;
    std::uint32_t objections_rejected = 0;
    std::uint32_t objections_late = 0;  ///< corrected or rejected after the last day
    // As a keeper of directories.
    std::uint32_t entries_registered = 0;
    std::uint32_t entries_locked = 0;
    std::uint32_t entries_changed = 0;  ///< versions after the first
    std::uint32_t tables_registered = 0;
    std::uint32_t schema_alarms = 0;  ///< tables of its own that became suspect

    bool operator==(const Score&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(
            limited<k_max_member_id_bytes>("department", department),
            limited<k_month_bytes>("month", month), field("requests_received", requests_received),
            field("answered_in_time", answered_in_time), field("answered_late", answered_late),
            field("overdue", overdue), field("escalated", escalated),
            field("deliveries", deliveries), field("digests_differed", digests_differed),
            field("objections_received", objections_received),
            field("objections_corrected", objections_corrected),
            field("objections_rejected", objections_rejected),
            field("objections_late", objections_late),
            field("entries_registered", entries_registered),
            field("entries_locked", entries_locked), field("entries_changed", entries_changed),
            field("tables_registered", tables_registered), field("schema_alarms", schema_alarms));
    }
};

/// Query `score`.
struct ScoreArguments {
    MemberId department;
    std::string month;  ///< "YYYY-MM"

    bool operator==(const ScoreArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("department", department),
                limited<k_month_bytes>("month", month));
    }
};

/// Query `scores`: of the departments above `after`, in order. `limit` is 1 to 100, 100 if absent;
/// a page ends earlier where very much waits.
struct ScoresArguments {
    std::string month;
    std::optional<MemberId> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const ScoresArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_month_bytes>("month", month),
                limited<k_max_member_id_bytes>("after", after), field("limit", limit));
    }
};

struct ScoresResult {
    std::vector<Score> scores;
    std::optional<MemberId> next;

    bool operator==(const ScoresResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("scores", scores), field("next", next));
    }
};

// ---- for the other files of the directory -------------------------------------------------------

/// Adds one to a field of the department's score of this month.
void count(Context& context, const MemberId& department, std::uint32_t Score::*what);
/// With the end of what waited: its last day, and that of its escalation, may have closed before.
void count_silence(Context& context, const MemberId& provider, std::uint32_t due_ordinal,
                   std::uint32_t escalation_ordinal);
/// The department stands in the pages of `scores`, whatever is counted for it.
void enter_scores(Context& context, const MemberId& department);

}  // namespace cityledger::ledger::directory
