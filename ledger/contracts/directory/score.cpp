// Scores by department and month. A close of a day writes nothing of the directory's, so silence is
// counted when it ends; what still waits is added by the queries.

#include "ledger/contracts/directory/score.hpp"

#include <map>

#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/values/civil_date.hpp"

namespace cityledger::ledger::directory {
namespace {

constexpr std::string_view k_scored_prefix = "directory/scored/";
/// Of what waits, in one page of scores.
constexpr std::size_t k_max_waiting_per_page = 3000;

std::string month_of(std::string_view date) { return std::string(date.substr(0, k_month_bytes)); }

std::string score_key(const std::string& month, const MemberId& department) {
    return "directory/score/" + month + "/" + department;
}

Score load_score(Context& context, const std::string& month, const MemberId& department) {
    const auto stored = context.load<Score>(score_key(month, department));
    if (stored) return *stored;
    Score score;
    score.department = department;
    score.month = month;
    return score;
}

void count_in(Context& context, const std::string& month, const MemberId& department,
              std::uint32_t Score::*what) {
    Score score = load_score(context, month, department);
    ++(score.*what);
    context.store(score_key(month, department), score);
}

Status check_month(const std::string& month) {
    const auto first = parse_date(month + "-01");
    return first ? Status{} : propagate(first);
}

/// Months of closed days, by ordinal: many that wait share a day.
class Months {
public:
    explicit Months(Context& context) : context_(context) {}

    [[nodiscard]] const std::string& of(std::uint32_t ordinal) {
        const auto [place, is_new] = known_.try_emplace(ordinal);
        if (is_new) place->second = month_of(calendar::closed_date(context_, ordinal));
        return place->second;
    }

private:
    Context& context_;
    std::map<std::uint32_t, std::string> known_;
};

/// Adds the silence of what still waits; says how much that is.
std::size_t add_waiting(Context& context, Months& months, Score& score) {
    const std::uint32_t today = calendar::current_day(context).ordinal;
    const std::uint32_t grace = time_limits(context).escalate_days;
    const auto escalations = waiting_escalations(context, score.department);
    for (const std::uint32_t escalation : escalations) {
        const std::uint32_t due = escalation - grace;
        if (due < today && months.of(due) == score.month) ++score.overdue;
        if (escalation < today && months.of(escalation) == score.month) ++score.escalated;
    }
    return escalations.size();
}

Result<Score> query_score(Context& context, const ScoreArguments& arguments) {
    if (const auto status = check_month(arguments.month); !status) return propagate(status);
    const auto member = membership::recorded_member(context, arguments.department);
    if (!member) return propagate(member);
    Score score = load_score(context, arguments.month, member->id);
    Months months(context);
    add_waiting(context, months, score);
    return score;
}

Result<ScoresResult> query_scores(Context& context, const ScoresArguments& arguments) {
    if (const auto status = check_month(arguments.month); !status) return propagate(status);
    const auto page = read_page(context, Space::business, std::string(k_scored_prefix), "",
                                arguments.after, arguments.limit);
    if (!page) return propagate(page);
    ScoresResult result{{}, page->next};
    Months months(context);
    std::size_t waiting = 0;
    for (const auto& [department, value] : page->entries) {
        if (waiting > k_max_waiting_per_page) {
            result.next = result.scores.back().department;
            break;
        }
        Score score = load_score(context, arguments.month, department);
        waiting += add_waiting(context, months, score);
        result.scores.push_back(std::move(score));
    }
    return result;
}

}  // namespace

void count(Context& context, const MemberId& department, std::uint32_t Score::*what) {
    count_in(context, month_of(calendar::current_day(context).date), department, what);
}

void count_silence(Context& context, const MemberId& provider, std::uint32_t due_ordinal,
                   std::uint32_t escalation_ordinal) {
    const std::uint32_t today = calendar::current_day(context).ordinal;
    Months months(context);
    if (due_ordinal < today) count_in(context, months.of(due_ordinal), provider, &Score::overdue);
    if (escalation_ordinal < today) {
        count_in(context, months.of(escalation_ordinal), provider, &Score::escalated);
    }
}

void enter_scores(Context& context, const MemberId& department) {
    context.put(Space::business, std::string(k_scored_prefix) + department, {});
}

void add_score_queries(std::vector<Method>& queries) {
    queries.push_back(
        make_method("score", "How a department did in a month, \"YYYY-MM\".", query_score));
    queries.push_back(
        make_method("scores", "How all departments did in a month, by department.", query_scores));
}

}  // namespace cityledger::ledger::directory
