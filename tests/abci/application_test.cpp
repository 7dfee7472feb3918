// The ledger as an application of another engine: the same receipts as the executor alone, and
// nothing lost or done twice when a process ends between two requests.

#include "ledger/read_pass.hpp"
#include "tests/abci/application_fixture.hpp"

namespace cityledger::abci {
namespace {

using namespace testing;

std::string text(const Digest& digest) { return std::string(as_text(digest.view())); }

TEST_CASE_METHOD(ApplicationFixture, "blocks give the receipts and roots of the executor alone",
                 "[abci]") {
    ExecutorFixture alone(genesis);
    CHECK(application->info().last_block_app_hash() == text(app_hash(alone.first_state)));
    for (std::int64_t height = 1; height <= 3; ++height) {
        const std::vector<ledger::Transaction> transactions = {
            sign("alice", {add("a", height), fail("a")}), sign("bob", {add("b", 1)}),
            sign("carol", {add("c", 1)})};
        std::vector<std::string> encoded;
        for (const auto& transaction : transactions) encoded.push_back(bytes_of(transaction));
        const auto answer = run(height, encoded);
        const auto expected = alone.run(transactions);
        CHECK(answer.app_hash() == text(app_hash(expected.state)));
        REQUIRE(answer.tx_results_size() == 3);
        for (int i = 0; i < 3; ++i) {
            const auto& receipt = expected.receipts[static_cast<std::size_t>(i)].receipt;
            CHECK(answer.tx_results(i).data() == as_text(ledger::encode(receipt)));
        }
        CHECK(answer.tx_results(0).code() == k_counter_refused.number);
        CHECK(answer.tx_results(0).log() == "as it was asked to");
        CHECK(answer.tx_results(1).code() == 0);
        CHECK(answer.tx_results(2).code() == ledger::codes::transaction_unknown_sender.number);
    }
    CHECK(ledger::decode<ledger::ExecutedState>(as_bytes(ask("/state").value())).value() ==
          alone.executor->state());
}

TEST_CASE_METHOD(ApplicationFixture, "a loss of power between FinalizeBlock and Commit", "[abci]") {
    run(1, {add_bytes("a", 1)});
    const auto committed = application->info();
    const auto second = block(2, {add_bytes("a", 2), add_bytes("b", 3)});
    const auto before = application->finalize_block(second).value();
    CHECK(application->info().last_block_height() == 1);
    CHECK(store.applied_height() == 1);

    lose_power();
    CHECK(application->info().SerializeAsString() == committed.SerializeAsString());
    const auto again = application->finalize_block(second).value();
    CHECK(again.SerializeAsString() == before.SerializeAsString());
    REQUIRE(application->commit().has_value());

    lose_power();
    CHECK(application->info().last_block_height() == 2);
    CHECK(application->info().last_block_app_hash() == before.app_hash());
}

TEST_CASE_METHOD(ApplicationFixture,
                 "blocks that a loss of power took are replayed to the same end", "[abci]") {
    flushes = false;
    const std::string first = add_bytes("a", 1);
    const std::string second = add_bytes("a", 2);
    run(1, {first});
    const auto before = run(2, {second, first});
    lose_power();
    CHECK(application->info().last_block_height() == 0);
    run(1, {first});
    CHECK(run(2, {second, first}).SerializeAsString() == before.SerializeAsString());
}

TEST_CASE_METHOD(ApplicationFixture, "only the engine ended between FinalizeBlock and Commit",
                 "[abci]") {
    const auto first = block(1, {add_bytes("a", 1)});
    const auto before = application->finalize_block(first).value();
    CHECK(application->info().last_block_height() == 0);
    wire::InitChainRequest init;
    init.set_chain_id(engine_chain_id(ledger::chain_id_of(genesis)));
    init.set_initial_height(1);
    CHECK(application->init_chain(init).has_value());
    CHECK(application->finalize_block(first)->SerializeAsString() == before.SerializeAsString());
    check_refused(application->finalize_block(block(1, {})), codes::abci_wrong_height);
    CHECK(application->commit().has_value());
    CHECK(application->info().last_block_app_hash() == before.app_hash());
}

TEST_CASE_METHOD(ApplicationFixture, "heights go on by one, and only Commit follows a block",
                 "[abci]") {
    check_refused(application->commit(), codes::abci_wrong_height);
    check_refused(application->finalize_block(block(2, {})), codes::abci_wrong_height);
    check_refused(application->finalize_block(block(-1, {})), codes::abci_wrong_height);
    run(1, {});
    check_refused(application->finalize_block(block(1, {})), codes::abci_wrong_height);
}

TEST_CASE_METHOD(ApplicationFixture, "a forged signature is refused everywhere", "[abci]") {
    auto transaction = sign("alice", {add("a", 1)});
    transaction.signature.bytes[5] ^= 1;
    const std::string forged = bytes_of(transaction);
    const auto code = ledger::codes::transaction_bad_signature.number;
    CHECK(check(forged).code() == code);
    CHECK(judge(1, {forged}) == wire::REJECT);
    wire::PrepareProposalRequest prepare;
    prepare.set_height(1);
    prepare.set_max_tx_bytes(100'000);
    prepare.add_txs(forged);
    CHECK(application->prepare_proposal(prepare).txs_size() == 0);

    // A block that two thirds signed all the same executes the rest of it.
    const auto answer = run(1, {forged, add_bytes("a", 7)});
    CHECK(answer.tx_results(0).code() == code);
    CHECK(answer.tx_results(1).code() == 0);
}

TEST_CASE_METHOD(ApplicationFixture, "what CheckTx and ProcessProposal refuse by themselves",
                 "[abci]") {
    CHECK(check(add_bytes("a", 1)).code() == 0);
    CHECK(judge(1, {add_bytes("a", 1), add_bytes("a", 1)}) == wire::ACCEPT);
    auto elsewhere = sign("alice", {add("a", 1)});
    elsewhere.body.chain_id = test_chain();
    elsewhere = ledger::sign_transaction(elsewhere.body, key_of("alice"));
    for (const std::string& bytes :
         {std::string("garbage"), std::string(), add_bytes("a", 1) + "x", bytes_of(elsewhere),
          bytes_of(sign("alice", {})), bytes_of(sign("carol", {add("a", 1)})), add_bytes("a", 1, 0),
          add_bytes("a", 1, 20'000)}) {
        CHECK(check(bytes).code() != 0);
        CHECK(judge(1, {bytes}) == wire::REJECT);
    }
    const std::string twice = add_bytes("a", 1);
    CHECK(judge(1, {twice, twice}) == wire::REJECT);
}

TEST_CASE_METHOD(ApplicationFixture, "a transaction is executed once, also across restarts",
                 "[abci]") {
    const std::string bytes = add_bytes("a", 1);
    const auto first = run(1, {bytes, bytes});
    CHECK(first.tx_results(0).code() == 0);
    CHECK(first.tx_results(1).code() == codes::abci_repeated_transaction.number);
    lose_power();
    CHECK(check(bytes).code() == codes::abci_repeated_transaction.number);
    CHECK(judge(2, {bytes}) == wire::REJECT);
    const auto second = run(2, {bytes, add_bytes("a", 1)});
    CHECK(second.tx_results(0).code() == codes::abci_repeated_transaction.number);
    CHECK(second.tx_results(1).code() == 0);
}

TEST_CASE_METHOD(ApplicationFixture, "a proposal keeps the engine's limit of bytes", "[abci]") {
    wire::PrepareProposalRequest asked;
    asked.set_height(1);
    for (int i = 0; i < 10; ++i) asked.add_txs(add_bytes("a", i));
    const std::int64_t one = asked.txs(0).size() + 3;  // tag and two bytes of length
    asked.set_max_tx_bytes(4 * one);
    CHECK(application->prepare_proposal(asked).txs_size() == 4);
    asked.set_max_tx_bytes(4 * one - 1);
    CHECK(application->prepare_proposal(asked).txs_size() == 3);
}

TEST_CASE_METHOD(ApplicationFixture, "InitChain takes the engine's genesis of this chain only",
                 "[abci]") {
    wire::InitChainRequest init;
    init.set_chain_id("cityledger-00000000000000000000000000000000");
    init.set_initial_height(1);
    check_refused(application->init_chain(init), codes::abci_wrong_chain);
    init.set_chain_id(engine_chain_id(ledger::chain_id_of(genesis)));
    CHECK(init.chain_id().size() <= 50);
    const auto answer = application->init_chain(init);
    REQUIRE(answer.has_value());
    CHECK(answer->app_hash() == application->info().last_block_app_hash());
    CHECK(answer->consensus_params().block().max_bytes() == k_max_block_bytes);
    init.set_initial_height(2);
    check_refused(application->init_chain(init), codes::abci_wrong_chain);
}

TEST_CASE_METHOD(ApplicationFixture, "queries read the committed state", "[abci]") {
    const auto transaction = sign("alice", {add("a", 4)});
    const std::string id(as_text(ledger::transaction_id(transaction.body).view()));
    const std::string name(as_text(ledger::encode(CounterName{"a"})));
    REQUIRE(application->finalize_block(block(1, {bytes_of(transaction)})).has_value());
    CHECK(ask("/receipt", id).code() != 0);
    REQUIRE(application->commit().has_value());
    CHECK(ask("/receipt", id).code() == 0);
    CHECK(ask("/receipt", id).height() == 1);
    const auto value = ask("/contract/counter/value", name);
    CHECK(ledger::decode<CounterValue>(as_bytes(value.value())).value().value == 4);
    CHECK(ask("/receipt", "short").code() != 0);
    wire::QueryRequest unusual;
    unusual.set_path("/state");
    unusual.set_height(1);
    CHECK(application->query(unusual).code() == 0);
    unusual.set_height(2);
    CHECK(application->query(unusual).code() == codes::abci_query_unknown.number);
    unusual.set_height(0);
    unusual.set_prove(true);
    CHECK(application->query(unusual).code() == codes::abci_query_unknown.number);
    for (const char* path : {"", "/", "/contract/", "/contract/counter", "/proof"}) {
        CHECK(ask(path).code() == codes::abci_query_unknown.number);
    }
}

TEST_CASE_METHOD(ApplicationFixture, "a signed question is answered to who may ask it", "[abci]") {
    ledger::Contract counter = *contracts.find("counter");
    for (ledger::Method& query : counter.queries) {
        query.readers = {"alice", [](ledger::Context& context, ByteView) {
                             return context.sender() == "alice";
                         }};
    }
    ledger::ContractRegistry kept;
    kept.add(counter);
    kept.add(*contracts.find("membership"));
    contracts = kept;
    reopen();
    run(1, {add_bytes("a", 4)});
    const Bytes name = ledger::encode(CounterName{"a"});
    const auto asked = [&](const std::string& member, const std::string& signer,
                           std::uint64_t expires, const std::string& method = "value") {
        ledger::SignedQuestion question;
        question.pass.member = member;
        question.pass.expires = expires;
        question.arguments = name;
        question.pass = ledger::sign_read_pass(
            ledger::chain_id_of(genesis), {"counter", method, name}, question.pass, key_of(signer));
        const Bytes data = ledger::encode(question);
        return ask("/signed/counter/value", std::string(as_text(data))).code();
    };
    const std::uint64_t last = 1 + ledger::k_max_pass_heights;
    CHECK(asked("alice", "alice", 1) == 0);
    CHECK(asked("alice", "alice", last) == 0);
    CHECK(asked("alice", "alice", 0) == codes::abci_pass_expiry.number);
    CHECK(asked("alice", "alice", last + 1) == codes::abci_pass_expiry.number);
    CHECK(asked("bob", "bob", last) == ledger::codes::read_not_permitted.number);
    CHECK(asked("alice", "bob", last) == ledger::codes::read_signature_wrong.number);
    CHECK(asked("alice", "alice", last, "add") == ledger::codes::read_signature_wrong.number);
    CHECK(asked("carol", "bob", last) == ledger::codes::read_asker_unknown.number);
    CHECK(ask("/contract/counter/value", std::string(as_text(name))).code() ==
          ledger::codes::read_not_permitted.number);
    CHECK(ask("/signed/counter/value", "short").code() != 0);
}

TEST_CASE_METHOD(ApplicationFixture, "each request is answered by its own kind", "[abci]") {
    wire::Request request;
    request.mutable_echo()->set_message("hello");
    CHECK(application->answer(request).echo().message() == "hello");
    request.mutable_flush();
    CHECK(application->answer(request).has_flush());
    request.mutable_info();
    CHECK(application->answer(request).info().app_version() == 1);
    request.mutable_list_snapshots();
    CHECK(application->answer(request).has_list_snapshots());
    request.mutable_offer_snapshot();
    CHECK(application->answer(request).offer_snapshot().result() == 3);
    request.mutable_apply_snapshot_chunk();
    CHECK(application->answer(request).apply_snapshot_chunk().result() == 2);
    request.mutable_load_snapshot_chunk();
    CHECK(application->answer(request).has_load_snapshot_chunk());
    request.mutable_extend_vote();
    CHECK(application->answer(request).has_extend_vote());
    request.mutable_verify_vote_extension();
    CHECK(application->answer(request).verify_vote_extension().status() == wire::ACCEPT);
    request.mutable_process_proposal()->set_height(1);
    CHECK(application->answer(request).process_proposal().status() == wire::ACCEPT);
    request.mutable_commit();
    CHECK(application->answer(request).has_exception());
    const auto unknown = application->answer(wire::Request()).exception().error();
    CHECK(unknown.find(codes::abci_request_unknown.name) != std::string::npos);
}

}  // namespace
}  // namespace cityledger::abci
