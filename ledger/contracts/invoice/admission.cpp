#include <set>

#include "crypto/check.hpp"
#include "ledger/contracts/invoice/internal.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::require_role;
using membership::Role;

bool are_categories(const std::vector<std::string>& categories) {
    std::set<std::string_view> names;
    for (const std::string& category : categories) {
        const bool fits = !category.empty() && category.size() <= k_max_category_bytes;
        if (!fits || !names.insert(category).second) return false;
    }
    return !names.empty();
}

Status check_quota(const Quota& quota) {
    if (quota.per_invoice_fen < 1 || quota.monthly_count < 1 || quota.monthly_amount_fen < 1) {
        return refuse(codes::quota_malformed);
    }
    return {};
}

Status check_valid_until(Context& context, const std::optional<std::string>& valid_until) {
    if (!valid_until) return {};
    if (const auto date = parse_date(*valid_until); !date) return propagate(date);
    if (*valid_until < calendar::current_day(context).date) {
        return refuse(codes::valid_until_past, *valid_until);
    }
    return {};
}

/// What an enterprise may sell, and until when.
Status check_scope(Context& context, const std::vector<std::string>& categories,
                   const std::optional<std::string>& valid_until) {
    if (!are_categories(categories)) return refuse(codes::category_malformed);
    return check_valid_until(context, valid_until);
}

Result<Nothing> admit(Context& context, const AdmitArguments& arguments) {
    if (const auto status = require_role(context, Role::tax_bureau); !status) {
        return propagate(status);
    }
    const auto member = membership::require_member(context, arguments.enterprise);
    if (!member) return propagate(member);
    if (!member->has_role(Role::enterprise)) return refuse(codes::not_an_enterprise, member->id);
    if (const auto status = check_name_form(load_rules(context), member->id); !status) {
        return propagate(status);
    }
    const std::string key = admission_key(member->id);
    if (context.load<Admission>(key)) return refuse(codes::already_admitted, member->id);
    if (const auto status = check_scope(context, arguments.categories, arguments.valid_until);
        !status) {
        return propagate(status);
    }
    if (const auto status = check_quota(arguments.quota); !status) return propagate(status);
    context.store(
        key, Admission{member->id, arguments.categories, arguments.quota, arguments.valid_until,
                       calendar::current_day(context).date, false, false});
    context.emit("invoice.admitted", member->id);
    return Nothing{};
}

/// The admission that the sender, the tax bureau, changes.
Result<Admission> managed_admission(Context& context, const MemberId& enterprise) {
    if (const auto status = require_role(context, Role::tax_bureau); !status) {
        return propagate(status);
    }
    return find_admission(context, enterprise);
}

Result<Nothing> renew(Context& context, const RenewArguments& arguments) {
    auto admission = managed_admission(context, arguments.enterprise);
    if (!admission) return propagate(admission);
    if (const auto status = check_scope(context, arguments.categories, arguments.valid_until);
        !status) {
        return propagate(status);
    }
    admission->categories = arguments.categories;
    admission->valid_until = arguments.valid_until;
    context.store(admission_key(admission->enterprise), *admission);
    context.emit("invoice.renewed", admission->enterprise);
    return Nothing{};
}

Result<Nothing> set_quota(Context& context, const SetQuotaArguments& arguments) {
    auto admission = managed_admission(context, arguments.enterprise);
    if (!admission) return propagate(admission);
    if (const auto status = check_quota(arguments.quota); !status) return propagate(status);
    admission->quota = arguments.quota;
    context.store(admission_key(admission->enterprise), *admission);
    context.emit("invoice.quota_set", admission->enterprise);
    return Nothing{};
}

Result<Nothing> freeze(Context& context, const EnterpriseArguments& arguments) {
    auto admission = managed_admission(context, arguments.enterprise);
    if (!admission) return propagate(admission);
    if (const auto status = check_not_frozen(*admission); !status) return propagate(status);
    admission->frozen = true;
    context.store(admission_key(admission->enterprise), *admission);
    context.emit("invoice.frozen", admission->enterprise);
    return Nothing{};
}

/// Frozen or not before: an enterprise that cannot be found is frozen at once.
Result<Nothing> mark_abnormal(Context& context, const EnterpriseArguments& arguments) {
    auto admission = managed_admission(context, arguments.enterprise);
    if (!admission) return propagate(admission);
    admission->frozen = true;
    admission->abnormal = true;
    context.store(admission_key(admission->enterprise), *admission);
    context.emit("invoice.abnormal", admission->enterprise);
    return Nothing{};
}

Result<Nothing> unfreeze(Context& context, const EnterpriseArguments& arguments) {
    auto admission = managed_admission(context, arguments.enterprise);
    if (!admission) return propagate(admission);
    if (!admission->frozen) return refuse(codes::enterprise_not_frozen, admission->enterprise);
    admission->frozen = false;
    admission->abnormal = false;
    context.store(admission_key(admission->enterprise), *admission);
    context.emit("invoice.unfrozen", admission->enterprise);
    return Nothing{};
}

}  // namespace

bool is_abnormal(Context& context, const MemberId& enterprise) {
    const auto admission = context.load<Admission>(admission_key(enterprise));
    return admission && admission->abnormal;
}

Status check_not_frozen(const Admission& admission) {
    if (admission.frozen) return refuse(codes::enterprise_frozen, admission.enterprise);
    return {};
}

Status use_quota(Context& context, const Admission& admission, std::int64_t total_fen,
                 const std::string& date) {
    const Quota& quota = admission.quota;
    const std::string key = usage_key(admission.enterprise, month_key(date));
    const Usage before = context.load<Usage>(key).value_or(Usage{});
    if (total_fen > quota.per_invoice_fen) {
        return refuse(codes::over_quota_invoice,
                      std::to_string(total_fen) + " of " + std::to_string(quota.per_invoice_fen));
    }
    if (before.count >= quota.monthly_count) {
        return refuse(codes::over_quota_count,
                      std::to_string(before.count) + " of " + std::to_string(quota.monthly_count));
    }
    const auto amount = add_fen(before.amount_fen, total_fen);
    if (!amount) return propagate(amount);
    if (*amount > quota.monthly_amount_fen) {
        return refuse(codes::over_quota_amount,
                      std::to_string(*amount) + " of " + std::to_string(quota.monthly_amount_fen));
    }
    Usage after = before;
    ++after.count;
    after.amount_fen = *amount;
    const auto warns = [&quota](const Usage& usage) {
        return near_cap(usage.count, quota.monthly_count) ||
               near_cap(usage.amount_fen, quota.monthly_amount_fen);
    };
    const bool warned = warns(after) && !warns(before);
    if (warned) context.emit("invoice.quota_warning", admission.enterprise);
    watch_quota(context, admission, total_fen, date, warned, after);
    context.store(key, after);
    return {};
}

void give_quota_back(Context& context, const Invoice& blue, std::int64_t reversed_fen,
                     const std::string& today) {
    const QuotaReturn rule = load_rules(context).quota_return;
    const bool is_whole = remaining_fen(blue) == 0;
    const std::string month = month_key(blue.content.date);
    const bool gives_back = rule == QuotaReturn::parts || (rule == QuotaReturn::full && is_whole);
    if (!gives_back || month != month_key(today)) return;
    const std::string key = usage_key(blue.content.seller, month);
    auto usage = context.load<Usage>(key).value_or(Usage{});
    const std::int64_t back_fen =
        rule == QuotaReturn::parts ? reversed_fen : blue.content.total_fen;
    CHECK_INVARIANT(usage.count > 0 && usage.amount_fen >= back_fen);
    if (is_whole) --usage.count;
    usage.amount_fen -= back_fen;
    context.store(key, usage);
}

void add_admission_operations(std::vector<Method>& operations) {
    operations.push_back(make_closed_method(
        "admit", "The tax bureau admits an enterprise to invoicing, with categories and a quota.",
        admit));
    operations.push_back(make_closed_method(
        "renew", "The tax bureau changes the categories and the last day of an admission.", renew));
    operations.push_back(make_closed_method(
        "set_quota", "The tax bureau replaces the quota of an enterprise.", set_quota));
    operations.push_back(make_closed_method(
        "freeze", "The tax bureau stops an enterprise from issuing at once.", freeze));
    operations.push_back(
        make_closed_method("unfreeze", "The tax bureau lets an enterprise issue again.", unfreeze));
    operations.push_back(make_closed_method(
        "mark_abnormal", "The tax bureau freezes an enterprise that cannot be found.",
        mark_abnormal));
}

}  // namespace cityledger::ledger::invoice
