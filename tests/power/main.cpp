// The validator process of the power tests: cityledgerd over files that keep unsynced bytes in
// memory, so that killing the process loses what a power cut would lose.

#include "node/io/daemon/daemon_main.hpp"
#include "tests/power/lose_unsynced_file_system.hpp"

int main(int argument_count, char** arguments) {
    cityledger::io::DaemonOptions options;
    options.files_over = cityledger::io::make_lose_unsynced;
    return cityledger::io::run_daemon(argument_count, arguments, std::move(options));
}
