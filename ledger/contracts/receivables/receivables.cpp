#include "ledger/contracts/receivables/receivables.hpp"

#include "ledger/contracts/calendar/calendar.hpp"
#include "ledger/contracts/invoice/internal.hpp"
#include "ledger/contracts/membership/membership.hpp"
#include "ledger/contracts/membership/readers.hpp"

namespace cityledger::ledger {
namespace receivables {
namespace {

using membership::Role;

std::string bank_key(const MemberId& bank) { return "receivables/bank/" + bank; }

/// `name` is "code/number".
std::string record_key(std::string_view name) { return "receivables/record/" + std::string(name); }

/// The financing that stands on a payment: whatever invoice is issued for it, it pays one bank.
std::string payment_key(const invoice::Content& sold) {
    return "receivables/payment/" + sold.seller + "/" + sold.payment_reference;
}

std::string name_of(const Receivable& record) { return record.code + "/" + record.number; }

void store(Context& context, const Receivable& record, std::string_view event) {
    context.store(record_key(name_of(record)), record);
    context.emit(event, record.bank + "/" + name_of(record));
}

Result<Receivable> find(Context& context, const std::string& code, const std::string& number) {
    auto record = context.load<Receivable>(record_key(code + "/" + number));
    if (!record) return refuse(codes::receivable_unknown, code + "/" + number);
    return *std::move(record);
}

Status check_bank(Context& context, const MemberId& bank) {
    if (!context.get(Space::business, bank_key(bank))) {
        return refuse(codes::bank_not_admitted, bank);
    }
    return {};
}

Status check_open(const Receivable& record) {
    const bool open = record.status == ReceivableStatus::requested ||
                      record.status == ReceivableStatus::confirmed;
    if (!open) return refuse(codes::receivable_financed, record.bank);
    return {};
}

/// An invoice of which nothing is reversed.
Result<invoice::Invoice> standing_invoice(Context& context, const std::string& code,
                                          const std::string& number) {
    auto record = invoice::find_invoice(context, code, number);
    if (!record) return record;
    if (record->red_total_fen != 0 || record->status == invoice::InvoiceStatus::red_letter) {
        return refuse(codes::receivable_reversed, code + "/" + number);
    }
    return record;
}

Result<Nothing> admit_bank(Context& context, const BankArguments& arguments) {
    const auto status = membership::require_role(context, Role::chain_operator);
    if (!status) return propagate(status);
    const auto member = membership::require_member(context, arguments.bank);
    if (!member) return propagate(member);
    const std::string key = bank_key(member->id);
    if (context.get(Space::business, key)) {
        return refuse(codes::bank_admitted_already, member->id);
    }
    context.store(key, Nothing{});
    context.emit("receivables.bank_admitted", member->id);
    return Nothing{};
}

Result<Nothing> request(Context& context, const RequestArguments& arguments) {
    const auto sold = standing_invoice(context, arguments.code, arguments.number);
    if (!sold) return propagate(sold);
    if (const auto status = invoice::check_issuer(context, *sold); !status) {
        return propagate(status);
    }
    if (sold->content.buyer.empty()) {
        return refuse(codes::receivable_without_debtor, arguments.number);
    }
    if (const auto status = check_bank(context, arguments.bank); !status) {
        return propagate(status);
    }
    Receivable record{arguments.code,
                      arguments.number,
                      sold->content.seller,
                      sold->content.buyer,
                      arguments.bank,
                      ReceivableStatus::requested,
                      "",
                      0};
    const auto before =
        context.load<Receivable>(record_key(arguments.code + "/" + arguments.number));
    if (before) {
        if (const auto status = check_open(*before); !status) return propagate(status);
        record.status = before->status;  // a confirmation is worth the same to every bank
        record.due_on = before->due_on;
    }
    store(context, record, "receivables.requested");
    return Nothing{};
}

Result<Nothing> confirm(Context& context, const ConfirmArguments& arguments) {
    auto record = find(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    const auto bought = invoice::find_invoice(context, arguments.code, arguments.number);
    if (!bought) return propagate(bought);
    if (const auto status = invoice::check_buyer(context, *bought); !status) {
        return propagate(status);
    }
    if (const auto status = check_open(*record); !status) return propagate(status);
    if (const auto due = parse_date(arguments.due_on); !due) return propagate(due);
    if (arguments.due_on <= calendar::current_day(context).date) {
        return refuse(codes::due_day_past, arguments.due_on);
    }
    record->status = ReceivableStatus::confirmed;
    record->due_on = arguments.due_on;
    store(context, *record, "receivables.confirmed");
    return Nothing{};
}

Result<Nothing> finance(Context& context, const FinanceArguments& arguments) {
    auto record = find(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    if (const auto status = check_bank(context, context.sender()); !status) {
        return propagate(status);
    }
    if (const auto status = check_open(*record); !status) return propagate(status);
    if (record->bank != context.sender()) {
        return refuse(codes::receivable_other_bank, record->bank);
    }
    if (record->status != ReceivableStatus::confirmed) {
        return refuse(codes::receivable_not_confirmed, name_of(*record));
    }
    const auto sold = standing_invoice(context, arguments.code, arguments.number);
    if (!sold) return propagate(sold);
    if (arguments.advance_fen < 1 || arguments.advance_fen > sold->content.total_fen) {
        return refuse(codes::advance_out_of_range, std::to_string(arguments.advance_fen));
    }
    const std::string payment = payment_key(sold->content);
    if (const auto other = context.load<invoice::InvoiceArguments>(payment)) {
        return refuse(codes::payment_financed, other->code + "/" + other->number);
    }
    context.store(payment, invoice::InvoiceArguments{arguments.code, arguments.number});
    record->status = ReceivableStatus::financed;
    record->advance_fen = arguments.advance_fen;
    store(context, *record, "receivables.financed");
    return Nothing{};
}

Result<Nothing> settle(Context& context, const ReceivableArguments& arguments) {
    auto record = find(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    if (record->status != ReceivableStatus::financed || record->bank != context.sender()) {
        return refuse(codes::receivable_not_financed, name_of(*record));
    }
    const auto sold = invoice::find_invoice(context, arguments.code, arguments.number);
    if (!sold) return propagate(sold);
    context.erase(Space::business, payment_key(sold->content));
    record->status = ReceivableStatus::settled;
    store(context, *record, "receivables.settled");
    return Nothing{};
}

bool reads_receivable(Context& context, const ReceivableArguments& arguments) {
    const auto asker = membership::asking_member(context);
    if (!asker) return false;
    if (membership::asks_as_supervisor(context)) return true;
    const auto record = find(context, arguments.code, arguments.number);
    return record && (asker->id == record->supplier || asker->id == record->debtor ||
                      asker->id == record->bank);
}

Result<Receivable> query_receivable(Context& context, const ReceivableArguments& arguments) {
    return find(context, arguments.code, arguments.number);
}

}  // namespace

void alert_bank(Context& context, std::string_view event, std::string_view subject) {
    if (event != "invoice.red" && event != "invoice.red_after_book") return;
    const auto record = context.load<Receivable>(record_key(subject));
    const bool has_paid = record && (record->status == ReceivableStatus::financed ||
                                     record->status == ReceivableStatus::settled);
    if (!has_paid) return;
    context.emit("receivables.reversed", record->bank + "/" + name_of(*record));
}

}  // namespace receivables

Contract make_receivables_contract() {
    using namespace receivables;
    Contract contract;
    contract.name = "receivables";
    contract.codes = {codes::receivables_codes};
    contract.operations = {
        make_closed_method("admit_bank", "An operator admits a bank to financing.", admit_bank),
        make_closed_method("request", "The seller of an invoice asks a bank for an advance.",
                           request),
        make_closed_method("confirm", "The buyer confirms that it will pay, and when.", confirm),
        make_closed_method("finance", "The bank that was asked finances the invoice, once.",
                           finance),
        make_closed_method("settle", "The bank says that it was paid.", settle),
    };
    contract.queries = {
        make_query(
            "receivable", "The financing of an invoice.",
            readers_by<ReceivableArguments>(
                "its supplier, debtor and bank, the tax bureau and auditors", reads_receivable),
            query_receivable),
    };
    return contract;
}

}  // namespace cityledger::ledger
