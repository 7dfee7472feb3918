#pragma once
// Directory: deadlines of answers, and how a provider keeps them. See directory.hpp.

#include <string>
#include <vector>

#include "ledger/contract.hpp"

namespace cityledger::ledger::directory {

/// Of a request or an objection, in ordinals of business days. In JSON its fields stand in the
/// record.
struct Deadline {
    std::uint32_t due_ordinal = 0;  ///< the last day to answer
    /// The day whose close tells that nobody answered: the due one, or a later one if more than
    /// k_max_overdue_per_close are to be told. 0 if nothing is to be told.
    std::uint32_t told_ordinal = 0;
    std::uint32_t escalation_ordinal = 0;  ///< the last day before the silence goes to supervision
    std::uint32_t escalation_told_ordinal = 0;

    bool operator==(const Deadline&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("due_ordinal", due_ordinal), field("told_ordinal", told_ordinal),
                field("escalation_ordinal", escalation_ordinal),
                field("escalation_told_ordinal", escalation_told_ordinal));
    }
};

/// How a provider answered requests and objections.
struct Tally {
    std::uint32_t answered = 0;
    std::uint32_t late = 0;       ///< after the due day
    std::uint32_t escalated = 0;  ///< after the day of escalation

    bool operator==(const Tally&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("answered", answered), field("late", late), field("escalated", escalated));
    }
};

inline constexpr std::uint32_t k_max_waiting_counted = 1000;

/// Result of the query `standing`: what a provider answered, and what waits for it.
struct Standing {
    Tally tally;
    std::uint32_t waiting = 0;            ///< counted up to k_max_waiting_counted
    std::uint32_t waiting_escalated = 0;  ///< of these, after the day of escalation

    bool operator==(const Standing&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        tally.serialize(archive);
        archive(field("waiting", waiting), field("waiting_escalated", waiting_escalated));
    }
};

// ---- for the other files of the directory -------------------------------------------------------

/// What waits for an answer, of whom, and the words of the events that tell of silence.
struct Waiting {
    std::string id;
    MemberId provider;
    std::string_view overdue;
    std::string_view escalated;
};

/// From the due day of the deadline; fills in the rest of it.
void begin_waiting(Context& context, const Waiting& waiting, Deadline& deadline);
/// Another department has to answer from now on, by the same deadline.
void pass_waiting(Context& context, const Waiting& waiting, const MemberId& successor,
                  const Deadline& deadline);
/// Ordinals of the days of escalation of what waits for a provider, ascending, at most
/// k_max_waiting_counted.
[[nodiscard]] std::vector<std::uint32_t> waiting_escalations(Context& context,
                                                             const MemberId& provider);
/// With the answer or the end of what waits.
void end_waiting(Context& context, const Waiting& waiting, const Deadline& deadline);
/// Counts an answer of today; says whether it is late.
bool count_answer(Context& context, const MemberId& provider, const Deadline& deadline);
/// What the close of the day before today tells.
void tell_overdue(Context& context);
/// Keys of what is overdue and no close has told yet, oldest first; tell_waiting tells of one.
[[nodiscard]] std::vector<std::string> untold_keys(Context& context, std::size_t limit);
void tell_waiting(Context& context, const std::string& key);
[[nodiscard]] Standing standing_of(Context& context, const MemberId& provider);

}  // namespace cityledger::ledger::directory
