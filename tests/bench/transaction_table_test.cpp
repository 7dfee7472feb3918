#include "sim/bench/transaction_table.hpp"

#include <catch2/catch.hpp>

namespace cityledger::bench {
namespace {

Digest id_of(std::uint8_t number) {
    Digest id;
    id.bytes[0] = number;
    return id;
}

std::vector<PreparedTransaction> prepared(std::uint8_t count, std::uint32_t operations) {
    std::vector<PreparedTransaction> list;
    for (std::uint8_t i = 0; i < count; ++i) list.push_back({id_of(i), operations, 10, 0, 0});
    return list;
}

api::ReceiptLine receipt_of(std::uint8_t number, std::uint64_t ok) {
    return {id_of(number), "ok", ok, {}};
}

struct Fixture {
    RoundClock clock;
    std::vector<PreparedTransaction> transactions = prepared(4, 10);
    TransactionTable table{transactions, clock};

    RoundRecord take() {
        RoundRecord record;
        table.take(record);
        return record;
    }
};

TEST_CASE("a transaction ends with the receipt of the node that was asked", "[bench]") {
    Fixture f;
    f.table.on_sent(0, 1, 5);
    f.table.on_accepted(0);
    CHECK(f.table.open_operations() == 10);
    CHECK(f.table.on_receipt(2, receipt_of(0, 10)) == 10);
    CHECK(f.table.open_operations() == 10);  // its client asked node 1
    CHECK(f.table.on_receipt(1, receipt_of(0, 10)) == 10);
    CHECK(f.table.open_operations() == 0);
    CHECK(f.table.committed_operations() == 10);
    CHECK(f.table.on_receipt(1, receipt_of(99, 10)) == 0);
    const RoundRecord record = f.take();
    CHECK(record.transactions[0].fate == Fate::executed);
    CHECK(record.transactions[0].intended_us == 5);
    CHECK(record.transactions[0].executed_by.count() == 2);
    CHECK(record.transactions[1].fate == Fate::planned);
}

TEST_CASE("while the asked node is silent any node's receipt will do", "[bench]") {
    Fixture f;
    f.table.on_sent(0, 1, 0);
    f.table.on_sent(1, 1, 0);
    static_cast<void>(f.table.on_receipt(2, receipt_of(0, 9)));
    f.table.on_node_answers(1, false);
    CHECK(f.table.open_operations() == 10);
    static_cast<void>(f.table.on_receipt(2, receipt_of(1, 10)));
    CHECK(f.table.open_operations() == 0);
    f.table.on_node_answers(1, true);
    f.table.on_sent(2, 1, 0);
    static_cast<void>(f.table.on_receipt(2, receipt_of(2, 10)));
    CHECK(f.table.open_operations() == 10);
    CHECK(f.table.committed_operations() == 19);
}

TEST_CASE("what was sent to another node may have been executed there already", "[bench]") {
    Fixture f;
    f.table.on_sent(0, 1, 0);
    static_cast<void>(f.table.on_receipt(2, receipt_of(0, 10)));
    f.table.on_sent_again(0, 2);
    CHECK(f.table.open_operations() == 0);
    CHECK(f.take().sent_again == 1);
}

TEST_CASE("a refusal ends a transaction unless a block holds it", "[bench]") {
    Fixture f;
    f.table.on_sent(0, 1, 0);
    f.table.on_refused(0, "mempool_full");
    f.table.on_sent(1, 1, 0);
    static_cast<void>(f.table.on_receipt(2, receipt_of(1, 10)));
    f.table.on_refused(1, "transaction_expired");
    const RoundRecord record = f.take();
    CHECK(record.transactions[0].fate == Fate::refused);
    CHECK(record.transactions[1].fate == Fate::executed);
    CHECK(record.refused_on_admission.at("mempool_full") == 10);
    CHECK(record.refused_on_admission.size() == 1);
}

TEST_CASE("what no node answered stays unknown, what one accepted stays open", "[bench]") {
    Fixture f;
    f.table.on_sent(0, 0, 0);
    f.table.on_sent(1, 0, 0);
    f.table.on_accepted(1);
    CHECK(f.table.overdue().empty());
    CHECK_FALSE(f.table.wait_open_below(20, RoundClock::Clock::now()));
    CHECK(f.table.wait_open_below(21, RoundClock::Clock::now()));
    const RoundRecord record = f.take();
    CHECK(record.transactions[0].fate == Fate::unknown);
    CHECK(record.transactions[1].fate == Fate::accepted);
}

}  // namespace
}  // namespace cityledger::bench
