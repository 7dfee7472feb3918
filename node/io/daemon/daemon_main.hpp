#pragma once
// The command line of `cityledgerd`.

#include "node/io/daemon/daemon.hpp"

namespace cityledger::io {

/// Reads the arguments into `options`, runs the node until a signal and returns the exit code. A
/// test program passes what the release has no switch for.
[[nodiscard]] int run_daemon(int argument_count, char** arguments, DaemonOptions options);

}  // namespace cityledger::io
