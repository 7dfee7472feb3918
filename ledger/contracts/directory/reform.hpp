#pragma once
// Directory: institutional reform (机构改革). The duties of one department pass to a successor: its
// responsibilities, entries, systems, tables, requests, grants and objections. Ids stay, as
// history; what names a department names the successor. A merger is a reform of each side. See
// directory.hpp.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contracts/directory/entries.hpp"

namespace cityledger::ledger::directory {

/// Records that one operation passes on. Each may cost eleven writes of the operation's 128.
inline constexpr std::uint32_t k_max_passed_per_operation = 10;
inline constexpr std::uint32_t k_max_left_counted = 100;

/// Operation `decide_reform`, by the staffing office, which is neither side. The department may be
/// dissolved already; the successor lives. A decision stands, unless its successor is dissolved
/// before all is passed on.
struct DecideReformArguments {
    MemberId department;
    MemberId successor;
    std::string reason;
    std::string legal_basis;

    bool operator==(const DecideReformArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("department", department),
                limited<k_max_member_id_bytes>("successor", successor),
                limited<k_max_long_text_bytes>("reason", reason),
                limited<k_max_short_text_bytes>("legal_basis", legal_basis));
    }
};

/// Operation `continue_reform`, by any member; query `reform`.
struct ReformArguments {
    MemberId department;  ///< whose duties pass

    bool operator==(const ReformArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("department", department));
    }
};

/// Result of both operations.
struct ReformResult {
    std::uint32_t passed = 0;  ///< records, at most k_max_passed_per_operation
    std::uint32_t left = 0;    ///< counted up to k_max_left_counted; 0 when all is done

    bool operator==(const ReformResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("passed", passed), field("left", left));
    }
};

/// Record, and result of the query `reform`.
struct Reform {
    MemberId department;
    MemberId successor;
    std::string reason;
    std::string legal_basis;
    MemberId decided_by;
    std::string decided_on;
    std::string finished_on;   ///< empty while something is left
    std::uint32_t passed = 0;  ///< records so far

    bool operator==(const Reform&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("department", department),
                limited<k_max_member_id_bytes>("successor", successor),
                limited<k_max_long_text_bytes>("reason", reason),
                limited<k_max_short_text_bytes>("legal_basis", legal_basis),
                limited<k_max_member_id_bytes>("decided_by", decided_by),
                limited<k_date_bytes>("decided_on", decided_on),
                limited<k_date_bytes>("finished_on", finished_on), field("passed", passed));
    }
};

/// Query `reforms`: of departments above `after`, in order. `limit` is 1 to 100, 100 if absent.
struct ReformsArguments {
    std::optional<MemberId> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const ReformsArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("after", after), field("limit", limit));
    }
};

struct ReformsResult {
    std::vector<Reform> reforms;
    std::optional<MemberId> next;

    bool operator==(const ReformsResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("reforms", reforms), field("next", next));
    }
};

}  // namespace cityledger::ledger::directory
