#include "sim/worlds/interruption.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <thread>

#include "sim/worlds/launcher.hpp"

namespace cityledger::sim {
namespace {

constexpr int k_removal_attempts = 100;

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
    // The main thread may still be writing there, or be removing it too: until it is gone.
    for (int i = 0; i < k_removal_attempts && !folder_to_remove.empty(); ++i) {
        std::error_code ignored;
        std::filesystem::remove_all(folder_to_remove, ignored);
        if (!std::filesystem::exists(folder_to_remove, ignored)) break;
    }
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
