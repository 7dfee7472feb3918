// Signed questions over HTTP: who may ask, and that no pass is taken twice, late, early, elsewhere
// or for another question.

#include "ledger/read_pass.hpp"

#include <catch2/catch.hpp>

#include "client/api_client.hpp"
#include "ledger/executor.hpp"
#include "node/api/state_question.hpp"
#include "node/io/daemon/asio_scheduler.hpp"
#include "node/io/http/api_routes.hpp"
#include "node/io/http/read_askers.hpp"
#include "node/io/http/read_codes.hpp"
#include "tests/io/fake_node.hpp"
#include "tests/io/http_fixtures.hpp"

namespace cityledger::io::test {
namespace {

struct Word {
    std::string word;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("word", word));
    }
};

Result<Word> tell(ledger::Context& context, const Word& arguments) {
    return Word{arguments.word + " to " + context.sender()};
}

/// "diary.own" is for the member alice only, "diary.open" for anybody.
ledger::ContractRegistry diary() {
    ledger::Contract contract;
    contract.name = "diary";
    const ledger::Readers alice{
        "alice", [](ledger::Context& context, ByteView) { return context.sender() == "alice"; }};
    contract.queries = {ledger::make_query("own", "Tells alice.", alice, &tell),
                        ledger::make_query("open", "Tells.", ledger::anybody(), &tell)};
    ledger::ContractRegistry registry;
    registry.add(std::move(contract));
    return registry;
}

crypto::PrivateKey key_of(std::uint8_t seed) {
    Digest digest;
    digest.bytes[0] = seed;
    return crypto::PrivateKey::for_simulation(digest);
}

struct DiaryFixture {
    DiaryFixture() : contracts(diary()), scheduler(loop.context()) {
        node.scheduler = &scheduler;
        enrol("alice", alice, 1);
        enrol("bob", bob, 2);
        routes.emplace(node, contracts, scheduler);
    }

    void enrol(const std::string& member, const crypto::PrivateKey& key, std::uint64_t height) {
        REQUIRE(node.store.apply(height,
                                 {{ledger::Space::system, ledger::member_key_key(member),
                                   ledger::encode(key.public_key().bytes())}},
                                 {}));
    }

    ledger::ReadPass pass_for(const std::string& member) {
        ledger::ReadPass pass{"node0", member, node.clock_ms + 10'000, {}, {}};
        pass.nonce.bytes[0] = ++nonces;
        return pass;
    }
    ledger::ReadPass sign(ledger::ReadPass pass, const crypto::PrivateKey& key,
                          const std::string& method = "own", const std::string& word = "hello") {
        const ledger::ReadQuestion question{"diary", method, ledger::encode(Word{word})};
        return ledger::sign_read_pass(ledger::chain_id_of(node.the_genesis), question,
                                      std::move(pass), key);
    }

    /// The answer, or the name of the refusal.
    std::string ask(const std::string& authorization, const std::string& word = "hello",
                    const std::string& method = "own") {
        HttpRequest request;
        request.method = "GET";
        request.path = "/query/diary/" + method;
        request.query = {{"word", word}};
        request.authorization = authorization;
        request.caller = "127.0.0.1";
        std::string answer;
        routes->handle(request, [&](const HttpResponse& response) {
            status = response.status;
            const auto json = ledger::parse_json(response.body);
            REQUIRE(json);
            const char* field = response.status == 200 ? "word" : "name";
            answer = json->at(field).as_string().c_str();
            if (response.status != 200) detail = json->at("detail").as_string().c_str();
        });
        return answer;
    }
    std::string ask(const ledger::ReadPass& pass, const std::string& word = "hello",
                    const std::string& method = "own") {
        return ask("CityLedger " + to_hex(ledger::encode(pass)), word, method);
    }

    crypto::PrivateKey alice = key_of(1);
    crypto::PrivateKey bob = key_of(2);
    std::uint8_t nonces = 0;
    unsigned status = 0;
    std::string detail;
    LoopThread loop;
    FakeNode node;
    ledger::ContractRegistry contracts;
    AsioScheduler scheduler;
    std::optional<ApiRoutes> routes;
};

TEST_CASE_METHOD(DiaryFixture, "who may ask is answered and others learn who may", "[read]") {
    CHECK(ask(sign(pass_for("alice"), alice)) == "hello to alice");
    CHECK(ask(sign(pass_for("bob"), bob)) == ledger::codes::read_not_permitted.name);
    CHECK(status == 403);
    CHECK(detail == "diary.own is for alice");
    CHECK(ask("") == ledger::codes::read_not_permitted.name);
    CHECK(ask("", "hello", "open") == "hello to ");
}

TEST_CASE_METHOD(DiaryFixture, "a pass is taken once", "[read]") {
    const auto pass = sign(pass_for("alice"), alice);
    CHECK(ask(pass) == "hello to alice");
    CHECK(ask(pass) == codes::read_replayed.name);
    CHECK(ask(sign(pass_for("alice"), alice)) == "hello to alice");
}

TEST_CASE_METHOD(DiaryFixture, "a pass is taken within its time and no more than 30 s ahead",
                 "[read]") {
    const auto expiring = [&](std::uint64_t ms) {
        auto pass = pass_for("alice");
        pass.expires = ms;
        return ask(sign(pass, alice));
    };
    CHECK(expiring(node.clock_ms - 1) == codes::read_expired.name);
    CHECK(expiring(node.clock_ms) == "hello to alice");
    CHECK(expiring(node.clock_ms + k_read_pass_lifetime_ms) == "hello to alice");
    CHECK(expiring(node.clock_ms + k_read_pass_lifetime_ms + 1) == codes::read_expires_late.name);
}

TEST_CASE_METHOD(DiaryFixture, "a pass is taken by its own node only", "[read]") {
    const auto pass = sign(pass_for("alice"), alice);
    node.name = "node1";
    CHECK(ask(pass) == codes::read_other_node.name);
    auto renamed = pass;
    renamed.node = "node1";
    CHECK(ask(renamed) == ledger::codes::read_signature_wrong.name);
}

TEST_CASE_METHOD(DiaryFixture, "a pass answers the question that it was signed for", "[read]") {
    CHECK(ask(sign(pass_for("alice"), alice), "another") ==
          ledger::codes::read_signature_wrong.name);
    CHECK(ask(sign(pass_for("alice"), alice, "open")) == ledger::codes::read_signature_wrong.name);
    auto later = sign(pass_for("alice"), alice);
    later.expires += 1;
    CHECK(ask(later) == ledger::codes::read_signature_wrong.name);
    auto fresh = sign(pass_for("alice"), alice);
    fresh.nonce.bytes[1] = 1;
    CHECK(ask(fresh) == ledger::codes::read_signature_wrong.name);
    const ledger::ReadQuestion question{"diary", "own", ledger::encode(Word{"hello"})};
    Digest other_chain;
    const auto elsewhere = ledger::sign_read_pass(other_chain, question, pass_for("alice"), alice);
    CHECK(ask(elsewhere) == ledger::codes::read_signature_wrong.name);
}

TEST_CASE_METHOD(DiaryFixture, "nobody asks in another's name", "[read]") {
    CHECK(ask(sign(pass_for("alice"), bob)) == ledger::codes::read_signature_wrong.name);
    CHECK(ask(sign(pass_for("carol"), bob)) == ledger::codes::read_asker_unknown.name);
    for (const char* malformed :
         {"Bearer secret", "CityLedger ", "CityLedger 00", "CityLedger xy"}) {
        CHECK(ask(std::string(malformed)) == codes::read_pass_malformed.name);
    }
}

TEST_CASE_METHOD(DiaryFixture, "the key of now signs and the one before does not", "[read]") {
    const auto next = key_of(3);
    enrol("alice", next, 3);
    CHECK(ask(sign(pass_for("alice"), alice)) == ledger::codes::read_signature_wrong.name);
    CHECK(ask(sign(pass_for("alice"), next)) == "hello to alice");
}

TEST_CASE_METHOD(DiaryFixture, "a refused pass takes no place in the memory", "[read]") {
    auto forged = sign(pass_for("alice"), bob);
    CHECK(ask(forged) == ledger::codes::read_signature_wrong.name);
    forged = sign(forged, alice);
    CHECK(ask(forged) == "hello to alice");
}

TEST_CASE_METHOD(DiaryFixture, "a proof of a key is for who may read it", "[read]") {
    ledger::Contract members;
    members.name = "membership";
    const ledger::Readers alice_only{
        "alice", [](ledger::Context& context, ByteView) { return context.sender() == "alice"; }};
    members.queries = {ledger::make_query("members", "Tells.", alice_only, &tell)};
    contracts.add(std::move(members));
    routes.emplace(node, contracts, scheduler);
    api::StateQuestion question{ledger::Space::system, "membership/key/bob", std::nullopt};
    const auto prove = [&](const std::string& authorization) {
        HttpRequest request;
        request.method = "GET";
        request.path = "/proof/state";
        request.query = {{"space", "system"}, {"key", to_hex(as_bytes(question.key))}};
        request.authorization = authorization;
        std::string name;
        routes->handle(request, [&](const HttpResponse& response) {
            const auto json = ledger::parse_json(response.body);
            REQUIRE(json);
            name = json->at("name").as_string().c_str();
        });
        return name;
    };
    const auto signed_by = [&](const std::string& member, const crypto::PrivateKey& key) {
        const auto pass =
            ledger::sign_read_pass(ledger::chain_id_of(node.the_genesis),
                                   api::read_question(question), pass_for(member), key);
        return "CityLedger " + to_hex(ledger::encode(pass));
    };
    CHECK(prove("") == codes::read_proof_not_permitted.name);
    CHECK(prove(signed_by("bob", bob)) == codes::read_proof_not_permitted.name);
    // Let through: this stand-in covers nothing yet.
    CHECK(prove(signed_by("alice", alice)) == codes::proof_not_covered.name);
    question.key = "membership/key/alice";
    const std::string other = signed_by("alice", alice);
    question.key = "membership/key/bob";
    CHECK(prove(other) == ledger::codes::read_signature_wrong.name);
}

TEST_CASE("a node remembers passes for their time and no more than it has places for", "[read]") {
    ReadAskers askers;
    ledger::ReadPass pass;
    pass.member = "alice";
    for (std::size_t i = 0; i < k_max_read_passes; ++i) {
        pass.nonce.bytes[0] = static_cast<std::uint8_t>(i);
        pass.nonce.bytes[1] = static_cast<std::uint8_t>(i >> 8);
        REQUIRE(askers.take(pass, 1'000));
    }
    pass.nonce.bytes[2] = 1;
    CHECK(askers.take(pass, 1'000).error().code == codes::read_passes_full);
    CHECK(askers.take(pass, 1'000 + k_read_pass_lifetime_ms).error().code ==
          codes::read_passes_full);
    CHECK(askers.take(pass, 1'001 + k_read_pass_lifetime_ms));
    CHECK(askers.size() == 1);
}

}  // namespace
}  // namespace cityledger::io::test
