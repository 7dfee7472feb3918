// What a node measures, and that the dashboard asks for nothing else.

#include <catch2/catch.hpp>
#include <fstream>
#include <regex>
#include <set>

#include "client/api_client.hpp"
#include "node/io/daemon/node_metrics.hpp"
#include "node/io/http/metrics.hpp"
#include "tests/io/daemon_fixtures.hpp"
#include "tests/paths.hpp"

namespace cityledger::io::test {
namespace {

using namespace std::chrono_literals;

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

Digest digest_of(std::uint64_t number) {
    Digest digest;
    for (std::size_t i = 0; i < 8; ++i) {
        digest.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return digest;
}

ledger::ExecutedBlock block_with(const Digest& transaction,
                                 std::vector<ledger::OperationResult> operations) {
    ledger::ExecutedBlock block;
    block.receipts.resize(1);
    block.receipts[0].receipt.transaction = transaction;
    block.receipts[0].receipt.operations = std::move(operations);
    return block;
}

/// The families of a text: each with its lines # HELP and # TYPE, in this order.
std::set<std::string> families_of(const std::string& text) {
    std::set<std::string> families;
    const std::regex head(R"(# HELP (\S+) \S[^\n]*\n# TYPE (\S+) (?:counter|gauge|histogram)\n)");
    for (auto it = std::sregex_iterator(text.begin(), text.end(), head);
         it != std::sregex_iterator(); ++it) {
        CHECK((*it)[1] == (*it)[2]);
        CHECK(families.insert((*it)[1]).second);
    }
    return families;
}

std::string without_suffix(const std::string& name, const std::set<std::string>& families) {
    for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
        if (!name.ends_with(suffix)) continue;
        const std::string family = name.substr(0, name.size() - suffix.size());
        if (families.contains(family)) return family;
    }
    return name;
}

TEST_CASE("events of contracts are counted by their declared names, each from 0 on", "[metrics]") {
    NodeMetrics metrics({"tea.poured", "tea.spilled"});
    ledger::OperationResult poured;
    poured.events = {{"tea.poured", "a"}, {"tea.poured", "b"}, {"tea.undeclared", "c"}};
    ledger::OperationResult refused;
    refused.code = 7;
    metrics.executed(block_with({}, {poured, refused}), {});
    const std::string text = metrics_text(metrics.collect());
    CHECK(contains(text, "cityledger_contract_events_total{event=\"tea.poured\"} 2\n"));
    CHECK(contains(text, "cityledger_contract_events_total{event=\"tea.spilled\"} 0\n"));
    CHECK_FALSE(contains(text, "tea.undeclared"));
    CHECK(contains(text, "cityledger_contract_operations_total{result=\"done\"} 1\n"));
    CHECK(contains(text, "cityledger_contract_operations_total{result=\"refused\"} 1\n"));
}

TEST_CASE("a transaction's time is from its first submission to its receipt", "[metrics]") {
    NodeMetrics metrics({});
    const SteadyClock::time_point start{};
    metrics.admitted(digest_of(1), start);
    metrics.admitted(digest_of(1), start + 1s);
    metrics.executed(block_with(digest_of(1), {}), start + 2s);
    metrics.executed(block_with(digest_of(2), {}), start + 2s);  // submitted elsewhere
    const std::string text = metrics_text(metrics.collect());
    CHECK(contains(text, "cityledger_transaction_receipt_seconds_count 1\n"));
    CHECK(contains(text, "cityledger_transaction_receipt_seconds_sum 2\n"));
    CHECK(contains(text, "cityledger_transaction_receipt_seconds_bucket{le=\"1\"} 0\n"));
    CHECK(contains(text, "cityledger_transaction_receipt_seconds_bucket{le=\"2.5\"} 1\n"));
    CHECK(metrics.timed_transactions() == 0);
}

TEST_CASE("transactions that never get a receipt cost bounded memory", "[metrics]") {
    NodeMetrics metrics({});
    for (std::uint64_t i = 0; i < k_max_timed_transactions + 10; ++i) {
        metrics.admitted(digest_of(i), {});
    }
    CHECK(metrics.timed_transactions() == k_max_timed_transactions);
    metrics.executed(block_with(digest_of(0), {}), {});  // forgotten
    CHECK(contains(metrics_text(metrics.collect()), "transaction_receipt_seconds_count 0\n"));
}

TEST_CASE("blocks are some time apart, the first of none", "[metrics]") {
    NodeMetrics metrics({});
    const SteadyClock::time_point start{};
    metrics.block_final(start);
    metrics.block_final(start + 100ms);
    metrics.block_final(start + 400ms);
    const std::string text = metrics_text(metrics.collect());
    CHECK(contains(text, "cityledger_consensus_block_interval_seconds_count 2\n"));
    CHECK(contains(text, "cityledger_consensus_block_interval_seconds_bucket{le=\"0.25\"} 1\n"));
}

TEST_CASE("a running node tells all its figures with help and type, and its latencies",
          "[metrics][daemon]") {
    TestHome home;
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    RunningDaemon daemon(options);
    client::ApiClient client("127.0.0.1", daemon.http_port());
    REQUIRE(client.submit(call(home, 1), 20'000));
    const std::string text = client.metrics().value();
    const std::set<std::string> families = families_of(text);
    const std::regex line(R"(\n([a-z_:]+)(?:\{[^\n]*\})? [^\n]+)");
    for (auto it = std::sregex_iterator(text.begin(), text.end(), line);
         it != std::sregex_iterator(); ++it) {
        const std::string name = (*it)[1];
        INFO(name);
        CHECK(families.contains(without_suffix(name, families)));
    }
    for (const char* once : {"cityledger_transaction_receipt_seconds_count 1\n",
                             "cityledger_contract_operations_total{result=\"refused\"} 1\n",
                             "cityledger_contract_events_total{event=\"invoice.issued\"} 0\n"}) {
        INFO(once);
        CHECK(contains(text, once));
    }
    for (const char* some : {"cityledger_log_sync_seconds_count 0\n",
                             "cityledger_state_block_processing_seconds_count 0\n"}) {
        INFO(some);
        CHECK_FALSE(contains(text, some));
    }

    // Each expression of the dashboard asks for figures that are told.
    std::ifstream file(source_dir() + "/docs/grafana-cityledger.json");
    const std::string board((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
    const std::regex expression(R"re("expr": "((?:[^"\\]|\\.)*)")re");
    const std::regex figure(R"((?:cityledger|process)_[a-z0-9_]+)");
    std::size_t expressions = 0;
    for (auto it = std::sregex_iterator(board.begin(), board.end(), expression);
         it != std::sregex_iterator(); ++it, ++expressions) {
        const std::string words = (*it)[1];
        const auto first = std::sregex_iterator(words.begin(), words.end(), figure);
        INFO(words);
        CHECK(first != std::sregex_iterator());
        for (auto name = first; name != std::sregex_iterator(); ++name) {
            CHECK(families.contains(without_suffix(name->str(), families)));
        }
    }
    CHECK(expressions >= 10);
}

}  // namespace
}  // namespace cityledger::io::test
