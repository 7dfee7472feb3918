// The routes and the client against each other, over a stand-in of the node.

#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "client/api_client.hpp"
#include "client/client_codes.hpp"
#include "ledger/memory_state_store.hpp"
#include "node/io/daemon/asio_scheduler.hpp"
#include "node/io/daemon/daemon_backend.hpp"
#include "node/io/http/api_arguments.hpp"
#include "node/io/http/api_routes.hpp"
#include "node/replica/replica_codes.hpp"
#include "tests/io/fake_node.hpp"
#include "tests/io/http_fixtures.hpp"

namespace cityledger::io::test {

using namespace std::string_literals;
namespace {

struct SumArguments {
    std::string label;
    std::vector<std::int64_t> numbers;
    std::optional<bool> negative;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("label", label), ledger::field("numbers", numbers),
                ledger::field("negative", negative));
    }
};
struct Sum {
    std::string label;
    std::int64_t sum = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("label", label), ledger::field("sum", sum));
    }
};

Result<Sum> add_up(ledger::Context&, const SumArguments& arguments) {
    if (arguments.numbers.empty()) return refuse(ledger::codes::query_not_found, "no numbers");
    Sum sum{arguments.label, 0};
    for (const std::int64_t number : arguments.numbers) sum.sum += number;
    if (arguments.negative.value_or(false)) sum.sum = -sum.sum;
    return sum;
}

ledger::ContractRegistry test_contracts() {
    ledger::ContractRegistry registry;
    ledger::Contract contract;
    contract.name = "abacus";
    contract.queries = {ledger::make_method("add_up", "Adds numbers.", &add_up)};
    registry.add(std::move(contract));
    return registry;
}

struct ApiFixture {
    ApiFixture()
        : contracts(test_contracts()),
          scheduler(loop.context()),
          routes(backend, contracts, scheduler),
          server(loop.context(), {}, logger),
          client("127.0.0.1", start()) {}
    ~ApiFixture() { loop.stop(); }

    std::uint16_t start() {
        backend.scheduler = &scheduler;
        const Status started =
            server.start([this](const HttpRequest& request, HttpRespond respond) {
                routes.handle(request, std::move(respond));
            });
        REQUIRE(started);
        loop.start();
        return server.port();
    }

    Logger logger;
    LoopThread loop;
    FakeNode backend;
    ledger::ContractRegistry contracts;
    AsioScheduler scheduler;
    ApiRoutes routes;
    HttpServer server;
    client::ApiClient client;
};

ledger::Transaction transaction_with(std::size_t operations, std::uint8_t nonce = 0) {
    ledger::Transaction transaction;
    transaction.body.nonce.bytes[0] = nonce;
    transaction.body.operations.resize(operations, {"abacus", "nothing", {}});
    return transaction;
}

TEST_CASE("status, readiness, contracts, codes and metrics are told", "[api]") {
    ApiFixture api;
    const auto status = api.client.status();
    REQUIRE(status);
    CHECK(status->node == "node0");
    CHECK(status->peers.at(1).last_error == "it said \"no\"");
    CHECK(api.client.executed_height() == 6);
    CHECK(api.client.ready());
    CHECK(api.client.get("/health").value() == "{\"alive\":true}");
    const auto contracts = api.client.contracts();
    REQUIRE(contracts);
    CHECK(ledger::compact_json(*contracts).find("\"type\":\"list of integer\"") !=
          std::string::npos);
    CHECK(api.client.get("/codes")->find("\"name\":\"receipt_not_found\"") != std::string::npos);
    const auto metrics = api.client.metrics();
    REQUIRE(metrics);
    CHECK(metrics->find("cityledger_mempool_accepted_txs_total 12\n") != std::string::npos);
    CHECK(metrics->find("cityledger_consensus_height 7\n") != std::string::npos);
    CHECK(metrics->find("cityledger_p2p_peer_connected{peer=\"node1\"} 0\n") != std::string::npos);
    CHECK(metrics->find("process_resident_memory_bytes ") != std::string::npos);
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

TEST_CASE("the standing of the node and of its peers is told, and what the network waits for",
          "[api]") {
    ApiFixture api;
    api.backend.waits_for = "node1 (does not answer)";
    const auto status = api.client.status();
    REQUIRE(status);
    CHECK_FALSE(status->voting);
    CHECK(status->standing == "votes_lost");
    CHECK(status->standing_reason == "a test lost them");
    CHECK(status->votes_above_view == 12);
    CHECK(status->network_waits_for == "node1 (does not answer)");
    CHECK(status->peers.at(0).standing == "votes_lost");
    CHECK(status->peers.at(0).votes_above_view == 12);
    CHECK(status->peers.at(1).standing.empty());
}

TEST_CASE("metrics hold the standing as a state set and whether a quorum may vote", "[api]") {
    ApiFixture api;
    const std::string metrics = api.client.metrics().value();
    const std::string type = "# TYPE cityledger_consensus_standing gauge\n";
    CHECK(contains(metrics, type));
    CHECK(metrics.find(type) == metrics.rfind(type));
    for (const std::string_view word : ledger::EnumNames<node::Standing>::names) {
        const std::string value = word == "votes_lost" ? "1" : "0";
        CHECK(contains(metrics, "cityledger_consensus_standing{standing=\"" + std::string(word) +
                                    "\"} " + value + "\n"));
    }
    CHECK(contains(metrics, "cityledger_consensus_voting 0\n"));
    CHECK(contains(metrics, "cityledger_consensus_quorum_may_vote 1\n"));
    api.backend.waits_for = "node1 (does not answer)";
    CHECK(contains(api.client.metrics().value(), "cityledger_consensus_quorum_may_vote 0\n"));
}

TEST_CASE("a node is ready while it votes and takes transactions, an observer while it follows",
          "[api]") {
    node::ReplicaStatus status;
    status.standing = {node::Standing::voting, 0, {}};
    status.accepts_transactions = true;
    CHECK_FALSE(unready_reason(status));
    status.syncing = true;  // a few blocks behind, and votes
    CHECK_FALSE(unready_reason(status));
    status.accepts_transactions = false;
    status.refuses_because = "the pool of a test";
    CHECK(unready_reason(status).value() == "the pool of a test");

    status.accepts_transactions = true;
    status.standing = {node::Standing::votes_lost, 12, "a test lost them"};
    CHECK(unready_reason(status).value() == "votes_lost: a test lost them");
    status.standing = {node::Standing::asking, 0, "nobody answers"};
    CHECK(unready_reason(status).value() == "asking: nobody answers");

    status.standing = {node::Standing::observer, 0, "the node is an observer"};
    status.accepts_transactions = false;
    CHECK(unready_reason(status));
    status.syncing = false;
    CHECK_FALSE(unready_reason(status));
}

TEST_CASE("what does not need the replica is answered while its thread stands still", "[api]") {
    ApiFixture api;
    api.loop.on_loop([&] { return api.backend.stands_still = true; });
    const auto ask = [&](const std::string& path) {
        return std::async(std::launch::async, [path, port = api.server.port()] {
            return client::ApiClient("127.0.0.1", port).get(path);
        });
    };
    auto status = ask("/status");
    auto block = ask("/blocks/1");
    const auto held = [&] { return api.loop.on_loop([&] { return api.backend.held.size(); }); };
    while (held() < 2) std::this_thread::yield();
    for (const char* path : {"/health", "/contracts", "/codes", "/genesis"}) {
        INFO(path);
        CHECK(api.client.get(path));
    }
    CHECK(api.client.get("/query/abacus/add_up?label=a&numbers=[1,2]"));

    // Whoever asks meanwhile waits for one common answer that is newer than the question.
    auto ready = ask("/ready");
    auto metrics = ask("/metrics");
    CHECK(api.client.get("/health"));
    CHECK(held() == 2);
    api.loop.on_loop([&] {
        api.backend.go_on();
        return 0;
    });
    CHECK(status.get());
    CHECK(block.get());
    CHECK(ready.get());
    CHECK(metrics.get());
    CHECK(api.loop.on_loop([&] { return api.backend.descriptions; }) <= 3);
}

TEST_CASE("an address that has read its budget is told when to come again", "[api]") {
    ApiFixture api;
    api.loop.on_loop([&] { return api.backend.block_bytes = 2 * k_read_budget_bytes; });
    REQUIRE(api.client.block(1));  // what it cost is known afterwards only
    for (const char* path : {"/status", "/contracts", "/blocks/1", "/receipts?from=1"}) {
        INFO(path);
        CHECK(api.client.get(path).error().code == codes::http_budget_spent);
    }
    CHECK(api.client.query("abacus", "add_up", {}).error().code == codes::http_budget_spent);
    CHECK(api.client.get("/health"));
    CHECK(api.client.submit(transaction_with(1), 5000));
    const RawAnswers answers = exchange(
        api.server.port(), "GET /codes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    CHECK(answers.statuses == std::vector<int>{429});
    CHECK(contains(answers.text, "\r\nRetry-After: "));
}

TEST_CASE("metrics count the requests above a budget", "[api]") {
    ApiFixture api;
    CHECK(contains(api.client.metrics().value(), "cityledger_http_budget_refused_total 0\n"));
}

TEST_CASE("a node that is not ready says why", "[api]") {
    ApiFixture api;
    api.backend.unready = "it is a test";
    const Status ready = api.client.ready();
    REQUIRE_FALSE(ready);
    CHECK(ready.error().code == codes::node_not_ready);
    CHECK(ready.error().detail == "it is a test");
}

TEST_CASE("a transaction is accepted, or executed while the client waits", "[api]") {
    ApiFixture api;
    const auto transaction = transaction_with(2);
    const Digest id = ledger::transaction_id(transaction.body);
    const auto accepted = api.client.submit(transaction, 0);
    REQUIRE(accepted);
    CHECK(accepted->outcome == "accepted");
    CHECK(accepted->transaction == id);

    const auto executed = api.client.submit(transaction, 5000);
    REQUIRE(executed);
    CHECK(executed->outcome == "executed");
    REQUIRE(executed->receipt);
    CHECK(executed->receipt->height == 5);
    REQUIRE(executed->receipt->operations.size() == 2);
    CHECK(executed->receipt->operations[0].method == "nothing");
    CHECK(executed->receipt->operations[0].code_name == "ok");
    CHECK(executed->receipt->operations[1].code_name == "operation_unknown_contract");
    CHECK(executed->receipt->operations[1].detail == "no such contract");
}

TEST_CASE("a wait that ends without a receipt leaves the outcome unknown", "[api]") {
    ApiFixture api;
    api.backend.executes = false;
    const auto submitted = api.client.submit(transaction_with(1), 20);
    REQUIRE(submitted);
    CHECK(submitted->outcome == "unknown");
    CHECK_FALSE(submitted->receipt);
    CHECK(api.loop.on_loop([&] { return api.backend.waiting.empty(); }));
}

TEST_CASE("refusals of the node reach the client with code and detail", "[api]") {
    ApiFixture api;
    CHECK(api.client.submit(transaction_with(0), 0).error().code ==
          ledger::codes::transaction_empty);
    api.backend.full = true;
    const auto refused = api.client.submit(transaction_with(1), 0);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == node::codes::mempool_full);
    CHECK(refused.error().detail == "a test's pool");
}

TEST_CASE("many transactions in one body have an outcome each, in order", "[api]") {
    ApiFixture api;
    const std::vector<Bytes> items = {ledger::encode(transaction_with(1, 1)), Bytes{1, 2, 3},
                                      ledger::encode(transaction_with(0)),
                                      ledger::encode(transaction_with(1, 2))};
    const auto accepted = api.client.submit_batch(items, 0);
    REQUIRE(accepted);
    std::vector<std::string> outcomes;
    for (const auto& outcome : accepted->outcomes) outcomes.push_back(outcome.outcome);
    CHECK(outcomes == std::vector<std::string>{"accepted", "refused", "refused", "accepted"});
    CHECK(accepted->outcomes[1].code_name == "decode_truncated");
    CHECK(accepted->outcomes[2].code_name == "transaction_empty");

    const auto executed = api.client.submit_batch({items[0], items[3]}, 5000);
    REQUIRE(executed);
    CHECK(executed->outcomes[1].outcome == "executed");
    CHECK(executed->outcomes[1].height == 5);
    CHECK(executed->outcomes[1].code_name == "operation_unknown_contract");

    api.backend.executes = false;
    const auto unknown = api.client.submit_batch({items[0], items[2]}, 20);
    REQUIRE(unknown);
    CHECK(unknown->outcomes[0].outcome == "unknown");
    CHECK(unknown->outcomes[1].outcome == "refused");
    CHECK(api.loop.on_loop([&] { return api.backend.waiting.empty(); }));
}

TEST_CASE("a body that is no list of transactions is refused whole", "[api]") {
    ApiFixture api;
    CHECK(api.client.submit_batch({}, 0).error().code == codes::http_wrong_parameter);
    const RawAnswers answers =
        exchange(api.server.port(),
                 "POST /batch-transactions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                 "Content-Type: application/octet-stream\r\nContent-Length: 5\r\n\r\n\x09\0\0\0x"s);
    CHECK(answers.statuses == std::vector<int>{400});
}

TEST_CASE("queries take arguments from the URL or as JSON", "[api]") {
    ApiFixture api;
    CHECK(api.client.get("/query/abacus/add_up?label=a%20b&numbers=[1,2]").value() ==
          R"({"label":"a b","sum":3})");
    CHECK(api.client.get("/query/abacus/add_up?label=&numbers=[5]&negative=true").value() ==
          R"({"label":"","sum":-5})");
    const auto result = api.client.query(
        "abacus", "add_up", ledger::parse_json(R"({"label":"x","numbers":[40,2]})").value());
    REQUIRE(result);
    CHECK(result->at("sum").as_int64() == 42);
}

TEST_CASE("a query that is asked wrongly is refused with what is wrong", "[api]") {
    ApiFixture api;
    const auto code_of = [&](const std::string& path) { return api.client.get(path).error().code; };
    CHECK(code_of("/query/abacus/divide") == ledger::codes::query_unknown_method);
    CHECK(code_of("/query/slide/add_up") == ledger::codes::query_unknown_contract);
    CHECK(code_of("/query/abacus/add_up?label=a&numbers=[]") == ledger::codes::query_not_found);
    CHECK(code_of("/query/abacus/add_up?label=a") == ledger::codes::json_wrong_shape);
    CHECK(code_of("/query/abacus/add_up?colour=1") == codes::http_wrong_parameter);
    CHECK(code_of("/query/abacus/add_up?label=a&label=b") == codes::http_wrong_parameter);
    CHECK(code_of("/query/abacus/add_up?negative=1") == codes::http_wrong_parameter);
    CHECK(code_of("/query/abacus/add_up?numbers=many") == codes::http_wrong_parameter);
}

TEST_CASE("blocks and receipts that are not here are not found", "[api]") {
    ApiFixture api;
    const auto block = api.client.block(1);
    REQUIRE(block);
    CHECK(block->transactions.size() == 2);
    CHECK(api.client.block(2).error().code == codes::block_not_found);
    CHECK(api.client.receipt(Digest{}).error().code == codes::receipt_not_found);
    CHECK(api.client.get("/transactions/12").error().code == codes::http_wrong_parameter);
    CHECK(api.client.get("/blocks/-1").error().code == codes::http_wrong_parameter);
}

TEST_CASE("a proof is under the root that a final header names, or comes later", "[api]") {
    ApiFixture api;
    const std::string path = "/proof/state?space=system&height=3&key=6162";
    const auto early = api.client.get(path);
    REQUIRE_FALSE(early);
    CHECK(early.error().code == codes::proof_not_covered);
    api.backend.cover.headers.resize(2);
    ledger::ExecutedState& named = api.backend.cover.headers[0].executed;
    named = {7, crypto::sha256(as_bytes("system")), crypto::sha256(as_bytes("business")), {}};
    // The network has covered what this node has not executed.
    CHECK(api.client.get(path).error().code == codes::proof_not_covered);
    named.height = 6;
    const auto text = api.client.get(path);
    REQUIRE(text);
    const auto proof = ledger::read_proof(*text);
    REQUIRE(proof);
    CHECK(api.backend.asked_cover == 3);
    CHECK(api.backend.proved_root == named.system_root);
    CHECK(proof->state->entry.key == "ab");
    CHECK(proof->state->entry.space == ledger::Space::system);
    CHECK(proof->headers == api.backend.cover.headers);
    CHECK(proof->chain_id == ledger::chain_id_of(api.backend.the_genesis));
    REQUIRE(api.client.get("/proof/state?key=6162"));
    CHECK_FALSE(api.backend.asked_cover);
    CHECK(api.backend.proved_root == named.business_root);
}

TEST_CASE("blocks that change no state need no header that covers them", "[api]") {
    ApiFixture api;
    std::vector<ledger::StateChange> changes;
    for (std::uint8_t height = 0; height <= 5; ++height) {
        const ledger::ExecutedState reached{
            height, {}, crypto::sha256(as_bytes(height < 2 ? "before" : "after")), {}};
        std::string key = "executed/" + std::string(8, '\0');
        key.back() = static_cast<char>(height);
        changes.push_back({ledger::Space::derived, key, ledger::encode(reached)});
    }
    REQUIRE(api.backend.store.apply(0, changes, {}));
    CHECK_FALSE(api.client.get("/proof/state?key=61&height=5"));
    CHECK(api.backend.asked_cover == 2);
    CHECK_FALSE(api.client.get("/proof/state?key=61&height=1"));
    CHECK(api.backend.asked_cover == 0);
    CHECK_FALSE(api.client.get("/proof/state?key=61&height=9"));
    CHECK(api.backend.asked_cover == 9);
}

TEST_CASE("a question for a proof that is none is refused", "[api]") {
    ApiFixture api;
    for (const char* path : {"/proof/state", "/proof/state?key=zz",
                             "/proof/state?key=", "/proof/state?key=61&space=derived",
                             "/proof/state?key=61&height=-1", "/proof/receipt/12"}) {
        INFO(path);
        CHECK(api.client.get(path).error().code == codes::http_wrong_parameter);
    }
    const std::string long_key(2 * (ledger::k_max_key_bytes + 1), '6');
    CHECK(api.client.get("/proof/state?key=" + long_key).error().code ==
          codes::http_wrong_parameter);
    CHECK(api.client.get("/proof/receipt/" + std::string(64, '0')).error().code ==
          codes::receipt_not_found);
}

TEST_CASE("fault controls work only where they were asked for", "[api]") {
    ApiFixture api;
    CHECK(api.client.control_links("", {"node1"}).error().code == codes::controls_disabled);
    api.backend.token = "secret";
    CHECK(api.client.control_links("", {"node1"}).error().code == codes::control_token_wrong);
    CHECK(api.client.control_links("secre", {"node1"}).error().code == codes::control_token_wrong);
    CHECK(api.client.control_links("secrets", {"node1"}).error().code ==
          codes::control_token_wrong);
    CHECK(api.backend.blocked.empty());
    CHECK(api.client.control_links("secret", {"node1"}));
    CHECK(api.backend.blocked == std::vector<std::string>{"node1"});
    // A form of another site's page cannot say that it is JSON.
    const auto posted = [&](const std::string& type) {
        const std::string body = R"({"blocked":[]})";
        return exchange(api.server.port(),
                        "POST /control/links HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        "Authorization: Bearer secret\r\nContent-Type: " +
                            type + "\r\nContent-Length: " + std::to_string(body.size()) +
                            "\r\n\r\n" + body)
            .statuses;
    };
    CHECK(posted("text/plain") == std::vector<int>{415});
    CHECK(posted("application/json") == std::vector<int>{200});
}

TEST_CASE("paths, methods and media types that do not fit have their HTTP status", "[api]") {
    ApiFixture api;
    const auto status_of = [&](const std::string& request_line, const std::string& headers = "") {
        return exchange(api.server.port(),
                        request_line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
                            headers + "\r\n")
            .statuses;
    };
    CHECK(status_of("GET /nothing") == std::vector<int>{404});
    CHECK(status_of("GET /") == std::vector<int>{200});
    CHECK(status_of("GET //") == std::vector<int>{404});
    CHECK(status_of("GET /status/") == std::vector<int>{404});
    CHECK(status_of("POST /nothing") == std::vector<int>{404});
    CHECK(status_of("POST /status") == std::vector<int>{405});
    CHECK(status_of("GET /transactions") == std::vector<int>{405});
    CHECK(status_of("DELETE /status") == std::vector<int>{405});
    CHECK(status_of("POST /transactions") == std::vector<int>{415});
    CHECK(status_of("POST /transactions?wait=60001",
                    "Content-Type: application/octet-stream\r\n") == std::vector<int>{400});
    CHECK(status_of("POST /query/abacus/add_up") == std::vector<int>{400});
    CHECK(api.client.get("/nothing").error().code == codes::http_no_route);
    CHECK(api.client.get("/transactions").error().code == codes::http_wrong_method);
    CHECK(http_status(codes::http_wrong_media_type) == 415);
    const auto status_of_kind = [](RefusalKind kind) {
        return http_status(Code{2600, kind, "a contract's", "", ""});
    };
    CHECK(status_of_kind(RefusalKind::invalid) == 400);
    CHECK(status_of_kind(RefusalKind::refused) == 422);
    CHECK(status_of_kind(RefusalKind::not_found) == 404);
    CHECK(status_of_kind(RefusalKind::busy) == 503);
    CHECK(status_of_kind(RefusalKind::unreachable) == 504);
    CHECK(status_of_kind(RefusalKind::broken) == 500);
}

TEST_CASE("HEAD is GET without the body; a wrong method is told the right ones", "[api]") {
    ApiFixture api;
    const auto answer = [&](const std::string& request_line) {
        return exchange(api.server.port(), request_line +
                                               " HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                               "GET /health HTTP/1.1\r\nHost: localhost\r\n"
                                               "Connection: close\r\n\r\n");
    };
    const RawAnswers head = answer("HEAD /health");
    CHECK(head.statuses == std::vector<int>{200, 200});
    const std::string body = R"({"alive":true})";
    const std::string length = "Content-Length: " + std::to_string(body.size());
    CHECK(head.text.find(length) < head.text.find("HTTP/1.1", 1));
    CHECK(head.text.find(body) == head.text.rfind(body));
    CHECK(answer("HEAD /nothing").statuses == std::vector<int>{404, 200});
    CHECK(answer("HEAD /transactions").statuses == std::vector<int>{405, 200});

    const auto has = [](const RawAnswers& given, const std::string& header) {
        return given.text.find("\r\n" + header + "\r\n") != std::string::npos;
    };
    CHECK(has(answer("DELETE /status"), "Allow: GET, HEAD, OPTIONS"));
    CHECK(has(answer("GET /transactions"), "Allow: POST, OPTIONS"));
    CHECK(has(answer("PUT /query/abacus/add_up"), "Allow: GET, HEAD, POST, OPTIONS"));
    const RawAnswers options = answer("OPTIONS /status");
    CHECK(options.statuses == std::vector<int>{204, 200});
    CHECK(has(options, "Allow: GET, HEAD, OPTIONS"));
    CHECK(answer("OPTIONS /nothing").statuses == std::vector<int>{404, 200});
}

TEST_CASE("a request that calls the node by another's name gets nothing", "[api]") {
    HttpSettings settings;
    settings.names = {"node3.example.org"};
    TestServer server([](const HttpRequest&, const HttpRespond& respond) { respond({}); },
                      settings);
    const auto status_of = [&](const std::string& host) {
        return exchange(server.port(),
                        "GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
            .statuses;
    };
    for (const char* host : {"localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:8080", "[::1]",
                             "[::1]:8080", "10.1.2.3", "node3.example.org:8080"}) {
        INFO(host);
        CHECK(status_of(host) == std::vector<int>{200});
    }
    for (const char* host : {"attacker.example", "localhost.attacker.example", "127.0.0.1.nip.io",
                             "node3.example.org.x", "", "[", "[::1", "1.2.3"}) {
        INFO(host);
        CHECK(status_of(host) == std::vector<int>{421});
    }
    CHECK(http_status(codes::http_wrong_host) == 421);
}

TEST_CASE("every code can be found by its number", "[api]") {
    const auto codes = api::all_codes();
    REQUIRE(codes.size() > 100);
    for (const Code& code : codes) {
        INFO(code.name);
        const Code* found = api::find_code(code.number);
        REQUIRE(found != nullptr);
        CHECK(found->name == code.name);
    }
    CHECK(api::find_code(9999) == nullptr);
}

}  // namespace
}  // namespace cityledger::io::test
