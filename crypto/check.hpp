#pragma once
// CHECK is for broken invariants only. It is always on, stops the process, and must not be
// reachable by any input: what the outside world can cause is a Result (crypto/result.hpp).

namespace cityledger {

/// Prints the broken invariant with its place and aborts.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace cityledger

#define CHECK_INVARIANT(expression)                                      \
    do {                                                                 \
        if (!(expression)) [[unlikely]]                                  \
            ::cityledger::check_failed(#expression, __FILE__, __LINE__); \
    } while (false)
