// What runs out, and who lies: told in time, and only once.

#include "node/io/daemon/node_condition.hpp"

#include <catch2/catch.hpp>

#include "client/api_client.hpp"
#include "crypto/certificate_end.hpp"
#include "crypto/crypto_codes.hpp"
#include "node/io/http/metrics.hpp"
#include "node/io/io_codes.hpp"
#include "tests/io/daemon_fixtures.hpp"

namespace cityledger::io::test {
namespace {

constexpr std::int64_t k_day_s = 86'400;

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

struct Condition {
    TestHome home{ledger::SuiteName::simulation};
    ledger::ValidatorSet validators =
        ledger::ValidatorSet::create(home.genesis.validators, {}, 0).value();
    PosixFileSystem files;
    NodeCondition condition{validators, files, home.folder.path(), 4096};
};

TEST_CASE("the end of a certificate is read from it", "[condition]") {
    const crypto::Validity validity{1'000'000'000, 4'102'444'799};  // the end of 2099
    const auto authority = crypto::create_authority("test", validity);
    CHECK(crypto::certificate_end_unix_s(authority.certificate_pem).value() == 4'102'444'799);
    const auto none = crypto::certificate_end_unix_s("no certificate");
    REQUIRE_FALSE(none);
    CHECK(none.error().code == crypto::codes::certificate_unreadable);
}

TEST_CASE("days that are left are whole ones, and negative after the end", "[condition]") {
    CHECK(days_left(10 * k_day_s, 0) == 10);
    CHECK(days_left(10 * k_day_s - 1, 0) == 9);
    CHECK(days_left(0, 0) == 0);
    CHECK(days_left(0, 1) == -1);
    CHECK_FALSE(certificate_warning(31));
    CHECK(certificate_warning(30) == 30);
    CHECK(certificate_warning(7) == 7);
    CHECK(certificate_warning(2) == 7);
    CHECK(certificate_warning(1) == 1);
    CHECK(certificate_warning(-5) == 1);
}

TEST_CASE("a certificate is warned of once at 30, 7 and 1 days", "[condition]") {
    Condition of;
    const std::int64_t end = 100 * k_day_s;
    of.condition.set_certificate_end(end);
    std::vector<std::int64_t> warnings;
    for (std::int64_t hour = 0; hour < 102 * 24; ++hour) {
        if (const auto days = of.condition.new_warning(hour * 3600)) warnings.push_back(*days);
    }
    // The first full hour at which 30 whole days are left is 70 days after the start.
    CHECK(warnings == std::vector<std::int64_t>{30, 7, 1});
}

TEST_CASE("each validator's contradictions are counted from 0 on, and bounds are told",
          "[condition]") {
    Condition of;
    CHECK(contains(metrics_text(of.condition.collect()),
                   "cityledger_consensus_contradictions_total{validator=\"node0\"} 0\n"));
    of.condition.lie_seen(0);
    const std::string text = metrics_text(of.condition.collect());
    CHECK(contains(text, "cityledger_consensus_contradictions_total{validator=\"node0\"} 1\n"));
    of.condition.set_certificate_end(10 * k_day_s);
    const api::ConditionView view =
        of.condition.view({{"p2p_closed_peer_unknown", 3}, {"p2p_sessions_closed", 4}}, 1);
    REQUIRE(view.liars.size() == 1);
    CHECK(view.liars[0].validator == "node0");
    CHECK(view.liars[0].views == 1);
    REQUIRE(view.ended_connections.size() == 1);
    CHECK(view.ended_connections[0].reason == codes::peer_unknown.name);
    CHECK(view.ended_connections[0].count == 3);
    CHECK(view.certificate_days_left == 9);
    CHECK(view.certificate_ends_soon);
    CHECK(view.disk_free_bytes > 0);
    CHECK(view.memory_bytes > 0);
    CHECK(view.memory_bytes < view.memory_limit_bytes);
    CHECK(contains(text, "cityledger_disk_needed_bytes 4096\n"));
    CHECK(contains(text, "\ncityledger_disk_free_bytes "));
    CHECK(contains(text, "\ncityledger_memory_limit_bytes "));
}

TEST_CASE("a node whose certificate ends within a day says so in its log and its figures",
          "[condition][daemon]") {
    const TestHome home;  // its certificate ends in a day
    home.make_log();
    DaemonOptions options;
    options.home = home.folder.path();
    std::string metrics;
    {
        RunningDaemon daemon(options);
        client::ApiClient client("127.0.0.1", daemon.http_port());
        metrics = client.metrics().value();
        CHECK(contains(client.get("/condition").value(), "\"certificate_ends_soon\":true"));
    }
    const auto pem = read_text_file(home.home.certificate());
    const auto end = crypto::certificate_end_unix_s(pem.value());
    CHECK(contains(metrics, "\ncityledger_certificate_end_timestamp_seconds " +
                                std::to_string(end.value()) + "\n"));
    const std::string log = read_text_file(home.home.node_log()).value();
    const std::size_t first = log.find("certificate_ends");
    REQUIRE(first != std::string::npos);
    CHECK(log.find("certificate_ends", first + 1) == std::string::npos);
}

}  // namespace
}  // namespace cityledger::io::test
