#pragma once
// Directory (目录区块链): a responsibility of a department (职责目录) roots a data directory entry
// (数据目录); the operator locks it; another department requests data; the provider approves or
// refuses in time, delivers digests, and may revoke. The data itself never comes on chain.
// After 京政发〔2017〕37号 (three classes of sharing, reply within 10 business days) and the
// metadata guide 发改高技〔2017〕1272号.
//
// Below an entry stand the systems (系统目录) and tables (库表目录) that hold its data.
//
// Ids are given by the chain: "AK/R00001" responsibility, "AK/D00001" directory entry,
// "AK/S00001" system, "AK/T00001" table of AK, "AF/Q00001" request,
// "AF/O00001" objection of AF. An id tells who made the record; its field says whose it is now
// (reform.hpp).

#include <optional>
#include <string>
#include <vector>

#include "ledger/contracts/directory/entries.hpp"
#include "ledger/contracts/directory/objections.hpp"
#include "ledger/contracts/directory/reform.hpp"
#include "ledger/contracts/directory/requests.hpp"
#include "ledger/contracts/directory/score.hpp"
#include "ledger/contracts/directory/systems.hpp"
#include "ledger/contracts/directory/trail.hpp"
#include "ledger/contracts/directory/versions.hpp"

namespace cityledger::ledger::directory {

// ---- queries ----------------------------------------------------------------------------------

/// Queries `responsibility`, `directory`, `proposed_change` (by the entry's id), `system`, `table`
/// and `request`.
struct IdArguments {
    std::string id;

    bool operator==(const IdArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id));
    }
};

/// Queries `responsibilities`, `directories`, `systems`, `tables`, `grants_held`, `requests` (that
/// the department made) and `inbox` (that it provides for): ids above `after`, in order. `limit` is
/// 1 to 100, 100 if absent.
struct DepartmentPageArguments {
    MemberId department;
    std::optional<std::string> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const DepartmentPageArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("department", department),
                limited<k_max_id_bytes>("after", after), field("limit", limit));
    }
};

/// Query `standing`.
struct StandingArguments {
    MemberId department;

    bool operator==(const StandingArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("department", department));
    }
};

/// Query `tables_of_entry`: as of a department.
struct EntryPageArguments {
    std::string directory;
    std::optional<std::string> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const EntryPageArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory),
                limited<k_max_id_bytes>("after", after), field("limit", limit));
    }
};

struct ResponsibilitySummary {
    std::string id;
    std::string text;
    ResponsibilityStatus status = ResponsibilityStatus::pending;

    bool operator==(const ResponsibilitySummary&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id), limited<k_max_long_text_bytes>("text", text),
                field("status", status));
    }
};

struct ResponsibilitiesResult {
    std::vector<ResponsibilitySummary> responsibilities;
    std::optional<std::string> next;  ///< the `after` of the next page

    bool operator==(const ResponsibilitiesResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("responsibilities", responsibilities), field("next", next));
    }
};

struct EntrySummary {
    std::string id;
    std::string name;
    Sharing sharing = Sharing::conditional;
    EntryStatus status = EntryStatus::draft;

    bool operator==(const EntrySummary&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id), limited<k_max_short_text_bytes>("name", name),
                field("sharing", sharing), field("status", status));
    }
};

struct DirectoriesResult {
    std::vector<EntrySummary> directories;
    std::optional<std::string> next;

    bool operator==(const DirectoriesResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("directories", directories), field("next", next));
    }
};

struct RequestSummary {
    std::string id;
    MemberId requester;
    MemberId provider;
    std::string directory;
    RequestStatus status = RequestStatus::pending;
    std::uint32_t due_ordinal = 0;
    bool late = false;

    bool operator==(const RequestSummary&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("requester", requester),
                limited<k_max_member_id_bytes>("provider", provider),
                limited<k_max_id_bytes>("directory", directory), field("status", status),
                field("due_ordinal", due_ordinal), field("late", late));
    }
};

struct RequestsResult {
    std::vector<RequestSummary> requests;
    std::optional<std::string> next;

    bool operator==(const RequestsResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("requests", requests), field("next", next));
    }
};

/// Query `deliveries`: of a request, with sequences above `after`.
struct DeliveriesArguments {
    std::string request;
    std::optional<std::uint32_t> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const DeliveriesArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("request", request), field("after", after),
                field("limit", limit));
    }
};

struct DeliveriesResult {
    std::vector<Delivery> deliveries;
    std::optional<std::uint32_t> next;

    bool operator==(const DeliveriesResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("deliveries", deliveries), field("next", next));
    }
};

/// The genesis section.
struct GenesisSection {
    std::optional<std::uint32_t> reply_days;  ///< business days to reply, default 10
    /// Business days, each 1 to 250: to reply if a table of the entry stands on the city's platform
    /// (default 5); to answer an objection (10); from the end of either to its escalation (5).
    std::optional<std::uint32_t> platform_reply_days;
    std::optional<std::uint32_t> correction_days;
    std::optional<std::uint32_t> escalate_days;
    /// Business days from the report of a changed table to the freeze of the grants on its entry;
    /// 0 to 250, default 5.
    std::optional<std::uint32_t> freeze_days;

    bool operator==(const GenesisSection&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("reply_days", reply_days), field("platform_reply_days", platform_reply_days),
                field("correction_days", correction_days), field("escalate_days", escalate_days),
                field("freeze_days", freeze_days));
    }
};

/// Tells of silence when a business day closes, without anybody's call: at most
/// k_max_overdue_per_close events, oldest first; and of entries whose holders are not all alerted.
void alert_overdue(Context& context, std::string_view event, std::string_view subject);

}  // namespace cityledger::ledger::directory
