#include "sim/simulator/conservation.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "ledger/contract.hpp"
#include "ledger/contracts/invoice/invoice.hpp"
#include "sim/simulator/turnover.hpp"

namespace cityledger::sim {

namespace {

namespace invoice = ledger::invoice;
using ledger::Space;

constexpr std::uint64_t k_always_recounted = 1'000;
constexpr std::uint64_t k_recount_heights = 50;

/// What is reversed of one line of a blue invoice: its name and the line.
using LineName = std::pair<std::string, std::uint32_t>;
using Reversed = std::map<LineName, invoice::Sums>;

/// All invoices of a state, counted again.
struct Recount {
    invoice::Statistics totals;
    Reversed by_letters;                  ///< as the red letters say
    Reversed by_blue;                     ///< as the blue invoices say
    std::set<std::string> live_payments;  ///< keys
    bool sums_hold = true;                ///< totals are those of the lines, nothing below 0

    void add(const invoice::Invoice& record);
};

void add_reversals(Reversed& reversed, const std::string& blue,
                   const std::vector<invoice::Reversal>& reversals) {
    for (const invoice::Reversal& reversal : reversals) {
        invoice::Sums& sums = reversed[{blue, reversal.line}];
        sums.amount_fen += reversal.amount_fen;
        sums.tax_fen += reversal.tax_fen;
    }
}

/// Each line ends at 0/0 or above, and never with the tax gone and the amount kept or against it.
bool is_line_sound(const invoice::Charge& charge, const invoice::Reversal* reversal) {
    const std::int64_t amount = charge.amount_fen - (reversal ? reversal->amount_fen : 0);
    const std::int64_t tax = charge.tax_fen - (reversal ? reversal->tax_fen : 0);
    return amount >= 0 && tax >= 0 && (amount != 0 || tax == 0);
}

bool are_lines_sound(const invoice::Invoice& blue) {
    for (std::uint32_t line = 1; line <= blue.charges.size(); ++line) {
        const auto found = std::find_if(
            blue.reversals.begin(), blue.reversals.end(),
            [line](const invoice::Reversal& reversal) { return reversal.line == line; });
        const auto* reversal = found == blue.reversals.end() ? nullptr : &*found;
        if (!is_line_sound(blue.charges[line - 1], reversal)) return false;
    }
    return true;
}

void Recount::add(const invoice::Invoice& record) {
    const invoice::Content& content = record.content;
    const invoice::Sums reversed = invoice::sums_of(record.reversals);
    if (content.red_of) {
        ++totals.red_letter_count;
        totals.red_fen -= content.total_fen;
        sums_hold &=
            content.total_fen == -reversed.total_fen() && content.tax_fen == -reversed.tax_fen;
        add_reversals(by_letters, content.red_of->code + "/" + content.red_of->number,
                      record.reversals);
        return;
    }
    const invoice::Sums charged = invoice::sums_of(record.charges);
    sums_hold &= content.total_fen == charged.total_fen() && content.tax_fen == charged.tax_fen &&
                 record.red_total_fen == reversed.total_fen() &&
                 record.red_tax_fen == reversed.tax_fen && are_lines_sound(record);
    const std::int64_t left = content.total_fen - record.red_total_fen;
    ++totals.issued_count;
    totals.issued_fen += content.total_fen;
    (record.booked ? totals.booked_fen : totals.outstanding_fen) += left;
    if (left == 0) {
        ++totals.red_count;
    } else {
        ++(record.booked ? totals.booked_count : totals.outstanding_count);
        live_payments.insert("invoice/payment/" + content.seller + "/" + content.payment_reference);
    }
    add_reversals(by_blue, content.code + "/" + content.number, record.reversals);
}

template <class Visit>
void for_each_entry(const ledger::StateReader& state, std::string_view prefix, Visit visit) {
    state.scan(Space::business, prefix, prefix, [&](std::string_view key, ByteView value) {
        visit(key, value);
        return true;
    });
}

InvoiceRecords records_of(const ledger::StateReader& state) {
    InvoiceRecords records;
    const std::string_view prefix = "invoice/record/";
    for_each_entry(state, prefix, [&](std::string_view key, ByteView value) {
        records.emplace(key.substr(prefix.size()),
                        ledger::Context::decode_record<invoice::Invoice>(value));
    });
    return records;
}

std::optional<std::string> broken_recount(const ledger::StateReader& state,
                                          const invoice::Statistics& books,
                                          const InvoiceRecords& records) {
    Recount recount;
    for (const auto& [name, record] : records) recount.add(record);
    std::set<std::string> payments;
    for_each_entry(state, "invoice/payment/",
                   [&](std::string_view key, ByteView) { payments.emplace(key); });
    if (!recount.sums_hold) return "an invoice's totals are not those of its lines";
    if (books != recount.totals) return "the totals are not those of the invoices";
    if (auto broken = broken_turnover(records)) return broken;
    if (recount.by_letters != recount.by_blue) {
        return "red-letter invoices differ from what the blue ones say is reversed";
    }
    if (payments != recount.live_payments) {
        return "the live payments are not those of the invoices that stand";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> broken_books(const ledger::StateReader& state, std::uint64_t height) {
    const auto stored = state.get(Space::business, "invoice/statistics");
    if (!stored) return std::nullopt;
    const auto books = ledger::Context::decode_record<invoice::Statistics>(*stored);
    if (!books.conserved()) return "issued is not red + booked + outstanding";
    if (books.issued_count > k_always_recounted && height % k_recount_heights != 0) return {};
    const InvoiceRecords records = records_of(state);
    if (auto broken = broken_recount(state, books, records)) return broken;
    return broken_quota(records, state);
}

}  // namespace cityledger::sim
