// What the program refuses to open.

#include "node/abci/server/abci_main.hpp"

#include <filesystem>
#include <fstream>

#include "node/abci/abci_codes.hpp"
#include "tests/ledger/fixtures.hpp"

namespace cityledger::abci {
namespace {

using namespace ledger::testing;

struct Folder {
    std::filesystem::path path = std::filesystem::temp_directory_path() /
                                 ("cityledger-abci-main-" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directory(path); }
    ~Folder() { std::filesystem::remove_all(path); }
};

TEST_CASE("a genesis whose signatures anybody can make is refused", "[abci]") {
    const Folder folder;
    const std::string file = folder.path / "genesis.json";
    std::ofstream(file) << ledger::genesis_to_text(make_genesis());
    check_refused(read_genesis(file), codes::abci_genesis_of_simulation);
}

TEST_CASE("a state folder is for one process", "[abci]") {
    const Folder folder;
    const std::string state = folder.path / "state";
    const auto lock = lock_state(state);
    REQUIRE(lock.has_value());
    check_refused(lock_state(state), codes::abci_state_in_use);
}

}  // namespace
}  // namespace cityledger::abci
