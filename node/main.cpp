// cityledgerd: one validator process.

#include "node/io/daemon/daemon_main.hpp"

int main(int argument_count, char** arguments) {
    return cityledger::io::run_daemon(argument_count, arguments, {});
}
