#pragma once
// Membership: who may do what. Business state keeps the member record (id, name, kind, roles,
// status); the signing key stands in system state under member_key_key, so that worlds with
// different keys have equal business roots.
//
// Kind        id                                     roles it may hold
// enterprise  USCC, or registration tag "E-..."      enterprise, service_provider
// department  two capital letters, "AK"              department, operator, staffing_office,
//                                                    auditor, calendar_countersigner
// authority   3 to 16 of A-Z 0-9 '-', "SZTAX",       operator, tax_bureau, staffing_office,
//             starts with a letter, not with "P-"    auditor, calendar_countersigner, court
// person      "P-" and 1 to 20 of A-Z 0-9 '-'        consumer
//
// On a closed chain enterprises go by registration tags and persons by tags of their own, "P-" and
// 16 hexadecimal digits. A tag is its own name: who it is stands in the tax bureau's register.

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "ledger/contract.hpp"
#include "ledger/contracts/membership/membership_codes.hpp"

namespace cityledger::ledger {
namespace membership {

enum class Role : std::uint8_t {
    chain_operator,          ///< runs the chain: enrols, locks, closes days
    tax_bureau,              ///< admits enterprises to invoicing, sets quotas
    enterprise,              ///< issues, receives and books invoices
    service_provider,        ///< carries invoices for enterprises
    consumer,                ///< holds invoices
    department,              ///< owns responsibilities and data directories
    staffing_office,         ///< approves responsibilities (编办)
    auditor,                 ///< reads
    calendar_countersigner,  ///< confirms the close of a business day
    court,                   ///< is shown what it orders to be shown
};

enum class MemberKind : std::uint8_t { enterprise, department, authority, person };
enum class MemberStatus : std::uint8_t { active, revoked };

}  // namespace membership

template <>
struct EnumNames<membership::Role> {
    static constexpr std::string_view names[] = {
        "operator",   "tax_bureau",      "enterprise", "service_provider",       "consumer",
        "department", "staffing_office", "auditor",    "calendar_countersigner", "court"};
};
template <>
struct EnumNames<membership::MemberKind> {
    static constexpr std::string_view names[] = {"enterprise", "department", "authority", "person"};
};
template <>
struct EnumNames<membership::MemberStatus> {
    static constexpr std::string_view names[] = {"active", "revoked"};
};

namespace membership {

inline constexpr std::uint32_t k_max_member_name_bytes = 128;
inline constexpr std::uint32_t k_max_roles = 16;
inline constexpr std::uint32_t k_max_page_entries = 100;

/// The record of a member, and the result of the query `member`. Roles ascend, each once.
struct Member {
    MemberId id;
    std::string name;
    MemberKind kind = MemberKind::enterprise;
    std::vector<Role> roles;
    MemberStatus status = MemberStatus::active;

    bool operator==(const Member&) const = default;
    [[nodiscard]] bool has_role(Role role) const;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("id", id),
                limited<k_max_member_name_bytes>("name", name), field("kind", kind),
                limited<k_max_roles>("roles", roles), field("status", status));
    }
};

/// Operation `enrol`: by an operator, or by the tax bureau for enterprises and persons.
struct EnrolArguments {
    MemberId id;
    std::string name;
    MemberKind kind = MemberKind::enterprise;
    std::vector<Role> roles;
    crypto::PublicKeyBytes public_key;

    bool operator==(const EnrolArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("id", id),
                limited<k_max_member_name_bytes>("name", name), field("kind", kind),
                limited<k_max_roles>("roles", roles), field("public_key", public_key));
    }
};

/// Operations `grant_role` and `revoke_role`: by whom may enrol the member.
struct RoleArguments {
    MemberId id;
    Role role = Role::enterprise;

    bool operator==(const RoleArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("id", id), field("role", role));
    }
};

/// Operation `revoke`, queries `member` and `key`.
struct MemberArguments {
    MemberId id;

    bool operator==(const MemberArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("id", id));
    }
};

/// Operation `rotate_key`: the sender's own next key, valid from the next transaction on.
struct RotateKeyArguments {
    crypto::PublicKeyBytes public_key;

    bool operator==(const RotateKeyArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("public_key", public_key));
    }
};

/// Operation `propose_key`, by whom may enrol the member: a new key for a member that has lost its
/// own, or whose key was stolen (revoke it at once, then propose). Operation `countersign_key`, by
/// another operator, tax bureau, auditor or calendar_countersigner that has seen the same key: it
/// is the member's from the next transaction on, and a revoked member is active again.
struct NewKeyArguments {
    MemberId id;
    crypto::PublicKeyBytes public_key;

    bool operator==(const NewKeyArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("id", id), field("public_key", public_key));
    }
};

/// Result of the query `key`: the signing key of an active member, as of now.
struct MemberKeyResult {
    crypto::PublicKeyBytes public_key;

    bool operator==(const MemberKeyResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("public_key", public_key));
    }
};

/// Query `members`: ids above `after`, in order. `limit` is 1 to 100, 100 if absent. One page looks
/// at 400 records at most, so it may hold fewer than `limit` and still have a next page.
struct MembersArguments {
    std::optional<Role> role;  ///< only members that hold it
    std::optional<MemberId> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const MembersArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("role", role), limited<k_max_member_id_bytes>("after", after),
                field("limit", limit));
    }
};

struct MembersResult {
    std::vector<Member> members;
    std::optional<MemberId> next;  ///< the `after` of the next page; none: this is the last

    bool operator==(const MembersResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("members", members), limited<k_max_member_id_bytes>("next", next));
    }
};

/// One member of the genesis section {"members": [...]}; its key stands in Genesis::keys.
struct GenesisMember {
    MemberId id;
    std::string name;
    MemberKind kind = MemberKind::enterprise;
    std::vector<Role> roles;

    bool operator==(const GenesisMember&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("id", id),
                limited<k_max_member_name_bytes>("name", name), field("kind", kind),
                limited<k_max_roles>("roles", roles));
    }
};

/// The shape of the id of a department, authority or person; of an enterprise's check_enterprise_id
/// says more.
[[nodiscard]] bool has_shape_of(MemberKind kind, std::string_view id);

/// tagged_member_named if an id that is a tag goes with another name.
[[nodiscard]] Status check_tagged_name(const MemberId& id, std::string_view name);

/// What the record of a new member must keep by itself: an id of its kind, a name (a tag is its own
/// name), each role once and only roles of its kind. Refused as `enrol` and the genesis refuse it.
[[nodiscard]] Status check_new_member(const GenesisMember& fresh);

struct GenesisSection {
    std::vector<GenesisMember> members;

    bool operator==(const GenesisSection&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<100'000>("members", members));
    }
};

// ---- for the other contracts ------------------------------------------------------------------

/// The record of a member, active or revoked.
[[nodiscard]] std::optional<Member> find_member(Context& context, const MemberId& id);

/// A member, active or revoked; else member_unknown.
[[nodiscard]] Result<Member> recorded_member(Context& context, const MemberId& id);

/// An active member; else member_unknown or member_revoked.
[[nodiscard]] Result<Member> require_member(Context& context, const MemberId& id);

/// not_permitted unless the sender is active and holds one of the roles.
[[nodiscard]] Result<Member> require_any_role(Context& context, std::initializer_list<Role> roles);
[[nodiscard]] Status require_role(Context& context, Role role);

/// The limit of a page (100 if absent), or page_limit_out_of_range.
[[nodiscard]] Result<std::size_t> check_page_limit(const std::optional<std::uint32_t>& limit);

}  // namespace membership
}  // namespace cityledger::ledger
