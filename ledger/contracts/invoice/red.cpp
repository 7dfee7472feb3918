#include "ledger/contracts/invoice/internal.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::require_role;
using membership::Role;

/// What the letter takes back, and what all letters have taken back with it.
struct Taken {
    std::vector<Reversal> added;
    std::vector<Reversal> all;
    Sums sums;  ///< of what is added
};

Status check_issuer_may_reverse(Context& context, const Invoice& blue) {
    const std::string name = name_of(blue.content);
    if (const auto status = check_issuer(context, blue); !status) return status;
    if (blue.status == InvoiceStatus::red_letter) return refuse(codes::red_of_red, name);
    if (remaining_fen(blue) == 0) return refuse_status(blue);
    if (needs_confirmation(blue) && !blue.red_agreed_fen) {
        return refuse(codes::red_needs_confirmation, name);
    }
    return {};
}

Result<Taken> take(Context& context, const RedLetterArguments& arguments, const Invoice& blue) {
    Taken taken;
    taken.added = arguments.lines.empty() ? rest_of(blue.charges, blue.reversals) : arguments.lines;
    auto all =
        with_reversals(blue.charges, blue.reversals, taken.added, load_rules(context).tolerance);
    if (!all) return propagate(all);
    taken.all = *std::move(all);
    taken.sums = sums_of(taken.added);
    if (blue.red_agreed_fen && *blue.red_agreed_fen != taken.sums.total_fen()) {
        return refuse(codes::red_differs_from_agreed, std::to_string(taken.sums.total_fen()) +
                                                          " fen, agreed are " +
                                                          std::to_string(*blue.red_agreed_fen));
    }
    return taken;
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
void reverse(Invoice& blue, const Taken& taken) {
    blue.red_total_fen += taken.sums.total_fen();
    blue.red_tax_fen += taken.sums.tax_fen;
    blue.reversals = taken.all;
    blue.red_agreed_fen.reset();
    if (remaining_fen(blue) != 0) return;
    blue.status = needs_confirmation(blue) ? InvoiceStatus::red_after_book : InvoiceStatus::red;
}

Invoice red_of(const Invoice& blue, const Taken& taken, RedReason reason) {
    Invoice red;
    red.status = InvoiceStatus::red_letter;
    red.content = blue.content;
    red.content.total_fen = -taken.sums.total_fen();
    red.content.tax_fen = -taken.sums.tax_fen;
    red.content.red_of = InvoiceArguments{blue.content.code, blue.content.number};
    red.content.red_reason = reason;
    red.reversals = taken.added;
    return red;
}

Result<IssueResult> red_letter(Context& context, const RedLetterArguments& arguments) {
    if (const auto status = require_role(context, Role::enterprise); !status) {
        return propagate(status);
    }
    auto blue = find_invoice(context, arguments.code, arguments.number);
    if (!blue) return propagate(blue);
    if (const auto status = check_issuer_may_reverse(context, *blue); !status) {
        return propagate(status);
    }
    const auto taken = take(context, arguments, *blue);
    if (!taken) return propagate(taken);
    Invoice red = red_of(*blue, *taken, arguments.reason);
    red.content.date = calendar::current_day(context).date;
    if (const auto status = assign_number(context, red.content); !status) {
        return propagate(status);
    }
    const bool was_claimed = needs_confirmation(*blue);
    reverse(*blue, *taken);
    store_invoice(context, *blue);
    count_red(context, *blue, taken->sums.total_fen());
    if (remaining_fen(*blue) == 0) {
        context.erase(Space::business,
                      payment_key(blue->content.seller, blue->content.payment_reference));
    }
    give_quota_back(context, *blue, taken->sums.total_fen(), red.content.date);
    watch_red(context, *blue, red.content.date);
    context.emit(was_claimed ? "invoice.red_after_book" : "invoice.red", name_of(blue->content));
    return record_new(context, red);
}

Result<Nothing> void_invoice(Context&, const ActArguments& arguments) {
    return refuse(codes::no_void_use_red, arguments.code + "/" + arguments.number);
}

}  // namespace

void add_red_operations(std::vector<Method>& operations) {
    operations.push_back(make_closed_method(
        "red_letter", "The issuer reverses a part or all of an invoice by a red-letter invoice.",
        acting<RedLetterArguments, IssueResult, red_letter>));
    operations.push_back(make_closed_method(
        "void", "Always refused: electronic invoices are reversed, never voided.", void_invoice));
}

}  // namespace cityledger::ledger::invoice
