#include <algorithm>

#include "ledger/contracts/invoice/internal.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::require_role;
using membership::Role;

/// The tax belongs to the amount, so that net and tax of the blue invoice both end at 0.
Status check_red_tax(const RedLetterArguments& arguments, const Invoice& blue,
                     std::int64_t left_amount, std::int64_t left_tax) {
    std::int64_t due = arguments.tax_fen;
    if (arguments.amount_fen == left_amount) {
        due = left_tax;
    } else if (blue.rate_basis_points) {
        const auto tax = tax_of(arguments.amount_fen, *blue.rate_basis_points);
        if (!tax) return propagate(tax);
        due = std::min(*tax, left_tax);
    }
    if (arguments.tax_fen != due) {
        return refuse(codes::red_tax_wrong, "for " + std::to_string(arguments.amount_fen) +
                                                " fen it is " + std::to_string(due));
    }
    return {};
}

/// Something is reversed, and at most what is left of the blue invoice, tax and net alike.
Status check_amounts(const RedLetterArguments& arguments, const Invoice& blue) {
    const bool nothing = arguments.amount_fen == 0 && arguments.tax_fen == 0;
    if (nothing || arguments.amount_fen < 0 || arguments.tax_fen < 0) {
        return refuse(codes::red_amount_not_positive, name_of(blue.content));
    }
    const std::int64_t left_tax = blue.content.tax_fen - blue.red_tax_fen;
    const std::int64_t left_amount = remaining_fen(blue) - left_tax;
    if (arguments.amount_fen > left_amount || arguments.tax_fen > left_tax) {
        return refuse(codes::red_exceeds_blue, "left are " + std::to_string(left_amount) +
                                                   " fen and " + std::to_string(left_tax) +
                                                   " fen of tax");
    }
    return check_red_tax(arguments, blue, left_amount, left_tax);
}

Status check_red_letter(Context& context, const RedLetterArguments& arguments,
                        const Invoice& blue) {
    const std::string name = name_of(blue.content);
    if (const auto status = check_issuer(context, blue); !status) return status;
    if (blue.status == InvoiceStatus::red_letter) return refuse(codes::red_of_red, name);
    if (arguments.reason.empty()) return refuse(codes::red_reason_missing, name);
    if (const auto status = check_amounts(arguments, blue); !status) return status;
    if (needs_confirmation(blue) && !blue.red_confirmed) {
        return refuse(codes::red_needs_confirmation, name);
    }
    return {};
}

/// Moves the reversed amount, and the invoice once nothing is left of it.
void count_red(Context& context, const Invoice& blue, std::int64_t reversed_fen) {
    Statistics statistics = load_statistics(context);
    (blue.booked ? statistics.booked_fen : statistics.outstanding_fen) -= reversed_fen;
    statistics.red_fen += reversed_fen;
    if (remaining_fen(blue) == 0) {
        --(blue.booked ? statistics.booked_count : statistics.outstanding_count);
        ++statistics.red_count;
    }
    ++statistics.red_letter_count;
    store_statistics(context, statistics);
}

/// The blue invoice after a reversal.
void reverse(Invoice& blue, const RedLetterArguments& arguments) {
    blue.red_total_fen += arguments.amount_fen + arguments.tax_fen;
    blue.red_tax_fen += arguments.tax_fen;
    if (needs_confirmation(blue)) {
        blue.status = InvoiceStatus::red_after_book;
    } else {
        blue.status = remaining_fen(blue) == 0 ? InvoiceStatus::red : InvoiceStatus::part_red;
    }
    blue.red_confirmed = false;
}

Invoice red_of(const Invoice& blue, const RedLetterArguments& arguments) {
    Invoice red;
    red.status = InvoiceStatus::red_letter;
    red.content = blue.content;
    red.content.total_fen = -(arguments.amount_fen + arguments.tax_fen);
    red.content.tax_fen = -arguments.tax_fen;
    red.content.red_of = InvoiceArguments{blue.content.code, blue.content.number};
    red.content.red_reason = arguments.reason;
    return red;
}

Result<IssueResult> red_letter(Context& context, const RedLetterArguments& arguments) {
    if (const auto status = require_role(context, Role::enterprise); !status) {
        return propagate(status);
    }
    auto blue = find_invoice(context, arguments.code, arguments.number);
    if (!blue) return propagate(blue);
    if (const auto status = check_red_letter(context, arguments, *blue); !status) {
        return propagate(status);
    }
    Invoice red = red_of(*blue, arguments);
    if (const auto status = assign_number(context, red.content); !status) {
        return propagate(status);
    }
    reverse(*blue, arguments);
    store_invoice(context, *blue);
    count_red(context, *blue, -red.content.total_fen);
    if (remaining_fen(*blue) == 0) {
        context.erase(Space::business,
                      payment_key(blue->content.seller, blue->content.payment_reference));
        give_quota_back(context, blue->content, red.content.date);
    }
    watch_red(context, *blue, red.content.date);
    const bool after_book = blue->status == InvoiceStatus::red_after_book;
    context.emit(after_book ? "invoice.red_after_book" : "invoice.red", name_of(blue->content));
    return record_new(context, red);
}

Result<Nothing> void_invoice(Context&, const ActArguments& arguments) {
    return refuse(codes::no_void_use_red, arguments.code + "/" + arguments.number);
}

}  // namespace

void add_red_operations(std::vector<Method>& operations) {
    operations.push_back(make_method(
        "red_letter", "The issuer reverses a part or all of an invoice by a red-letter invoice.",
        acting<RedLetterArguments, IssueResult, red_letter>));
    operations.push_back(make_method(
        "void", "Always refused: electronic invoices are reversed, never voided.", void_invoice));
}

}  // namespace cityledger::ledger::invoice
