// The books of the invoice contract: a checker that must see what it is there for.

#include "sim/simulator/conservation.hpp"

#include <catch2/catch.hpp>

#include "ledger/contracts/invoice/invoice.hpp"
#include "ledger/memory_state_store.hpp"

using namespace cityledger;
using namespace cityledger::sim;
namespace invoice = ledger::invoice;

namespace {

/// One invoice of 2.12 yuan, of which 1.06 is reversed.
struct Books {
    invoice::Invoice blue;
    invoice::Invoice red;
    invoice::Statistics totals;
    invoice::Usage used{1, 212, 0, 0};
    invoice::Rules rules;
    bool payment_is_live = true;

    Books() {
        blue.content.code = red.content.code = "144031809110";
        blue.content.number = "00000001";
        blue.content.seller = "SELLER";
        blue.content.date = "2018-08-31";
        blue.content.payment_reference = "WX1";
        blue.content.total_fen = 212;
        blue.content.tax_fen = 12;
        blue.charges = {{100, 6, 600}, {100, 6, 600}};
        blue.red_total_fen = 106;
        blue.red_tax_fen = 6;
        blue.reversals = red.reversals = {{2, 100, 6}};
        red.content.number = "00000002";
        red.content.date = "2018-09-01";
        red.content.total_fen = -106;
        red.content.tax_fen = -6;
        red.content.red_of = invoice::InvoiceArguments{"144031809110", "00000001"};
        red.status = invoice::InvoiceStatus::red_letter;
        totals = {1, 0, 0, 1, 212, 106, 0, 106, 1};
    }

    [[nodiscard]] std::string judged() const {
        ledger::MemoryStateStore store;
        keep(store);
        return broken_books(store, 7).value_or("all is well");
    }

    void keep(ledger::MemoryStateStore& store) const {
        std::vector<ledger::StateChange> changes;
        const auto put = [&](std::string key, Bytes value) {
            changes.push_back({ledger::Space::business, std::move(key), std::move(value)});
        };
        if (payment_is_live) put("invoice/payment/SELLER/WX1", {});
        put("invoice/record/144031809110/00000001", ledger::encode(blue));
        put("invoice/record/144031809110/00000002", ledger::encode(red));
        put("invoice/rules", ledger::encode(rules));
        put("invoice/statistics", ledger::encode(totals));
        put("invoice/usage/SELLER/201808", ledger::encode(used));
        REQUIRE(store.apply(0, changes, {}));
    }
};

}  // namespace

TEST_CASE("the books add up, or it is said what does not") {
    CHECK(Books().judged() == "all is well");
    CHECK_FALSE(broken_books(ledger::MemoryStateStore(), 7));

    Books lost;
    lost.totals.outstanding_fen = 105;
    CHECK(lost.judged() == "issued is not red + booked + outstanding");
    Books moved;
    moved.totals.outstanding_fen -= 1;
    moved.totals.booked_fen += 1;
    CHECK(moved.judged() == "the totals are not those of the invoices");
    Books line;
    line.red.reversals[0].line = 1;
    CHECK(line.judged().starts_with("red-letter invoices differ"));
    Books tax;
    tax.red.content.tax_fen = -5;
    CHECK(tax.judged() == "an invoice's totals are not those of its lines");
    Books kept;  // more of a line is gone than it charged
    kept.blue.reversals = kept.red.reversals = {{1, 94, 6}, {2, 6, 0}};
    kept.blue.charges[0].amount_fen = 94;
    kept.blue.charges[1].amount_fen = 106;
    CHECK(kept.judged() == "all is well");
    kept.blue.reversals = kept.red.reversals = {{1, 100, 6}};
    CHECK(kept.judged() == "an invoice's totals are not those of its lines");
    Books freed;
    freed.payment_is_live = false;
    CHECK(freed.judged().starts_with("the live payments"));
}

TEST_CASE("each seller's months add up by rate of tax", "[virtual]") {
    Books rates;
    rates.blue.charges[0].rate_basis_points = 1300;
    CHECK(rates.judged() == "all is well");
    rates.red.reversals[0].line = 1;
    CHECK(
        rates.judged() ==
        "of SELLER in 201808 at 600 basis points, charged is not reversed + booked + outstanding");
    rates.red.reversals[0].line = 3;
    CHECK(rates.judged() == "144031809110/00000002 reverses a line that is not there");
    Books stray;
    stray.red.content.red_of->number = "00000009";
    CHECK(stray.judged() == "144031809110/00000002 reverses an invoice that is not there");
}

TEST_CASE("each seller's used quota is that of its invoices", "[virtual]") {
    const std::string wrong = "the used quota SELLER/201808 is not that of the invoices";
    Books uncounted;
    uncounted.used.count = 0;
    CHECK(uncounted.judged() == wrong);
    Books in_parts;
    in_parts.rules.quota_return = invoice::QuotaReturn::parts;
    CHECK(in_parts.judged() == "all is well");  // the letter is of another month
    in_parts.red.content.date = "2018-08-31";
    CHECK(in_parts.judged() == wrong);
    in_parts.used.amount_fen = 106;
    CHECK(in_parts.judged() == "all is well");
    Books whole;  // reversed in the month of its issue: all of the quota is back
    whole.red.content.date = "2018-08-31";
    whole.red.content.total_fen = -212;
    whole.red.content.tax_fen = -12;
    whole.blue.red_total_fen = 212;
    whole.blue.red_tax_fen = 12;
    whole.blue.reversals = whole.red.reversals = {{1, 100, 6}, {2, 100, 6}};
    whole.blue.status = invoice::InvoiceStatus::red;
    whole.totals = {1, 1, 0, 0, 212, 212, 0, 0, 1};
    whole.payment_is_live = false;
    CHECK(whole.judged() == wrong);
    whole.used = {0, 0, 0, 0};
    CHECK(whole.judged() == "all is well");
    whole.rules.quota_return = invoice::QuotaReturn::never;
    CHECK(whole.judged() == wrong);
}
