#pragma once
// Ctrl-C and SIGTERM in a command that runs processes of its own.

#include <functional>

namespace cityledger::sim {

/// While it lives, SIGINT and SIGTERM end all child processes, clean up (if it was told how) and
/// end this process with exit code 130. At most one at a time; create it before any thread.
class Interruption {
public:
    Interruption();
    ~Interruption();
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    /// What to do before the end; on a thread of its own. Empty: nothing.
    void clean_up_with(std::function<void()> how);

    /// While it lives, a signal waits: for work that would leave something half made.
    class Shield {
    public:
        Shield();
        ~Shield();
        Shield(const Shield&) = delete;
        Shield& operator=(const Shield&) = delete;
    };
};

inline constexpr int k_exit_interrupted = 130;

}  // namespace cityledger::sim
