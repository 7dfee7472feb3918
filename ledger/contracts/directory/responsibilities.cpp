#include "ledger/contracts/directory/internal.hpp"

namespace cityledger::ledger::directory {
namespace {

using membership::require_role;
using membership::Role;

Result<IdResult> register_responsibility(Context& context,
                                         const RegisterResponsibilityArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    if (is_blank(arguments.text)) return refuse(codes::responsibility_text_missing);
    if (is_blank(arguments.legal_basis)) return refuse(codes::responsibility_basis_missing);
    const auto id = next_id(context, Kind::responsibility);
    if (!id) return propagate(id);
    context.store(record_key(Kind::responsibility, *id),
                  Responsibility{*id, context.sender(), arguments.text, arguments.legal_basis,
                                 ResponsibilityStatus::pending, "", ""});
    enter_scores(context, context.sender());
    context.emit("directory.responsibility_registered", *id);
    return IdResult{*id};
}

/// For the staffing office, which alone decides, but not on its own: it may be a department, too.
Result<Responsibility> responsibility_to_decide(Context& context, const std::string& id) {
    if (const auto status = require_role(context, Role::staffing_office); !status) {
        return propagate(status);
    }
    auto record = find_responsibility(context, id);
    if (record && record->department == context.sender()) {
        return refuse(codes::responsibility_same_department, id);
    }
    return record;
}

Nothing decide(Context& context, Responsibility& record, ResponsibilityStatus status,
               const std::string& reason, std::string_view event) {
    record.status = status;
    record.decided_by = context.sender();
    record.reason = reason;
    context.store(record_key(Kind::responsibility, record.id), record);
    context.emit(event, record.id);
    return {};
}

Status check_reason(const ResponsibilityReasonArguments& arguments) {
    if (is_blank(arguments.reason)) {
        return refuse(codes::responsibility_reason_missing, arguments.responsibility);
    }
    return {};
}

Result<Nothing> approve_responsibility(Context& context,
                                       const ApproveResponsibilityArguments& arguments) {
    auto record = responsibility_to_decide(context, arguments.responsibility);
    if (!record) return propagate(record);
    if (record->status == ResponsibilityStatus::active) {
        return refuse(codes::responsibility_already_active, record->id);
    }
    if (const auto status = check_department(context, record->department); !status) {
        return propagate(status);
    }
    return decide(context, *record, ResponsibilityStatus::active, "",
                  "directory.responsibility_approved");
}

Result<Nothing> refuse_responsibility(Context& context,
                                      const ResponsibilityReasonArguments& arguments) {
    auto record = responsibility_to_decide(context, arguments.responsibility);
    if (!record) return propagate(record);
    if (record->status != ResponsibilityStatus::pending) {
        return refuse(codes::responsibility_not_pending, record->id);
    }
    if (const auto status = check_reason(arguments); !status) return propagate(status);
    return decide(context, *record, ResponsibilityStatus::refused, arguments.reason,
                  "directory.responsibility_refused");
}

Result<Nothing> withdraw_responsibility(Context& context,
                                        const ResponsibilityReasonArguments& arguments) {
    auto record = responsibility_to_decide(context, arguments.responsibility);
    if (!record) return propagate(record);
    if (const auto status = check_active(*record); !status) return propagate(status);
    if (const auto status = check_reason(arguments); !status) return propagate(status);
    return decide(context, *record, ResponsibilityStatus::withdrawn, arguments.reason,
                  "directory.responsibility_withdrawn");
}

}  // namespace

void add_responsibility_operations(std::vector<Method>& operations) {
    operations.push_back(make_method("register_responsibility",
                                     "A department registers a responsibility of its own.",
                                     register_responsibility));
    operations.push_back(make_method(
        "approve_responsibility",
        "The staffing office approves a responsibility, so that directory entries may root in it.",
        approve_responsibility));
    operations.push_back(
        make_method("refuse_responsibility",
                    "The staffing office refuses a pending responsibility and says why.",
                    refuse_responsibility));
    operations.push_back(make_method("withdraw_responsibility",
                                     "The staffing office withdraws its approval and says why: "
                                     "nothing under it can be newly requested.",
                                     withdraw_responsibility));
}

}  // namespace cityledger::ledger::directory
