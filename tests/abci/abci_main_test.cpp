// What the program refuses to open.

#include "node/abci/server/abci_main.hpp"

#include <filesystem>
#include <fstream>

#include "node/abci/abci_codes.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/io/storage/rocksdb_state_store.hpp"
#include "tests/abci/application_fixture.hpp"

namespace cityledger::abci {
namespace {

using namespace testing;

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

TEST_CASE_METHOD(ApplicationFixture, "the store on disk holds what was committed, and no more",
                 "[abci]") {
    const Folder folder;
    io::PosixFileSystem files;
    const auto first = block(1, {add_bytes("a", 1)});
    const auto second = block(2, {add_bytes("a", 2)});
    std::string committed;
    {
        const auto disk = io::RocksDbStateStore::open(files, folder.path / "store").value();
        application =
            Application::open(genesis, contracts, *disk, [&] { return disk->flush(); }).value();
        committed = application->finalize_block(first).value().app_hash();
        REQUIRE(application->commit().has_value());
        REQUIRE(application->finalize_block(second).has_value());
        application.reset();
    }
    const auto disk = io::RocksDbStateStore::open(files, folder.path / "store").value();
    application =
        Application::open(genesis, contracts, *disk, [&] { return disk->flush(); }).value();
    CHECK(application->info().last_block_height() == 1);
    CHECK(application->info().last_block_app_hash() == committed);
    CHECK(check(first.txs(0)).code() == codes::abci_repeated_transaction.number);
    CHECK(application->finalize_block(second).has_value());
    application.reset();
}

}  // namespace
}  // namespace cityledger::abci
