// What must not silence an honest network: slow messages, silent leaders, deep tails, a lone vote;
// and what must silence a node: that it cannot vouch for its state.

#include <catch2/catch.hpp>

#include "node/consensus/limits.hpp"
#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

using ledger::VoteKind;

void require_clean(const Network& network) {
    for (const std::string& violation : network.violations()) FAIL_CHECK(violation);
    REQUIRE(network.violations().empty());
}

void keep_busy(Network& network, Milliseconds interval) {
    network.submit_batch();
    network.later(interval, [&network, interval] { keep_busy(network, interval); });
}

bool is_vote(const Send& send, VoteKind kind) {
    const auto* vote = std::get_if<ledger::Vote>(&send.message);
    return vote != nullptr && vote->content.kind == kind;
}

TEST_CASE("L4: any one-way delay up to a third of the cap becomes final", "[consensus][liveness]") {
    for (const Milliseconds delay : {450, 600, 1'200, 2'500, 5'000}) {
        INFO("delay " << delay << " ms");
        NetworkOptions options;
        options.min_delay_ms = delay;
        options.max_delay_ms = delay + delay / 20;
        Network network(options);
        network.start_all();
        keep_busy(network, 10'000);
        REQUIRE(network.run_to_height(1, 120'000));
        // The timers have learnt, and do not forget it at once: most views bring a block.
        const std::uint64_t height = network.min_height();
        network.run_for(100 * delay);
        CHECK(network.min_height() >= height + 8);
        require_clean(network);
    }
}

TEST_CASE("L4: slow disks are no reason to rest", "[consensus][liveness]") {
    NetworkOptions options;
    options.max_sync_ms = 1'400;
    Network network(options);
    network.start_all();
    keep_busy(network, 1'000);
    CHECK(network.run_to_height(20, 240'000));
    require_clean(network);
}

/// Validators 0 and 1 are correct, 3 notarizes and never finalizes, 2 is away: a tail grows.
void grow_tail(Network& network, std::uint64_t blocks) {
    network.on_send = [](std::size_t node, const Send& send) {
        return node == 3 && is_vote(send, VoteKind::finalize);
    };
    network.start_all();
    REQUIRE(network.run_until([&] { return network.node(2).core->status().voting; }, 1'000));
    network.partition({{0, 1, 3}, {2}});
    std::set<Digest> tail;
    network.after_action = [&tail](std::size_t, const Action& action) {
        if (const auto* check = std::get_if<CheckBlock>(&action)) tail.insert(check->digest);
    };
    keep_busy(network, 1'000);
    const bool grown = network.run_until([&] { return tail.size() >= blocks; }, 7'200'000);
    network.after_action = nullptr;
    REQUIRE(grown);
    REQUIRE(network.min_height() == 0);
}

TEST_CASE("L10: who was away takes the whole tail, however deep", "[consensus][liveness]") {
    Network network({});
    grow_tail(network, 400);
    // Now the third correct one is back, and the faulty one falls silent for good.
    network.crash(3);
    network.heal();
    network.crash(3);
    CHECK(network.run_until([&] { return network.node(2).chain.size() >= 400; }, 600'000));
    require_clean(network);
}

TEST_CASE("B3: a tail that cannot become final grows slowly", "[consensus][liveness]") {
    Network network({});
    grow_tail(network, k_deep_tail_blocks + 4);
    const Milliseconds before = network.now();
    std::set<Digest> more;
    network.after_action = [&more](std::size_t node, const Action& action) {
        const auto* build = std::get_if<BuildBlock>(&action);
        if (build != nullptr && node != 3) more.insert(build->parent);
    };
    network.run_for(120'000);
    CHECK(more.size() >= 10);
    // One resend timer of 500 ms, which may run already when the view is entered.
    CHECK(more.size() <= (network.now() - before) / 250);
    require_clean(network);
}

TEST_CASE("L11: a leader that is heard but never proposes is soon passed over",
          "[consensus][liveness]") {
    const auto blocks_in_a_minute = [](bool silent) {
        Network network({});
        network.on_send = [silent](std::size_t node, const Send& send) {
            return silent && node == 2 && std::holds_alternative<Proposal>(send.message);
        };
        network.start_all();
        keep_busy(network, 50);
        network.run_for(60'000);
        require_clean(network);
        return network.min_height();
    };
    const std::uint64_t all_speak = blocks_in_a_minute(false);
    const std::uint64_t one_is_silent = blocks_in_a_minute(true);
    INFO(one_is_silent << " blocks instead of " << all_speak);
    CHECK(one_is_silent > all_speak / 2);
}

TEST_CASE("L11: a leader that speaks again is waited for again", "[consensus][liveness]") {
    Network network({});
    bool silent = true;
    std::set<std::uint64_t> led;
    network.on_send = [&](std::size_t node, const Send& send) {
        const auto* proposal = std::get_if<Proposal>(&send.message);
        if (node != 2 || proposal == nullptr) return false;
        if (!silent) led.insert(proposal->block.header.height);
        return silent;
    };
    network.start_all();
    keep_busy(network, 50);
    network.run_for(30'000);
    silent = false;
    network.run_for(60'000);
    std::uint64_t final_blocks_of_it = 0;
    for (const Commit& commit : network.node(0).chain) {
        final_blocks_of_it += led.contains(commit.block.header.height) ? 1 : 0;
    }
    CHECK(final_blocks_of_it > 100);
    require_clean(network);
}

TEST_CASE("L7: one lone nullify vote does not keep an idle network talking",
          "[consensus][liveness]") {
    Network network({});
    network.start_all();
    for (int i = 0; i < 3; ++i) network.submit_batch();
    REQUIRE(network.run_to_height(3, 20'000));
    network.run_for(5'000);
    // Node 1 believes in work that nobody else knows of, and then no more.
    network.give(1, WorkChanged{true});
    network.run_for(1'500);
    network.give(1, WorkChanged{false});
    network.run_for(1'000);
    const std::size_t before = network.messages();
    network.run_for(60'000);
    CHECK(network.messages() - before <= 60);
    // It still takes part when there is something to do.
    const std::uint64_t height = network.min_height();
    network.submit_batch();
    CHECK(network.run_to_height(height + 1, 5'000));
    require_clean(network);
}

TEST_CASE("standing: who cannot vouch for its state neither votes nor counts its own vote",
          "[consensus][liveness]") {
    Network network({});
    network.start_all();
    keep_busy(network, 50);
    REQUIRE(network.run_to_height(5, 20'000));
    network.give(2, StopVoting{});
    network.run_for(50);  // what was cast before has left by now
    std::size_t votes = 0;
    network.on_send = [&votes](std::size_t node, const Send& send) {
        votes += node == 2 && !std::holds_alternative<ledger::Certificate>(send.message) ? 1 : 0;
        return false;
    };
    const std::uint64_t height = network.min_height();
    CHECK(network.run_to_height(height + 20, 60'000));  // it follows, and the others go on
    CHECK(votes == 0);
    CHECK(network.node(2).core->silent());
    CHECK_FALSE(network.node(2).core->halted());
    // With one more gone, its vote would make a certificate of its own.
    network.crash(0);
    network.run_for(60'000);
    CHECK(votes == 0);
    require_clean(network);
}

}  // namespace
}  // namespace cityledger::consensus::testing
