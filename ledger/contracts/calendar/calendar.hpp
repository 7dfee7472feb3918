#pragma once
// Calendar: the business day of the chain. One day is open at a time. An operator or the tax
// bureau proposes to close it, a different member with the role calendar_countersigner confirms,
// and the next business day opens. A proposal can be withdrawn. A contract that has something due
// at the end of a day does a bounded part of it in the close (CloseWork).

#include <optional>
#include <string>
#include <vector>

#include "ledger/contract.hpp"
#include "ledger/contracts/values/civil_date.hpp"

namespace cityledger::ledger::calendar {

inline constexpr std::uint32_t k_max_holidays = 2000;
inline constexpr std::uint32_t k_max_workdays = 2000;

/// The open day: result of `today`, `countersign_close`; and the record. The first business day of
/// the chain has the ordinal 1.
struct BusinessDay {
    std::string date;  ///< "YYYY-MM-DD"
    std::uint32_t ordinal = 0;

    bool operator==(const BusinessDay&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_date_bytes>("date", date), field("ordinal", ordinal));
    }
};

/// Operations `propose_close`, `withdraw_close` and `countersign_close`: the day that is open.
struct CloseArguments {
    std::string date;  ///< "YYYY-MM-DD"

    bool operator==(const CloseArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_date_bytes>("date", date));
    }
};

/// Result of the query `today`.
struct TodayResult {
    std::string date;
    std::uint32_t ordinal = 0;
    std::optional<MemberId> close_proposed_by;

    bool operator==(const TodayResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_date_bytes>("date", date), field("ordinal", ordinal),
                limited<k_max_member_id_bytes>("close_proposed_by", close_proposed_by));
    }
};

/// Who closed a day; recorded per day.
struct ClosedDay {
    std::string date;
    std::uint32_t ordinal = 0;
    MemberId proposed_by;
    MemberId countersigned_by;

    bool operator==(const ClosedDay&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_date_bytes>("date", date), field("ordinal", ordinal),
                limited<k_max_member_id_bytes>("proposed_by", proposed_by),
                limited<k_max_member_id_bytes>("countersigned_by", countersigned_by));
    }
};

/// The genesis section. What is absent has its default.
struct GenesisSection {
    std::optional<std::string> first_day;              ///< default 2018-08-10
    std::optional<bool> weekends;                      ///< are they business days; default no
    std::optional<std::vector<std::string>> holidays;  ///< days without business
    /// Weekend days that are business days (调休), where weekends are none.
    std::optional<std::vector<std::string>> workdays;

    bool operator==(const GenesisSection&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_date_bytes>("first_day", first_day), field("weekends", weekends),
                limited<k_max_holidays>("holidays", holidays),
                limited<k_max_workdays>("workdays", workdays));
    }
};

// ---- for the other contracts ------------------------------------------------------------------

/// The open day.
[[nodiscard]] BusinessDay current_day(Context& context);

/// The date of a closed day, whose ordinal is less than that of the open one.
[[nodiscard]] std::string closed_date(Context& context, std::uint32_t ordinal);

/// The business day `count` days after the open one, as of the holidays known now.
[[nodiscard]] Result<BusinessDay> day_after(Context& context, std::uint32_t count);

}  // namespace cityledger::ledger::calendar
