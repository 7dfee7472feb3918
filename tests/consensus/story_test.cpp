// Stories of a few validators: the happy path and what may go wrong on it.

#include <catch2/catch.hpp>

#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

using ledger::VoteKind;

void require_clean(const Network& network) {
    for (const std::string& violation : network.violations()) FAIL_CHECK(violation);
    REQUIRE(network.violations().empty());
}

void submit(Network& network, int batches) {
    for (int i = 0; i < batches; ++i) network.submit_batch();
}

TEST_CASE("four validators commit twenty blocks and then rest", "[consensus][story]") {
    Network network({});
    network.start_all();
    submit(network, 20);
    REQUIRE(network.run_to_height(20, 20'000));
    CHECK(network.now() < 2'000);
    network.run_for(3'000);
    const std::size_t messages = network.messages();
    const std::uint64_t height = network.min_height();
    network.run_for(60'000);
    CHECK(network.messages() == messages);
    CHECK(network.min_height() == height);
    CHECK(height <= 22);
    require_clean(network);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(network.node(i).core->status().nullified_views == 0);
        CHECK(network.node(i).evidence.empty());
        CHECK(network.node(i).chain.size() == height);
    }
}

TEST_CASE("a single validator is its own quorum", "[consensus][story]") {
    NetworkOptions options;
    options.validators = 1;
    Network network(options);
    network.start_all();
    submit(network, 5);
    REQUIRE(network.run_to_height(5, 5'000));
    CHECK(network.messages() == 0);
    network.crash(0);
    network.restart(0);
    submit(network, 2);
    REQUIRE(network.run_to_height(7, 5'000));
    require_clean(network);
}

TEST_CASE("an observer follows the chain and never votes", "[consensus][story]") {
    NetworkOptions options;
    options.nodes = {0, 1, 2, 3, 99};
    Network network(options);
    network.start_all();
    submit(network, 8);
    REQUIRE(network.run_to_height(8, 10'000));
    CHECK(network.node(4).sent.empty());
    require_clean(network);
}

TEST_CASE("L3: a leader that is down is nullified after the view timer", "[consensus][story]") {
    Network network({});
    network.start_all();
    network.crash(2);
    submit(network, 12);
    REQUIRE(network.run_to_height(12, 60'000));
    CHECK(network.node(0).core->status().nullified_views >= 3);
    require_clean(network);
}

TEST_CASE("L5: a leader whose session is down is nullified on entry", "[consensus][story]") {
    Network network({});
    network.start_all();
    network.crash(2);
    for (const std::size_t id : {0, 1, 3}) network.give(id, PeerReachable{2, false});
    submit(network, 12);
    REQUIRE(network.run_to_height(12, 900));
    CHECK(network.node(0).core->status().nullified_views >= 3);
    require_clean(network);
}

TEST_CASE("an equivocating leader splits nobody and leaves evidence", "[consensus][story]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        NetworkOptions options;
        options.seed = seed;
        Network network(options);
        // Node 1 gives every other validator another block in the same view.
        network.on_send = [&](std::size_t node, const Send& send) {
            const auto* proposal = std::get_if<Proposal>(&send.message);
            if (node != 1 || proposal == nullptr) return false;
            for (const std::size_t to : {0, 2, 3}) {
                Proposal other = *proposal;
                auto& batches = other.block.batches;
                if (network.random(2) == 0) batches = {test_digest(to + 5)};
                other.block.header.batch_count = static_cast<std::uint32_t>(batches.size());
                other.block.header.batches_root = ledger::batches_root(batches);
                ledger::VoteContent content = proposal->vote.content;
                content.block = ledger::block_digest(other.block.header, test_chain());
                other.vote = network.sign(1, content);
                network.transmit(1, to, other);
            }
            return true;
        };
        network.start_all();
        submit(network, 12);
        REQUIRE(network.run_to_height(12, 120'000));
        require_clean(network);
        std::size_t evidence = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            for (const Evidence& one : network.node(i).evidence) {
                ++evidence;
                CHECK(one.first.validator == 1);
                CHECK(one.first.content.view == one.second.content.view);
                CHECK(one.first.content != one.second.content);
            }
        }
        CHECK(evidence > 0);
    }
}

TEST_CASE("two halves commit nothing, and go on once they hear each other", "[consensus][story]") {
    Network network({});
    network.start_all();
    submit(network, 3);
    REQUIRE(network.run_to_height(3, 5'000));
    network.run_for(500);
    network.partition({{0, 1}, {2, 3}});
    const std::uint64_t before = network.min_height();
    submit(network, 5);
    network.run_for(60'000);
    for (std::size_t i = 0; i < 4; ++i) CHECK(network.node(i).chain.size() == before);
    network.heal();
    REQUIRE(network.run_to_height(before + 5, 40'000));
    require_clean(network);
}

TEST_CASE("a node that is heard but hears nothing does not stop the others", "[consensus][story]") {
    Network network({});
    network.start_all();
    // Everything to node 3 is lost; what it sends arrives.
    network.on_send = [&](std::size_t node, const Send& send) {
        if (node == 3) return false;
        for (std::size_t to = 0; to < 3; ++to) {
            if (!send.to || *send.to == to) network.transmit(node, to, send.message);
        }
        return true;
    };
    submit(network, 10);
    REQUIRE(network.run_until([&] { return network.node(0).chain.size() >= 10; }, 60'000));
    network.on_send = nullptr;
    REQUIRE(network.run_to_height(10, 20'000));
    require_clean(network);
}

TEST_CASE("a crash at any persist loses no vote and stops nothing", "[consensus][story]") {
    for (std::uint64_t at = 1; at <= 60; ++at) {
        INFO("crash at persist " << at);
        NetworkOptions options;
        options.seed = at;
        Network network(options);
        std::uint64_t persists = 0;
        network.after_action = [&](std::size_t node, const Action& action) {
            if (node != 1 || !std::holds_alternative<Persist>(action)) return;
            if (++persists != at) return;
            network.later(0, [&] { network.crash(1); });
            network.later(300, [&] { network.restart(1); });
        };
        network.start_all();
        submit(network, 10);
        REQUIRE(network.run_until([&] { return network.node(0).chain.size() >= 10; }, 60'000));
        network.restart(1);
        REQUIRE(network.run_to_height(10, 60'000));
        require_clean(network);
    }
}

TEST_CASE("a power cut of all validators at any moment loses no final block",
          "[consensus][story]") {
    for (std::uint64_t at = 5; at < 125; at += 2) {
        INFO("power cut after " << at << " ms");
        NetworkOptions options;
        options.seed = at;
        Network network(options);
        network.start_all();
        submit(network, 10);
        network.run_for(at);
        std::map<std::uint64_t, Digest> final_before;
        for (std::size_t i = 0; i < 4; ++i) {
            for (const Commit& commit : network.node(i).chain) {
                final_before[commit.block.header.height] = commit.digest;
            }
        }
        for (std::size_t i = 0; i < 4; ++i) {
            network.crash(i);
        }
        for (std::size_t i = 0; i < 4; ++i) network.restart(i);
        const std::uint64_t seen = final_before.empty() ? 0 : final_before.rbegin()->first;
        REQUIRE(network.run_to_height(std::max<std::uint64_t>(10, seen), 60'000));
        for (const auto& [height, digest] : final_before) {
            CHECK(network.node(0).chain.at(height - 1).digest == digest);
        }
        require_clean(network);
    }
}

TEST_CASE("L6: a notarized tail is finalized without new work", "[consensus][story]") {
    NetworkOptions options;
    options.seen_is_done = true;
    Network network(options);
    network.on_send = [&](std::size_t, const Send& send) {
        const auto* vote = std::get_if<ledger::Vote>(&send.message);
        return vote != nullptr && vote->content.kind == VoteKind::finalize &&
               vote->content.view <= 1;
    };
    network.start_all();
    submit(network, 1);
    network.run_for(300);
    CHECK(network.min_height() == 0);
    CHECK(network.node(0).core->status().view == 2);
    REQUIRE(network.run_to_height(1, 5'000));  // by an empty block on top, in spite of the loss
    require_clean(network);
}

TEST_CASE("L9: views told without a certificate are never adopted", "[consensus][story]") {
    Network network({});
    network.start_all();
    network.crash(3);  // its key is used by somebody who tells of far views
    const std::vector<View> told = {
        2, 65, 1'000, View{1} << 61, View{1} << 62, View{1} << 63, ~View{0} - 1, ~View{0}};
    for (int round = 0; round < 20; ++round) {
        for (const View view : told) {
            for (const VoteKind kind :
                 {VoteKind::notarize, VoteKind::nullify, VoteKind::finalize}) {
                const Digest block = kind == VoteKind::nullify ? Digest{} : test_digest(view);
                network.transmit(3, std::nullopt, network.sign(3, {kind, 0, view + round, block}));
            }
            Proposal proposal;
            proposal.block = block_on(genesis_block().header, {});
            proposal.parent_view = view - 1;
            const Digest digest = ledger::block_digest(proposal.block.header, test_chain());
            proposal.vote = network.sign(3, {VoteKind::notarize, 0, view, digest});
            network.transmit(3, std::nullopt, proposal);
        }
    }
    submit(network, 9);
    REQUIRE(network.run_to_height(9, 60'000));
    for (std::size_t i = 0; i < 3; ++i) CHECK(network.node(i).core->status().view < 40);
    require_clean(network);
}

TEST_CASE("a block that does not hold what it says is never notarized", "[consensus][story]") {
    Network network({});
    std::set<Digest> refused;
    network.on_check = [&](std::size_t node, const CheckBlock& check) {
        // What node 2 proposes is invalid to the others.
        if (check.block.batches.empty() || check.block.batches.front() != test_digest(1000)) {
            return false;
        }
        refused.insert(check.digest);
        network.later(1, [&network, node, digest = check.digest] {
            network.give(node, BlockChecked{digest, false});
        });
        return true;
    };
    network.start_all();
    submit(network, 6);
    network.run_until([&] { return network.min_height() >= 5; }, 60'000);
    CHECK(network.min_height() >= 5);
    CHECK_FALSE(refused.empty());
    for (std::size_t i = 0; i < 4; ++i) {
        for (const Commit& commit : network.node(i).chain) {
            CHECK_FALSE(refused.contains(commit.digest));
        }
    }
    require_clean(network);
}

TEST_CASE("block sync hands over to consensus", "[consensus][story]") {
    Network network({});
    network.start_all();
    network.crash(3);
    submit(network, 30);
    REQUIRE(network.run_until([&] { return network.node(0).chain.size() >= 30; }, 120'000));
    network.restart(3);
    const std::vector<Commit> chain = network.node(0).chain;
    const auto names_itself = [](const Commit& commit) {
        return commit.finalization.content.block == commit.digest;
    };
    std::size_t at = 25;
    while (!names_itself(chain[at])) --at;
    REQUIRE(at > 15);
    const auto sync_to = [&](const Commit& commit) {
        network.give(3, SyncedTo{commit.block, ledger::Verified<ledger::Certificate>::assume(
                                                   commit.finalization)});
    };
    // What a replica's block sync appends to its log before it says so.
    network.node(3).chain.assign(chain.begin(), chain.begin() + static_cast<long>(at) + 1);
    sync_to(chain[at]);
    CHECK(network.node(3).core->status().finalized_height == at + 1);
    CHECK(network.node(3).core->status().view > chain[at].finalization.content.view);
    // A late answer for an older block, or one whose finalization names another, changes nothing.
    sync_to(chain[10]);
    Commit mixed = chain[at + 1];
    mixed.finalization = chain[at].finalization;
    sync_to(mixed);
    CHECK(network.node(3).core->status().finalized_height == at + 1);
    submit(network, 3);
    REQUIRE(network.run_to_height(33, 60'000));
    require_clean(network);
}

TEST_CASE("a node that was away for long fetches blocks and goes on", "[consensus][story]") {
    Network network({});
    network.start_all();
    network.crash(3);
    submit(network, 100);
    REQUIRE(network.run_until([&] { return network.node(0).chain.size() >= 100; }, 400'000));
    network.restart(3);
    submit(network, 1);
    REQUIRE(network.run_to_height(101, 60'000));
    require_clean(network);
}

}  // namespace
}  // namespace cityledger::consensus::testing
