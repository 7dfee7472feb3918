#pragma once
// How long something took, told to whoever measures.

#include <chrono>
#include <functional>

namespace cityledger::io {

using SteadyClock = std::chrono::steady_clock;

/// Called from the thread that did it; empty: nobody measures.
using TellTime = std::function<void(SteadyClock::duration)>;

}  // namespace cityledger::io
