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
    bool payment_is_live = true;

    Books() {
        blue.content.code = red.content.code = "144031809110";
        blue.content.number = "00000001";
        blue.content.seller = "SELLER";
        blue.content.payment_reference = "WX1";
        blue.content.total_fen = 212;
        blue.content.tax_fen = 12;
        blue.charges = {{100, 6, 600}, {100, 6, 600}};
        blue.red_total_fen = 106;
        blue.red_tax_fen = 6;
        blue.reversals = red.reversals = {{2, 100, 6}};
        red.content.number = "00000002";
        red.content.total_fen = -106;
        red.content.tax_fen = -6;
        red.content.red_of = invoice::InvoiceArguments{"144031809110", "00000001"};
        red.status = invoice::InvoiceStatus::red_letter;
        totals = {1, 0, 0, 1, 212, 106, 0, 106, 1};
    }

    [[nodiscard]] std::string judged() const {
        ledger::MemoryStateStore store;
        std::vector<ledger::StateChange> changes;
        const auto put = [&](std::string key, Bytes value) {
            changes.push_back({ledger::Space::business, std::move(key), std::move(value)});
        };
        if (payment_is_live) put("invoice/payment/SELLER/WX1", {});
        put("invoice/record/144031809110/00000001", ledger::encode(blue));
        put("invoice/record/144031809110/00000002", ledger::encode(red));
        put("invoice/statistics", ledger::encode(totals));
        REQUIRE(store.apply(0, changes, {}));
        return broken_books(store, 7).value_or("all is well");
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
