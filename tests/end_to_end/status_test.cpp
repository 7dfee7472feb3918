// Who may vote, as `cityledger status`, the nodes' own words and their logs tell it.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "node/io/config_files.hpp"
#include "sim/cli/network_text.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

/// Answers of four nodes that vote and see a quorum.
NetworkAnswers good_answers() {
    NetworkAnswers answers;
    for (const char* name : {"node0", "node1", "node2", "node3"}) {
        api::StatusView status;
        status.voting = true;
        status.standing = "voting";
        answers.push_back({NodeAddress{name, "127.0.0.1", 1, 2}, status});
    }
    return answers;
}

void lose_votes(NodeAnswer& answer) {
    answer.status->voting = false;
    answer.status->standing = "votes_lost";
    answer.status->standing_reason = "a test lost them";
    answer.status->votes_above_view = 12;
}

TEST_CASE("the health of a network is made of its nodes' answers", "[status]") {
    NetworkAnswers answers = good_answers();
    CHECK(health_of(answers).exit_code == k_exit_all_vote);
    CHECK(words_of(health_of(answers)) == "All nodes vote.");

    lose_votes(answers[2]);
    NetworkHealth health = health_of(answers);
    CHECK(health.exit_code == k_exit_quorum_votes);
    CHECK(contains(words_of(health), "node2 does not vote (votes_lost): a test lost them."));

    lose_votes(answers[3]);
    health = health_of(answers);
    CHECK(health.exit_code == k_exit_no_quorum);
    CHECK(contains(words_of(health), "2 of 4 validators may vote, 3 are needed"));
    CHECK(contains(words_of(health), "node3 (votes_lost: it votes again above view 12)"));
    CHECK(contains(words_of(health), "--network-was-stopped: node2, node3"));
}

TEST_CASE("of many nodes that are alike the first are told, of others each", "[status]") {
    NetworkAnswers answers;
    for (std::size_t i = 0; i < 53; ++i) {
        answers.push_back(good_answers()[0]);
        answers.back().node.name = "node" + std::to_string(i);
    }
    const auto lines = [&] {
        const std::string text = nodes_text(answers);
        return std::count(text.begin(), text.end(), '\n');
    };
    CHECK(lines() == 1 + 3 + 1);
    CHECK(contains(nodes_text(answers), "... and 50 more like these, to node52"));
    answers[30].status->final_height = 7;  // one that is behind
    CHECK(lines() == 1 + 4 + 1 + 4);
    CHECK(contains(nodes_text(answers), "... and 27 more like these, to node29"));
    CHECK(contains(nodes_text(answers), "node30"));
    CHECK_FALSE(contains(nodes_text(answers), "node35 "));
    answers.resize(10);
    CHECK(lines() == 11);
}

TEST_CASE("nodes that vote but do not see each other are no network", "[status]") {
    NetworkAnswers answers = good_answers();
    answers[3].status->network_waits_for = "1 of 4 validators may vote";
    NetworkHealth health = health_of(answers);
    CHECK(health.exit_code == k_exit_quorum_votes);
    CHECK(contains(words_of(health), "node3 votes, but sees no voting quorum: 1 of 4"));
    for (NodeAnswer& answer : answers) answer.status->network_waits_for = "2 of 4";
    health = health_of(answers);
    CHECK(health.exit_code == k_exit_no_quorum);
    CHECK(contains(words_of(health), "none is connected with a quorum"));
}

TEST_CASE("missing connections are told with their last error", "[status]") {
    NetworkAnswers answers = good_answers();
    answers[0].status->peers = {{"node0", false, "", 0, 0, 0, ""},
                                {"node1", true, "voting", 0, 0, 0, "an old one"}};
    CHECK(words_of_links(answers) == "No connection between nodes that answer is missing.");
    answers[0].status->peers.push_back({"node3", false, "", 0, 0, 0, "certificate has expired"});
    CHECK(words_of_links(answers) == "node0 has no connection to node3: certificate has expired");
}

TEST_CASE("status tells in words and by its exit code who is missing, and when all are back",
          "[status]") {
    const TemporaryFolder folder;
    const auto world = make_network(folder.network());
    const std::string command = "status --dir " + folder.network();
    // A node may see a session of its peers a moment later than it answers.
    const auto ends_with = [&](int exit_code) {
        return holds_within(20'000, [&] { return run_command(command).exit_code == exit_code; });
    };
    REQUIRE(ends_with(0));
    CHECK(contains(run_command(command).output, "All nodes vote."));

    REQUIRE(world->inject({FaultKind::kill, {3}, {}, {}}));
    REQUIRE(ends_with(6));
    CHECK(contains(run_command(command).output, "node3 was killed or failed."));
    CHECK(contains(run_command(command + " --why").output, "node0 has no connection to node3: "));

    REQUIRE(world->inject({FaultKind::kill, {2}, {}, {}}));
    REQUIRE(ends_with(7));
    CHECK(run_command(command + " --json").exit_code == 7);
    const std::string told = run_command(command).output;
    INFO(told);
    CHECK(contains(told,
                   "2 of 4 validators may vote, 3 are needed. May not vote: node2 (does "
                   "not answer), node3 (does not answer)."));
    CHECK(contains(told, "start, or connect again: node2, node3."));
    // The nodes that are left know it too.
    CHECK(holds_within(10'000, [&] {
        const auto status = world->node_client(0).status();
        return status && contains(status->network_waits_for, "node2 (does not answer)") &&
               status->peers.at(2).standing.empty();
    }));
    CHECK(contains(world->node_client(0).metrics().value(),
                   "cityledger_consensus_quorum_may_vote 0\n"));

    // Alone it cannot learn what it may have signed: it says so, and is not ready.
    REQUIRE(world->inject({FaultKind::kill, {0, 1}, {}, {}}));
    REQUIRE(world->inject({FaultKind::restart, {2}, {}, {}}));
    const auto asking = world->node_client(2).status();
    REQUIRE(asking);
    CHECK(asking->standing == "asking");
    CHECK_FALSE(world->node_client(2).ready());
    CHECK(contains(run_command(command).output, "node2 (asking: "));

    REQUIRE(world->inject({FaultKind::restart, {0, 1, 3}, {}, {}}));
    REQUIRE(ends_with(0));
    CHECK(run_command(command + " --json").exit_code == 0);
    CHECK(world->node_client(2).ready());
    const std::string log = text_of_file(world->network_folder().home("node2") + "/node.log");
    CHECK(contains(log, "event=standing_changed before=asking now=voting"));
}

/// A network of `up`, its members' transactions, and its nodes' data put back in time.
struct CommandNetwork {
    CommandNetwork() { CHECK(start().exit_code == 0); }
    ~CommandNetwork() { stop(); }

    CommandResult start(const std::string& options = {}) {
        return run_command("up" + where + options);
    }
    void stop() { run_command("down" + where); }
    CommandResult status() { return run_command("status" + where); }
    void enrol() {
        const auto world = make_remote_world(folder.network(), "");
        REQUIRE(world);
        const auto expiry = (*world)->expiry_height().value();
        const ledger::Transaction transaction =
            enrolment(**(*world)->key_of("OPERATOR"), (*world)->chain_id(),
                      "P-" + std::to_string(++enrolled), expiry);
        REQUIRE((*world)->submit(transaction, 20'000));
    }
    void keep(const std::string& node) { copy(home(node), folder.path() + "/" + node); }
    /// Copies of these nodes' data as of now, and five transactions after them; then it is stopped.
    void go_on_after_backup_of(const std::vector<std::string>& nodes) {
        enrol();
        stop();
        for (const std::string& node : nodes) keep(node);
        CHECK(start().exit_code == 0);
        for (int i = 0; i < 5; ++i) enrol();
        stop();
    }
    void put_back(const std::string& node) { copy(folder.path() + "/" + node, home(node)); }
    std::string home(const std::string& node) { return NetworkFolder{folder.network()}.home(node); }
    static void copy(const std::string& from, const std::string& to) {
        for (const char* part : {"/log", "/state"}) {
            fs::remove_all(to + part);
            fs::create_directories(to);
            fs::copy(from + part, to + part, fs::copy_options::recursive);
        }
    }

    const TemporaryFolder folder;
    const std::string where = " --dir " + folder.network();
    int enrolled = 0;
};

TEST_CASE("a data folder put back in time: `up` does not wait for its votes, traffic brings them",
          "[status]") {
    CommandNetwork network;
    network.go_on_after_backup_of({"node3"});

    network.put_back("node3");
    // It may vote again before `up` ends, if the others have a block to make.
    const CommandResult up = network.start();
    INFO(up.output);
    CHECK((up.exit_code == 0 || up.exit_code == 6));
    if (up.exit_code == 6) CHECK(contains(up.output, "node3 does not vote (votes_lost): "));
    CHECK(holds_within(30'000, [&] {
        network.enrol();
        return network.status().exit_code == 0;
    }));
}

TEST_CASE(
    "two of four data folders put back in time: who may not vote, from when, and the way back",
    "[status]") {
    CommandNetwork network;
    network.go_on_after_backup_of({"node2", "node3"});

    for (const char* node : {"node2", "node3"}) network.put_back(node);
    CHECK(network.start().exit_code == k_exit_no_quorum);
    const CommandResult status = network.status();
    INFO(status.output);
    CHECK(status.exit_code == k_exit_no_quorum);
    for (const char* node : {"node2", "node3"}) {
        CHECK(contains(status.output,
                       std::string(node) + " (votes_lost: it votes again above view "));
    }
    network.stop();
    CHECK(network.start(" --network-was-stopped").exit_code == 0);
    network.enrol();
    CHECK(network.status().exit_code == 0);
}

TEST_CASE("a state that is ahead of its log is made again, and its votes wait for the others",
          "[status]") {
    CommandNetwork network;
    network.go_on_after_backup_of({"node3"});

    // The log of a backup under the state of today.
    const std::string home = network.home("node3");
    fs::remove_all(home + "/log");
    fs::copy(network.folder.path() + "/node3/log", home + "/log", fs::copy_options::recursive);
    const CommandResult started = network.start();
    INFO(started.output);
    CHECK_FALSE(contains(started.output, "does not run"));
    CHECK(contains(io::read_text_file(home + "/node.log").value(), "event=log_lost_its_end"));
    CHECK(holds_within(30'000, [&] {
        network.enrol();
        return network.status().exit_code == 0;
    }));
}

}  // namespace
}  // namespace cityledger::sim::test
