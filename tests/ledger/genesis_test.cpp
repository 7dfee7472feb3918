// The genesis: its file, its hash and its rules.

#include "ledger/genesis.hpp"

#include <functional>

#include "crypto/crypto_codes.hpp"
#include "tests/ledger/fixtures.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

const std::string k_business = R"({"calendar":{"first_day":"2018-08-10"},"membership":{"n":[1]}})";

TEST_CASE("a genesis file reads back to the same chain", "[genesis]") {
    const Genesis genesis = make_genesis(k_business);
    const std::string text = genesis_to_text(genesis);
    CHECK(text.find("\"first_day\": \"2018-08-10\"") != std::string::npos);
    const auto read = genesis_from_text(text);
    REQUIRE(read);
    CHECK(*read == genesis);
    CHECK(chain_id_of(*read) == chain_id_of(genesis));
}

TEST_CASE("the order of keys and spaces in the file do not change the chain", "[genesis]") {
    std::string text = genesis_to_text(make_genesis(R"({"a":1,"b":2})"));
    const std::string members = "\"a\": 1,\n    \"b\": 2";
    text.replace(text.find(members), members.size(), R"("b":2, "a":1)");
    const auto read = genesis_from_text(text);
    REQUIRE(read);
    CHECK(chain_id_of(*read) == chain_id_of(make_genesis(R"({"a":1,"b":2})")));
}

TEST_CASE("every field of a genesis names another chain", "[genesis]") {
    const ChainId chain = chain_id_of(make_genesis(k_business));
    Genesis other = make_genesis(k_business);
    other.salt.bytes[0] = 1;
    CHECK(chain_id_of(other) != chain);
    other = make_genesis("{}");
    CHECK(chain_id_of(other) != chain);
    other = make_genesis(k_business);
    other.validators.pop_back();
    CHECK(chain_id_of(other) != chain);
}

TEST_CASE("a genesis that breaks a rule is refused", "[genesis]") {
    using Change = std::function<void(Genesis&)>;
    const std::pair<const char*, Change> changes[] = {
        {"version", [](Genesis& g) { g.version = 1; }},
        {"base that no round trip fits", [](Genesis& g) { g.view_timing.base_ms = 19; }},
        {"base beyond a minute",
         [](Genesis& g) {
             g.view_timing = {60'001, 200, 600'000};
         }},
        {"timers that never grow", [](Genesis& g) { g.view_timing.growth_percent = 109; }},
        {"timers that leap", [](Genesis& g) { g.view_timing.growth_percent = 1'001; }},
        {"cap below the base", [](Genesis& g) { g.view_timing.cap_ms = 999; }},
        {"cap beyond ten minutes", [](Genesis& g) { g.view_timing.cap_ms = 600'001; }},
        {"no name", [](Genesis& g) { g.name.clear(); }},
        {"validator without a name", [](Genesis& g) { g.validators[0].name.clear(); }},
        {"validator of another suite",
         [](Genesis& g) {
             g.validators[0].public_key = crypto::PrivateKey::generate().public_key().bytes();
         }},
        {"simulation keys on a real chain", [](Genesis& g) { g.suite = SuiteName::standard; }},
        {"key of nobody", [](Genesis& g) { g.keys[0].member.clear(); }},
        {"two keys of a member", [](Genesis& g) { g.keys[1].member = g.keys[0].member; }},
        {"member key of another suite",
         [](Genesis& g) {
             g.keys[0].public_key = crypto::PrivateKey::generate().public_key().bytes();
         }},
        {"business is a list", [](Genesis& g) { g.business = "[]"; }},
        {"business with spaces", [](Genesis& g) { g.business = "{ }"; }},
        {"business with unsorted keys", [](Genesis& g) { g.business = R"({"b":1,"a":1})"; }},
    };
    CHECK(check_genesis(make_genesis(k_business)));
    for (const auto& [name, change] : changes) {
        INFO(name);
        Genesis genesis = make_genesis(k_business);
        change(genesis);
        check_refused(check_genesis(genesis), codes::genesis_invalid);
    }
}

TEST_CASE("what a genesis is made of is refused with its own codes", "[genesis]") {
    Genesis genesis = make_genesis();
    genesis.validators.clear();
    check_refused(check_genesis(genesis), codes::validators_count);
    genesis = make_genesis();
    genesis.keys[0].public_key = {};
    check_refused(check_genesis(genesis), crypto::codes::key_kind_unknown);
    genesis = make_genesis();
    genesis.business = "{";
    check_refused(check_genesis(genesis), codes::json_malformed);
}

TEST_CASE("a genesis file with unknown or missing fields is refused", "[genesis]") {
    const std::string text = genesis_to_text(make_genesis());
    std::string changed = text;
    changed.replace(changed.find("\"salt\""), 6, "\"sald\"");
    check_refused(genesis_from_text(changed), codes::json_wrong_shape);
    check_refused(genesis_from_text("[]"), codes::json_wrong_shape);
    check_refused(genesis_from_text("{"), codes::json_malformed);
    changed = text;
    changed.replace(changed.find("\"business\": {}"), 14, "\"business\": 1");
    check_refused(genesis_from_text(changed), codes::genesis_invalid);
    changed = text;
    changed.replace(changed.find("\"version\": 2"), 12, "\"version\": 9");
    check_refused(genesis_from_text(changed), codes::genesis_invalid);
}

TEST_CASE("a genesis with real keys is of suite standard", "[genesis]") {
    Genesis genesis = make_genesis();
    genesis.suite = SuiteName::standard;
    for (auto& validator : genesis.validators) {
        validator.public_key = crypto::PrivateKey::generate().public_key().bytes();
    }
    genesis.keys.clear();
    CHECK(check_genesis(genesis));
    CHECK(signature_suite(SuiteName::standard) == crypto::SignatureSuite::ecdsa_p256);
}

}  // namespace
}  // namespace cityledger::ledger
