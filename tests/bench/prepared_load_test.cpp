#include "sim/bench/prepared_load.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "ledger/contracts/invoice/body.hpp"
#include "sim/bench/bench_codes.hpp"
#include "sim/bench/bench_network.hpp"
#include "sim/launch/network_maker.hpp"
#include "tests/sim/scenario_direct_world.hpp"

namespace cityledger::bench {
namespace {

namespace fs = std::filesystem;

std::string scratch() { return fs::temp_directory_path().string(); }

Population population_of(const crypto::PrivateKey& bureau, std::size_t count) {
    Population population;
    population.enterprises = make_enterprises(count, ledger::Nonce{}, bureau.public_key(), true);
    return population;
}

ledger::Transaction transaction_at(const PreparedLoad& load, std::size_t index) {
    const auto bytes = load.read(load.transactions()[index]);
    REQUIRE(bytes);
    const auto transaction = ledger::decode<ledger::Transaction>(*bytes);
    REQUIRE(transaction);
    return *transaction;
}

TEST_CASE("prepared transactions are signed, distinct and of the asked shape", "[bench]") {
    const auto bureau = crypto::PrivateKey::generate();
    const Population population = population_of(bureau, 20);
    Round round;
    round.bundle = 3;
    Signing signing;
    signing.expires_at_height = 500;
    const auto load = PreparedLoad::make(round, population, signing, 40, scratch());
    REQUIRE(load);
    REQUIRE((*load)->transactions().size() == 40);
    std::set<Digest> ids;
    std::set<std::string> payments;
    for (std::size_t i = 0; i < 40; ++i) {
        const ledger::Transaction transaction = transaction_at(**load, i);
        CHECK(transaction.body.expires_at_height == 500);
        REQUIRE(transaction.body.operations.size() == 3);
        CHECK(ids.insert((*load)->transactions()[i].id).second);
        CHECK(ledger::transaction_id(transaction.body) == (*load)->transactions()[i].id);
        const auto key = crypto::PublicKey::decode(transaction.body.sender_key);
        REQUIRE(key);
        CHECK(ledger::check_transaction_signature(transaction, *key,
                                                  crypto::SignatureSuite::ecdsa_p256));
        for (const ledger::Operation& operation : transaction.body.operations) {
            const auto arguments =
                ledger::decode<ledger::invoice::IssueArguments>(operation.arguments);
            REQUIRE(arguments);
            CHECK(payments.insert(arguments->payment_reference).second);
        }
    }
    CHECK((*load)->argument_bytes() > 800);
}

TEST_CASE("a sealed invoice has 350 bytes of words, for seller, buyer and bureau", "[bench]") {
    const auto bureau = crypto::PrivateKey::generate();
    const Population population = population_of(bureau, 5);
    OperationMaker maker(population);
    sim::SimulatedRandom dice(1);
    const auto operation = maker.make({1, Workload::sealed_invoice, {}}, 0, 9, dice);
    const auto arguments = ledger::decode<ledger::invoice::IssueArguments>(operation.arguments);
    REQUIRE(arguments);
    CHECK(arguments->lines.size() == 3);
    const Member& seller = population.enterprises.members[0];
    const auto pairwise = crypto::pairwise_key(bureau, seller.key.public_key(),
                                               as_bytes("cityledger.invoice.body.v1"));
    REQUIRE(pairwise);
    const auto body = ledger::invoice::open_body(arguments->sealed_body,
                                                 {seller.id, arguments->payment_reference},
                                                 {"TAXBUREAU", *pairwise});
    REQUIRE(body);
    CHECK(ledger::invoice::body_digest(*body) == arguments->content_digest);
    std::size_t words = 0;
    for (const auto& field : body->fields) words += field.name.size() + field.value.size();
    CHECK(words >= 350);
}

TEST_CASE("the same seed draws the same senders and amounts", "[bench]") {
    const auto bureau = crypto::PrivateKey::generate();
    const Population population = population_of(bureau, 50);
    Round round;
    round.mix = {{1, Workload::plain_invoice, {}}};
    Signing signing;
    const auto draw = [&](std::uint64_t seed, std::uint64_t first) {
        signing.seed = seed;
        signing.first_number = first;
        const auto load = PreparedLoad::make(round, population, signing, 30, scratch());
        REQUIRE(load);
        std::string drawn;
        for (std::size_t i = 0; i < 30; ++i) {
            const ledger::Transaction transaction = transaction_at(**load, i);
            drawn += transaction.body.sender + to_hex(transaction.body.operations[0].arguments);
        }
        return drawn;
    };
    CHECK(draw(1, 0) == draw(1, 0));
    CHECK(draw(1, 0) != draw(2, 0));
    CHECK(draw(1, 0) != draw(1, 30));
}

TEST_CASE("spools that cannot be written or read are refused", "[bench]") {
    const auto bureau = crypto::PrivateKey::generate();
    const Population population = population_of(bureau, 3);
    const auto nowhere = PreparedLoad::make({}, population, {}, 1, "/nowhere/at/all");
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().code == codes::bench_spool_failed);
    const auto load = PreparedLoad::make({}, population, {}, 1, scratch());
    REQUIRE(load);
    PreparedTransaction beyond = (*load)->transactions()[0];
    beyond.offset += beyond.size;
    CHECK((*load)->read(beyond).error().code == codes::bench_spool_unreadable);
}

TEST_CASE("Zipf's law: the first of 100 is drawn about twice as often as the second", "[bench]") {
    const ZipfDraw draw(100);
    sim::SimulatedRandom dice(3);
    std::vector<std::size_t> counts(100);
    for (int i = 0; i < 100'000; ++i) ++counts[draw.draw(dice)];
    CHECK(counts[0] > counts[1] * 18 / 10);
    CHECK(counts[0] < counts[1] * 22 / 10);
    CHECK(counts[99] > 0);
    CHECK(ZipfDraw(1).draw(dice) == 0);
}

TEST_CASE("what the bench needs is refused by a world whose bureau may not give it", "[bench]") {
    sim::WorldPlan plan = sim::default_plan(1);
    sim::DirectWorld world(plan);
    REQUIRE(world.problem.empty());
    const Progress silent = [](std::uint64_t, std::uint64_t) {};
    const auto enterprises = enrol_enterprises(world, 10, silent);
    REQUIRE(enterprises);
    CHECK(enterprises->members.size() == 10);
    // Keys of the kind that this world accepts.
    CHECK(enterprises->members[0].key.public_key().suite() == crypto::SignatureSuite::simulation);
    const auto departments = enrol_departments(world, 3, silent);
    INFO((departments ? "" : departments.error().message()));
    REQUIRE(departments);
    CHECK(departments->entries.size() == 3);

    auto& members = plan.business["membership"].get_object()["members"].get_array();
    for (auto& member : members) {
        if (member.at("id") == "TAXBUREAU") member.get_object()["roles"] = {"auditor"};
    }
    sim::DirectWorld powerless(plan);
    REQUIRE(powerless.problem.empty());
    CHECK(enrol_enterprises(powerless, 10, silent).error().code == codes::bench_setup_refused);
}

/// Nodes that say what the test wants.
class TellingWorld : public sim::DirectWorld {
public:
    using sim::DirectWorld::DirectWorld;
    [[nodiscard]] std::vector<sim::NodeView> nodes() override {
        auto views = sim::DirectWorld::nodes();
        for (auto& view : views) view.status->version = version;
        views.back().status->executed_height += ahead;
        return views;
    }
    std::string version = "0.1.0";
    std::uint64_t ahead = 0;
};

TEST_CASE("nodes that disagree, and debug builds, are not measured", "[bench]") {
    TellingWorld world(sim::default_plan(4));
    CHECK(settled_height(world, 100) == 0);
    CHECK(check_builds(world));
    world.ahead = 1;
    CHECK(settled_height(world, 100).error().code == codes::bench_not_settled);
    world.version = "0.1.0-debug";
    CHECK(check_builds(world).error().code == codes::bench_debug_build);
}

}  // namespace
}  // namespace cityledger::bench
