#include "sim/simulator/conservation.hpp"

#include <map>
#include <set>

#include "ledger/contract.hpp"
#include "ledger/contracts/invoice/invoice.hpp"

namespace cityledger::sim {

namespace {

namespace invoice = ledger::invoice;
using ledger::Space;

constexpr std::uint64_t k_always_recounted = 1'000;
constexpr std::uint64_t k_recount_heights = 50;

/// What is reversed, in all and of it the tax.
struct Reversed {
    std::int64_t total_fen = 0;
    std::int64_t tax_fen = 0;
    bool operator==(const Reversed&) const = default;
};

/// All invoices of a state, counted again.
struct Recount {
    invoice::Statistics totals;
    std::map<std::string, Reversed> by_letters;  ///< blue invoice -> what its red letters say
    std::map<std::string, Reversed> by_blue;     ///< blue invoice -> what it says itself
    std::set<std::string> live_payments;         ///< keys

    void add(const invoice::Invoice& record);
};

void Recount::add(const invoice::Invoice& record) {
    const invoice::Content& content = record.content;
    if (content.red_of) {
        ++totals.red_letter_count;
        totals.red_fen -= content.total_fen;
        Reversed& reversed = by_letters[content.red_of->code + "/" + content.red_of->number];
        reversed.total_fen -= content.total_fen;
        reversed.tax_fen -= content.tax_fen;
        return;
    }
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
    if (record.red_total_fen != 0) {
        by_blue[content.code + "/" + content.number] = {record.red_total_fen, record.red_tax_fen};
    }
}

template <class Visit>
void for_each_entry(const ledger::StateReader& state, std::string_view prefix, Visit visit) {
    state.scan(Space::business, prefix, prefix, [&](std::string_view key, ByteView value) {
        visit(key, value);
        return true;
    });
}

}  // namespace

std::optional<std::string> broken_books(const ledger::StateReader& state, std::uint64_t height) {
    const auto stored = state.get(Space::business, "invoice/statistics");
    if (!stored) return std::nullopt;
    const auto books = ledger::Context::decode_record<invoice::Statistics>(*stored);
    if (!books.conserved()) return "issued is not red + booked + outstanding";
    if (books.issued_count > k_always_recounted && height % k_recount_heights != 0) return {};
    Recount recount;
    for_each_entry(state, "invoice/record/", [&](std::string_view, ByteView value) {
        recount.add(ledger::Context::decode_record<invoice::Invoice>(value));
    });
    std::set<std::string> payments;
    for_each_entry(state, "invoice/payment/",
                   [&](std::string_view key, ByteView) { payments.emplace(key); });
    if (books != recount.totals) return "the totals are not those of the invoices";
    if (recount.by_letters != recount.by_blue) {
        return "red-letter invoices differ from what the blue ones say is reversed";
    }
    if (payments != recount.live_payments) {
        return "the live payments are not those of the invoices that stand";
    }
    return std::nullopt;
}

}  // namespace cityledger::sim
