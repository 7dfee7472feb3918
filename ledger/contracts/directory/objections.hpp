#pragma once
// Directory: objections (异议) of a requester to data that was delivered, and what becomes of them.
// See directory.hpp.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contracts/directory/requests.hpp"

namespace cityledger::ledger {
namespace directory {

/// open -> corrected | rejected | withdrawn; overdue by the close of its due day, and as open then.
enum class ObjectionStatus : std::uint8_t { open, overdue, corrected, rejected, withdrawn };

}  // namespace directory

template <>
struct EnumNames<directory::ObjectionStatus> {
    static constexpr std::string_view names[] = {"open", "overdue", "corrected", "rejected",
                                                 "withdrawn"};
};

namespace directory {

/// Operation `object`, by the requester, once to each delivery.
struct ObjectArguments {
    std::string request;
    std::uint32_t sequence = 0;  ///< of the delivery
    std::string reason;

    bool operator==(const ObjectArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("request", request), field("sequence", sequence),
                limited<k_max_long_text_bytes>("reason", reason));
    }
};

struct ObjectResult {
    std::string id;
    std::string due_date;  ///< the provider's last day to answer, as of today's holidays

    bool operator==(const ObjectResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id), limited<k_date_bytes>("due_date", due_date));
    }
};

/// Operation `correct_delivery`, by the provider: a batch in the place of the one objected to. It
/// does not count among the deliveries of a day or a period.
struct CorrectDeliveryArguments {
    std::string objection;
    Digest digest;
    std::uint64_t rows = 0;
    std::optional<Digest> persons_root = std::nullopt;  ///< as of `deliver`

    bool operator==(const CorrectDeliveryArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("objection", objection), field("digest", digest),
                field("rows", rows), field("persons_root", persons_root));
    }
};

struct CorrectDeliveryResult {
    std::uint32_t sequence = 0;  ///< of the new delivery
    bool late = false;

    bool operator==(const CorrectDeliveryResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("sequence", sequence), field("late", late));
    }
};

/// Operations `reject_objection`, by the provider, and `withdraw_objection`, by the requester.
struct ObjectionReasonArguments {
    std::string objection;
    std::string reason;

    bool operator==(const ObjectionReasonArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("objection", objection),
                limited<k_max_long_text_bytes>("reason", reason));
    }
};

/// Record, and result of the query `objection`.
struct Objection {
    std::string id;
    MemberId requester;
    MemberId provider;
    std::string request;
    std::uint32_t sequence = 0;
    std::string reason;
    ObjectionStatus status = ObjectionStatus::open;  ///< stored as open also when overdue
    std::string objected_on;
    Deadline deadline;
    std::string answered_on;  ///< empty while it is open
    bool late = false;
    std::string answer;            ///< why it was rejected or withdrawn
    std::uint32_t correction = 0;  ///< sequence of the delivery that corrects; 0 if none

    bool operator==(const Objection&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("requester", requester),
                limited<k_max_member_id_bytes>("provider", provider),
                limited<k_max_id_bytes>("request", request), field("sequence", sequence),
                limited<k_max_long_text_bytes>("reason", reason), field("status", status),
                limited<k_date_bytes>("objected_on", objected_on));
        deadline.serialize(archive);
        archive(limited<k_date_bytes>("answered_on", answered_on), field("late", late),
                limited<k_max_long_text_bytes>("answer", answer), field("correction", correction));
    }
};

struct ObjectionSummary {
    std::string id;
    MemberId provider;
    std::string request;
    std::uint32_t sequence = 0;
    ObjectionStatus status = ObjectionStatus::open;
    std::uint32_t due_ordinal = 0;
    bool late = false;

    bool operator==(const ObjectionSummary&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("provider", provider),
                limited<k_max_id_bytes>("request", request), field("sequence", sequence),
                field("status", status), field("due_ordinal", due_ordinal), field("late", late));
    }
};

/// Queries `objections` (that a department made) and `objections_received`.
struct ObjectionsResult {
    std::vector<ObjectionSummary> objections;
    std::optional<std::string> next;

    bool operator==(const ObjectionsResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("objections", objections), field("next", next));
    }
};

}  // namespace directory
}  // namespace cityledger::ledger
