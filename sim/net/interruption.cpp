#include "sim/net/interruption.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <thread>

#include "sim/net/launcher.hpp"

namespace cityledger::sim {
namespace {

std::mutex folder_mutex;
std::string folder_to_remove;

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
    kill_all_children();
    const std::lock_guard lock(folder_mutex);
    std::error_code ignored;
    if (!folder_to_remove.empty()) std::filesystem::remove_all(folder_to_remove, ignored);
    ::_exit(k_exit_interrupted);
}

}  // namespace

Interruption::Interruption() {
    const sigset_t set = watched_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::thread(watch).detach();
}

Interruption::~Interruption() { remove_on_interrupt({}); }

void Interruption::remove_on_interrupt(std::string folder) {
    const std::lock_guard lock(folder_mutex);
    folder_to_remove = std::move(folder);
}

}  // namespace cityledger::sim
