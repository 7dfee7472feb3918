#pragma once
// Directory: keys and helpers that its source files share. Not for other folders.

#include <string>
#include <vector>

#include "ledger/contracts/calendar/calendar.hpp"
#include "ledger/contracts/directory/directory.hpp"
#include "ledger/contracts/membership/membership.hpp"

namespace cityledger::ledger::directory {

inline constexpr std::string_view k_rules_key = "directory/rules";

/// The contract's parameters.
struct Rules {
    std::uint32_t reply_days = 10;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("reply_days", reply_days));
    }
};

inline constexpr std::string_view k_limits_key = "directory/limits";

/// Time limits in business days, stored if the genesis names one that is not the default.
struct TimeLimits {
    std::uint32_t platform_reply_days = 5;  ///< to reply, if the data stands on the platform
    std::uint32_t correction_days = 10;     ///< to answer an objection
    std::uint32_t escalate_days = 5;        ///< from the due day of an answer to its escalation
    std::uint32_t freeze_days = 5;  ///< from a suspicion to the freeze of its entry's grants

    bool operator==(const TimeLimits&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("platform_reply_days", platform_reply_days),
                field("correction_days", correction_days), field("escalate_days", escalate_days),
                field("freeze_days", freeze_days));
    }
};

[[nodiscard]] TimeLimits time_limits(Context& context);

/// Digits of the ordinal of a business day in keys.
inline constexpr std::size_t k_ordinal_digits = 8;

/// The kinds of numbered things; the letter stands in their ids.
enum class Kind : char {
    responsibility = 'R',
    entry = 'D',
    system = 'S',
    table = 'T',
    request = 'Q',
    objection = 'O'
};

/// "directory/R/": the records of a kind, by id.
[[nodiscard]] std::string record_prefix(Kind kind);
[[nodiscard]] std::string record_key(Kind kind, const std::string& id);
[[nodiscard]] std::string delivery_prefix(const std::string& request);
[[nodiscard]] std::string delivery_key(const std::string& request, std::uint32_t sequence);
/// "directory/open/AF/<digest>": a request without a reply, by what it asks for.
[[nodiscard]] std::string open_key(const Request& request);
/// "directory/code/301001/1": the entry that has this resource code, zeros before its sequence left
/// out.
[[nodiscard]] std::string code_key(std::string_view resource_code);
/// "directory/of/D/AK/": the ids of a kind whose records are a department's today.
[[nodiscard]] std::string owned_prefix(Kind kind, const MemberId& department);
/// The requests that a department provides for.
[[nodiscard]] std::string inbox_prefix(const MemberId& provider);
/// The objections to what a department delivered.
[[nodiscard]] std::string objections_received_prefix(const MemberId& provider);

/// The next id of a kind for the sender, e.g. "AK/R00001", which is in its list from now on.
[[nodiscard]] Result<std::string> next_id(Context& context, Kind kind);

/// Empty, or nothing but white space (also that of Chinese text).
[[nodiscard]] bool is_blank(std::string_view text);
/// An active member with the role department: a department that is dissolved answers nothing more.
[[nodiscard]] Status check_department(Context& context, const MemberId& id);
/// The sender holds the role department, and its duties have not passed to a successor.
[[nodiscard]] Status require_department(Context& context);
[[nodiscard]] Status check_not_reformed(Context& context, const MemberId& department);
/// No reform that the department succeeds in is unfinished.
[[nodiscard]] Status check_not_succeeding(Context& context, const MemberId& department);

[[nodiscard]] Result<Responsibility> find_responsibility(Context& context, const std::string& id);
[[nodiscard]] Status check_active(const Responsibility& responsibility);
/// Active, and the sender's own: what an entry or a request may rest on.
[[nodiscard]] Status check_own_responsibility(Context& context, const std::string& id);
[[nodiscard]] Result<Entry> find_entry(Context& context, const std::string& id);
/// The sender's own, whatever its status.
[[nodiscard]] Result<Entry> find_own_entry(Context& context, const std::string& id);
[[nodiscard]] Status check_locked(const Entry& entry);

/// "directory/system_tables/AK/S00001/": the tables in force of a system.
[[nodiscard]] std::string system_tables_prefix(const std::string& system);
[[nodiscard]] Result<System> find_system(Context& context, const std::string& id);
/// The sender's own, not retired.
[[nodiscard]] Result<System> find_own_system(Context& context, const std::string& id);
[[nodiscard]] Status check_inventory_reason(const std::string& id, std::string_view reason);
/// "directory/entry_tables/AK/D00001/": the tables in force that hold data of an entry.
[[nodiscard]] std::string entry_tables_prefix(const std::string& entry);
/// Their ids, at most k_max_tables_per_entry.
[[nodiscard]] std::vector<std::string> tables_of_entry(Context& context, const std::string& entry);
/// A table in force of the entry stands in a system on the city's platform.
[[nodiscard]] bool is_on_platform(Context& context, const std::string& entry);
[[nodiscard]] Result<Table> find_table(Context& context, const std::string& id);
/// No suspect table of the entry has used up its days of grace.
[[nodiscard]] Status check_not_frozen(Context& context, const std::string& entry);

/// The department of the entry lives, and the responsibility that it roots in holds.
[[nodiscard]] Status check_source(Context& context, const Entry& entry);
[[nodiscard]] Status check_resource_code(std::string_view code);
[[nodiscard]] Status check_metadata(const Metadata& metadata);
/// The entry is shared and has the items of the request, also after a change.
[[nodiscard]] Status check_still_offered(const Request& record, const Entry& entry);
/// "directory/telling/AK/D00001": an entry whose last change is not told to all holders yet.
inline constexpr std::string_view k_telling_prefix = "directory/telling/";
/// Alerts the requester of the entry's version, if it does not know of it; the caller stores the
/// request. Says whether it did.
bool tell_version(Context& context, Request& grant, const Entry& entry);
/// "directory/live/AK/D00001/": the grants on an entry whose last day is not over or that have
/// none.
[[nodiscard]] std::string live_prefix(const std::string& entry);
void enter_live(Context& context, const Request& grant);
void leave_live(Context& context, const Request& grant);

/// Overdue, if its last day to reply has closed without a reply.
[[nodiscard]] Request as_of_today(Context& context, Request record);
[[nodiscard]] Result<Request> find_request(Context& context, const std::string& id);

/// The sender provides the data of this request.
[[nodiscard]] Status check_provider(Context& context, const Request& record);
[[nodiscard]] Status check_requester(Context& context, const Request& record);
[[nodiscard]] Result<Delivery> find_delivery(Context& context, const std::string& request,
                                             std::uint32_t sequence);
/// The sender is the provider, the grant lives today, and the entry still has what it names.
[[nodiscard]] Status check_may_deliver(Context& context, const Request& record);
/// Stores a batch that was not delivered before, and the request; says its sequence. `corrects` is
/// that of a delivery that was objected to, or 0.
[[nodiscard]] Result<std::uint32_t> record_delivery(Context& context, Request& record,
                                                    const Batch& batch, std::uint32_t corrects);
/// The request has no reply yet, in time or overdue.
[[nodiscard]] Status check_unanswered(const Request& record);
/// Both departments live, the responsibilities of both hold, and its last day is not over.
[[nodiscard]] Status check_can_be_approved(Context& context, const Request& record);
[[nodiscard]] Status check_reason(const ReasonArguments& arguments);
/// Puts a request that waits for a reply into the indexes of open ones.
[[nodiscard]] Status enter_open(Context& context, Request& record);
/// Takes a request that gets its answer or its end out of the indexes of open ones.
void leave_open(Context& context, const Request& record);
[[nodiscard]] Waiting waiting_for(const Request& record);
[[nodiscard]] Waiting waiting_for(const Objection& record);
/// Stores the objection with its end of today.
void end_objection(Context& context, Objection& record, ObjectionStatus status,
                   std::string_view event);
/// Into the trail of the entry.
void enter_trail(Context& context, const std::string& entry, const Delivery& delivery);

// The handlers, by file.
void add_responsibility_operations(std::vector<Method>& operations);
void add_entry_operations(std::vector<Method>& operations);
void add_version_operations(std::vector<Method>& operations);
void add_system_operations(std::vector<Method>& operations);
void add_table_operations(std::vector<Method>& operations);
void add_request_operations(std::vector<Method>& operations);
void add_closing_operations(std::vector<Method>& operations);
void add_delivery_operations(std::vector<Method>& operations);
void add_objection_operations(std::vector<Method>& operations);
void add_reform_operations(std::vector<Method>& operations);
[[nodiscard]] std::vector<Method> directory_queries();
void add_version_queries(std::vector<Method>& queries);
void add_inventory_queries(std::vector<Method>& queries);
void add_grant_queries(std::vector<Method>& queries);
void add_objection_queries(std::vector<Method>& queries);
void add_reform_queries(std::vector<Method>& queries);
void add_score_queries(std::vector<Method>& queries);
void add_trail_queries(std::vector<Method>& queries);

/// A page of entries: (id, value) after the given id, and the `after` of the next page if more
/// follow.
struct Page {
    std::vector<std::pair<std::string, Bytes>> entries;
    std::optional<std::string> next;
};

/// `prefix` ends where the ids begin; `narrow` is what the ids of the page begin with.
[[nodiscard]] Result<Page> read_page(Context& context, Space space, const std::string& prefix,
                                     const std::string& narrow,
                                     const std::optional<std::string>& after,
                                     const std::optional<std::uint32_t>& limit);
/// Of the records that are a department's today.
[[nodiscard]] Result<Page> read_records(Context& context, Kind kind,
                                        const DepartmentPageArguments& arguments);

}  // namespace cityledger::ledger::directory
