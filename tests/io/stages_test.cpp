#include "node/io/stages.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <numeric>
#include <thread>

#include "node/io/http/metrics.hpp"

namespace cityledger::io {
namespace {

std::uint64_t time_of(Stage stage) { return stage_cpu_us()[static_cast<std::size_t>(stage)]; }

std::uint64_t sum_of_stages() {
    const auto times = stage_cpu_us();
    return std::accumulate(times.begin(), times.end(), std::uint64_t{0});
}

std::uint64_t process_cpu_us() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000 +
               static_cast<std::uint64_t>(time.tv_usec);
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Uses the processor until this stage has got so much more, however long the system takes.
void work_until(Stage stage, std::uint64_t more_us) {
    const std::uint64_t enough = time_of(stage) + more_us;
    volatile std::uint64_t work = 0;
    while (time_of(stage) < enough) work = work + 1;
}

TEST_CASE("a thread is in the stage that it said last, and back when the scope ends", "[stages]") {
    const Stage before = current_stage();
    {
        const StageScope outer(Stage::execution);
        CHECK(current_stage() == Stage::execution);
        {
            const StageScope inner(Stage::commit);
            CHECK(current_stage() == Stage::commit);
            std::thread([] { CHECK(current_stage() == Stage::background); }).join();
        }
        CHECK(current_stage() == Stage::execution);
    }
    CHECK(current_stage() == before);
}

TEST_CASE("CPU time goes to the stages of the threads that use it, and no more than was used",
          "[stages]") {
    const std::uint64_t cpu_before = process_cpu_us();
    const std::uint64_t sum_before = sum_of_stages();
    const std::uint64_t log_before = time_of(Stage::log);
    {
        const StageSampler sampler;
        const StageScope votes(Stage::votes);
        std::thread other([] {
            const StageScope execution(Stage::execution);
            work_until(Stage::execution, 30'000);
        });
        work_until(Stage::votes, 30'000);
        other.join();
    }
    CHECK(time_of(Stage::log) == log_before);
    const std::uint64_t sum = sum_of_stages() - sum_before;
    CHECK(sum >= 60'000);
    CHECK(sum <= process_cpu_us() - cpu_before);
    // Without a sampler nothing is counted.
    const std::uint64_t ended = sum_of_stages();
    volatile std::uint64_t work = 0;
    for (int i = 0; i < 50'000'000; ++i) work = work + 1;
    CHECK(sum_of_stages() == ended);
}

TEST_CASE("metrics tell every stage once, and what the process used", "[stages]") {
    const std::string text = metrics_text(process_metrics());
    for (const std::string_view name : ledger::EnumNames<Stage>::names) {
        const std::string line = "stage_cpu_seconds_total{stage=\"" + std::string(name) + "\"} ";
        const std::size_t at = text.find(line);
        REQUIRE(at != std::string::npos);
        CHECK(text.find(line, at + 1) == std::string::npos);
    }
    for (const char* name : {"\nprocess_peak_memory_bytes ", "\nprocess_written_bytes_total ",
                             "\nprocess_cpu_seconds_total "}) {
        CHECK(text.find(name) != std::string::npos);
    }
}

}  // namespace
}  // namespace cityledger::io
