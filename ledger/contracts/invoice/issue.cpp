#include <algorithm>

#include "ledger/contracts/invoice/internal.hpp"
#include "ledger/contracts/membership/code_exceptions.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::Role;

bool is_payment_reference(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               c == '-' || c == '_' || c == '.' || c == ':';
    });
}

/// The admission of the sender, if it may issue in this category today.
Result<Admission> usable_admission(Context& context, const std::string& category,
                                   const std::string& today) {
    if (const auto status = membership::require_role(context, Role::enterprise); !status) {
        return propagate(status);
    }
    auto admission = find_admission(context, context.sender());
    if (!admission) return admission;
    if (const auto status = check_not_frozen(*admission); !status) return propagate(status);
    if (admission->valid_until && *admission->valid_until < today) {
        return refuse(codes::admission_expired, *admission->valid_until);
    }
    const auto& categories = admission->categories;
    if (std::find(categories.begin(), categories.end(), category) == categories.end()) {
        return refuse(codes::category_not_admitted, category);
    }
    return admission;
}

/// The totals are the sums of the lines.
Status check_totals(const IssueArguments& arguments, const Sums& sums) {
    if (sums.tax_fen != arguments.tax_fen) {
        return refuse(codes::tax_total_wrong, "the lines have " + std::to_string(sums.tax_fen));
    }
    if (sums.total_fen() != arguments.total_fen) {
        return refuse(codes::total_wrong, "the lines have " + std::to_string(sums.total_fen()));
    }
    return {};
}

/// Who holds the new invoice: the named consumer, else the buyer.
Result<MemberId> first_holder(Context& context, const IssueArguments& arguments) {
    if (!arguments.holder) return arguments.buyer;
    const auto member = membership::require_member(context, *arguments.holder);
    if (!member) return propagate(member);
    if (!member->has_role(Role::consumer)) return refuse(codes::holder_not_consumer, member->id);
    return member->id;
}

Status check_payment(Context& context, const std::string& reference) {
    if (!is_payment_reference(reference)) {
        return refuse(codes::payment_reference_malformed, reference);
    }
    if (const auto live =
            context.load<InvoiceArguments>(payment_key(context.sender(), reference))) {
        return refuse(codes::payment_already_invoiced, live->code + "/" + live->number);
    }
    return {};
}

Status count_issue(Context& context, std::int64_t total_fen) {
    Statistics statistics = load_statistics(context);
    const auto issued = add_fen(statistics.issued_fen, total_fen);
    if (!issued) return propagate(issued);
    statistics.issued_fen = *issued;
    statistics.outstanding_fen += total_fen;  // at most issued_fen
    ++statistics.issued_count;
    ++statistics.outstanding_count;
    store_statistics(context, statistics);
    return {};
}

/// A tag has no check character: only a member has it. A firm outside the chain may buy by USCC.
Status check_named_buyer(Context& context, const Rules& rules, const std::string& buyer) {
    if (buyer.empty()) return {};
    if (const auto status = membership::check_enterprise(context, buyer); !status) return status;
    if (const auto status = check_name_form(rules, buyer); !status) return status;
    const auto member = membership::find_member(context, buyer);
    const bool is_outside = !member && !rules.tags_only;
    if (is_outside || (member && member->status == membership::MemberStatus::active)) return {};
    return propagate(membership::require_member(context, buyer));  // says what is wrong with it
}

Result<IssueResult> issue(Context& context, const IssueArguments& arguments) {
    const std::string today = calendar::current_day(context).date;
    const auto admission = usable_admission(context, arguments.category, today);
    if (!admission) return propagate(admission);
    const Rules rules = load_rules(context);
    if (const auto status = check_named_buyer(context, rules, arguments.buyer); !status) {
        return propagate(status);
    }
    auto charges = charges_of(arguments.lines, today, rules.tolerance);
    if (!charges) return propagate(charges);
    if (const auto status = check_totals(arguments, sums_of(*charges)); !status) {
        return propagate(status);
    }
    const auto holder = first_holder(context, arguments);
    if (!holder) return propagate(holder);
    if (const auto status = check_payment(context, arguments.payment_reference); !status) {
        return propagate(status);
    }
    Invoice record;
    Content& content = record.content;
    content.date = today;
    content.buyer = arguments.buyer;
    if (const auto status = assign_number(context, content); !status) return propagate(status);
    content.seller = context.sender();
    content.category = arguments.category;
    content.total_fen = arguments.total_fen;
    content.tax_fen = arguments.tax_fen;
    content.payment_reference = arguments.payment_reference;
    content.content_digest = arguments.content_digest;
    record.holder = *holder;
    record.charges = *std::move(charges);
    if (const auto status = use_quota(context, *admission, content.total_fen, content.date);
        !status) {
        return propagate(status);
    }
    if (const auto status = count_issue(context, content.total_fen); !status) {
        return propagate(status);
    }
    context.store(payment_key(content.seller, content.payment_reference),
                  InvoiceArguments{content.code, content.number});
    context.emit("invoice.issued", name_of(content));
    watch_issue(context, *admission, arguments, record);
    return record_new(context, record);
}

}  // namespace

void add_issue_operations(std::vector<Method>& operations) {
    operations.push_back(make_closed_method(
        "issue", "An admitted enterprise issues an invoice; the chain gives code and number.",
        acting<IssueArguments, IssueResult, issue>));
    operations.back().filled_in = {"content_digest", "sealed_body"};
}

}  // namespace cityledger::ledger::invoice
