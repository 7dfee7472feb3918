// Figures of docs/decisions/0003-state-store.md; no test. In a release build:
//     io_tests "[.bench]"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

#include "node/io/storage/rocksdb_state_store.hpp"
#include "tests/io/storage_fixtures.hpp"

using namespace cityledger;
using namespace cityledger::io;
using namespace cityledger::io::testing;

namespace {

constexpr std::uint64_t k_blocks = 500;
constexpr std::uint64_t k_changes_per_block = 1000;

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Resident memory of this process, from the kernel.
double resident_mb() {
    std::ifstream file("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return static_cast<double>(resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))) /
           1e6;
}

std::string key_of_change(std::uint64_t number, bool random) {
    std::mt19937_64 scramble(number);
    char text[64];
    std::snprintf(text, sizeof text, "invoice/%016llx",
                  static_cast<unsigned long long>(random ? scramble() : number));
    return text;
}

void measure_store(bool random) {
    const TemporaryFolder folder;
    PosixFileSystem files;
    auto store = RocksDbStateStore::open(files, folder.file("state")).value();
    std::vector<double> block_us;
    for (std::uint64_t height = 0; height < k_blocks; ++height) {
        std::vector<ledger::StateChange> changes;
        for (std::uint64_t i = 0; i < k_changes_per_block; ++i) {
            const std::uint64_t number = height * k_changes_per_block + i;
            const std::string key = key_of_change(number, random);
            changes.push_back({ledger::Space::business, key, Bytes(120)});
        }
        block_us.push_back(1e6 * seconds_of([&] {
                               REQUIRE(
                                   store->apply(height, changes, bytes_of("summary")).has_value());
                           }));
    }
    double sum_us = 0;
    for (const double us : block_us) sum_us += us;
    std::sort(block_us.begin(), block_us.end());
    std::mt19937_64 pick(1);
    const double read_s = seconds_of([&] {
        for (int i = 0; i < 20'000; ++i) {
            const std::uint64_t number = pick() % (k_blocks * k_changes_per_block);
            const std::string key = key_of_change(number, random);
            REQUIRE(store->get(ledger::Space::business, key).has_value());
        }
    });
    const double flush_s = seconds_of([&] { REQUIRE(store->flush().has_value()); });
    const double memory = resident_mb();
    store.reset();
    const double open_s =
        seconds_of([&] { store = RocksDbStateStore::open(files, folder.file("state")).value(); });
    double folder_mb = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.file("state"))) {
        folder_mb += static_cast<double>(entry.file_size()) / 1e6;
    }
    std::printf(
        "%s keys: put %.2f us a change (block: p50 %.1f ms, p99 %.1f ms), get %.1f us, "
        "flush %.2f s, open with check %.2f s, %.0f MB on disk, process %.0f MB\n",
        random ? "random    " : "sequential",
        sum_us / static_cast<double>(k_blocks * k_changes_per_block), block_us[k_blocks / 2] / 1e3,
        block_us[k_blocks * 99 / 100] / 1e3, read_s * 1e6 / 20'000, flush_s, open_s, folder_mb,
        memory);
}

void measure_sync() {
    const TemporaryFolder folder;
    PosixFileSystem files;
    auto file = files.open(folder.file("log"), true).value();
    REQUIRE(file->preallocate(16 * 1024 * 1024).has_value());
    REQUIRE(file->sync().has_value());
    std::vector<double> us;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        REQUIRE(file->write_at(i * 1024, Bytes(1024, 1)).has_value());
        us.push_back(1e6 * seconds_of([&] { REQUIRE(file->sync().has_value()); }));
    }
    std::sort(us.begin(), us.end());
    std::printf("fdatasync of 1 KB in a preallocated file: p50 %.0f us, p99 %.0f us\n", us[500],
                us[990]);
}

}  // namespace

TEST_CASE("figures of the state store and the disk", "[.bench]") {
    {
        const TemporaryFolder folder;
        PosixFileSystem files;
        const double before = resident_mb();
        const auto store = RocksDbStateStore::open(files, folder.file("state")).value();
        std::printf("an empty store: %.1f MB more than %.1f MB\n", resident_mb() - before, before);
    }
    measure_store(false);
    measure_store(true);
    measure_sync();
}
