// The executor with a small contract: what a block changes, and what it must not.

#include "ledger/executor.hpp"

#include "ledger/memory_state_store.hpp"
#include "ledger/receipt_index.hpp"
#include "tests/ledger/executor_fixture.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

TEST_CASE("the genesis gives the first state", "[executor]") {
    ExecutorFixture chain;
    const ExecutedState& state = chain.executor->state();
    CHECK(state.height == 0);
    CHECK(state.receipts_root.is_zero());
    CHECK(chain.store.applied_height() == std::optional<std::uint64_t>{0});
    CHECK(chain.counter("start") == 5);
    CHECK(member_key(chain.store, "alice") == key_of("alice").public_key().bytes());
    CHECK_FALSE(member_key(chain.store, "carol").has_value());
}

TEST_CASE("equal business sections give equal business roots on different chains", "[executor]") {
    ExecutorFixture one;
    Genesis other_genesis = one.genesis;
    other_genesis.salt.bytes[3] = 9;
    other_genesis.keys[0].public_key = key_of("another key").public_key().bytes();
    ExecutorFixture other(other_genesis);
    CHECK(other.executor->state().business_root == one.executor->state().business_root);
    CHECK(other.executor->state().system_root != one.executor->state().system_root);
}

TEST_CASE("a genesis section without a contract, or that a contract refuses, is refused",
          "[executor]") {
    ContractRegistry contracts = make_test_contracts();
    MemoryStateStore store;
    check_refused(Executor::open(make_genesis(R"({"counters":{}})"), contracts, store),
                  codes::genesis_invalid);
    check_refused(Executor::open(make_genesis(R"({"counter":{"start":"five"}})"), contracts, store),
                  codes::json_wrong_shape);
    check_refused(Executor::open(make_genesis("[]"), contracts, store), codes::genesis_invalid);
    CHECK_FALSE(store.applied_height().has_value());
}

TEST_CASE("an operation changes the state and leaves a receipt", "[executor]") {
    ExecutorFixture chain;
    const ExecutedState before = chain.executor->state();
    const Transaction transaction = chain.sign("alice", {add("hits", 3), add("hits", 4)});
    const ExecutedBlock block = chain.run({transaction});
    CHECK(chain.counter("hits") == 7);
    REQUIRE(block.receipts.size() == 1);
    const Receipt& receipt = block.receipts[0].receipt;
    CHECK(receipt.code == 0);
    CHECK(receipt.height == 1);
    REQUIRE(receipt.operations.size() == 2);
    CHECK(decode<CounterValue>(receipt.operations[1].result)->value == 7);
    CHECK(receipt.operations[0].events == std::vector<Event>{{"counter.added", "hits"}});
    CHECK(block.changed_state);
    CHECK(block.state == chain.executor->state());
    CHECK(block.state.business_root != before.business_root);
    CHECK(block.state.system_root == before.system_root);
    CHECK(block.state.receipts_root ==
          chain_receipts_root(before.receipts_root, receipts_list_root({receipt})));
    CHECK(find_receipt(chain.store, transaction_id(transaction.body)) == block.receipts[0]);
    CHECK(receipt_at(chain.store, 1, 0) == block.receipts[0]);
    CHECK_FALSE(find_receipt(chain.store, digest_of("unknown")).has_value());
}

TEST_CASE("an empty block moves the height only", "[executor]") {
    ExecutorFixture chain;
    const ExecutedState before = chain.executor->state();
    const ExecutedBlock block = chain.run({});
    CHECK(block.state.height == 1);
    CHECK(block.state.business_root == before.business_root);
    CHECK(block.state.receipts_root == chain_receipts_root({}, receipts_list_root({})));
    CHECK_FALSE(block.changed_state);
}

TEST_CASE("a failed operation changes nothing and its neighbours go on", "[executor]") {
    ExecutorFixture chain;
    const auto block = chain.run({chain.sign("alice", {add("a", 1), fail("b"), add("c", 1)})});
    const StoredReceipt& stored = block.receipts.at(0);
    CHECK(stored.receipt.code == 0);
    CHECK(stored.receipt.operations[0].code == 0);
    CHECK(stored.receipt.operations[1].code == k_counter_refused.number);
    CHECK(stored.receipt.operations[1].events.empty());
    CHECK(stored.receipt.operations[1].result.empty());
    CHECK(stored.details == std::vector<std::string>{"", "as it was asked to", ""});
    CHECK(chain.counter("a") == 1);
    CHECK(chain.counter("b") == 0);
    CHECK(chain.counter("c") == 1);
}

TEST_CASE("what names no method, or does not decode, is refused with a code each", "[executor]") {
    ExecutorFixture chain;
    Operation short_arguments = add("a", 1);
    short_arguments.arguments.pop_back();
    const auto block = chain.run({chain.sign(
        "alice", {{"nothing", "add", {}}, {"counter", "divide", {}}, short_arguments})});
    const auto& operations = block.receipts.at(0).receipt.operations;
    CHECK(operations[0].code == codes::operation_unknown_contract.number);
    CHECK(operations[1].code == codes::operation_unknown_method.number);
    CHECK(operations[2].code == codes::operation_bad_arguments.number);
    CHECK(block.receipts[0].details[2].find("decode_truncated") != std::string::npos);
}

TEST_CASE("a long wording is cut between characters", "[executor]") {
    ExecutorFixture chain;
    const auto block = chain.run({chain.sign("alice", {work("fail_loudly", 0)})});
    const std::string& detail = block.receipts.at(0).details.at(0);
    CHECK(detail.size() == 255);
    CHECK(detail.ends_with("票"));
}

TEST_CASE("an operation over one of its budgets is refused whole", "[executor]") {
    struct Case {
        const char* method;
        std::uint32_t largest;
    };
    // The largest amount that each method of the test contract may be asked for.
    const Case cases[] = {
        {"read_many", k_max_operation_reads},      {"write_many", k_max_operation_writes},
        {"erase_many", k_max_operation_writes},    {"write_bytes", k_max_value_bytes},
        {"write_long_key", k_max_key_bytes},       {"write_in_all", 4 * (k_max_value_bytes - 16)},
        {"emit_many", k_max_events_per_operation}, {"emit_long_name", k_max_name_bytes},
        {"emit_long_subject", k_max_key_bytes},    {"give_back", k_max_result_bytes - 4}};
    for (const Case& budget : cases) {
        INFO(budget.method);
        ExecutorFixture chain;
        const auto block = chain.run(
            {chain.sign("alice", {work(budget.method, budget.largest), add("before", 1),
                                  work(budget.method, budget.largest + 1), add("after", 1)})});
        const auto& operations = block.receipts.at(0).receipt.operations;
        CHECK(operations[0].code == 0);
        CHECK(operations[2].code == codes::operation_over_budget.number);
        CHECK(chain.counter("before") == 1);
        CHECK(chain.counter("after") == 1);
        if (operations[2].code != 0) CHECK(operations[2].events.empty());
    }
}

TEST_CASE("a scan costs a read for each entry", "[executor]") {
    ExecutorFixture chain;
    for (std::uint32_t i = 0; i < 5; ++i) {
        chain.run({chain.sign("alice", {work_at("write_many", 120, i * 200)})});
    }
    const auto block = chain.run({chain.sign(
        "alice", {work("scan_many", 511), work("scan_many", 512), work("scan_many", 10)})});
    const auto& operations = block.receipts.at(0).receipt.operations;
    CHECK(decode<CounterValue>(operations[0].result)->value == 511);
    CHECK(operations[1].code == codes::operation_over_budget.number);
    CHECK(decode<CounterValue>(operations[2].result)->value == 10);
}

TEST_CASE("only the first copy of a transaction is executed and has a receipt", "[executor]") {
    ExecutorFixture chain;
    const Transaction transaction = chain.sign("alice", {add("hits", 1)});
    Transaction other_signature = transaction;
    other_signature.signature.bytes[0] ^= 1;
    const auto first = chain.run({transaction, transaction, other_signature});
    CHECK(first.receipts.size() == 1);
    CHECK(chain.executor->was_executed(transaction_id(transaction.body)));
    const auto second = chain.run({transaction});
    CHECK(second.receipts.empty());
    CHECK_FALSE(second.changed_state);
    CHECK(chain.counter("hits") == 1);
}

TEST_CASE("a transaction that comes too late or too early has a receipt that says so",
          "[executor]") {
    ExecutorFixture chain;
    chain.run({});
    chain.run({});
    const Transaction late = chain.sign("alice", {add("hits", 1)}, 2);
    const Transaction early =
        chain.sign("alice", {add("hits", 1)}, 4 + k_max_transaction_lifetime_heights);
    const auto block = chain.run({late, early});
    REQUIRE(block.receipts.size() == 2);
    CHECK(block.receipts[0].receipt.code == codes::transaction_expired.number);
    CHECK(block.receipts[1].receipt.code == codes::transaction_expiry_too_far.number);
    CHECK(block.receipts[1].receipt.index == 1);
    CHECK(block.receipts[0].receipt.operations.empty());
    CHECK(chain.counter("hits") == 0);
    CHECK_FALSE(chain.executor->was_executed(transaction_id(early.body)));

    // One height later it is not too early any more, and its receipt is the one that is found.
    const auto next = chain.run({early});
    CHECK(next.receipts.at(0).receipt.code == 0);
    CHECK(chain.counter("hits") == 1);
    CHECK(find_receipt(chain.store, transaction_id(early.body))->receipt.height == 4);
}

TEST_CASE("a copy after the expiry does not hide the first receipt", "[executor]") {
    ExecutorFixture chain;
    const Transaction transaction = chain.sign("alice", {add("hits", 1)}, 1);
    chain.run({transaction});
    // Height 1 was the last that could include it, so the id is kept no longer.
    CHECK_FALSE(chain.executor->was_executed(transaction_id(transaction.body)));
    const auto late = chain.run({transaction});
    CHECK(late.receipts.at(0).receipt.code == codes::transaction_expired.number);
    CHECK(chain.counter("hits") == 1);
    const auto found = find_receipt(chain.store, transaction_id(transaction.body));
    REQUIRE(found);
    CHECK(found->receipt.height == 1);
    CHECK(found->receipt.code == 0);
}

TEST_CASE("a sender without a key, or with another key, is refused", "[executor]") {
    ExecutorFixture chain;
    const Transaction stranger = chain.sign("carol", {add("hits", 1)});
    TransactionBody body = make_body(chain.chain_id(), "alice", 10, {add("hits", 1)});
    body.sender_key = key_of("mallory").public_key().bytes();
    const Transaction borrowed_name = sign_transaction(body, key_of("mallory"));
    const auto block = chain.run({stranger, borrowed_name, chain.sign("bob", {add("hits", 1)})});
    REQUIRE(block.receipts.size() == 3);
    CHECK(block.receipts[0].receipt.code == codes::transaction_unknown_sender.number);
    CHECK(block.receipts[1].receipt.code == codes::transaction_unknown_sender.number);
    CHECK(block.receipts[2].receipt.code == 0);
    CHECK(chain.counter("hits") == 1);
    check_refused(check_transaction_sender(chain.store, stranger.body),
                  codes::transaction_unknown_sender);
}

TEST_CASE("a key that changes in a block counts for the transactions after it", "[executor]") {
    ExecutorFixture chain;
    const auto block = chain.run({chain.sign("alice", {{"membership", "revoke_me", {}}}),
                                  chain.sign("alice", {add("hits", 1)})});
    CHECK(block.receipts.at(0).receipt.operations.at(0).code == 0);
    CHECK(block.receipts.at(1).receipt.code == codes::transaction_unknown_sender.number);
    CHECK(block.state.system_root != chain.first_state.system_root);
}

TEST_CASE("a chain that is opened again goes on with the same state", "[executor]") {
    ExecutorFixture chain;
    ExecutorFixture never_closed;
    const Transaction first = chain.sign("alice", {add("hits", 1)});
    chain.run({first});
    never_closed.run({first});
    const Batch batch = chain.batch_of({first});
    chain.reopen();
    CHECK(chain.executor->state() == never_closed.executor->state());
    CHECK_FALSE(chain.executor->was_executed(transaction_id(first.body)));
    chain.executor->remember(1, {&batch});
    CHECK(chain.executor->was_executed(transaction_id(first.body)));
    const std::vector<Transaction> next{first, chain.sign("bob", {add("hits", 2)})};
    CHECK(chain.run(next).state == never_closed.run(next).state);
    CHECK(chain.counter("hits") == 3);
}

TEST_CASE("a restarted node remembers exactly what the others do", "[executor]") {
    ExecutorFixture chain;
    const Transaction early =
        chain.sign("alice", {add("hits", 1)}, 2 + k_max_transaction_lifetime_heights);
    chain.run({early});
    const Batch batch = chain.batch_of({early});
    chain.reopen();
    chain.executor->remember(1, {&batch});
    CHECK_FALSE(chain.executor->was_executed(transaction_id(early.body)));
}

TEST_CASE("a state that was changed behind the ledger's back is not opened", "[executor]") {
    const auto open_changed = [](const std::vector<StateChange>& changes, bool keep_summary) {
        ExecutorFixture chain;
        chain.run({chain.sign("alice", {add("hits", 1)})});
        const Bytes summary = keep_summary ? chain.store.applied_summary() : Bytes{1, 2, 3};
        REQUIRE(chain.store.apply(1, changes, summary));
        return Executor::open(chain.genesis, chain.contracts, chain.store);
    };
    CHECK(open_changed({}, true));
    check_refused(open_changed({}, false), codes::state_corrupt);
    check_refused(open_changed({{Space::business, "counter/hits", Bytes{9}}}, true),
                  codes::state_corrupt);
    check_refused(open_changed({{Space::business, "counter/hits", std::nullopt}}, true),
                  codes::state_corrupt);
    check_refused(open_changed({{Space::system, "membership/key/eve", Bytes{9}}}, true),
                  codes::state_corrupt);
    check_refused(open_changed({{Space::business, std::string(500, 'k'), Bytes{}}}, true),
                  codes::state_corrupt);
    check_refused(open_changed({{Space::derived, "chain", std::nullopt}}, true),
                  codes::state_corrupt);
}

TEST_CASE("the state of another height or chain is not opened", "[executor]") {
    ExecutorFixture chain;
    REQUIRE(chain.store.apply(1, {}, chain.store.applied_summary()));
    check_refused(Executor::open(chain.genesis, chain.contracts, chain.store),
                  codes::state_corrupt);
    ExecutorFixture other;
    Genesis genesis = other.genesis;
    genesis.salt.bytes[0] = 1;
    check_refused(Executor::open(genesis, other.contracts, other.store), codes::state_corrupt);
}

TEST_CASE("after a crash the lost heights are executed again with the same roots", "[executor]") {
    ExecutorFixture chain;
    chain.store.flush();
    const Transaction one = chain.sign("alice", {add("a", 1)});
    const Transaction two = chain.sign("bob", {add("b", 2), fail("c")});
    chain.run({one});
    const ExecutedState expected = chain.run({two}).state;
    chain.store.crash(1);
    chain.reopen();
    CHECK(chain.executor->state().height == 1);
    const Batch batch = chain.batch_of({one});
    chain.executor->remember(1, {&batch});
    CHECK(chain.run({two}).state == expected);
}

TEST_CASE("how transactions are grouped into batches does not matter", "[executor]") {
    ExecutorFixture one_batch;
    ExecutorFixture two_batches;
    const Transaction a = one_batch.sign("alice", {add("a", 1)});
    const Transaction b = one_batch.sign("bob", {add("a", 2)});
    const Batch first = two_batches.batch_of({a});
    const Batch second = two_batches.batch_of({b});
    const auto executed = two_batches.executor->execute(1, {&first, &second});
    REQUIRE(executed);
    CHECK(executed->state == one_batch.run({a, b}).state);
}

TEST_CASE("a query is kept from who may not ask it", "[executor]") {
    ExecutorFixture chain;
    ContractRegistry contracts;
    Contract counter = *chain.contracts.find("counter");
    const Readers alice{"alice",
                        [](Context& context, ByteView) { return context.sender() == "alice"; }};
    for (Method& query : counter.queries) query.readers = alice;
    contracts.add(counter);
    chain.run({chain.sign("alice", {add("hits", 4)})});
    const auto ask = [&](const MemberId& asker) {
        return run_query(contracts, chain.store, "counter", "value", encode(CounterName{"hits"}),
                         asker);
    };
    CHECK(ask("alice").has_value());
    check_refused(ask("bob"), codes::read_not_permitted);
    check_refused(ask(""), codes::read_not_permitted);
    CHECK(ask("bob").error().detail == "counter.value is for alice");
}

TEST_CASE("a query reads the executed state and changes nothing", "[executor]") {
    ExecutorFixture chain;
    chain.run({chain.sign("alice", {add("hits", 4)})});
    const auto query = [&](std::string_view contract, std::string_view method,
                           const Bytes& arguments) {
        return run_query(chain.contracts, chain.store, contract, method, arguments, {});
    };
    const Bytes hits = encode(CounterName{"hits"});
    const auto value = query("counter", "value", hits);
    REQUIRE(value);
    CHECK(decode<CounterValue>(*value)->value == 4);
    check_refused(query("counters", "value", hits), codes::query_unknown_contract);
    check_refused(query("counter", "add", hits), codes::query_unknown_method);
    check_refused(query("counter", "value", {}), codes::operation_bad_arguments);
    check_refused(query("counter", "value", encode(CounterName{"none"})), codes::query_not_found);
    check_refused(query("counter", "read_all", {}), codes::operation_over_budget);
    CHECK(query("counter", "meddle", {}).has_value());
    CHECK(chain.counter("meddled") == 0);
}

TEST_CASE("the executor proves what its roots say", "[executor]") {
    ExecutorFixture chain;
    chain.run({chain.sign("alice", {add("hits", 4)})});
    const ExecutedState& state = chain.executor->state();
    const auto value = chain.store.get(Space::business, "counter/hits");
    CHECK(verify_state_path(Space::business, state.business_root, "counter/hits", value,
                            chain.executor->prove(Space::business, "counter/hits")));
    const std::string key = member_key_key("carol");
    CHECK(verify_state_path(Space::system, state.system_root, key, std::nullopt,
                            chain.executor->prove(Space::system, key)));
}

TEST_CASE("methods describe and translate their arguments", "[executor]") {
    const ContractRegistry contracts = make_test_contracts();
    const Method& method = **contracts.operation("counter", "add");
    REQUIRE(method.arguments.size() == 2);
    CHECK(method.arguments[1].name == "amount");
    CHECK(method.result.at(0).type == "integer");
    const auto bytes = method.arguments_from_json(*parse_json(R"({"name":"a","amount":3})"));
    REQUIRE(bytes);
    CHECK(*bytes == add("a", 3).arguments);
    CHECK(compact_json(*method.arguments_to_json(*bytes)) == R"({"amount":3,"name":"a"})");
    check_refused(method.arguments_from_json(*parse_json("{}")), codes::json_wrong_shape);
    check_refused(method.arguments_to_json({}), codes::decode_truncated);
    check_refused(method.result_to_json({}), codes::decode_truncated);
    CHECK(contracts.all().size() == 2);
    CHECK(contracts.all().front()->name == "counter");
}

}  // namespace
}  // namespace cityledger::ledger
