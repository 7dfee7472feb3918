// One member's flood must not become another member's wait.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>

#include "ledger/contracts/membership/membership.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

using crypto::PrivateKey;

constexpr std::size_t k_flood_transactions = 12'000;
constexpr std::size_t k_flood_operations = 8;  ///< of each of them
constexpr std::size_t k_transactions_per_request = 4'000;
constexpr std::uint64_t k_longest_wait_ms = 4'000;
/// Longer than the bound, so that a failure tells by how much it was missed.
constexpr std::uint64_t k_give_up_ms = 15'000;

/// A member of the network whose key only this test knows.
struct Person {
    ledger::MemberId id;
    PrivateKey key;
};

Person enrol_person(LocalWorld& world, const ledger::MemberId& id) {
    Person person{tag_of(id), PrivateKey::generate()};
    ledger::membership::EnrolArguments arguments;
    arguments.id = person.id;
    arguments.name = person.id;
    arguments.kind = ledger::membership::MemberKind::person;
    arguments.roles = {ledger::membership::Role::consumer};
    arguments.public_key = person.key.public_key().bytes();
    ledger::TransactionBody body;
    body.chain_id = world.chain_id();
    body.sender = "OPERATOR";
    const auto operator_key = world.key_of("OPERATOR");
    REQUIRE(operator_key);
    body.sender_key = (*operator_key)->public_key().bytes();
    body.expires_at_height = world.expiry_height().value();
    body.operations = {{"membership", "enrol", ledger::encode(arguments)}};
    const auto receipt =
        world.submit(ledger::sign_transaction(std::move(body), **operator_key), 20'000);
    REQUIRE(receipt);
    REQUIRE(receipt->operations.at(0).code_name == "ok");
    return person;
}

ledger::TransactionBody body_of(const Person& person, LocalWorld& world,
                                ledger::Operation operation) {
    ledger::TransactionBody body;
    body.chain_id = world.chain_id();
    body.sender = person.id;
    body.sender_key = person.key.public_key().bytes();
    // Some heights less than allowed: a node that is a little behind takes it too.
    body.expires_at_height = world.expiry_height().value() - 100;
    body.operations = {std::move(operation)};
    return body;
}

/// The smallest transactions there are: of operations that do not exist. Each still gets its
/// receipt, so each is written to the state. Several operations in each, since what an operation
/// costs must not depend on what else its block has written.
std::vector<ledger::Transaction> tiny_transactions(const Person& person, LocalWorld& world) {
    ledger::TransactionBody pattern = body_of(person, world, {"x", "x", {}});
    pattern.operations.resize(k_flood_operations, pattern.operations.front());
    std::vector<ledger::Transaction> transactions;
    for (std::size_t number = 0; number < k_flood_transactions; ++number) {
        ledger::TransactionBody body = pattern;
        for (std::size_t at = 0; at < 8; ++at) {
            body.nonce.bytes.at(at) = static_cast<std::uint8_t>(number >> (8 * at));
        }
        transactions.push_back(ledger::sign_transaction(std::move(body), person.key));
    }
    return transactions;
}

/// Sends all of them as fast as the node takes them; how many it accepted.
std::size_t send_flood(client::ApiClient& client,
                       const std::vector<ledger::Transaction>& transactions) {
    std::size_t accepted = 0;
    for (std::size_t at = 0; at < transactions.size(); at += k_transactions_per_request) {
        std::vector<Bytes> part;
        const std::size_t end = std::min(at + k_transactions_per_request, transactions.size());
        for (std::size_t i = at; i < end; ++i) part.push_back(ledger::encode(transactions[i]));
        const auto answer = client.submit_batch(part, 0);
        if (!answer) continue;
        accepted += static_cast<std::size_t>(
            std::count_if(answer->outcomes.begin(), answer->outcomes.end(),
                          [](const auto& outcome) { return outcome.outcome == "accepted"; }));
    }
    return accepted;
}

/// A change that only this member can make: it replaces its key. Returns how long the receipt took.
std::uint64_t timed_change(LocalWorld& world, Person& person, std::size_t node) {
    PrivateKey next = PrivateKey::generate();
    const ledger::membership::RotateKeyArguments arguments{next.public_key().bytes()};
    const ledger::Transaction transaction = ledger::sign_transaction(
        body_of(person, world, {"membership", "rotate_key", ledger::encode(arguments)}),
        person.key);
    const auto start = Clock::now();
    const auto answer = world.node_client(node).submit(transaction, k_give_up_ms);
    const std::uint64_t waited_ms = milliseconds_since(start);
    INFO((answer ? answer->outcome : answer.error().message()) << " after " << waited_ms << " ms");
    REQUIRE(answer);
    REQUIRE(answer->receipt);
    REQUIRE(answer->receipt->operations.at(0).code_name == "ok");
    person.key = std::move(next);
    return waited_ms;
}

/// Ends the thread also where a requirement fails.
class JoinAtEnd {
public:
    explicit JoinAtEnd(std::thread& thread) : thread_(thread) {}
    JoinAtEnd(const JoinAtEnd&) = delete;
    JoinAtEnd& operator=(const JoinAtEnd&) = delete;
    ~JoinAtEnd() { thread_.join(); }

private:
    std::thread& thread_;
};

TEST_CASE("12,000 tiny transactions of one member keep no other waiting for 4 s", "[fair-wait]") {
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    const Person busy = enrol_person(*world, "P-BUSY");
    // At the node that is flooded, and at another one. Each keeps to its node, which is the first
    // to know its new key.
    Person honest[] = {enrol_person(*world, "P-SAME"), enrol_person(*world, "P-OTHER")};
    REQUIRE(settles_within(*world, 10'000));
    const auto flood = tiny_transactions(busy, *world);
    const Digest last = ledger::transaction_id(flood.back().body);
    const NetworkFile network = read_network(world->network_folder()).value();

    const auto start = Clock::now();
    std::size_t accepted = 0;
    std::atomic<bool> sent{false};
    std::thread sender([&] {
        client::ApiClient client(network.nodes[0].address, network.nodes[0].http_port);
        accepted = send_flood(client, flood);
        sent = true;
    });
    const JoinAtEnd join(sender);
    std::uint64_t worst_ms = 0;
    std::size_t changes = 0;
    bool worked_off = false;
    while (!worked_off) {
        const std::size_t node = changes++ % std::size(honest);
        worst_ms = std::max(worst_ms, timed_change(*world, honest[node], node));
        REQUIRE(milliseconds_since(start) < 2 * k_give_up_ms);
        worked_off = sent && world->node_client(0).receipt(last);
    }
    std::printf(
        "%zu tiny transactions worked off in %llu ms; %zu changes of other members, "
        "the slowest took %llu ms\n",
        accepted, static_cast<unsigned long long>(milliseconds_since(start)), changes,
        static_cast<unsigned long long>(worst_ms));
    CHECK(accepted == k_flood_transactions);
    CHECK(changes >= 3);
    CHECK(worst_ms < k_longest_wait_ms);
}

}  // namespace
}  // namespace cityledger::sim::test
