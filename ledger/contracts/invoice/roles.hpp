#pragma once
// Who else takes part in an invoice's life: service providers that act by mandate, auditors and
// courts that are shown an invoice, and the risk signals that the tax bureau reads.

#include <string>
#include <vector>

#include "ledger/contracts/invoice/records.hpp"

namespace cityledger::ledger {
namespace invoice {

/// For what an auditor or a court asks to see an invoice. Its docket number stays in the docket.
enum class DisclosureReason : std::uint8_t { audit, inspection, civil_case, criminal_case };

}  // namespace invoice

template <>
struct EnumNames<invoice::DisclosureReason> {
    static constexpr std::string_view names[] = {"audit", "inspection", "civil_case",
                                                 "criminal_case"};
};

namespace invoice {

inline constexpr std::uint32_t k_max_risk_kind_bytes = 32;
inline constexpr std::uint32_t k_max_risks_per_page = 100;

/// Operations `mandate` and `revoke_mandate`, by an enterprise or a consumer; query `mandate` says
/// whether one stands. A provider with a mandate may send what the principal may send.
struct MandateArguments {
    MemberId provider;  ///< a service provider

    bool operator==(const MandateArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("provider", provider));
    }
};

/// Record, and result of the query `mandate`.
struct Mandate {
    MemberId principal;
    MemberId provider;
    std::string since;  ///< the business day

    bool operator==(const Mandate&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("principal", principal),
                limited<k_max_member_id_bytes>("provider", provider),
                limited<k_date_bytes>("since", since));
    }
};

/// Query `mandate`.
struct MandateQuery {
    MemberId principal;
    MemberId provider;

    bool operator==(const MandateQuery&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("principal", principal),
                limited<k_max_member_id_bytes>("provider", provider));
    }
};

/// Operation `order_disclosure`, by an auditor or a court: asks the parties to show an invoice.
struct OrderDisclosureArguments {
    std::string code;
    std::string number;
    DisclosureReason reason = DisclosureReason::audit;

    bool operator==(const OrderDisclosureArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                field("reason", reason));
    }
};

/// Operation `disclose`, by seller, buyer or the tax bureau: hands the content key of the sealed
/// body to one more reader, on the record. What was sealed is not sealed again.
struct DiscloseArguments {
    std::string code;
    std::string number;
    MemberId reader;
    Bytes wrapped_key;  ///< under the pairwise key of sender and reader; in the log only

    bool operator==(const DiscloseArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_max_member_id_bytes>("reader", reader),
                limited<k_max_wrapped_key_bytes>("wrapped_key", wrapped_key));
    }
};

// ---- risk signals -----------------------------------------------------------------------------
// Events to the tax bureau, never refusals; listed by day in the query `risks`.
//
// event                   subject         raised when
// risk.circular_trade     invoice         its booking closes a circle of 3 to 5 sellers in 92 days
// risk.self_dealing       invoice         seller and buyer are one enterprise
// risk.burst_under_cap    enterprise      the fifth invoice of a day above 95 % of its limit
// risk.red_after_booking  invoice         reversed at most three days after it was booked
// risk.many_headers       member          its fourth different buyer of a month
// risk.cap_on_first_day   enterprise      80 % of a monthly quota used on the day of admission
// risk.outside_scope      invoice         a line of a category that the seller is not admitted to
// risk.abnormal_seller    buyer/invoice   booked, from a seller that is marked abnormal

/// Operation `warn_bookers`, by the tax bureau: one signal for each booked invoice of an enterprise
/// that is marked abnormal, in steps; `after` is the `next` of the step before.
struct WarnBookersArguments {
    MemberId enterprise;
    std::optional<std::string> after;  ///< "code/number"

    bool operator==(const WarnBookersArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("enterprise", enterprise),
                limited<21>("after", after));
    }
};

struct WarnBookersResult {
    std::uint32_t warned = 0;
    std::optional<std::string> next;  ///< none: all were looked at

    bool operator==(const WarnBookersResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("warned", warned), limited<21>("next", next));
    }
};

struct RiskSignal {
    std::string kind;  ///< the event's name
    std::string subject;

    bool operator==(const RiskSignal&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_risk_kind_bytes>("kind", kind),
                limited<k_max_key_bytes>("subject", subject));
    }
};

/// Query `risks`: the signals of a business day by kind and subject; those of one kind if named.
/// `after` is the `next` of the page before.
struct RisksArguments {
    std::string date;
    std::optional<std::string> kind;
    std::optional<std::string> after;  ///< "kind/subject"

    bool operator==(const RisksArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_date_bytes>("date", date), limited<k_max_risk_kind_bytes>("kind", kind),
                limited<k_max_key_bytes>("after", after));
    }
};

struct RisksResult {
    std::vector<RiskSignal> signals;
    std::optional<std::string> next;  ///< none: this is the last page

    bool operator==(const RisksResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_risks_per_page>("signals", signals),
                limited<k_max_key_bytes>("next", next));
    }
};

}  // namespace invoice
}  // namespace cityledger::ledger
