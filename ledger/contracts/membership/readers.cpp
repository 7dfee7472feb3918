#include "ledger/contracts/membership/readers.hpp"

#include <algorithm>

namespace cityledger::ledger::membership {

std::optional<Member> asking_member(Context& context) {
    if (context.sender().empty()) return std::nullopt;
    auto member = find_member(context, context.sender());
    if (member && member->status != MemberStatus::active) return std::nullopt;
    return member;
}

bool asks_as(Context& context, std::initializer_list<Role> roles) {
    const auto member = asking_member(context);
    return member && std::any_of(roles.begin(), roles.end(),
                                 [&](Role role) { return member->has_role(role); });
}

bool asks_as_supervisor(Context& context) {
    return asks_as(context, {Role::tax_bureau, Role::auditor});
}

Readers members() {
    return {"members",
            [](Context& context, ByteView) { return asking_member(context).has_value(); }};
}

}  // namespace cityledger::ledger::membership
