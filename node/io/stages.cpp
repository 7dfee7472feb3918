#include "node/io/stages.hpp"

#include <sys/time.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>

#include "crypto/check.hpp"

namespace cityledger::io {
namespace {

/// Asked for; the kernel looks at every tick, some milliseconds of CPU time apart.
constexpr suseconds_t k_interval_us = 1'000;

// What the handler of a signal touches: no locks, nothing that has to be made first.
constinit thread_local std::atomic<Stage> stage_of_thread = Stage::background;
constinit std::array<std::atomic<std::uint64_t>, k_stages> cpu_ns_of_stage{};
constinit std::atomic<std::uint64_t> sampled_ns = 0;

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(std::size(ledger::EnumNames<Stage>::names) == k_stages);

std::uint64_t process_cpu_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    constexpr std::uint64_t k_nanos = 1'000'000'000;
    return static_cast<std::uint64_t>(time.tv_sec) * k_nanos +
           static_cast<std::uint64_t>(time.tv_nsec);
}

void take_sample(int) {
    const int kept_errno = errno;
    const std::uint64_t now = process_cpu_ns();
    const std::uint64_t before = sampled_ns.exchange(now, std::memory_order_relaxed);
    const auto stage = static_cast<std::size_t>(stage_of_thread.load(std::memory_order_relaxed));
    // Two threads may come at once, the later with the earlier time.
    if (now > before) {
        cpu_ns_of_stage[stage].fetch_add(now - before, std::memory_order_relaxed);
    }
    errno = kept_errno;
}

void set_timer(suseconds_t interval_us) {
    itimerval timer{};
    timer.it_interval.tv_usec = interval_us;
    timer.it_value.tv_usec = interval_us;
    CHECK_INVARIANT(::setitimer(ITIMER_PROF, &timer, nullptr) == 0);
}

}  // namespace

StageScope::StageScope(Stage stage) : before_(current_stage()) {
    stage_of_thread.store(stage, std::memory_order_relaxed);
}

StageScope::~StageScope() { stage_of_thread.store(before_, std::memory_order_relaxed); }

Stage current_stage() { return stage_of_thread.load(std::memory_order_relaxed); }

StageSampler::StageSampler() {
    sampled_ns = process_cpu_ns();
    struct sigaction action {};
    action.sa_handler = take_sample;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    CHECK_INVARIANT(::sigaction(SIGPROF, &action, nullptr) == 0);
    set_timer(k_interval_us);
}

StageSampler::~StageSampler() {
    set_timer(0);
    // Not the default, which would end the process: a signal may still be on its way.
    std::signal(SIGPROF, SIG_IGN);
}

std::array<std::uint64_t, k_stages> stage_cpu_us() {
    std::array<std::uint64_t, k_stages> times{};
    for (std::size_t i = 0; i < k_stages; ++i) {
        times[i] = cpu_ns_of_stage[i].load(std::memory_order_relaxed) / 1'000;
    }
    return times;
}

}  // namespace cityledger::io
