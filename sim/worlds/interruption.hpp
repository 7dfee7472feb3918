#pragma once
// Ctrl-C and SIGTERM in a command that runs processes of its own.

#include <string>

namespace cityledger::sim {

/// While it lives, SIGINT and SIGTERM end all child processes, remove the folder (if one is named)
/// and end this process with exit code 130. At most one at a time; create it before any thread.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    void remove_on_interrupt(std::string folder);
};

inline constexpr int k_exit_interrupted = 130;

}  // namespace cityledger::sim
