#pragma once
// Directory: requests, replies and deliveries. See directory.hpp.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contracts/directory/deadlines.hpp"
#include "ledger/contracts/directory/entries.hpp"

namespace cityledger::ledger::directory {

// ---- requests ---------------------------------------------------------------------------------

/// Operation `request`, by a department for another department's data.
struct RequestArguments {
    std::string directory;
    std::string responsibility;  ///< the requester's own, that the purpose serves
    std::string purpose;
    std::string legal_basis;
    std::vector<std::string> columns;      ///< names of the entry's items
    std::optional<std::string> until_day;  ///< last day of the grant, "YYYY-MM-DD"
    /// Not more often than the entry is updated; absent: as often as that.
    std::optional<Frequency> frequency;

    bool operator==(const RequestArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory),
                limited<k_max_id_bytes>("responsibility", responsibility),
                limited<k_max_long_text_bytes>("purpose", purpose),
                limited<k_max_short_text_bytes>("legal_basis", legal_basis),
                limited<k_max_items>("columns", columns),
                limited<k_date_bytes>("until_day", until_day), field("frequency", frequency));
    }
};

struct RequestResult {
    std::string id;
    RequestStatus status = RequestStatus::pending;  ///< approved at once if unconditional
    std::string due_date;  ///< the provider's last day to answer, as of today's holidays

    bool operator==(const RequestResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id), field("status", status),
                limited<k_date_bytes>("due_date", due_date));
    }
};

/// Operation `approve`, by the provider; also after the due day, then recorded as late.
struct ApproveArguments {
    std::string request;

    bool operator==(const ApproveArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("request", request));
    }
};

/// Operations `refuse` (provider), `revoke` (provider or operator) and `close_request` (requester;
/// or operator, if the request can no longer be approved).
struct ReasonArguments {
    std::string request;
    std::string reason;

    bool operator==(const ReasonArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("request", request),
                limited<k_max_long_text_bytes>("reason", reason));
    }
};

/// Result of `approve` and `refuse`.
struct ReplyResult {
    bool late = false;  ///< the due day had closed

    bool operator==(const ReplyResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("late", late));
    }
};

/// Record, and result of the query `request`.
struct Request {
    std::string id;
    MemberId requester;
    MemberId provider;
    std::string directory;
    std::string responsibility;
    std::string purpose;
    std::string legal_basis;
    std::vector<std::string> columns;
    std::optional<std::string> until_day;
    std::optional<Frequency> frequency;
    RequestStatus status = RequestStatus::pending;  ///< stored as pending also when overdue
    std::string requested_on;
    Deadline deadline;
    std::string replied_on;  ///< empty while not answered
    bool late = false;
    std::string reason;  ///< of the refusal, the revocation or the close
    std::uint32_t deliveries = 0;
    std::string last_delivered_on;         ///< empty before the first delivery
    std::uint32_t delivered_that_day = 0;  ///< on last_delivered_on
    std::uint32_t told_version = 0;        ///< of the entry, that the requester knows of

    bool operator==(const Request&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("requester", requester),
                limited<k_max_member_id_bytes>("provider", provider),
                limited<k_max_id_bytes>("directory", directory),
                limited<k_max_id_bytes>("responsibility", responsibility),
                limited<k_max_long_text_bytes>("purpose", purpose),
                limited<k_max_short_text_bytes>("legal_basis", legal_basis),
                limited<k_max_items>("columns", columns),
                limited<k_date_bytes>("until_day", until_day), field("frequency", frequency),
                field("status", status), limited<k_date_bytes>("requested_on", requested_on));
        deadline.serialize(archive);
        archive(limited<k_date_bytes>("replied_on", replied_on), field("late", late),
                limited<k_max_long_text_bytes>("reason", reason), field("deliveries", deliveries),
                limited<k_date_bytes>("last_delivered_on", last_delivered_on),
                field("delivered_that_day", delivered_that_day),
                field("told_version", told_version));
    }
};

struct GrantSummary {
    std::string id;
    MemberId requester;
    MemberId provider;
    std::string directory;
    std::optional<std::string> until_day;
    std::uint32_t told_version = 0;

    bool operator==(const GrantSummary&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("requester", requester),
                limited<k_max_member_id_bytes>("provider", provider),
                limited<k_max_id_bytes>("directory", directory),
                limited<k_date_bytes>("until_day", until_day), field("told_version", told_version));
    }
};

/// Queries `grants_held` (of a department) and `grants_on` (an entry), those that end first in
/// front.
struct GrantsResult {
    std::vector<GrantSummary> grants;
    std::optional<std::string> next;

    bool operator==(const GrantsResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("grants", grants), field("next", next));
    }
};

/// Query `grants_on`: after the grant with the id `after`. With a column only those of the page
/// that name it, so that a page may be empty and yet have a `next`.
struct GrantsOnArguments {
    std::string directory;
    std::optional<std::string> column;
    std::optional<std::string> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const GrantsOnArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory),
                limited<k_max_item_name_bytes>("column", column),
                limited<k_max_id_bytes>("after", after), field("limit", limit));
    }
};

/// Query `directory_by_code`.
struct ResourceCodeArguments {
    std::string resource_code;

    bool operator==(const ResourceCodeArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<32>("resource_code", resource_code));
    }
};

/// Operation `mark_overdue`, by anybody who is a member. A request or an objection is overdue as
/// soon as its due day has closed, and escalated some days later. The close tells of so many only;
/// this tells of the next at once, oldest first, at most `limit` (1 to 16).
struct MarkOverdueArguments {
    std::uint32_t limit = k_max_overdue_per_operation;

    bool operator==(const MarkOverdueArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("limit", limit));
    }
};

struct MarkOverdueResult {
    std::uint32_t marked = 0;
    std::uint32_t remaining = 0;  ///< still to tell, counted up to 100

    bool operator==(const MarkOverdueResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("marked", marked), field("remaining", remaining));
    }
};

// ---- deliveries -------------------------------------------------------------------------------

inline constexpr std::uint64_t k_max_delivery_rows = 1'000'000'000;

/// Deliveries on one grant in one business day: a batch and its corrections, or every 15 minutes.
[[nodiscard]] std::uint32_t deliveries_per_day(UpdateCycle cycle);
[[nodiscard]] std::uint32_t deliveries_per_day(Frequency frequency);

/// A number that days have in common if data of this frequency is delivered on one of them only:
/// all days, those of a week that begins on Monday, those of a month, or each by itself.
[[nodiscard]] std::uint32_t period_of(Frequency frequency, std::string_view date);
/// More often than the entry is updated.
[[nodiscard]] bool is_too_frequent(Frequency frequency, UpdateCycle cycle);

/// Operation `deliver`, by the provider on a live grant.
struct DeliverArguments {
    std::string request;
    Digest digest;           ///< SHA-256 of the delivered batch; each once per request
    std::uint64_t rows = 0;  ///< 1 to k_max_delivery_rows
    /// Of the Merkle tree over the batch's persons (trail.hpp), for audits by person.
    std::optional<Digest> persons_root = std::nullopt;

    bool operator==(const DeliverArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("request", request), field("digest", digest),
                field("rows", rows), field("persons_root", persons_root));
    }
};

struct DeliverResult {
    std::uint32_t sequence = 0;  ///< 1, 2, ... per request

    bool operator==(const DeliverResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("sequence", sequence));
    }
};

/// Operation `acknowledge`, by the requester: the digest of what arrived.
struct AcknowledgeArguments {
    std::string request;
    std::uint32_t sequence = 0;
    Digest digest;

    bool operator==(const AcknowledgeArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("request", request), field("sequence", sequence),
                field("digest", digest));
    }
};

struct AcknowledgeResult {
    bool matched = false;  ///< false: recorded, and the event directory.digest_mismatch was sent

    bool operator==(const AcknowledgeResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("matched", matched));
    }
};

/// What is delivered at once.
struct Batch {
    Digest digest;
    std::uint64_t rows = 0;
    std::optional<Digest> persons_root;
};

/// Record of one delivery, with the departments that they were then.
struct Delivery {
    std::string request;
    std::uint32_t sequence = 0;
    MemberId requester;
    MemberId provider;
    Digest digest;
    std::uint64_t rows = 0;
    std::optional<Digest> persons_root;
    std::string delivered_on;
    std::optional<Digest> acknowledged;  ///< the digest that the requester saw
    bool matched = false;
    std::uint32_t corrects = 0;  ///< the sequence of a delivery that was objected to; 0 if none

    bool operator==(const Delivery&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("request", request), field("sequence", sequence),
                limited<k_max_member_id_bytes>("requester", requester),
                limited<k_max_member_id_bytes>("provider", provider), field("digest", digest),
                field("rows", rows), field("persons_root", persons_root),
                limited<k_date_bytes>("delivered_on", delivered_on),
                field("acknowledged", acknowledged), field("matched", matched),
                field("corrects", corrects));
    }
};

}  // namespace cityledger::ledger::directory
