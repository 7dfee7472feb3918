#include "sim/launch/interruption.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>

#include "sim/launch/node_process.hpp"

namespace cityledger::sim {
namespace {

std::mutex clean_up_mutex;
std::function<void()> clean_up;

sigset_t watched_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    return set;
}

/// Waits for a signal in a thread of its own: there everything may be called.
void watch() {
    const sigset_t set = watched_signals();
    int signal = 0;
    if (::sigwait(&set, &signal) != 0) return;
    std::fprintf(stderr, "\ncityledger: interrupted, stopping the nodes\n");
    const std::lock_guard lock(clean_up_mutex);
    kill_all_children();
    if (clean_up) clean_up();
    ::_exit(k_exit_interrupted);
}

}  // namespace

Interruption::Interruption() {
    const sigset_t set = watched_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::thread(watch).detach();
}

Interruption::~Interruption() { clean_up_with({}); }

void Interruption::clean_up_with(std::function<void()> how) {
    const std::lock_guard lock(clean_up_mutex);
    clean_up = std::move(how);
}

Interruption::Shield::Shield() { clean_up_mutex.lock(); }
Interruption::Shield::~Shield() { clean_up_mutex.unlock(); }

}  // namespace cityledger::sim
