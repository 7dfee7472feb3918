#include "sim/simulator/turnover.hpp"

#include <algorithm>
#include <tuple>

#include "ledger/contract.hpp"

namespace cityledger::sim {

namespace {

namespace invoice = ledger::invoice;
using ledger::Space;

/// Of one seller, month and rate.
struct Turnover {
    invoice::Sums charged;
    invoice::Sums reversed;     ///< by the lines of red-letter invoices
    invoice::Sums booked;       ///< what is left of invoices that were ever booked
    invoice::Sums outstanding;  ///< what is left of the others

    [[nodiscard]] bool conserved() const {
        return charged.amount_fen ==
                   reversed.amount_fen + booked.amount_fen + outstanding.amount_fen &&
               charged.tax_fen == reversed.tax_fen + booked.tax_fen + outstanding.tax_fen;
    }
};

/// Seller, "YYYYMM" of issue, basis points.
using Cut = std::tuple<ledger::MemberId, std::string, std::uint16_t>;

struct Used {
    std::uint32_t count = 0;
    std::int64_t amount_fen = 0;
    bool operator==(const Used&) const = default;
};

template <class Part>
void add(invoice::Sums& sums, const Part& part, int sign = 1) {
    sums.amount_fen += sign * part.amount_fen;
    sums.tax_fen += sign * part.tax_fen;
}

std::string month_of(const invoice::Invoice& record) {
    return ledger::month_key(record.content.date);
}

/// The blue invoice that a red-letter invoice reverses; null if there is none.
const invoice::Invoice* blue_of(const InvoiceRecords& records, const invoice::Invoice& letter) {
    const auto found =
        records.find(letter.content.red_of->code + "/" + letter.content.red_of->number);
    return found == records.end() ? nullptr : &found->second;
}

/// The cut that a line of a blue invoice belongs to, if it has such a line.
std::optional<Cut> cut_of(const invoice::Invoice& blue, std::uint32_t line) {
    if (line == 0 || line > blue.charges.size()) return std::nullopt;
    return Cut{blue.content.seller, month_of(blue), blue.charges[line - 1].rate_basis_points};
}

std::int64_t left_of(const invoice::Invoice& blue) {
    return blue.content.total_fen - blue.red_total_fen;
}

using Quotas = std::map<std::string, Used>;

/// By state key. A whole reversal is the last one: what it gives back depends on its month.
Quotas used_quotas(const InvoiceRecords& records, invoice::QuotaReturn rule) {
    Quotas quotas;
    const auto of_seller = [&](const invoice::Invoice& blue) -> Used& {
        return quotas["invoice/usage/" + blue.content.seller + "/" + month_of(blue)];
    };
    std::map<std::string, std::string> last_month;  // of reversal, by blue invoice
    for (const auto& [name, record] : records) {
        if (!record.content.red_of) {
            Used& used = of_seller(record);
            ++used.count;
            used.amount_fen += record.content.total_fen;
            continue;
        }
        const invoice::Invoice* blue = blue_of(records, record);
        if (blue == nullptr) continue;  // broken_turnover tells
        std::string& last = last_month[blue->content.code + "/" + blue->content.number];
        last = std::max(last, month_of(record));
        const bool same_month = month_of(record) == month_of(*blue);
        if (rule == invoice::QuotaReturn::parts && same_month) {
            of_seller(*blue).amount_fen += record.content.total_fen;
        }
    }
    for (const auto& [name, month] : last_month) {
        const invoice::Invoice& blue = records.at(name);
        const bool is_whole = left_of(blue) == 0 && month == month_of(blue);
        if (rule == invoice::QuotaReturn::never || !is_whole) continue;
        --of_seller(blue).count;
        if (rule == invoice::QuotaReturn::full) {
            of_seller(blue).amount_fen -= blue.content.total_fen;
        }
    }
    return quotas;
}

}  // namespace

std::optional<std::string> broken_turnover(const InvoiceRecords& records) {
    std::map<Cut, Turnover> cuts;
    for (const auto& [name, record] : records) {
        if (record.content.red_of) {
            const invoice::Invoice* blue = blue_of(records, record);
            if (blue == nullptr) return name + " reverses an invoice that is not there";
            for (const invoice::Reversal& reversal : record.reversals) {
                const auto cut = cut_of(*blue, reversal.line);
                if (!cut) return name + " reverses a line that is not there";
                add(cuts[*cut].reversed, reversal);
            }
            continue;
        }
        for (std::uint32_t line = 1; line <= record.charges.size(); ++line) {
            Turnover& turnover = cuts[*cut_of(record, line)];
            add(turnover.charged, record.charges[line - 1]);
            add(record.booked ? turnover.booked : turnover.outstanding, record.charges[line - 1]);
        }
        for (const invoice::Reversal& reversal : record.reversals) {
            const auto cut = cut_of(record, reversal.line);
            if (!cut) return name + " has a reversal of a line that is not there";
            Turnover& turnover = cuts[*cut];
            add(record.booked ? turnover.booked : turnover.outstanding, reversal, -1);
        }
    }
    for (const auto& [cut, turnover] : cuts) {
        if (turnover.conserved()) continue;
        const auto& [seller, month, rate] = cut;
        return "of " + seller + " in " + month + " at " + std::to_string(rate) +
               " basis points, charged is not reversed + booked + outstanding";
    }
    return std::nullopt;
}

std::optional<std::string> broken_quota(const InvoiceRecords& records,
                                        const ledger::StateReader& state) {
    const auto stored = state.get(Space::business, "invoice/rules");
    if (!stored) return "the chain has no rules of invoices";
    const auto rules = ledger::Context::decode_record<invoice::Rules>(*stored);
    Quotas kept;
    const std::string_view prefix = "invoice/usage/";
    state.scan(Space::business, prefix, prefix, [&](std::string_view key, ByteView value) {
        const auto usage = ledger::Context::decode_record<invoice::Usage>(value);
        kept[std::string(key)] = {usage.count, usage.amount_fen};
        return true;
    });
    const Quotas used = used_quotas(records, rules.quota_return);
    if (kept == used) return std::nullopt;
    const auto [a, b] = std::mismatch(kept.begin(), kept.end(), used.begin(), used.end());
    const std::string& key = a != kept.end() ? a->first : b->first;
    return "the used quota " + key.substr(prefix.size()) + " is not that of the invoices";
}

}  // namespace cityledger::sim
