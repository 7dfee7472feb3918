// The state store on disk: the conformance suite, whole blocks for readers, prefixes of heights
// after a kill, and damage that is never taken for an empty store.

#include <random>
#include <thread>

#include "ledger/codec/codec.hpp"
#include "node/io/storage/rocksdb_state_store.hpp"
#include "tests/io/storage_fixtures.hpp"
#include "tests/ledger/state_store_conformance.hpp"
#include "tests/power/lose_unsynced_file_system.hpp"

using namespace cityledger;
using namespace cityledger::io;
using namespace cityledger::io::testing;
using namespace cityledger::ledger::testing;
using ledger::Space;
using ledger::StateChange;

namespace {

constexpr const char* k_folder_variable = "CITYLEDGER_TEST_FOLDER";
constexpr const char* k_seed_variable = "CITYLEDGER_TEST_SEED";
constexpr std::array k_spaces = {Space::system, Space::business, Space::derived};

std::unique_ptr<RocksDbStateStore> open_store(node::FileSystem& files, const std::string& folder) {
    auto store = RocksDbStateStore::open(files, folder);
    if (!store) FAIL(store.error().message());
    return *std::move(store);
}

/// A function of the height alone. `large` makes RocksDB write out by itself now and then.
std::vector<StateChange> changes_of(std::uint64_t height, bool large) {
    const std::string text = std::to_string(height);
    std::vector<StateChange> changes = {
        put_change(Space::system, "s" + std::to_string(height % 7), text),
        put_change(Space::business, "b" + std::to_string(height % 50), "business " + text),
        put_change(Space::derived, "d" + text,
                   text + std::string(large ? 300'000 : 10, static_cast<char>('a' + height % 26)))};
    if (height % 3 == 0) {
        changes.push_back(
            {Space::business, "b" + std::to_string((height + 20) % 50), std::nullopt});
        changes.push_back({Space::derived, "d" + std::to_string(height / 2), std::nullopt});
    }
    return changes;
}

Bytes summary_of(std::uint64_t height) { return bytes_of("summary " + std::to_string(height)); }

Status apply_height(ledger::StateStore& store, std::uint64_t height, bool large = false) {
    return store.apply(height, changes_of(height, large), summary_of(height));
}

/// The store holds exactly the state of its height.
void check_is_prefix(const ledger::StateStore& store, bool large = false) {
    const auto height = store.applied_height();
    std::map<Space, std::map<std::string, std::string>> model;
    for (std::uint64_t h = 0; height && h <= *height; ++h) {
        for (const StateChange& change : changes_of(h, large)) {
            auto& entries = model[change.space];
            entries.erase(change.key);
            if (change.value) entries[change.key] = std::string(as_text(*change.value));
        }
    }
    CHECK(store.applied_summary() == (height ? summary_of(*height) : Bytes{}));
    for (const Space space : k_spaces) {
        const StateEntries expected(model[space].begin(), model[space].end());
        CHECK((scan_all(store, space) == expected));
    }
}

std::vector<std::string> files_named(const std::string& folder, const std::string& part) {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string path = entry.path().string();
        if (entry.path().filename().string().find(part) != std::string::npos) {
            found.push_back(path);
        }
    }
    return found;
}

/// Runs a hidden test case in a process of its own, since RocksDB's threads do not survive a fork.
/// Gives back the signal that ended it, 0 for none. What it says goes to folder/stderr.
int signal_that_ended(const char* test, const std::string& folder, std::uint64_t seed = 0) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::setenv(k_folder_variable, folder.c_str(), 1);
        ::setenv(k_seed_variable, std::to_string(seed).c_str(), 1);
        need(std::freopen((folder + "/stderr").c_str(), "w", stderr) != nullptr);
        need(std::freopen("/dev/null", "w", stdout) != nullptr);
        ::execl("/proc/self/exe", "io_tests", test, static_cast<char*>(nullptr));
        ::_exit(4);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/// A store of 30 heights, cleanly closed.
std::string make_closed_store(const TemporaryFolder& folder) {
    PosixFileSystem files;
    const auto store = open_store(files, folder.file("state"));
    for (std::uint64_t height = 0; height < 30; ++height) {
        REQUIRE(apply_height(*store, height).has_value());
    }
    REQUIRE(store->flush().has_value());
    return folder.file("state");
}

}  // namespace

TEST_CASE("the store on disk is a state store like any other", "[storage]") {
    const bool lose_unsynced = GENERATE(false, true);
    const TemporaryFolder folder;
    PosixFileSystem disk;
    const auto overlay = make_lose_unsynced(disk);
    node::FileSystem& files = lose_unsynced ? *overlay : disk;
    int count = 0;
    check_state_store([&]() -> std::unique_ptr<ledger::StateStore> {
        return open_store(files, folder.file("state" + std::to_string(count++)));
    });
}

TEST_CASE("a store that was closed cleanly has nothing to replay", "[storage]") {
    const TemporaryFolder folder;
    const std::string path = make_closed_store(folder);
    PosixFileSystem files;
    const auto store = open_store(files, path);
    CHECK(store->applied_height() == std::optional<std::uint64_t>{29});
    check_is_prefix(*store);
    INFO("RocksDB writes no log of its own");
    CHECK(files_named(path, "LOG").empty());
}

TEST_CASE("a scan sees one height although others are applied meanwhile", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem files;
    const auto store = open_store(files, folder.file("state"));
    const auto apply = [&store](std::uint64_t height) {
        std::vector<StateChange> changes;
        for (int i = 0; i < 50; ++i) {
            changes.push_back(
                put_change(Space::business, "k" + std::to_string(100 + i), std::to_string(height)));
        }
        return store->apply(height, changes, summary_of(height));
    };
    REQUIRE(apply(0).has_value());
    std::atomic<bool> ended = false;
    std::atomic<int> torn = 0;
    std::thread reader([&] {
        while (!ended) {
            const StateEntries entries = scan_all(*store, Space::business);
            const bool whole = entries.size() == 50 &&
                               std::all_of(entries.begin(), entries.end(), [&](const auto& entry) {
                                   return entry.second == entries.front().second;
                               });
            if (!whole) ++torn;
        }
    });
    bool applied = true;
    for (std::uint64_t height = 1; height <= 300; ++height) {
        applied = applied && apply(height).has_value();
    }
    ended = true;
    reader.join();
    CHECK(applied);
    CHECK(torn == 0);
    INFO("a visitor may apply nothing, but a height applied during a scan stays unseen");
    bool first = true;
    store->scan(Space::business, "", "", [&](std::string_view, ByteView value) {
        if (first) REQUIRE(apply(301).has_value());
        first = false;
        CHECK(as_text(value) == "300");
        return true;
    });
}

TEST_CASE("a cleared store stays empty, also after a new start", "[storage]") {
    const TemporaryFolder folder;
    const std::string path = make_closed_store(folder);
    PosixFileSystem files;
    REQUIRE(open_store(files, path)->clear().has_value());
    const auto store = open_store(files, path);
    CHECK_FALSE(store->applied_height().has_value());
    check_is_prefix(*store);
    CHECK(files_named(path, ".sst").empty());
    REQUIRE(apply_height(*store, 0).has_value());
    check_is_prefix(*store);
}

TEST_CASE("child: a store that is killed at a file operation", "[.child-store]") {
    const char* folder = ::getenv(k_folder_variable);
    const char* seed = ::getenv(k_seed_variable);
    if (folder == nullptr || seed == nullptr) return;
    std::mt19937_64 random(std::stoull(seed));
    Faults faults;
    std::atomic<std::int64_t> operations_left = static_cast<std::int64_t>(random() % 120);
    faults.before_operation = [&operations_left] {
        if (operations_left-- == 0) ::kill(::getpid(), SIGKILL);
    };
    FaultyFileSystem disk(faults);
    const auto files = make_lose_unsynced(disk);
    const auto opened = RocksDbStateStore::open(*files, std::string(folder) + "/state");
    need(opened.has_value());
    RocksDbStateStore& store = **opened;
    const auto last = store.applied_height();
    for (std::uint64_t height = last ? *last + 1 : 0; height < 100'000; ++height) {
        need(apply_height(store, height, true).has_value());
        if (random() % 12 != 0) continue;
        need(store.flush().has_value());
        // Written around the overlay: what a kill may not take back.
        write_text(std::string(folder) + "/flushed", std::to_string(height));
    }
}

TEST_CASE("a store that was killed anywhere holds a prefix of heights, and all that was flushed",
          "[storage]") {
    for (std::uint64_t run = 1; run <= 4; ++run) {
        const TemporaryFolder folder;
        for (std::uint64_t kill = 0; kill < 6; ++kill) {
            const std::uint64_t seed = run * 100 + kill;
            INFO("seed " << seed);
            REQUIRE(signal_that_ended("[.child-store]", folder.path(), seed) == SIGKILL);
            PosixFileSystem disk;
            const auto files = make_lose_unsynced(disk);
            const auto store = open_store(*files, folder.file("state"));
            check_is_prefix(*store, true);
            const std::string flushed = file_text(folder.file("flushed"));
            if (flushed.empty()) continue;
            REQUIRE(store->applied_height().has_value());
            CHECK(*store->applied_height() >= std::stoull(flushed));
        }
    }
}

TEST_CASE("damage in any file of the store is refused and the file is named", "[storage]") {
    const TemporaryFolder folder;
    const std::string path = make_closed_store(folder);
    PosixFileSystem files;
    const auto check_damaged = [&](const std::string& file) {
        INFO(file);
        const auto opened = RocksDbStateStore::open(files, path);
        REQUIRE_FALSE(opened.has_value());
        INFO(opened.error().message());
        CHECK(opened.error().code == codes::store_unusable);
        const std::string number = std::filesystem::path(file).stem();
        CHECK(opened.error().detail.find("/" + number + ".") != std::string::npos);
    };
    for (const std::string& file : files_named(path, ".sst")) {
        const std::string sound = file_text(file);
        // Data comes first in these files; the first block is read by no start of RocksDB.
        std::string damaged = sound;
        damaged[10] = static_cast<char>(damaged[10] ^ 1);
        write_text(file, damaged);
        check_damaged(file);
        write_text(file, sound);
    }
    CHECK(files_named(path, ".sst").size() >= 4);
    const std::string current = path + "/CURRENT";
    const std::string sound = file_text(current);
    write_text(current, "nonsense");
    CHECK(RocksDbStateStore::open(files, path).error().code == codes::store_unusable);
    write_text(current, sound);
    const std::string table = files_named(path, ".sst").front();
    std::filesystem::rename(table, folder.file("taken"));
    check_damaged(table);
    std::filesystem::rename(folder.file("taken"), table);
    check_is_prefix(*open_store(files, path));
}

TEST_CASE("child: a reader meets damage", "[.child-damage]") {
    const char* folder = ::getenv(k_folder_variable);
    if (folder == nullptr) return;
    ::signal(SIGABRT, SIG_DFL);  // Catch would report it as a failure of its own
    PosixFileSystem files;
    const auto store = RocksDbStateStore::open(files, std::string(folder) + "/state");
    need(store.has_value());
    for (const std::string& file : files_named(std::string(folder) + "/state", ".sst")) {
        write_text(file, std::string(std::filesystem::file_size(file), 'x'));
    }
    (void)scan_all(**store, Space::business);
}

TEST_CASE("a reader that meets damage ends the process, naming the file and what to do",
          "[storage]") {
    const TemporaryFolder folder;
    (void)make_closed_store(folder);
    CHECK(signal_that_ended("[.child-damage]", folder.path()) == SIGABRT);
    const std::string said = file_text(folder.file("stderr"));
    INFO(said);
    CHECK(said.find("store_unusable") != std::string::npos);
    CHECK(said.find(".sst") != std::string::npos);
    CHECK(said.find(codes::store_unusable.remedy) != std::string::npos);
}

TEST_CASE("a store that loses its disk is no empty store: its flush is refused", "[storage]") {
    const TemporaryFolder folder;
    Faults faults;
    FaultyFileSystem files(faults);
    const auto store = open_store(files, folder.file("state"));
    REQUIRE(apply_height(*store, 0).has_value());
    faults.sync_fails = true;
    const Status flushed = store->flush();
    REQUIRE_FALSE(flushed.has_value());
    CHECK(flushed.error().code == codes::store_unusable);
    INFO("and nothing is applied after it");
    CHECK(apply_height(*store, 1).error().code == codes::store_unusable);
    CHECK(store->applied_height() == std::optional<std::uint64_t>{0});
}

TEST_CASE("on a full disk the store waits, is still read, and goes on when there is room",
          "[storage]") {
    const TemporaryFolder folder;
    Faults faults;
    FaultyFileSystem files(faults);
    const auto store = open_store(files, folder.file("state"));
    REQUIRE(apply_height(*store, 0).has_value());
    faults.full = true;
    CHECK_FALSE(store->flush().has_value());
    std::thread writer([&store] {
        for (std::uint64_t height = 1; height < 5; ++height) (void)apply_height(*store, height);
    });
    CHECK(store->applied_height() == std::optional<std::uint64_t>{0});
    check_is_prefix(*store);
    faults.full = false;
    writer.join();
    CHECK(store->applied_height() == std::optional<std::uint64_t>{4});
    check_is_prefix(*store);
    CHECK(store->flush().has_value());
}

TEST_CASE("an idle store writes nothing and holds little memory", "[storage]") {
    const TemporaryFolder folder;
    std::atomic<int> operations = 0;
    Faults faults;
    faults.before_operation = [&operations] { ++operations; };
    FaultyFileSystem files(faults);
    const auto store = open_store(files, folder.file("state"));
    for (std::uint64_t height = 0; height < 20; ++height) {
        REQUIRE(apply_height(*store, height).has_value());
    }
    REQUIRE(store->flush().has_value());
    const int before = operations;
    for (int i = 0; i < 1000; ++i) (void)store->get(Space::business, "b1");
    CHECK(store->flush().has_value());
    CHECK(operations == before);
    CHECK(store->memory_bytes() < 4 * 1024 * 1024);
}
