// What a client's transaction meets before its signature is looked at, and after.

#include "node/replica/admission.hpp"

#include "ledger/receipt_index.hpp"
#include "ledger/state_overlay.hpp"
#include "node/replica/replica_codes.hpp"
#include "part_fixture.hpp"

namespace cityledger::node::test {
namespace {

constexpr std::uint64_t k_mempool_bytes = 1024 * 1024;

struct AdmissionFixture : PartFixture {
    AdmissionFixture()
        : admission(validators.chain_id(), state, *log, judge(), verifier, reactor,
                    k_mempool_bytes) {
        enrol_sender();
    }

    std::shared_ptr<ledger::Transaction> transaction(std::uint8_t nonce) const {
        auto made = std::make_shared<ledger::Transaction>(batch(0, 1).second->transactions[0]);
        made->body.nonce.bytes[0] = nonce;
        return made;
    }
    void submit(std::shared_ptr<const ledger::Transaction> made, const Status& accepting = {}) {
        admission.submit(std::move(made), accepting,
                         [this](const Result<Digest>& answer) { answers.push_back(answer); });
    }
    /// The code of the only answer so far.
    std::string refusal() {
        scheduler.run_ms(0);
        REQUIRE(answers.size() == 1);
        REQUIRE_FALSE(answers[0]);
        return std::string(answers[0].error().code.name);
    }

    Admission admission;
    std::vector<Result<Digest>> answers;
};

TEST_CASE("a transaction is answered once its signature is checked, and then waits for a batch") {
    AdmissionFixture fixture;
    const auto made = fixture.transaction(1);
    const Digest id = ledger::transaction_id(made->body);
    fixture.submit(made);
    CHECK(fixture.answers.empty());
    CHECK(fixture.admission.mempool().waiting_count() == 0);
    REQUIRE(fixture.verifier.asked.size() == 1);
    fixture.verifier.answer({});
    REQUIRE(fixture.answers.size() == 1);
    REQUIRE(fixture.answers[0]);
    CHECK(*fixture.answers[0] == id);
    CHECK(fixture.admission.mempool().waiting_count() == 1);
}

TEST_CASE("what is known already is accepted again, and checked once") {
    AdmissionFixture fixture;
    const auto made = fixture.transaction(1);
    const Digest id = ledger::transaction_id(made->body);
    fixture.submit(made);
    fixture.submit(made);
    CHECK(fixture.verifier.asked.size() == 1);
    fixture.verifier.answer({});
    CHECK(fixture.answers.size() == 2);
    SECTION("while it waits") {}
    SECTION("once it is executed") {
        ledger::StoredReceipt stored;
        stored.receipt.transaction = id;
        stored.receipt.height = 1;
        auto block = ledger::StateOverlay::over(fixture.state);
        ledger::store_receipt(block, stored);
        REQUIRE(fixture.state.apply(1, block.take_changes(), {}));
        ledger::ExecutedBlock executed;
        executed.receipts.push_back(stored);
        fixture.admission.on_executed(1, executed);
        CHECK(fixture.admission.mempool().count() == 0);
    }
    fixture.submit(made);
    fixture.scheduler.run_ms(0);
    REQUIRE(fixture.answers.size() == 3);
    REQUIRE(fixture.answers[2]);
    CHECK(*fixture.answers[2] == id);
    CHECK(fixture.verifier.asked.empty());
}

TEST_CASE("what must stand in no log is refused at the door") {
    AdmissionFixture fixture;
    const auto made = fixture.transaction(1);
    fixture.refused_by_judge = refuse(ledger::codes::operation_bad_arguments, "buyer").value();
    fixture.refused_sender = made->body.sender;
    fixture.submit(made);
    CHECK(fixture.refusal() == ledger::codes::operation_bad_arguments.name);
    CHECK(fixture.verifier.asked.empty());
    CHECK(fixture.admission.mempool().count() == 0);
}

TEST_CASE("what is refused for another reason costs no check of a signature") {
    AdmissionFixture fixture;
    const auto made = fixture.transaction(1);
    SECTION("another chain") {
        made->body.chain_id.bytes[0] ^= 1;
        fixture.submit(made);
        CHECK(fixture.refusal() == "transaction_wrong_chain");
    }
    SECTION("expired") {
        made->body.expires_at_height = 0;
        fixture.submit(made);
        CHECK(fixture.refusal() == "transaction_expired");
    }
    SECTION("an unknown sender") {
        made->body.sender = "stranger";
        fixture.submit(made);
        CHECK(fixture.refusal() == "transaction_unknown_sender");
    }
    SECTION("the node takes nothing") {
        fixture.submit(made, tl::unexpected<Error>(not_accepting("the disk is full")));
        CHECK(fixture.refusal() == "node_not_accepting");
    }
    CHECK(fixture.verifier.asked.empty());
    CHECK(fixture.admission.mempool().count() == 0);
}

TEST_CASE("a bad signature is told to all who wait, and the place is free again") {
    AdmissionFixture fixture;
    const auto made = fixture.transaction(1);
    fixture.submit(made);
    fixture.submit(made);
    fixture.verifier.answer(refuse(ledger::codes::transaction_bad_signature));
    REQUIRE(fixture.answers.size() == 2);
    CHECK_FALSE(fixture.answers[0]);
    CHECK_FALSE(fixture.answers[1]);
    CHECK(fixture.admission.mempool().bytes() == 0);
    fixture.submit(made);
    CHECK(fixture.verifier.asked.size() == 1);
}

}  // namespace
}  // namespace cityledger::node::test
