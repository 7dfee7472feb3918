// The store in memory: the suite of all stores, and its crashes.

#include "ledger/memory_state_store.hpp"

#include "ledger/state_overlay.hpp"
#include "tests/ledger/state_store_conformance.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

TEST_CASE("the store in memory does what every state store does", "[store]") {
    check_state_store([] { return std::make_unique<MemoryStateStore>(); });
}

TEST_CASE("a crash loses the heights that were not flushed, newest first", "[store]") {
    MemoryStateStore store;
    REQUIRE(store.apply(0, {put_change(Space::business, "a", "0")}, as_bytes("s0")));
    store.flush();
    REQUIRE(store.apply(
        1, {put_change(Space::business, "a", "1"), put_change(Space::business, "b", "1")},
        as_bytes("s1")));
    REQUIRE(store.apply(2, {{Space::business, "a", std::nullopt}}, as_bytes("s2")));
    CHECK(store.unflushed_heights() == 2);

    MemoryStateStore kept_one = store;
    kept_one.crash(1);
    CHECK(kept_one.applied_height() == std::optional<std::uint64_t>{1});
    CHECK(kept_one.applied_summary() == value_of("s1"));
    CHECK(scan_all(kept_one, Space::business) == StateEntries{{"a", "1"}, {"b", "1"}});

    store.crash();
    CHECK(store.applied_height() == std::optional<std::uint64_t>{0});
    CHECK(store.applied_summary() == value_of("s0"));
    CHECK(scan_all(store, Space::business) == StateEntries{{"a", "0"}});
    store.crash();
    CHECK(store.applied_height() == std::optional<std::uint64_t>{0});
}

TEST_CASE("a crash before the first flush leaves an empty store", "[store]") {
    MemoryStateStore store;
    REQUIRE(store.apply(0, {put_change(Space::system, "a", "0")}, as_bytes("s0")));
    store.crash();
    CHECK_FALSE(store.applied_height().has_value());
    CHECK(scan_all(store, Space::system).empty());
}

TEST_CASE("what can be lost is bounded", "[store]") {
    MemoryStateStore store;
    for (std::uint64_t height = 0; height < 100; ++height) REQUIRE(store.apply(height, {}, {}));
    CHECK(store.unflushed_heights() == k_max_unflushed_heights);
    store.crash();
    CHECK(store.applied_height() == std::optional<std::uint64_t>{99 - k_max_unflushed_heights});
}

TEST_CASE("an overlay reads as if its changes were in the store", "[store]") {
    std::mt19937_64 random(7);
    for (int round = 0; round < 50; ++round) {
        MemoryStateStore base;
        MemoryStateStore merged;
        StateOverlay overlay = StateOverlay::over(base);
        const auto draw = [&] { return std::string(1, static_cast<char>('a' + random() % 8)); };
        for (std::uint64_t i = 0; i < 6; ++i) {
            const StateChange change = put_change(Space::business, draw() + draw(), "base");
            REQUIRE(base.apply(i, {change}, {}));
            REQUIRE(merged.apply(i, {change}, {}));
        }
        for (std::uint64_t i = 6; i < 14; ++i) {
            StateChange change{Space::business, draw() + draw(), std::nullopt};
            if (random() % 2 == 0) change.value = value_of("own");
            overlay.write(change.space, change.key, change.value);
            REQUIRE(merged.apply(i, {change}, {}));
        }
        const std::string prefix = random() % 2 == 0 ? "" : draw();
        const std::string from = draw();
        const std::size_t limit = 1 + random() % 5;
        CHECK(scan_all(overlay, Space::business, prefix, from, limit) ==
              scan_all(merged, Space::business, prefix, from, limit));
        CHECK(scan_all(overlay, Space::business) == scan_all(merged, Space::business));
        const std::string key = from + from;
        CHECK(overlay.get(Space::business, key) == merged.get(Space::business, key));
    }
}

}  // namespace
}  // namespace cityledger::ledger
