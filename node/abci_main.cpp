// cityledger-abci: the ledger as an application of CometBFT.

#include "node/abci/server/abci_main.hpp"

int main(int argument_count, char** arguments) {
    return cityledger::abci::run_abci(argument_count, arguments);
}
