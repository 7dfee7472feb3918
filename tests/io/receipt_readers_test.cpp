// Who reads receipts at a node: its sender the whole, others what became of it and no more.

#include <catch2/catch.hpp>

#include "client/api_client.hpp"
#include "ledger/ledger_codes.hpp"
#include "node/api/receipt_questions.hpp"
#include "node/io/http/read_codes.hpp"
#include "tests/io/daemon_fixtures.hpp"

namespace cityledger::io::test {
namespace {

/// A node that has executed one transaction of AK, whose operation was refused with a detail.
struct ExecutedFixture {
    ExecutedFixture() {
        home.make_log();
        DaemonOptions options;
        options.home = home.folder.path();
        daemon.emplace(options);
        client.emplace("127.0.0.1", daemon->http_port());
        const auto submitted = client->submit(call(home, 1), 20'000);
        REQUIRE(submitted);
        REQUIRE(submitted->receipt);
        receipt = *submitted->receipt;
        REQUIRE_FALSE(receipt.operations.at(0).detail.empty());
    }

    client::Asker asker(const ledger::MemberId& member, const crypto::PrivateKey& key) {
        client::Asker asker{member, &key, {}};
        asker.nonce.bytes[0] = ++nonces;
        return asker;
    }
    client::Asker sender() { return asker("AK", home.member); }
    client::Asker other() { return asker("BK", home.other_member); }

    TestHome home;
    std::optional<RunningDaemon> daemon;
    std::optional<client::ApiClient> client;
    api::ReceiptView receipt;
    std::uint8_t nonces = 0;
};

TEST_CASE_METHOD(ExecutedFixture, "who sends a transaction is told its whole receipt",
                 "[read][daemon]") {
    CHECK_FALSE(receipt.withheld);
    CHECK_FALSE(receipt.operations.at(0).withheld);
    const auto again = client->receipt_as(sender(), receipt.transaction);
    REQUIRE(again);
    CHECK(ledger::to_json(*again) == ledger::to_json(receipt));
}

TEST_CASE_METHOD(ExecutedFixture, "others are told the codes of a receipt and no more",
                 "[read][daemon]") {
    const auto text = client->get("/transactions/" + to_hex(receipt.transaction));
    REQUIRE(text);
    const auto json = ledger::parse_json(*text);
    REQUIRE(json);
    CHECK(json->at("withheld").as_bool());
    CHECK_FALSE(json->as_object().contains("detail"));
    const auto& operation = json->at("operations").as_array().at(0).as_object();
    CHECK(operation.at("withheld").as_bool());
    CHECK(operation.at("contract").as_string() == "calendar");
    CHECK(operation.at("method").as_string() == "no_such_method");
    CHECK(operation.at("code_name").as_string() == "operation_unknown_method");
    for (const char* field : {"detail", "result", "events"}) {
        CHECK_FALSE(operation.contains(field));
    }
    const auto told = client->receipt_as(other(), receipt.transaction);
    REQUIRE(told);
    CHECK(ledger::compact_json(ledger::to_json(*told)) == *text);
}

TEST_CASE_METHOD(ExecutedFixture, "a pass for a receipt is good once, for that receipt only",
                 "[read][daemon]") {
    const std::string path = "/transactions/" + to_hex(receipt.transaction);
    const auto ask = [&](const client::Asker& who, const ledger::ReadQuestion& question) {
        const auto answer = client->get_as(who, path, question);
        return answer ? std::string("ok") : std::string(answer.error().code.name);
    };
    CHECK(ask(sender(), api::receipt_question(Digest{})) ==
          ledger::codes::read_signature_wrong.name);
    CHECK(ask(sender(), api::receipt_proof_question(receipt.transaction)) ==
          ledger::codes::read_signature_wrong.name);
    CHECK(ask(asker("AK", home.other_member), api::receipt_question(receipt.transaction)) ==
          ledger::codes::read_signature_wrong.name);
    CHECK(ask(asker("CK", home.member), api::receipt_question(receipt.transaction)) ==
          ledger::codes::read_asker_unknown.name);
    const client::Asker once = sender();
    CHECK(ask(once, api::receipt_question(receipt.transaction)) == "ok");
    CHECK(ask(once, api::receipt_question(receipt.transaction)) == codes::read_replayed.name);
}

TEST_CASE_METHOD(ExecutedFixture, "a receipt is proven to who may read it", "[read][daemon]") {
    const std::string path = "/proof/receipt/" + to_hex(receipt.transaction);
    const auto question = api::receipt_proof_question(receipt.transaction);
    CHECK(client->get(path).error().code == codes::read_proof_not_permitted);
    CHECK(client->get_as(other(), path, question).error().code == codes::read_proof_not_permitted);
    // The empty blocks behind it cover it soon.
    Result<std::string> proof = client->get_as(sender(), path, question);
    for (int i = 0; i < 100 && !proof && proof.error().code.kind == RefusalKind::busy; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        proof = client->get_as(sender(), path, question);
    }
    INFO((proof ? "" : proof.error().message()));
    REQUIRE(proof);
    CHECK(proof->find("no_such_method") != std::string::npos);
}

}  // namespace
}  // namespace cityledger::io::test
