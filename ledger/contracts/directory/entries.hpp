#pragma once
// Directory: responsibilities and directory entries. See directory.hpp.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contract.hpp"
#include "ledger/contracts/directory/directory_codes.hpp"
#include "ledger/contracts/values/civil_date.hpp"

namespace cityledger::ledger {
namespace directory {

/// pending -> active | refused; active -> withdrawn; refused, withdrawn -> active.
enum class ResponsibilityStatus : std::uint8_t { pending, active, refused, withdrawn };
/// countersign: of the operator itself, reviewed by it, not yet by a second office.
enum class EntryStatus : std::uint8_t { draft, locked, countersign };
enum class Sharing : std::uint8_t { unconditional, conditional, not_shared };
enum class DataFormat : std::uint8_t { database, table, file, image };
enum class UpdateCycle : std::uint8_t { real_time, daily, weekly, monthly, quarterly, yearly };

/// How often a request asks for data.
enum class Frequency : std::uint8_t { once, daily, weekly, monthly, real_time };

/// pending -> approved | refused | closed, or overdue by the close of its due day; overdue ->
/// approved | refused | closed; approved -> revoked.
enum class RequestStatus : std::uint8_t { pending, overdue, approved, refused, revoked, closed };

}  // namespace directory

template <>
struct EnumNames<directory::ResponsibilityStatus> {
    static constexpr std::string_view names[] = {"pending", "active", "refused", "withdrawn"};
};
template <>
struct EnumNames<directory::EntryStatus> {
    static constexpr std::string_view names[] = {"draft", "locked", "countersign"};
};
template <>
struct EnumNames<directory::Sharing> {
    static constexpr std::string_view names[] = {"unconditional", "conditional", "not_shared"};
};
template <>
struct EnumNames<directory::DataFormat> {
    static constexpr std::string_view names[] = {"database", "table", "file", "image"};
};
template <>
struct EnumNames<directory::UpdateCycle> {
    static constexpr std::string_view names[] = {"real_time", "daily",     "weekly",
                                                 "monthly",   "quarterly", "yearly"};
};
template <>
struct EnumNames<directory::Frequency> {
    static constexpr std::string_view names[] = {"once", "daily", "weekly", "monthly", "real_time"};
};
template <>
struct EnumNames<directory::RequestStatus> {
    static constexpr std::string_view names[] = {"pending", "overdue", "approved",
                                                 "refused", "revoked", "closed"};
};

namespace directory {

inline constexpr std::uint32_t k_max_id_bytes = 16;
inline constexpr std::uint32_t k_max_short_text_bytes = 128;
inline constexpr std::uint32_t k_max_long_text_bytes = 1024;
inline constexpr std::uint32_t k_max_items = 128;
inline constexpr std::uint32_t k_max_item_name_bytes = 64;
inline constexpr std::uint32_t k_max_overdue_per_operation = 16;
/// A close emits one event of its own, and an operation at most 16.
inline constexpr std::uint32_t k_max_overdue_per_close = 12;
inline constexpr std::uint32_t k_max_tellings_per_close = 2;
inline constexpr std::uint32_t k_max_reply_days = 250;

// ---- responsibilities -------------------------------------------------------------------------

/// Operation `register_responsibility`, by a department for itself.
struct RegisterResponsibilityArguments {
    std::string text;
    std::string legal_basis;

    bool operator==(const RegisterResponsibilityArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_long_text_bytes>("text", text),
                limited<k_max_short_text_bytes>("legal_basis", legal_basis));
    }
};

/// Result of the operations that make something: the id that the chain gave.
struct IdResult {
    std::string id;

    bool operator==(const IdResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id));
    }
};

/// Operation `approve_responsibility`, by the staffing office.
struct ApproveResponsibilityArguments {
    std::string responsibility;

    bool operator==(const ApproveResponsibilityArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("responsibility", responsibility));
    }
};

/// Operations `refuse_responsibility` and `withdraw_responsibility`, by the staffing office.
struct ResponsibilityReasonArguments {
    std::string responsibility;
    std::string reason;

    bool operator==(const ResponsibilityReasonArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("responsibility", responsibility),
                limited<k_max_long_text_bytes>("reason", reason));
    }
};

/// Record, and result of the query `responsibility`.
struct Responsibility {
    std::string id;
    MemberId department;
    std::string text;
    std::string legal_basis;
    ResponsibilityStatus status = ResponsibilityStatus::pending;
    MemberId decided_by;  ///< who approved, refused or withdrew; empty while pending
    std::string reason;   ///< of the refusal or the withdrawal

    bool operator==(const Responsibility&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("department", department),
                limited<k_max_long_text_bytes>("text", text),
                limited<k_max_short_text_bytes>("legal_basis", legal_basis),
                field("status", status), limited<k_max_member_id_bytes>("decided_by", decided_by),
                limited<k_max_long_text_bytes>("reason", reason));
    }
};

// ---- directory entries ------------------------------------------------------------------------

/// An information item (信息项): a column of the data.
struct Item {
    std::string name;
    std::string type;  ///< "text", "date", "number", ... in the words of the department

    bool operator==(const Item&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_item_name_bytes>("name", name), limited<32>("type", type));
    }
};

/// The core metadata of an entry; its hash is what a lock fixes.
struct Metadata {
    std::string name;
    std::string resource_code;  ///< see is_resource_code; no two entries share one
    std::string abstract;
    DataFormat format = DataFormat::table;
    std::vector<Item> items;
    Sharing sharing = Sharing::conditional;
    std::optional<std::string> condition;    ///< required if conditional
    std::optional<std::string> legal_basis;  ///< required if not shared
    UpdateCycle update_cycle = UpdateCycle::daily;

    bool operator==(const Metadata&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_short_text_bytes>("name", name),
                limited<32>("resource_code", resource_code),
                limited<k_max_long_text_bytes>("abstract", abstract), field("format", format),
                limited<k_max_items>("items", items), field("sharing", sharing),
                limited<k_max_long_text_bytes>("condition", condition),
                limited<k_max_short_text_bytes>("legal_basis", legal_basis),
                field("update_cycle", update_cycle));
    }
};

/// Operation `register_directory`, by the department that owns the responsibility. In JSON the
/// metadata's fields stand beside `responsibility`.
struct RegisterDirectoryArguments {
    std::string responsibility;
    Metadata metadata;

    bool operator==(const RegisterDirectoryArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("responsibility", responsibility));
        metadata.serialize(archive);
    }
};

/// Operation `update_directory`: replaces the metadata of a draft, by its department.
struct UpdateDirectoryArguments {
    std::string directory;
    Metadata metadata;

    bool operator==(const UpdateDirectoryArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory));
        metadata.serialize(archive);
    }
};

/// Operation `lock_directory`, by an operator. Its own entry waits for `countersign_lock`.
struct LockDirectoryArguments {
    std::string directory;

    bool operator==(const LockDirectoryArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory));
    }
};

struct LockDirectoryResult {
    Digest metadata_hash;
    EntryStatus status = EntryStatus::locked;  ///< or countersign

    bool operator==(const LockDirectoryResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("metadata_hash", metadata_hash), field("status", status));
    }
};

/// Operation `countersign_lock`, by a staffing office or an auditor that is not the department
/// itself, of what it has seen.
struct CountersignLockArguments {
    std::string directory;
    Digest metadata_hash;

    bool operator==(const CountersignLockArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("directory", directory),
                field("metadata_hash", metadata_hash));
    }
};

/// Record, and result of the query `directory`.
struct Entry {
    std::string id;
    MemberId department;
    std::string responsibility;
    EntryStatus status = EntryStatus::draft;
    Digest metadata_hash;  ///< zero while it is a draft
    // Of the form in force: 0 and empty while it is a draft, 1 and the day of the lock at first.
    std::uint32_t version = 0;
    std::string version_since;
    std::string version_reason;  ///< why the entry was changed; empty for version 1
    Metadata metadata;

    bool operator==(const Entry&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("department", department),
                limited<k_max_id_bytes>("responsibility", responsibility), field("status", status),
                field("metadata_hash", metadata_hash), field("version", version),
                limited<k_date_bytes>("version_since", version_since),
                limited<k_max_long_text_bytes>("version_reason", version_reason));
        metadata.serialize(archive);
    }
};

/// As the guide 发改高技〔2017〕1272号 builds it: class (1 basic, 2 theme, 3 department), item (two
/// digits, not 00), catalogue (three digits, not 000), digits of a sub-catalogue if any, '/', and a
/// sequence of 1 to 12 digits that is not zero.
[[nodiscard]] bool is_resource_code(std::string_view code);

/// The hash that locking records: also computed by whoever checks an entry off chain.
[[nodiscard]] Digest metadata_hash(const Metadata& metadata);

}  // namespace directory
}  // namespace cityledger::ledger
