#pragma once
// What every state store does, whatever it is made of: run over the store in memory here and over
// the one on disk in tests/io.
//
//     TEST_CASE("...") { check_state_store([] { return std::make_unique<MyStore>(...); }); }
//
// The factory gives an empty store each time.

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <random>

#include "ledger/state_store.hpp"

namespace cityledger::ledger::testing {

inline Bytes value_of(std::string_view text) { return to_bytes(as_bytes(text)); }

inline StateChange put_change(Space space, std::string key, std::string_view value) {
    return {space, std::move(key), value_of(value)};
}

using StateEntries = std::vector<std::pair<std::string, std::string>>;

inline StateEntries scan_all(const StateReader& reader, Space space, std::string_view prefix = "",
                             std::string_view from = "", std::size_t limit = ~std::size_t{0}) {
    StateEntries entries;
    if (limit == 0) return entries;
    reader.scan(space, prefix, from, [&](std::string_view key, ByteView value) {
        entries.emplace_back(std::string(key), std::string(as_text(value)));
        return entries.size() < limit;
    });
    return entries;
}

template <class Factory>
void check_empty_store(Factory make_store) {
    const auto store = make_store();
    CHECK_FALSE(store->applied_height().has_value());
    CHECK(store->applied_summary().empty());
    CHECK_FALSE(store->get(Space::business, "a").has_value());
    CHECK(scan_all(*store, Space::business).empty());
}

template <class Factory>
void check_apply(Factory make_store) {
    const auto store = make_store();
    REQUIRE(store->apply(
        0,
        {put_change(Space::system, "a", "system"), put_change(Space::business, "a", "business"),
         put_change(Space::business, "b", ""), put_change(Space::derived, "a", "derived")},
        as_bytes("summary 0")));
    CHECK(store->applied_height() == std::optional<std::uint64_t>{0});
    CHECK(store->applied_summary() == value_of("summary 0"));
    CHECK(store->get(Space::system, "a") == value_of("system"));
    CHECK(store->get(Space::business, "a") == value_of("business"));
    CHECK(store->get(Space::derived, "a") == value_of("derived"));
    // An empty value is a value.
    CHECK(store->get(Space::business, "b") == Bytes{});
    CHECK_FALSE(store->get(Space::system, "b").has_value());

    REQUIRE(store->apply(1,
                         {{Space::business, "a", std::nullopt},
                          put_change(Space::business, "b", "new"),
                          {Space::business, "never there", std::nullopt}},
                         as_bytes("summary 1")));
    CHECK(store->applied_height() == std::optional<std::uint64_t>{1});
    CHECK(store->applied_summary() == value_of("summary 1"));
    CHECK_FALSE(store->get(Space::business, "a").has_value());
    CHECK(store->get(Space::business, "b") == value_of("new"));
    CHECK(store->get(Space::system, "a") == value_of("system"));

    REQUIRE(store->apply(2, {}, {}));
    CHECK(store->applied_height() == std::optional<std::uint64_t>{2});
    CHECK(store->applied_summary().empty());
}

template <class Factory>
void check_scan(Factory make_store) {
    const auto store = make_store();
    const std::string zero_byte("x/\0", 3);
    REQUIRE(store->apply(
        0,
        {put_change(Space::business, "w", "0"), put_change(Space::business, "x", "1"),
         put_change(Space::business, "x/", "2"), put_change(Space::business, zero_byte, "3"),
         put_change(Space::business, "x/1", "4"), put_change(Space::business, "x/\xff", "5"),
         put_change(Space::business, "y", "6"), put_change(Space::derived, "x/2", "elsewhere")},
        {}));
    const StateEntries below_x{{"x/", "2"}, {zero_byte, "3"}, {"x/1", "4"}, {"x/\xff", "5"}};
    CHECK(scan_all(*store, Space::business, "x/") == below_x);
    // Bytes order as unsigned, so 0xff comes last.
    CHECK(scan_all(*store, Space::business).size() == 7);
    CHECK(scan_all(*store, Space::business).back().first == "y");
    CHECK(scan_all(*store, Space::business, "x/", "x/1") ==
          StateEntries{{"x/1", "4"}, {"x/\xff", "5"}});
    CHECK(scan_all(*store, Space::business, "x/", "x/0", 1) == StateEntries{{"x/1", "4"}});
    CHECK(scan_all(*store, Space::business, "x/", "a") == below_x);
    CHECK(scan_all(*store, Space::business, "x/", "y").empty());
    CHECK(scan_all(*store, Space::business, "z").empty());
    CHECK(scan_all(*store, Space::business, "", "", 2) == StateEntries{{"w", "0"}, {"x", "1"}});
    CHECK(scan_all(*store, Space::system).empty());
}

template <class Factory>
void check_clear(Factory make_store) {
    const auto store = make_store();
    REQUIRE(
        store->apply(0, {put_change(Space::system, "a", "1"), put_change(Space::derived, "b", "2")},
                     as_bytes("summary")));
    REQUIRE(store->clear());
    CHECK_FALSE(store->applied_height().has_value());
    CHECK(store->applied_summary().empty());
    CHECK(scan_all(*store, Space::system).empty());
    CHECK(scan_all(*store, Space::derived).empty());
    REQUIRE(store->apply(0, {put_change(Space::system, "a", "again")}, {}));
    CHECK(store->get(Space::system, "a") == value_of("again"));
}

/// Random heights against a plain map.
template <class Factory>
void check_against_model(Factory make_store, std::uint64_t seed) {
    INFO("seed " << seed);
    const auto store = make_store();
    std::mt19937_64 random(seed);
    std::map<std::string, std::string> model;
    for (std::uint64_t height = 0; height < 40; ++height) {
        std::map<std::string, std::optional<Bytes>> changed;
        for (int i = 0; i < 20; ++i) {
            const std::string key = "k" + std::to_string(random() % 60);
            if (random() % 3 == 0) {
                changed[key] = std::nullopt;
                model.erase(key);
            } else {
                model[key] = std::to_string(random());
                changed[key] = value_of(model[key]);
            }
        }
        std::vector<StateChange> changes;
        for (const auto& [key, value] : changed) changes.push_back({Space::business, key, value});
        REQUIRE(store->apply(height, changes, {}));
        REQUIRE(scan_all(*store, Space::business) == StateEntries(model.begin(), model.end()));
    }
}

/// The whole suite.
template <class Factory>
void check_state_store(Factory make_store) {
    check_empty_store(make_store);
    check_apply(make_store);
    check_scan(make_store);
    check_clear(make_store);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) check_against_model(make_store, seed);
}

}  // namespace cityledger::ledger::testing
