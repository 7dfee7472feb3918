// One seed is one run, whatever the surroundings.

#include <catch2/catch.hpp>
#include <clocale>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <set>

#include "sim/simulator/load.hpp"
#include "sim/simulator/storm.hpp"

using namespace cityledger;
using namespace cityledger::sim;

namespace {

constexpr std::uint64_t k_short_run_ms = 3'000;

StormOptions short_storm() {
    StormOptions options;
    options.faulty_ms = k_short_run_ms;
    return options;
}

}  // namespace

TEST_CASE("one seed twice gives one trace, another seed another trace", "[virtual]") {
    const StormResult first = run_storm(1, short_storm());
    const StormResult again = run_storm(1, short_storm());
    INFO(first.report);
    CHECK(first.events > 1000);
    CHECK(first.trace == again.trace);
    CHECK(first.events == again.events);
    std::set<Digest> traces;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        traces.insert(run_storm(seed, short_storm()).trace);
    }
    CHECK(traces.size() == 20);
}

TEST_CASE("time zone, locale and working folder do not reach into a run", "[virtual]") {
    const StormResult plain = run_storm(5, short_storm());
    const auto folder = std::filesystem::current_path();
    const char* zone = std::getenv("TZ");
    const std::string old_zone = zone ? zone : "";
    ::setenv("TZ", "Asia/Shanghai", 1);
    ::tzset();
    // Whichever of these the host has: one with a decimal comma or at least another collation.
    for (const char* name : {"de_DE.UTF-8", "zh_CN.UTF-8", "C.UTF-8"}) {
        if (std::setlocale(LC_ALL, name)) break;
    }
    std::filesystem::current_path("/");
    const StormResult elsewhere = run_storm(5, short_storm());
    std::filesystem::current_path(folder);
    std::setlocale(LC_ALL, "C");
    if (zone) {
        ::setenv("TZ", old_zone.c_str(), 1);
    } else {
        ::unsetenv("TZ");
    }
    ::tzset();
    CHECK(plain.trace == elsewhere.trace);
}

TEST_CASE("the trace sees the order, the place and the content of what happens", "[virtual]") {
    const auto hash_of = [](std::vector<std::pair<std::string, std::uint64_t>> events) {
        Trace trace;
        for (const auto& [kind, number] : events) trace.add(kind, number, 0, as_bytes("x"));
        return trace.hash();
    };
    CHECK(hash_of({{"a", 1}, {"b", 2}}) == hash_of({{"a", 1}, {"b", 2}}));
    CHECK(hash_of({{"a", 1}, {"b", 2}}) != hash_of({{"b", 2}, {"a", 1}}));
    CHECK(hash_of({{"a", 1}}) != hash_of({{"a", 2}}));
    CHECK(hash_of({{"a", 1}}) != hash_of({}));
}
