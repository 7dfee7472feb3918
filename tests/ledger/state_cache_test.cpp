// A store read through the cache is the same store.

#include "ledger/state_cache.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "ledger/memory_state_store.hpp"
#include "ledger/state_overlay.hpp"

namespace cityledger::ledger {
namespace {

constexpr std::size_t k_few_bytes = 2'000;  // a dozen entries a generation

std::string key_of(std::uint64_t number) { return "key/" + std::to_string(number); }

/// Counts what reaches the store.
class CountingReader : public StateReader {
public:
    explicit CountingReader(const StateReader& store) : store_(store) {}
    std::optional<Bytes> get(Space space, std::string_view key) const override {
        ++gets;
        return store_.get(space, key);
    }
    void scan(Space space, std::string_view prefix, std::string_view from,
              const StateVisitor& visitor) const override {
        store_.scan(space, prefix, from, visitor);
    }
    mutable std::size_t gets = 0;

private:
    const StateReader& store_;
};

TEST_CASE("reads through the cache are those of the store, whatever was forgotten", "[cache]") {
    std::mt19937_64 random(11);
    MemoryStateStore store;
    StateCache cache(store, k_few_bytes);
    for (std::uint64_t height = 0; height < 2'000; ++height) {
        std::vector<StateChange> changes;
        for (std::uint64_t i = random() % 4; i > 0; --i) {
            StateChange change{static_cast<Space>(random() % 3), key_of(random() % 40),
                               std::nullopt};
            if (random() % 4 != 0) change.value = Bytes(random() % 60, std::uint8_t(height));
            changes.push_back(std::move(change));
        }
        REQUIRE(store.apply(height, changes, {}));
        cache.take_over(changes);
        for (int i = 0; i < 5; ++i) {
            const auto space = static_cast<Space>(random() % 3);
            const std::string key = key_of(random() % 40);
            REQUIRE(cache.get(space, key) == store.get(space, key));
        }
    }
}

TEST_CASE("what is read often stays, and the rest is bounded", "[cache]") {
    MemoryStateStore store;
    std::vector<StateChange> all;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        all.push_back({Space::business, key_of(i), Bytes(20, 1)});
    }
    REQUIRE(store.apply(0, all, {}));
    const CountingReader counting(store);
    StateCache cache(counting, k_few_bytes);
    for (std::uint64_t i = 1; i < 1'000; ++i) {
        CHECK(cache.get(Space::business, key_of(0)));
        CHECK(cache.get(Space::business, key_of(i)));
        REQUIRE(cache.entries() * 100 <= 2 * k_few_bytes);
    }
    CHECK(counting.gets == 1'000);  // each key once: the first one never left
}

TEST_CASE("an operation that is taken back leaves the block as it was", "[overlay]") {
    std::mt19937_64 random(5);
    MemoryStateStore store;
    StateOverlay with_refusals = StateOverlay::over(store);
    StateOverlay without = StateOverlay::over(store);
    for (int operation = 0; operation < 500; ++operation) {
        const bool is_kept = random() % 2 == 0;
        with_refusals.begin();
        for (std::uint64_t i = random() % 6; i > 0; --i) {
            const std::string key = key_of(random() % 20);
            std::optional<Bytes> value;
            if (random() % 3 != 0) value = Bytes(1, std::uint8_t(random()));
            with_refusals.write(Space::business, key, value);
            if (is_kept) without.write(Space::business, key, value);
        }
        if (is_kept) {
            with_refusals.keep();
        } else {
            with_refusals.take_back();
        }
    }
    CHECK(with_refusals.take_changes() == without.take_changes());
}

}  // namespace
}  // namespace cityledger::ledger
