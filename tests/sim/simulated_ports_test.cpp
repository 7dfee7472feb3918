#include <catch2/catch.hpp>

#include "sim/simulator/clock.hpp"
#include "sim/simulator/network.hpp"
#include "sim/simulator/ports.hpp"
#include "sim/simulator/simulator_codes.hpp"

using namespace cityledger;
using namespace cityledger::sim;

namespace {

void run_until(EventQueue& queue, TimeUs limit_us) {
    while (queue.step(limit_us)) {
    }
}

Frame frame_of(std::string_view text) {
    return std::make_shared<const Bytes>(to_bytes(as_bytes(text)));
}

/// A network of nodes that write down what happens to them.
struct Nodes {
    EventQueue queue;
    SimulatedNetwork network;
    std::vector<std::vector<std::string>> seen;
    std::vector<OwnerId> owners;

    Nodes(std::size_t count, NetworkFaults faults, std::uint64_t seed = 1)
        : network(queue, count, SimulatedRandom(seed), faults), seen(count) {
        for (std::size_t node = 0; node < count; ++node) owners.push_back(attach(node));
        run_until(queue, 1'000'000);
        for (auto& lines : seen) lines.clear();
    }
    OwnerId attach(std::size_t node) {
        const OwnerId owner = queue.make_owner();
        const auto on_session = [this, node](ValidatorIndex peer, bool up) {
            seen[node].push_back((up ? "up " : "down ") + std::to_string(peer));
        };
        const auto on_message = [this, node](ValidatorIndex, const Bytes& frame) {
            seen[node].emplace_back(as_text(frame));
        };
        network.attach(static_cast<ValidatorIndex>(node), {owner, on_session, on_message});
        return owner;
    }
    void run_for(TimeUs us) { run_until(queue, queue.now_us() + us); }
};

}  // namespace

TEST_CASE("the generator yields the published values of xoshiro256**") {
    // Reference: state seeded by splitmix64 from 0, as the authors recommend.
    SimulatedRandom random(0);
    CHECK(random.next() == 0x99ec5f36cb75f2b4);
    CHECK(random.next() == 0xbf6e1f784956452a);
}

TEST_CASE("a bounded draw reaches every value and nothing else") {
    SimulatedRandom random(7);
    std::array<int, 5> counts{};
    for (int i = 0; i < 5000; ++i) ++counts.at(random.below(5));
    for (const int count : counts) CHECK((count > 850 && count < 1150));
    CHECK_FALSE(random.chance(0));
    CHECK(random.chance(k_million));
    CHECK(random.between(3, 3) == 3);
}

TEST_CASE("a fork depends on seed and use, not on what was drawn before") {
    SimulatedRandom one(3);
    SimulatedRandom other(3);
    (void)one.next();
    CHECK(one.fork("disk", 1).next() == other.fork("disk", 1).next());
    CHECK(one.fork("disk", 1).next() != other.fork("disk", 2).next());
    CHECK(one.fork("disk", 1).next() != other.fork("net", 1).next());
}

TEST_CASE("events run in the order of their time, then of their insertion") {
    EventQueue queue;
    std::string order;
    queue.at(20, k_world_owner, [&] { order += 'c'; });
    queue.at(10, k_world_owner, [&] { order += 'a'; });
    queue.at(10, k_world_owner, [&] { order += 'b'; });
    const auto cancelled = queue.at(15, k_world_owner, [&] { order += 'x'; });
    queue.cancel(cancelled);
    CHECK(queue.step(9) == false);
    CHECK(queue.now_us() == 9);
    run_until(queue, 100);
    CHECK(order == "abc");
    CHECK(queue.now_us() == 100);
}

TEST_CASE("a dead owner's events never run, a held owner's wait") {
    EventQueue queue;
    std::string order;
    const OwnerId dead = queue.make_owner();
    const OwnerId held = queue.make_owner();
    queue.at(10, dead, [&] { order += 'd'; });
    queue.at(10, held, [&] { order += 'h'; });
    queue.at(11, held, [&] { order += 'i'; });
    const auto timer = queue.at(12, held, [&] { order += 't'; });
    queue.at(20, k_world_owner, [&] { order += 'w'; });
    queue.kill(dead);
    queue.hold(held);
    run_until(queue, 30);
    CHECK(order == "w");
    queue.cancel(timer);
    queue.release(held);
    queue.at(5, dead, [&] { order += 'd'; });
    run_until(queue, 40);
    CHECK(order == "whi");
}

TEST_CASE("a drifting clock shows and waits its own time") {
    EventQueue queue;
    SimulatedScheduler fast(queue, queue.make_owner(), {3'600'000, 50'000});
    SimulatedScheduler plain(queue, queue.make_owner(), {});
    TimeUs fired_us = 0;
    fast.after(1050, [&] { fired_us = queue.now_us(); });
    const auto cancelled = plain.after(10, [&] { FAIL("it was cancelled"); });
    plain.cancel(cancelled);
    run_until(queue, 2'000'000);
    CHECK(fired_us == 1'000'000);
    CHECK(fast.now_ms() == 3'600'000 + 2100);
    CHECK(plain.now_ms() == 2000);
}

TEST_CASE("messages of a session arrive in order whatever their delay") {
    Nodes nodes(2, {});
    std::vector<std::string> sent;
    for (int i = 0; i < 100; ++i) {
        sent.push_back(std::to_string(i));
        nodes.network.send(0, 1, frame_of(sent.back()));
    }
    nodes.run_for(1'000'000);
    CHECK(nodes.seen[1] == sent);
    CHECK(nodes.seen[0].empty());
}

TEST_CASE("lost, doubled and reset messages follow their dials") {
    NetworkFaults faults;
    faults.loss = 200'000;
    faults.duplicate = 200'000;
    faults.queue_max_messages = 2000;  // all are sent at once
    Nodes nodes(2, faults);
    for (int i = 0; i < 1000; ++i) nodes.network.send(0, 1, frame_of(std::to_string(i)));
    nodes.run_for(5'000'000);
    const std::set<std::string> different(nodes.seen[1].begin(), nodes.seen[1].end());
    CHECK((different.size() > 730 && different.size() < 870));
    CHECK(nodes.seen[1].size() > different.size() + 100);

    faults = {};
    faults.reset = k_million;
    nodes.network.set_faults(faults);
    nodes.seen[1].clear();
    nodes.network.send(0, 1, frame_of("gone"));
    nodes.run_for(5'000'000);
    CHECK(nodes.seen[1] == std::vector<std::string>{"down 0", "up 0"});
}

TEST_CASE("a partition of one direction stops that direction, then the session") {
    Nodes nodes(2, {});
    nodes.network.block(0, 1);
    nodes.network.send(0, 1, frame_of("into the void"));
    nodes.network.send(1, 0, frame_of("still heard"));
    nodes.run_for(10'000'000);
    CHECK(nodes.seen[0] == std::vector<std::string>{"still heard", "down 1"});
    CHECK(nodes.seen[1] == std::vector<std::string>{"down 0"});
    nodes.network.heal();
    nodes.run_for(1'000'000);
    CHECK(nodes.seen[1].back() == "up 0");
    nodes.network.send(0, 1, frame_of("hello"));
    nodes.run_for(1'000'000);
    CHECK(nodes.seen[1].back() == "hello");
}

TEST_CASE("groups of a partition keep their own sessions") {
    Nodes nodes(4, {});
    nodes.network.partition({{0, 1}, {2, 3}});
    nodes.run_for(10'000'000);
    CHECK(nodes.seen[0] == nodes.seen[1]);
    CHECK(std::set<std::string>(nodes.seen[0].begin(), nodes.seen[0].end()) ==
          std::set<std::string>{"down 2", "down 3"});
}

TEST_CASE("a node that dies is noticed and comes back with fresh sessions") {
    Nodes nodes(2, {});
    nodes.network.send(0, 1, frame_of("on its way"));
    nodes.network.detach(1);
    nodes.run_for(1'000'000);
    CHECK(nodes.seen[0] == std::vector<std::string>{"down 1"});
    CHECK(nodes.seen[1].empty());
    nodes.attach(1);
    nodes.run_for(1'000'000);
    CHECK(nodes.seen[0].back() == "up 1");
    CHECK(nodes.seen[1] == std::vector<std::string>{"up 0"});
}

TEST_CASE("a stopped process keeps a bounded queue and gets new sessions when it goes on") {
    NetworkFaults faults;
    faults.queue_max_messages = 10;
    Nodes nodes(2, faults);
    const OwnerId second = nodes.owners[1];
    nodes.queue.hold(second);
    for (int i = 0; i < 100; ++i) nodes.network.send(0, 1, frame_of(std::to_string(i)));
    nodes.run_for(10'000'000);
    CHECK(nodes.seen[0] == std::vector<std::string>{"down 1"});
    CHECK(nodes.seen[1].empty());
    nodes.queue.release(second);
    nodes.run_for(10'000'000);
    CHECK(nodes.seen[0].back() == "up 1");
    CHECK(nodes.seen[1] == std::vector<std::string>{"down 0", "up 0"});
    nodes.network.send(0, 1, frame_of("fresh"));
    nodes.run_for(1'000'000);
    CHECK(nodes.seen[1].back() == "fresh");
}

TEST_CASE("a syncer makes durable what was written before its request; a lying one does not") {
    EventQueue queue;
    SimulatedDisk disk(SimulatedRandom(1), {});
    std::shared_ptr<node::File> file = disk.open("log", true).value();
    REQUIRE(disk.sync_folder("").has_value());
    SimulatedSyncer honest(queue, queue.make_owner(), SimulatedRandom(1), {});
    REQUIRE(file->write_at(0, as_bytes("a")).has_value());
    bool done = false;
    honest.sync(file, [&](const Status& status) { done = status.has_value(); });
    REQUIRE(file->write_at(1, as_bytes("b")).has_value());
    CHECK_FALSE(done);
    run_until(queue, 1'000'000);
    CHECK(done);
    CHECK(as_text(disk.durable_files().at("log").read(0, 9)) == "a");

    WorkTimes times;
    times.sync_lies_per_million = k_million;
    SimulatedSyncer liar(queue, queue.make_owner(), SimulatedRandom(1), times);
    done = false;
    liar.sync(file, [&](const Status& status) { done = status.has_value(); });
    run_until(queue, 2'000'000);
    CHECK(done);
    CHECK(as_text(disk.durable_files().at("log").read(0, 9)) == "a");
}
