// A node whose data are damaged comes back from the others, and nothing that was acknowledged is
// missing.

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "node/io/audit/audit_codes.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

/// One byte of what has been durable for long.
void damage_log(const std::string& home) {
    std::fstream file(home + "/log/log-000001", std::ios::in | std::ios::out | std::ios::binary);
    REQUIRE(file.seekg(400));
    const char before = static_cast<char>(file.get());
    REQUIRE(file.seekp(400));
    REQUIRE(file.put(static_cast<char>(before ^ 0x01)));
}

TEST_CASE("one of four is damaged under load, recovered and started: nothing is missing",
          "[recover]") {
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    const std::string home = world->network_folder().home("node2");
    Load load(*world, "P-DAMAGE");
    REQUIRE(load.await_more(20, 30'000));
    world->process(2).kill_now();
    damage_log(home);

    const CommandResult audit = run_command("audit " + home);
    INFO(audit.output);
    CHECK(audit.exit_code == 1);
    CHECK(contains(audit.output, "log_damaged"));
    CHECK(contains(audit.output, "cityledger recover"));
    CHECK_FALSE(world->inject({FaultKind::restart, {2}, {}, {}}));

    const CommandResult recovered = run_command("recover " + home);
    INFO(recovered.output);
    CHECK(recovered.exit_code == 0);
    CHECK(contains(recovered.output, home + "/aside-1"));
    CHECK(fs::exists(home + "/aside-1/log/log-000001"));
    const Status restarted = world->inject({FaultKind::restart, {2}, {}, {}});
    INFO((restarted ? "" : restarted.error().message()));
    REQUIRE(restarted);
    REQUIRE(load.await_more(20, 60'000));
    const auto acknowledged = load.stop();
    REQUIRE(settles_within(*world, 30'000));
    CHECK(missing_receipts(*world, acknowledged) == 0);
    CHECK(holds_within(20'000, [&] {
        const auto status = world->node_client(2).status();
        return status && status->voting;
    }));

    for (std::size_t node = 0; node < 4; ++node) world->process(node).stop(10'000);
    const CommandResult after = run_command("audit " + folder.network());
    INFO(after.output);
    CHECK(after.exit_code == 0);
}

TEST_CASE(
    "recover moves nothing when more logs are damaged than the others make up for, or a node "
    "runs",
    "[recover]") {
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    enrol_one(*world, "P-FIRST");
    CHECK(run_command("recover " + folder.network()).exit_code == 3);
    for (std::size_t node = 0; node < 4; ++node) world->process(node).stop(10'000);
    CHECK(contains(run_command("recover " + folder.network()).output, "nothing is damaged"));
    for (const char* node : {"node0", "node1"}) damage_log(world->network_folder().home(node));
    const CommandResult refused = run_command("recover " + folder.network());
    CHECK(refused.exit_code == 3);
    CHECK(contains(refused.output, std::string(io::codes::recover_too_many.name)));
    CHECK_FALSE(fs::exists(world->network_folder().home("node0") + "/aside-1"));
    CHECK(run_command("audit " + folder.path()).exit_code == 3);
}

}  // namespace
}  // namespace cityledger::sim::test
