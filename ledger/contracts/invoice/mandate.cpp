#include "ledger/contracts/invoice/internal.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::require_any_role;
using membership::require_role;
using membership::Role;

std::string mandate_key(const MemberId& principal, const MemberId& provider) {
    return "invoice/mandate/" + principal + "/" + provider;
}

Result<Mandate> find_mandate(Context& context, const MemberId& principal,
                             const MemberId& provider) {
    auto found = context.load<Mandate>(mandate_key(principal, provider));
    if (!found) return refuse(codes::mandate_missing, provider + " for " + principal);
    return *std::move(found);
}

Result<Nothing> give_mandate(Context& context, const MandateArguments& arguments) {
    const auto sender = require_any_role(context, {Role::enterprise, Role::consumer});
    if (!sender) return propagate(sender);
    const auto provider = membership::require_member(context, arguments.provider);
    if (!provider) return propagate(provider);
    if (!provider->has_role(Role::service_provider)) {
        return refuse(codes::not_a_service_provider, provider->id);
    }
    const std::string key = mandate_key(sender->id, provider->id);
    if (context.get(Space::business, key)) return refuse(codes::mandate_exists, provider->id);
    context.store(key, Mandate{sender->id, provider->id, calendar::current_day(context).date});
    context.emit("invoice.mandated", sender->id + "/" + provider->id);
    return Nothing{};
}

/// Also by a member that has lost its roles: a mandate can always be taken back.
Result<Nothing> revoke_mandate(Context& context, const MandateArguments& arguments) {
    const auto found = find_mandate(context, context.sender(), arguments.provider);
    if (!found) return propagate(found);
    context.erase(Space::business, mandate_key(found->principal, found->provider));
    context.emit("invoice.mandate_revoked", found->principal + "/" + found->provider);
    return Nothing{};
}

}  // namespace

Status check_mandate(Context& context, const MemberId& principal) {
    if (const auto status = require_role(context, Role::service_provider); !status) {
        return status;
    }
    const auto found = find_mandate(context, principal, context.sender());
    if (!found) return propagate(found);
    return {};
}

Result<Mandate> query_mandate(Context& context, const MandateQuery& arguments) {
    return find_mandate(context, arguments.principal, arguments.provider);
}

void add_mandate_operations(std::vector<Method>& operations) {
    operations.push_back(make_closed_method(
        "mandate", "An enterprise or consumer lets a service provider act for it.", give_mandate));
    operations.push_back(make_closed_method(
        "revoke_mandate", "Who gave a mandate takes it back, at once.", revoke_mandate));
}

}  // namespace cityledger::ledger::invoice
