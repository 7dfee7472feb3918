#include "ledger/contracts/membership/membership.hpp"

#include <algorithm>

#include "crypto/check.hpp"
#include "crypto/keys.hpp"
#include "ledger/contracts/closed_words.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/membership/code_exceptions.hpp"
#include "ledger/contracts/membership/readers.hpp"
#include "ledger/contracts/values/uscc.hpp"
#include "ledger/executor.hpp"

namespace cityledger::ledger {
namespace membership {
namespace {

constexpr std::string_view k_member_prefix = "membership/member/";
constexpr std::string_view k_operators_key = "membership/operators";
constexpr std::size_t k_max_records_per_page = 400;
constexpr std::size_t k_department_characters = 2;
constexpr std::size_t k_min_authority_characters = 3;
constexpr std::size_t k_max_authority_characters = 16;
constexpr std::size_t k_max_person_characters = 20;
constexpr std::string_view k_person_prefix = "P-";

/// Who has proposed a new key for a member. The key stands in system state, as all keys do.
struct KeyProposal {
    MemberId proposed_by;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("proposed_by", proposed_by));
    }
};

/// How many active members hold the role operator.
struct OperatorCount {
    std::uint32_t count = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("count", count));
    }
};

std::string member_record_key(const MemberId& id) { return std::string(k_member_prefix) + id; }

std::string proposal_key(const MemberId& id) { return "membership/key_proposal/" + id; }

bool is_capital(char character) { return character >= 'A' && character <= 'Z'; }

bool is_id_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char character) {
        return is_capital(character) || (character >= '0' && character <= '9') || character == '-';
    });
}

Status check_id(MemberKind kind, const MemberId& id) {
    if (!has_shape_of(kind, id)) return refuse(codes::member_id_malformed, id);
    return {};
}

bool may_hold(MemberKind kind, Role role) {
    switch (role) {
        case Role::chain_operator:
        case Role::staffing_office:
        case Role::auditor:
        case Role::calendar_countersigner:
            return kind == MemberKind::department || kind == MemberKind::authority;
        case Role::tax_bureau:
        case Role::court: return kind == MemberKind::authority;
        case Role::enterprise:
        case Role::service_provider: return kind == MemberKind::enterprise;
        case Role::consumer: return kind == MemberKind::person;
        case Role::department: return kind == MemberKind::department;
    }
    return false;
}

std::string name_of(Role role) {
    return std::string(EnumNames<Role>::names[static_cast<std::size_t>(role)]);
}

void count_operators(Context& context, bool more) {
    auto operators = context.load<OperatorCount>(k_operators_key).value_or(OperatorCount{});
    CHECK_INVARIANT(more || operators.count > 0);
    operators.count = more ? operators.count + 1 : operators.count - 1;
    context.store(k_operators_key, operators);
}

void store_member(Context& context, const Member& member) {
    context.store(member_record_key(member.id), member);
}

Status may_get(const Member& member, Role role) {
    if (member.has_role(role)) return refuse(codes::role_held, name_of(role));
    if (!may_hold(member.kind, role)) return refuse(codes::role_not_for_kind, name_of(role));
    return {};
}

/// Adds a role; the roles stay in ascending order.
Status add_role(Context& context, Member& member, Role role) {
    if (const auto status = may_get(member, role); !status) return status;
    member.roles.insert(std::lower_bound(member.roles.begin(), member.roles.end(), role), role);
    if (role == Role::chain_operator) count_operators(context, true);
    return {};
}

/// Before a member ceases to be an operator.
Status release_operator(Context& context, const Member& member) {
    if (!member.has_role(Role::chain_operator)) return {};
    const auto operators = context.load<OperatorCount>(k_operators_key).value_or(OperatorCount{});
    if (operators.count <= 1) return refuse(codes::last_operator, member.id);
    count_operators(context, false);
    return {};
}

/// All that check_new_member judges behind the id of an enterprise.
Status check_new_record(const GenesisMember& fresh) {
    if (const auto status = check_id(fresh.kind, fresh.id); !status) return status;
    if (fresh.name.empty()) return refuse(codes::member_name_missing, fresh.id);
    if (const auto status = check_tagged_name(fresh.id, fresh.name); !status) return status;
    Member member{fresh.id, fresh.name, fresh.kind, {}, MemberStatus::active};
    for (const Role role : fresh.roles) {
        if (const auto status = may_get(member, role); !status) return status;
        member.roles.push_back(role);
    }
    return {};
}

/// Records a new member without a key.
Status record_member(Context& context, const GenesisMember& fresh) {
    if (fresh.kind == MemberKind::enterprise) {
        if (const auto status = check_enterprise(context, fresh.id); !status) return status;
    }
    if (const auto status = check_new_record(fresh); !status) return status;
    if (find_member(context, fresh.id)) return refuse(codes::member_exists, fresh.id);
    Member member{fresh.id, fresh.name, fresh.kind, {}, MemberStatus::active};
    for (const Role role : fresh.roles) {
        if (const auto status = add_role(context, member, role); !status) return status;
    }
    store_member(context, member);
    return {};
}

/// Operators manage all members, the tax bureau enterprises and persons.
Status check_mandate(Context& context, MemberKind kind) {
    const auto sender = require_any_role(context, {Role::chain_operator, Role::tax_bureau});
    if (!sender) return propagate(sender);
    const bool of_tax_bureau = kind == MemberKind::enterprise || kind == MemberKind::person;
    if (!sender->has_role(Role::chain_operator) && !of_tax_bureau) {
        return refuse(codes::member_outside_mandate, sender->id);
    }
    return {};
}

/// The active member that the sender may manage.
Result<Member> managed_member(Context& context, const MemberId& id) {
    auto member = require_member(context, id);
    if (!member) return member;
    if (const auto status = check_mandate(context, member->kind); !status) {
        return propagate(status);
    }
    return member;
}

Status store_key(Context& context, const MemberId& id, const crypto::PublicKeyBytes& bytes) {
    if (const auto key = crypto::PublicKey::decode(bytes); !key) return propagate(key);
    context.store(member_key_key(id), bytes, Space::system);
    return {};
}

Result<Nothing> enrol(Context& context, const EnrolArguments& arguments) {
    if (const auto status = check_mandate(context, arguments.kind); !status) {
        return propagate(status);
    }
    const GenesisMember fresh{arguments.id, arguments.name, arguments.kind, arguments.roles};
    if (const auto status = record_member(context, fresh); !status) return propagate(status);
    if (const auto status = store_key(context, arguments.id, arguments.public_key); !status) {
        return propagate(status);
    }
    context.emit("membership.enrolled", arguments.id);
    return Nothing{};
}

Result<Nothing> grant_role(Context& context, const RoleArguments& arguments) {
    auto member = managed_member(context, arguments.id);
    if (!member) return propagate(member);
    if (const auto status = add_role(context, *member, arguments.role); !status) {
        return propagate(status);
    }
    store_member(context, *member);
    context.emit("membership.role_granted", arguments.id);
    return Nothing{};
}

Result<Nothing> revoke_role(Context& context, const RoleArguments& arguments) {
    auto member = managed_member(context, arguments.id);
    if (!member) return propagate(member);
    if (!member->has_role(arguments.role)) {
        return refuse(codes::role_not_held, name_of(arguments.role));
    }
    if (arguments.role == Role::chain_operator) {
        if (const auto status = release_operator(context, *member); !status) {
            return propagate(status);
        }
    }
    std::erase(member->roles, arguments.role);
    store_member(context, *member);
    context.emit("membership.role_revoked", arguments.id);
    return Nothing{};
}

Result<Nothing> revoke(Context& context, const MemberArguments& arguments) {
    auto member = managed_member(context, arguments.id);
    if (!member) return propagate(member);
    if (const auto status = release_operator(context, *member); !status) return propagate(status);
    member->status = MemberStatus::revoked;
    store_member(context, *member);
    context.erase(Space::system, member_key_key(arguments.id));
    context.emit("membership.revoked", arguments.id);
    return Nothing{};
}

Result<Nothing> rotate_key(Context& context, const RotateKeyArguments& arguments) {
    const auto member = require_member(context, context.sender());
    if (!member) return propagate(member);
    const auto current =
        context.load<crypto::PublicKeyBytes>(member_key_key(member->id), Space::system);
    if (current == arguments.public_key) return refuse(codes::key_unchanged, member->id);
    if (const auto status = store_key(context, member->id, arguments.public_key); !status) {
        return propagate(status);
    }
    context.emit("membership.key_rotated", member->id);
    return Nothing{};
}

Result<Nothing> propose_key(Context& context, const NewKeyArguments& arguments) {
    const auto member = recorded_member(context, arguments.id);
    if (!member) return propagate(member);
    if (const auto status = check_mandate(context, member->kind); !status) {
        return propagate(status);
    }
    if (const auto key = crypto::PublicKey::decode(arguments.public_key); !key) {
        return propagate(key);
    }
    context.store(proposal_key(member->id), KeyProposal{context.sender()});
    context.store(proposal_key(member->id), arguments.public_key, Space::system);
    context.emit("membership.key_proposed", member->id);
    return Nothing{};
}

/// The proposal for a member that somebody else has made, with this very key.
Status check_countersign(Context& context, const NewKeyArguments& arguments) {
    const auto signer = require_any_role(context, {Role::chain_operator, Role::tax_bureau,
                                                   Role::auditor, Role::calendar_countersigner});
    if (!signer) return propagate(signer);
    const auto proposal = context.load<KeyProposal>(proposal_key(arguments.id));
    const auto key =
        context.load<crypto::PublicKeyBytes>(proposal_key(arguments.id), Space::system);
    if (!proposal || key != arguments.public_key) {
        return refuse(codes::key_not_proposed, arguments.id);
    }
    if (proposal->proposed_by == signer->id) return refuse(codes::key_same_signer, signer->id);
    return {};
}

Result<Nothing> countersign_key(Context& context, const NewKeyArguments& arguments) {
    if (const auto status = check_countersign(context, arguments); !status) {
        return propagate(status);
    }
    auto member = recorded_member(context, arguments.id);
    if (!member) return propagate(member);
    if (member->status == MemberStatus::revoked && member->has_role(Role::chain_operator)) {
        count_operators(context, true);
    }
    member->status = MemberStatus::active;
    store_member(context, *member);
    if (const auto status = store_key(context, member->id, arguments.public_key); !status) {
        return propagate(status);
    }
    context.erase(Space::business, proposal_key(member->id));
    context.erase(Space::system, proposal_key(member->id));
    context.emit("membership.key_replaced", member->id);
    return Nothing{};
}

Result<Member> query_member(Context& context, const MemberArguments& arguments) {
    return recorded_member(context, arguments.id);
}

Result<MemberKeyResult> query_key(Context& context, const MemberArguments& arguments) {
    const auto member = require_member(context, arguments.id);
    if (!member) return propagate(member);
    const auto key =
        context.load<crypto::PublicKeyBytes>(member_key_key(member->id), Space::system);
    CHECK_INVARIANT(key.has_value());  // an active member has one
    return MemberKeyResult{*key};
}

Result<MembersResult> query_members(Context& context, const MembersArguments& arguments) {
    const auto limit = check_page_limit(arguments.limit);
    if (!limit) return propagate(limit);
    std::string from(k_member_prefix);
    if (arguments.after) from += *arguments.after + '\0';
    const auto entries =
        context.scan(Space::business, k_member_prefix, from, k_max_records_per_page);
    MembersResult page;
    std::size_t seen = 0;
    for (const auto& [key, value] : entries) {
        if (page.members.size() == *limit) break;
        auto member = Context::decode_record<Member>(value);
        page.next = member.id;
        ++seen;
        if (!arguments.role || member.has_role(*arguments.role)) {
            page.members.push_back(std::move(member));
        }
    }
    if (seen == entries.size() && seen < k_max_records_per_page) page.next.reset();
    return page;
}

Status initialise(Context& context, const boost::json::value& json) {
    if (json.is_null()) return {};
    const auto section = from_json<GenesisSection>(json);
    if (!section) return propagate(section);
    const bool closed = is_closed(context);  // the invoice contract's section is read before
    for (const GenesisMember& member : section->members) {
        const bool goes_by_tag =
            member.kind == MemberKind::enterprise || member.kind == MemberKind::person;
        ClosedWords words;
        if (closed && goes_by_tag) words.new_member(member.kind, member.id, member.name);
        if (!words.verdict()) return words.verdict();
        if (const auto status = record_member(context, member); !status) return status;
    }
    return {};
}

}  // namespace

bool has_shape_of(MemberKind kind, std::string_view id) {
    switch (kind) {
        case MemberKind::enterprise: return true;  // check_enterprise_id decides
        case MemberKind::department:
            return id.size() == k_department_characters && is_capital(id[0]) && is_capital(id[1]);
        case MemberKind::authority:
            return id.size() >= k_min_authority_characters &&
                   id.size() <= k_max_authority_characters && is_capital(id[0]) && is_id_text(id) &&
                   !id.starts_with(k_person_prefix);
        case MemberKind::person:
            return id.starts_with(k_person_prefix) && id.size() > k_person_prefix.size() &&
                   id.size() <= k_person_prefix.size() + k_max_person_characters && is_id_text(id);
    }
    return false;
}

Status check_tagged_name(const MemberId& id, std::string_view name) {
    const bool is_tag = is_registration_tag(id) || is_person_tag(id);
    if (is_tag && name != id) return refuse(codes::tagged_member_named, id);
    return {};
}

Status check_new_member(const GenesisMember& fresh) {
    if (fresh.kind == MemberKind::enterprise) {
        if (const auto status = check_enterprise_id(fresh.id); !status) return status;
    }
    return check_new_record(fresh);
}

bool Member::has_role(Role role) const {
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::optional<Member> find_member(Context& context, const MemberId& id) {
    return context.load<Member>(member_record_key(id));
}

Result<Member> recorded_member(Context& context, const MemberId& id) {
    auto member = find_member(context, id);
    if (!member) return refuse(codes::member_unknown, id);
    return *std::move(member);
}

Result<Member> require_member(Context& context, const MemberId& id) {
    auto member = recorded_member(context, id);
    if (member && member->status == MemberStatus::revoked) {
        return refuse(codes::member_revoked, id);
    }
    return member;
}

Result<Member> require_any_role(Context& context, std::initializer_list<Role> roles) {
    auto member = find_member(context, context.sender());
    const bool active = member && member->status == MemberStatus::active;
    const bool permitted = active && std::any_of(roles.begin(), roles.end(),
                                                 [&](Role role) { return member->has_role(role); });
    if (!permitted) {
        std::string names;
        for (const Role role : roles) names += (names.empty() ? "" : " or ") + name_of(role);
        return refuse(codes::not_permitted, context.sender() + " is no " + names);
    }
    return *std::move(member);
}

Status require_role(Context& context, Role role) {
    const auto member = require_any_role(context, {role});
    if (!member) return propagate(member);
    return {};
}

Result<std::size_t> check_page_limit(const std::optional<std::uint32_t>& limit) {
    const std::uint32_t entries = limit.value_or(k_max_page_entries);
    if (entries == 0 || entries > k_max_page_entries) {
        return refuse(codes::page_limit_out_of_range, std::to_string(entries));
    }
    return entries;
}

}  // namespace membership

Contract make_membership_contract() {
    using namespace membership;
    Contract contract;
    contract.name = "membership";
    contract.codes = {codes::membership_codes, codes::uscc_codes};
    contract.operations = {
        make_closed_method(
            "enrol", "An operator, or the tax bureau for enterprises and persons, enrols a member.",
            enrol),
        make_closed_method("grant_role", "Who may enrol the member gives it a role.", grant_role),
        make_closed_method("revoke_role", "Who may enrol the member takes a role from it.",
                           revoke_role),
        make_closed_method(
            "revoke", "Who may enrol the member revokes it: its key signs nothing more.", revoke),
        make_closed_method("rotate_key", "A member replaces its own key.", rotate_key),
        make_closed_method("propose_key",
                           "Who may enrol the member proposes a new key for a lost or stolen one.",
                           propose_key),
        make_closed_method(
            "countersign_key",
            "Another office confirms the proposed key: it is the member's from now on.",
            countersign_key),
        except_code_operation(),
    };
    for (Method& operation : contract.operations) {
        const bool makes_key = operation.name == "enrol" || operation.name == "propose_key";
        if (makes_key) operation.filled_in = {"public_key"};
    }
    contract.queries = {
        make_query("member", "A member by its id.", members(), query_member),
        make_query("key", "The signing key of an active member.", members(), query_key),
        make_query("members", "Members in the order of their ids, by role if one is named.",
                   members(), query_members),
        code_exception_query(),
    };
    contract.initialise = initialise;
    return contract;
}

}  // namespace cityledger::ledger
