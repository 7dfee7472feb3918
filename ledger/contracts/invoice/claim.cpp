#include "ledger/contracts/invoice/internal.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::require_role;
using membership::Role;

Result<Nothing> transfer(Context& context, const TransferArguments& arguments) {
    auto record = held_invoice(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    const std::string name = name_of(record->content);
    const auto receiver = membership::require_member(context, arguments.to);
    if (!receiver) return propagate(receiver);
    if (receiver->id == record->holder) return refuse(codes::transfer_to_holder, name);
    pass_on(*record, receiver->id);
    store_invoice(context, *record);
    context.emit("invoice.transferred", name);
    return Nothing{};
}

/// The invoice that names the sender, an enterprise, as its buyer.
Result<Invoice> bought_invoice(Context& context, const std::string& code,
                               const std::string& number) {
    if (const auto status = require_role(context, Role::enterprise); !status) {
        return propagate(status);
    }
    auto record = find_invoice(context, code, number);
    if (!record) return record;
    if (const auto status = check_buyer(context, *record); !status) return propagate(status);
    return record;
}

Result<Nothing> lock(Context& context, const LockArguments& arguments) {
    auto record = bought_invoice(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    if (!is_free(*record)) return refuse_status(*record);
    if (record->holder != context.sender()) {
        return refuse(codes::claim_not_held, name_of(record->content));
    }
    if (is_abnormal(context, context.sender())) {
        return refuse(codes::buyer_abnormal, context.sender());
    }
    if (record->content.content_digest != arguments.content_digest) {
        return refuse(codes::claim_differs, name_of(record->content));
    }
    record->status = InvoiceStatus::locked;
    record->offer.reset();
    store_invoice(context, *record);
    context.emit("invoice.locked", name_of(record->content));
    return Nothing{};
}

Result<Nothing> unlock(Context& context, const ActArguments& arguments) {
    auto record = bought_invoice(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    if (record->status != InvoiceStatus::locked) return refuse_status(*record);
    record->status = record->transfers > 0 ? InvoiceStatus::transferred : InvoiceStatus::issued;
    record->red_agreed_fen.reset();
    store_invoice(context, *record);
    context.emit("invoice.unlocked", name_of(record->content));
    return Nothing{};
}

Result<Nothing> book(Context& context, const ActArguments& arguments) {
    auto record = bought_invoice(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    if (record->status != InvoiceStatus::locked) return refuse_status(*record);
    record->status = InvoiceStatus::booked;
    record->booked = true;
    record->booked_on = calendar::current_day(context).date;
    store_invoice(context, *record);
    Statistics statistics = load_statistics(context);
    --statistics.outstanding_count;
    ++statistics.booked_count;
    statistics.outstanding_fen -= remaining_fen(*record);
    statistics.booked_fen += remaining_fen(*record);
    store_statistics(context, statistics);
    context.emit("invoice.booked", name_of(record->content));
    watch_booking(context, *record);
    return Nothing{};
}

Result<Nothing> confirm_red(Context& context, const ConfirmRedArguments& arguments) {
    auto record = bought_invoice(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    const std::string name = name_of(record->content);
    if (!needs_confirmation(*record)) return refuse(codes::red_confirmation_not_needed, name);
    if (arguments.total_fen <= 0 || arguments.total_fen > remaining_fen(*record)) {
        return refuse(codes::agreed_total_wrong,
                      name + " has left " + std::to_string(remaining_fen(*record)) + " fen");
    }
    record->red_agreed_fen = arguments.total_fen;
    store_invoice(context, *record);
    context.emit("invoice.red_confirmed", name);
    return Nothing{};
}

}  // namespace

bool is_free(const Invoice& record) {
    return record.status == InvoiceStatus::issued || record.status == InvoiceStatus::transferred;
}

Result<Invoice> held_invoice(Context& context, const std::string& code, const std::string& number) {
    const auto sender = membership::require_member(context, context.sender());
    if (!sender) return propagate(sender);
    auto record = find_invoice(context, code, number);
    if (!record) return record;
    if (record->holder != sender->id) return refuse(codes::not_holder, name_of(record->content));
    if (!is_free(*record)) return refuse_status(*record);
    return record;
}

void pass_on(Invoice& record, const MemberId& receiver) {
    record.holder = receiver;
    record.status = InvoiceStatus::transferred;
    record.offer.reset();
    ++record.transfers;
}

bool needs_confirmation(const Invoice& record) {
    return record.status == InvoiceStatus::locked || record.status == InvoiceStatus::booked;
}

void add_claim_operations(std::vector<Method>& operations) {
    operations.push_back(make_closed_method("transfer",
                                            "The holder passes an invoice on to another member.",
                                            acting<TransferArguments, Nothing, transfer>));
    operations.push_back(make_closed_method(
        "lock", "The buyer claims an invoice for its books, exactly as it was issued.",
        acting<LockArguments, Nothing, lock>));
    operations.push_back(
        make_closed_method("unlock", "The buyer gives up its claim; the invoice is free again.",
                           acting<ActArguments, Nothing, unlock>));
    operations.push_back(make_closed_method("book",
                                            "The buyer books an invoice that it has locked, once.",
                                            acting<ActArguments, Nothing, book>));
    operations.push_back(make_closed_method(
        "confirm_red", "The buyer agrees to one reversal, of this much, of what it has claimed.",
        acting<ConfirmRedArguments, Nothing, confirm_red>));
}

}  // namespace cityledger::ledger::invoice
