#include "ledger/contracts/directory/objections.hpp"

#include "ledger/contracts/directory/internal.hpp"
#include "ledger/contracts/values/key_text.hpp"

namespace cityledger::ledger::directory {
namespace {

/// "directory/objected/AF/Q00001/0000000001": the objection to a delivery, whatever became of it.
std::string objected_key(const std::string& request, std::uint32_t sequence) {
    return "directory/objected/" + request + "/" + fixed_width(sequence, 10);
}

Objection as_of_today(Context& context, Objection record) {
    if (record.status == ObjectionStatus::open &&
        record.deadline.due_ordinal < calendar::current_day(context).ordinal) {
        record.status = ObjectionStatus::overdue;
    }
    return record;
}

Result<Objection> find_objection(Context& context, const std::string& id) {
    auto record = context.load<Objection>(record_key(Kind::objection, id));
    if (!record) return refuse(codes::objection_unknown, id);
    return as_of_today(context, *std::move(record));
}

void store_objection(Context& context, const Objection& record) {
    context.store(record_key(Kind::objection, record.id), record);
}

Status check_reason(const std::string& subject, std::string_view reason) {
    if (is_blank(reason)) return refuse(codes::objection_reason_missing, subject);
    return {};
}

Result<ObjectResult> object(Context& context, const ObjectArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    const auto request = find_request(context, arguments.request);
    if (!request) return propagate(request);
    if (const auto status = check_requester(context, *request); !status) return propagate(status);
    const auto delivery = find_delivery(context, request->id, arguments.sequence);
    if (!delivery) return propagate(delivery);
    if (const auto status = check_reason(request->id, arguments.reason); !status) {
        return propagate(status);
    }
    const std::string once = objected_key(request->id, delivery->sequence);
    if (const auto made = context.load<IdResult>(once)) {
        return refuse(codes::delivery_objected, made->id);
    }
    const auto due = calendar::day_after(context, time_limits(context).correction_days);
    if (!due) return propagate(due);
    const auto id = next_id(context, Kind::objection);
    if (!id) return propagate(id);
    Objection record;
    record.id = *id;
    record.requester = request->requester;
    record.provider = request->provider;
    record.request = request->id;
    record.sequence = delivery->sequence;
    record.reason = arguments.reason;
    record.objected_on = calendar::current_day(context).date;
    record.deadline.due_ordinal = due->ordinal;
    begin_waiting(context, waiting_for(record), record.deadline);
    context.store(once, IdResult{record.id});
    context.put(Space::business, objections_received_prefix(record.provider) + record.id, {});
    store_objection(context, record);
    count(context, record.provider, &Score::objections_received);
    context.emit("directory.objection", record.id);
    return ObjectResult{record.id, due->date};
}

Status check_unanswered(const Objection& record) {
    if (record.status != ObjectionStatus::open && record.status != ObjectionStatus::overdue) {
        return refuse(codes::objection_answered, record.id);
    }
    return {};
}

/// That the sender, its provider, may still answer.
Result<Objection> answerable_objection(Context& context, const std::string& id) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    auto record = find_objection(context, id);
    if (!record) return record;
    if (record->provider != context.sender()) return refuse(codes::objection_not_provider, id);
    if (const auto status = check_unanswered(*record); !status) return propagate(status);
    return record;
}

void count_objection_answer(Context& context, Objection& record, std::uint32_t Score::*how) {
    record.late = count_answer(context, record.provider, record.deadline);
    count(context, record.provider, how);
    if (record.late) count(context, record.provider, &Score::objections_late);
}

Result<CorrectDeliveryResult> correct_delivery(Context& context,
                                               const CorrectDeliveryArguments& arguments) {
    auto record = answerable_objection(context, arguments.objection);
    if (!record) return propagate(record);
    auto request = find_request(context, record->request);
    if (!request) return propagate(request);
    if (const auto status = check_may_deliver(context, *request); !status) {
        return propagate(status);
    }
    const auto sequence = record_delivery(
        context, *request, {arguments.digest, arguments.rows, arguments.persons_root},
        record->sequence);
    if (!sequence) return propagate(sequence);
    record->correction = *sequence;
    count_objection_answer(context, *record, &Score::objections_corrected);
    end_objection(context, *record, ObjectionStatus::corrected, "directory.corrected");
    return CorrectDeliveryResult{*sequence, record->late};
}

Result<ReplyResult> reject_objection(Context& context, const ObjectionReasonArguments& arguments) {
    auto record = answerable_objection(context, arguments.objection);
    if (!record) return propagate(record);
    if (const auto status = check_reason(record->id, arguments.reason); !status) {
        return propagate(status);
    }
    record->answer = arguments.reason;
    count_objection_answer(context, *record, &Score::objections_rejected);
    end_objection(context, *record, ObjectionStatus::rejected, "directory.objection_rejected");
    return ReplyResult{record->late};
}

Result<Nothing> withdraw_objection(Context& context, const ObjectionReasonArguments& arguments) {
    if (const auto status = require_department(context); !status) {
        return propagate(status);
    }
    auto record = find_objection(context, arguments.objection);
    if (!record) return propagate(record);
    if (record->requester != context.sender()) {
        return refuse(codes::objection_not_own, record->id);
    }
    if (const auto status = check_unanswered(*record); !status) return propagate(status);
    if (const auto status = check_reason(record->id, arguments.reason); !status) {
        return propagate(status);
    }
    record->answer = arguments.reason;
    end_objection(context, *record, ObjectionStatus::withdrawn, "directory.objection_withdrawn");
    return Nothing{};
}

Result<Objection> query_objection(Context& context, const IdArguments& arguments) {
    return find_objection(context, arguments.id);
}

ObjectionSummary summary_of(const Objection& record) {
    return {record.id,       record.provider, record.request,
            record.sequence, record.status,   record.deadline.due_ordinal,
            record.late};
}

Result<ObjectionsResult> summaries(Context& context, const Page& page) {
    ObjectionsResult result{{}, page.next};
    for (const auto& [id, value] : page.entries) {
        const auto record = find_objection(context, id);
        if (!record) return propagate(record);
        result.objections.push_back(summary_of(*record));
    }
    return result;
}

Result<ObjectionsResult> query_objections(Context& context,
                                          const DepartmentPageArguments& arguments) {
    const auto page = read_records(context, Kind::objection, arguments);
    return page ? summaries(context, *page) : propagate(page);
}

Result<ObjectionsResult> query_received(Context& context,
                                        const DepartmentPageArguments& arguments) {
    const auto page =
        read_page(context, Space::business, objections_received_prefix(arguments.department), "",
                  arguments.after, arguments.limit);
    return page ? summaries(context, *page) : propagate(page);
}

}  // namespace

std::string objections_received_prefix(const MemberId& provider) {
    return "directory/objections_received/" + provider + "/";
}

Waiting waiting_for(const Objection& record) {
    return {record.id, record.provider, "objection_overdue", "objection_escalated"};
}

void end_objection(Context& context, Objection& record, ObjectionStatus status,
                   std::string_view event) {
    end_waiting(context, waiting_for(record), record.deadline);
    record.status = status;
    record.answered_on = calendar::current_day(context).date;
    store_objection(context, record);
    context.emit(event, record.id);
}

void add_objection_operations(std::vector<Method>& operations) {
    operations.push_back(
        make_method("object", "The requester objects to a delivery and says why.", object));
    operations.push_back(
        make_method("correct_delivery",
                    "The provider delivers another batch in the place of one that was objected to.",
                    correct_delivery));
    operations.push_back(make_method(
        "reject_objection", "The provider rejects an objection and says why.", reject_objection));
    operations.push_back(make_method("withdraw_objection",
                                     "The requester takes its objection back and says why.",
                                     withdraw_objection));
}

void add_objection_queries(std::vector<Method>& queries) {
    queries.push_back(make_method("objection", "An objection by its id.", query_objection));
    queries.push_back(
        make_method("objections", "Objections that a department made.", query_objections));
    queries.push_back(make_method("objections_received",
                                  "Objections to what a department delivered.", query_received));
}

}  // namespace cityledger::ledger::directory
