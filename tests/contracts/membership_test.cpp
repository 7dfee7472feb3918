#include "ledger/contracts/membership/membership.hpp"

#include "crypto/crypto_codes.hpp"
#include "ledger/contracts/values/uscc_codes.hpp"
#include "ledger/executor.hpp"
#include "tests/contracts/cities.hpp"

namespace cityledger::ledger {
namespace {

using membership::EnrolArguments;
using membership::Member;
using membership::MemberArguments;
using membership::MemberKind;
using membership::MembersArguments;
using membership::MembersResult;
using membership::MemberStatus;
using membership::NewKeyArguments;
using membership::Role;
using membership::RoleArguments;
using membership::RotateKeyArguments;
using namespace testing;

const MemberId k_huawei = "914403001922038216";

EnrolArguments enterprise(const MemberId& id) {
    return {id, "Enterprise", MemberKind::enterprise, {Role::enterprise}, test_key(id)};
}

Result<Nothing> enrol(City& city, const MemberId& sender, const EnrolArguments& arguments) {
    return city.run<Nothing>(sender, "membership", "enrol", arguments);
}

Result<Nothing> change_role(City& city, const char* method, const MemberId& id, Role role) {
    return city.run<Nothing>(k_bureau, "membership", method, RoleArguments{id, role});
}

TEST_CASE("an enrolled enterprise has a record without a key and a key in system state",
          "[membership]") {
    City city = shenzhen();
    REQUIRE(enrol(city, k_bureau, enterprise(k_huawei)));
    CHECK(city.emitted("membership.enrolled", k_huawei));
    const auto member = city.ask<Member>("membership", "member", MemberArguments{k_huawei});
    REQUIRE(member);
    CHECK(member->roles == std::vector<Role>{Role::enterprise});
    CHECK(member->status == MemberStatus::active);
    const auto key = city.context.get(Space::system, member_key_key(k_huawei));
    REQUIRE(key);
    CHECK(*key == encode(test_key(k_huawei)));
    for (const auto& [record_key, value] : city.context.spaces[Space::business]) {
        CHECK(to_hex(value).find(to_hex(ByteView(test_key(k_huawei).bytes))) == std::string::npos);
    }
}

TEST_CASE("only an operator or the tax bureau enrols", "[membership]") {
    City city = shenzhen();
    CHECK(refusal(enrol(city, k_seller, enterprise(k_huawei))) == codes::not_permitted.name);
    CHECK(refusal(enrol(city, "STRANGER", enterprise(k_huawei))) == codes::not_permitted.name);
}

TEST_CASE("a tax bureau that is no operator enrols enterprises and persons only", "[membership]") {
    City city = shenzhen();
    const EnrolArguments bureau{
        "TAX2", "District bureau", MemberKind::authority, {Role::tax_bureau}, test_key("TAX2")};
    REQUIRE(enrol(city, k_bureau, bureau));
    REQUIRE(enrol(city, "TAX2", enterprise(k_huawei)));
    REQUIRE(enrol(city, "TAX2",
                  {"P-WANG", "Wang", MemberKind::person, {Role::consumer}, test_key("P-WANG")}));
    const EnrolArguments department{
        "AA", "Development and Reform", MemberKind::department, {}, test_key("AA")};
    CHECK(refusal(enrol(city, "TAX2", department)) == codes::member_outside_mandate.name);
    CHECK(refusal(enrol(city, k_bureau, department)) == "accepted");
}

TEST_CASE("ids have the shape of their kind", "[membership]") {
    City city = shenzhen();
    const auto try_id = [&](MemberKind kind, const MemberId& id) {
        return refusal(enrol(city, k_bureau, {id, "Name", kind, {}, test_key(id)}));
    };
    CHECK(try_id(MemberKind::enterprise, "914403001922038217") == codes::uscc_bad_check.name);
    for (const char* id : {"", "A", "AAA", "aa", "A1", "AÜ"}) {
        CHECK(try_id(MemberKind::department, id) == codes::member_id_malformed.name);
    }
    for (const char* id : {"P-", "P", "Q-LI", "P-li", "P-ABCDEFGHIJKLMNOPQRSTU"}) {
        CHECK(try_id(MemberKind::person, id) == codes::member_id_malformed.name);
    }
    for (const char* id : {"AB", "1TAX", "P-TAX", "TAX/1", "ABCDEFGHIJKLMNOPQ"}) {
        CHECK(try_id(MemberKind::authority, id) == codes::member_id_malformed.name);
    }
    CHECK(try_id(MemberKind::authority, "TAX-4403") == "accepted");
    CHECK(try_id(MemberKind::person, "P-ABCDEFGHIJKLMNOPQRST") == "accepted");
}

TEST_CASE("what is wrong with a new member is said", "[membership]") {
    City city = shenzhen();
    CHECK(refusal(enrol(city, k_bureau, enterprise(k_seller))) == codes::member_exists.name);
    auto nameless = enterprise(k_huawei);
    nameless.name.clear();
    CHECK(refusal(enrol(city, k_bureau, nameless)) == codes::member_name_missing.name);
    auto twice = enterprise(k_huawei);
    twice.roles = {Role::enterprise, Role::enterprise};
    CHECK(refusal(enrol(city, k_bureau, twice)) == codes::role_held.name);
    auto consumer = enterprise(k_huawei);
    consumer.roles = {Role::consumer};
    CHECK(refusal(enrol(city, k_bureau, consumer)) == codes::role_not_for_kind.name);
    auto keyless = enterprise(k_huawei);
    keyless.public_key = {};
    CHECK(refusal(enrol(city, k_bureau, keyless)) == crypto::codes::key_kind_unknown.name);
    CHECK(refusal(city.ask<Member>("membership", "member", MemberArguments{k_huawei})) ==
          codes::member_unknown.name);
}

TEST_CASE("roles are granted and revoked", "[membership]") {
    City city = shenzhen();
    REQUIRE(change_role(city, "grant_role", k_seller, Role::service_provider));
    CHECK(refusal(change_role(city, "grant_role", k_seller, Role::service_provider)) ==
          codes::role_held.name);
    REQUIRE(change_role(city, "revoke_role", k_seller, Role::enterprise));
    CHECK(refusal(change_role(city, "revoke_role", k_seller, Role::enterprise)) ==
          codes::role_not_held.name);
    const auto member = city.ask<Member>("membership", "member", MemberArguments{k_seller});
    CHECK(member->roles == std::vector<Role>{Role::service_provider});
    CHECK(refusal(change_role(city, "grant_role", "NOBODY", Role::enterprise)) ==
          codes::member_unknown.name);
}

TEST_CASE("a revoked member loses its key and its roles' power and stays on record",
          "[membership]") {
    City city = shenzhen();
    REQUIRE(enrol(city, k_bureau, enterprise(k_huawei)));
    REQUIRE(city.run<Nothing>(k_bureau, "membership", "revoke", MemberArguments{k_huawei}));
    CHECK_FALSE(city.context.get(Space::system, member_key_key(k_huawei)));
    const auto member = city.ask<Member>("membership", "member", MemberArguments{k_huawei});
    CHECK(member->status == MemberStatus::revoked);
    CHECK(refusal(city.run<Nothing>(k_huawei, "membership", "rotate_key",
                                    RotateKeyArguments{test_key(k_huawei, 1)})) ==
          codes::member_revoked.name);
    CHECK(refusal(enrol(city, k_bureau, enterprise(k_huawei))) == codes::member_exists.name);
}

TEST_CASE("the last operator cannot be removed", "[membership]") {
    City city = shenzhen();
    CHECK(refusal(city.run<Nothing>(k_bureau, "membership", "revoke", MemberArguments{k_bureau})) ==
          codes::last_operator.name);
    CHECK(refusal(change_role(city, "revoke_role", k_bureau, Role::chain_operator)) ==
          codes::last_operator.name);
    REQUIRE(change_role(city, "grant_role", "AUDIT", Role::chain_operator));
    REQUIRE(change_role(city, "revoke_role", k_bureau, Role::chain_operator));
    CHECK(refusal(city.run<Nothing>("AUDIT", "membership", "revoke", MemberArguments{"AUDIT"})) ==
          codes::last_operator.name);
}

TEST_CASE("a member rotates its own key", "[membership]") {
    City city = shenzhen();
    REQUIRE(enrol(city, k_bureau, enterprise(k_huawei)));
    const auto rotate = [&](int turn) {
        return city.run<Nothing>(k_huawei, "membership", "rotate_key",
                                 RotateKeyArguments{test_key(k_huawei, turn)});
    };
    CHECK(refusal(rotate(0)) == codes::key_unchanged.name);
    REQUIRE(rotate(1));
    CHECK(*city.context.get(Space::system, member_key_key(k_huawei)) ==
          encode(test_key(k_huawei, 1)));
}

TEST_CASE("two offices give a member that lost its key a new one", "[membership]") {
    City city = shenzhen();
    REQUIRE(enrol(city, k_bureau, enterprise(k_huawei)));
    const auto act = [&](const MemberId& sender, const char* method, int turn) {
        return refusal(city.run<Nothing>(sender, "membership", method,
                                         NewKeyArguments{k_huawei, test_key(k_huawei, turn)}));
    };
    const auto has_key = [&](int turn) {
        return city.context.get(Space::system, member_key_key(k_huawei)) ==
               encode(test_key(k_huawei, turn));
    };
    CHECK(act("AUDIT", "countersign_key", 1) == codes::key_not_proposed.name);
    CHECK(act(k_seller, "propose_key", 1) == codes::not_permitted.name);
    CHECK(act("AUDIT", "propose_key", 1) == codes::not_permitted.name);
    CHECK(act(k_bureau, "propose_key", 1) == "accepted");
    CHECK(act(k_bureau, "countersign_key", 1) == codes::key_same_signer.name);
    CHECK(act(k_seller, "countersign_key", 1) == codes::not_permitted.name);
    CHECK(act("AUDIT", "countersign_key", 2) == codes::key_not_proposed.name);  // another key
    CHECK(has_key(0));
    CHECK(act("AUDIT", "countersign_key", 1) == "accepted");
    CHECK(has_key(1));
    CHECK(city.emitted("membership.key_replaced", k_huawei));
    CHECK(act("AUDIT", "countersign_key", 1) == codes::key_not_proposed.name);  // once
    const NewKeyArguments nobody{"91330100799655058B", test_key(k_huawei, 1)};
    CHECK(refusal(city.run<Nothing>(k_bureau, "membership", "propose_key", nobody)) ==
          codes::member_unknown.name);
}

TEST_CASE("a member whose key was stolen is revoked at once and comes back with a new key",
          "[membership]") {
    City city = shenzhen();
    REQUIRE(enrol(city, k_bureau, enterprise(k_huawei)));
    REQUIRE(city.run<Nothing>(k_bureau, "membership", "revoke", MemberArguments{k_huawei}));
    const NewKeyArguments next{k_huawei, test_key(k_huawei, 1)};
    REQUIRE(city.run<Nothing>(k_bureau, "membership", "propose_key", next));
    REQUIRE(city.run<Nothing>("AUDIT", "membership", "countersign_key", next));
    const auto member = city.ask<Member>("membership", "member", MemberArguments{k_huawei});
    CHECK(member->status == MemberStatus::active);
    CHECK(member->roles == enterprise(k_huawei).roles);
    REQUIRE(city.run<Nothing>(k_huawei, "membership", "rotate_key",
                              RotateKeyArguments{test_key(k_huawei, 2)}));
}

TEST_CASE("an operator that comes back counts as one again", "[membership]") {
    City city = shenzhen();
    REQUIRE(change_role(city, "grant_role", "AUDIT", Role::chain_operator));
    REQUIRE(city.run<Nothing>("AUDIT", "membership", "revoke", MemberArguments{k_bureau}));
    const NewKeyArguments next{k_bureau, test_key(k_bureau, 1)};
    REQUIRE(city.run<Nothing>("AUDIT", "membership", "propose_key", next));
    CHECK(refusal(city.run<Nothing>("AUDIT", "membership", "countersign_key", next)) ==
          codes::key_same_signer.name);
    REQUIRE(
        enrol(city, "AUDIT",
              {"SZAUDIT", "Audit", MemberKind::authority, {Role::auditor}, test_key("SZAUDIT")}));
    REQUIRE(city.run<Nothing>("SZAUDIT", "membership", "countersign_key", next));
    REQUIRE(city.run<Nothing>(k_bureau, "membership", "revoke", MemberArguments{"AUDIT"}));
}

TEST_CASE("members are read page by page, by role", "[membership]") {
    City city = beijing();
    MembersArguments arguments{Role::department, std::nullopt, 3};
    const auto first = city.ask<MembersResult>("membership", "members", arguments);
    REQUIRE(first);
    REQUIRE(first->members.size() == 3);
    CHECK(first->members[0].id == "AB");
    REQUIRE(first->next);
    arguments.after = first->next;
    const auto second = city.ask<MembersResult>("membership", "members", arguments);
    REQUIRE(second);
    REQUIRE(second->members.size() == 1);
    CHECK(second->members[0].id == "AK");
    CHECK_FALSE(second->next);
    for (const std::uint32_t limit : {0u, 101u}) {
        CHECK(refusal(city.ask<MembersResult>("membership", "members",
                                              MembersArguments{{}, {}, limit})) ==
              codes::page_limit_out_of_range.name);
    }
}

TEST_CASE("a genesis with a wrong member is refused", "[membership]") {
    City city;
    const auto wrong = sections(R"({"membership": {"members": [
        {"id": "A1", "name": "x", "kind": "department", "roles": []}]}})");
    CHECK(refusal(city.start(wrong)) == codes::member_id_malformed.name);
}

}  // namespace
}  // namespace cityledger::ledger
