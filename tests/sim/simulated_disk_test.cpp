#include "sim/simulator/disk.hpp"

#include <catch2/catch.hpp>

#include "sim/simulator/simulator_codes.hpp"
#include "tests/sim/file_system_conformance.hpp"

using namespace cityledger;
using namespace cityledger::sim;

namespace {

SimulatedDisk make_disk(DiskFaults faults = {}, std::uint64_t seed = 1) {
    SimulatedDisk disk(SimulatedRandom(seed), faults);
    REQUIRE(disk.create_folder("data").has_value());
    REQUIRE(disk.sync_folder("").has_value());
    return disk;
}

std::string content(SimulatedDisk& disk, const std::string& path) {
    auto file = disk.open(path, false);
    REQUIRE(file.has_value());
    const Bytes bytes = (*file)->read_at(0, 1'000'000).value();
    return std::string(as_text(bytes));
}

/// A file whose name and content are durable.
void make_durable(SimulatedDisk& disk, const std::string& path, std::string_view text) {
    auto file = disk.open(path, true).value();
    REQUIRE(file->write_at(0, as_bytes(text)).has_value());
    REQUIRE(file->sync().has_value());
    REQUIRE(disk.sync_folder("data").has_value());
}

}  // namespace

TEST_CASE("the simulated disk is a file system like any other") {
    SimulatedDisk disk = make_disk();
    tests::check_file_system(disk, "data");
}

TEST_CASE("a power cut loses what was not synced") {
    SimulatedDisk disk = make_disk();
    make_durable(disk, "data/log", "first");
    auto file = disk.open("data/log", false).value();
    REQUIRE(file->write_at(5, as_bytes(" second")).has_value());
    REQUIRE(file->write_at(0, as_bytes("F")).has_value());
    CHECK(content(disk, "data/log") == "First second");
    disk.power_cut();
    CHECK(content(disk, "data/log") == "first");
}

TEST_CASE("a power cut loses a file whose folder was not synced, although its bytes were") {
    SimulatedDisk disk = make_disk();
    auto file = disk.open("data/new", true).value();
    REQUIRE(file->write_at(0, as_bytes("x")).has_value());
    REQUIRE(file->sync().has_value());
    disk.power_cut();
    CHECK_FALSE(disk.exists("data/new"));
    CHECK(disk.exists("data"));
}

TEST_CASE("a power cut undoes a rename and a removal until the folder is synced") {
    SimulatedDisk disk = make_disk();
    make_durable(disk, "data/a", "old");
    make_durable(disk, "data/b", "new");
    REQUIRE(disk.rename("data/b", "data/a").has_value());
    disk.power_cut();
    CHECK(content(disk, "data/a") == "old");
    CHECK(content(disk, "data/b") == "new");
    REQUIRE(disk.remove("data/a").has_value());
    disk.power_cut();
    CHECK(disk.exists("data/a"));
    REQUIRE(disk.rename("data/b", "data/a").has_value());
    REQUIRE(disk.sync_folder("data").has_value());
    disk.power_cut();
    CHECK(content(disk, "data/a") == "new");
    CHECK_FALSE(disk.exists("data/b"));
}

TEST_CASE("a folder that is lost takes its files along") {
    SimulatedDisk disk = make_disk();
    REQUIRE(disk.create_folder("data/inner").has_value());
    auto file = disk.open("data/inner/file", true).value();
    REQUIRE(file->sync().has_value());
    REQUIRE(disk.sync_folder("data/inner").has_value());
    disk.power_cut();
    CHECK_FALSE(disk.exists("data/inner"));
    CHECK_FALSE(disk.exists("data/inner/file"));
}

TEST_CASE("by dial a power cut keeps any part of the unsynced writes, torn ones too") {
    DiskFaults faults;
    faults.keep_unsynced_files = k_million;
    faults.keep_unsynced_names = k_million;
    faults.torn_write = 500'000;
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SimulatedDisk disk = make_disk(faults, seed);
        make_durable(disk, "data/log", "........");
        auto file = disk.open("data/log", false).value();
        REQUIRE(file->write_at(0, as_bytes("AAAA")).has_value());
        REQUIRE(file->write_at(4, as_bytes("BBBB")).has_value());
        disk.power_cut();
        outcomes.insert(content(disk, "data/log"));
    }
    for (const std::string& outcome : outcomes) {
        INFO(outcome);
        const auto a = outcome.find_first_not_of('A');
        const auto b = outcome.find_first_not_of('B', 4);
        CHECK(outcome.size() == 8);
        CHECK((a == std::string::npos || a >= 4 ||
               outcome.substr(a, 4 - a) == std::string(4 - a, '.')));
        CHECK((b == std::string::npos || outcome.substr(b) == std::string(8 - b, '.')));
    }
    CHECK(outcomes.contains("........"));
    CHECK(outcomes.contains("AAAABBBB"));
    CHECK(outcomes.contains("....BBBB"));
    CHECK(outcomes.size() > 10);
}

TEST_CASE("a sync covers the writes before its begin only") {
    SimulatedDisk disk = make_disk();
    make_durable(disk, "data/log", "0000");
    auto file = disk.open("data/log", false).value();
    REQUIRE(file->write_at(0, as_bytes("1")).has_value());
    auto& simulated = dynamic_cast<SimulatedFile&>(*file);
    const std::uint64_t mark = simulated.mark();
    REQUIRE(file->write_at(1, as_bytes("2")).has_value());
    REQUIRE(simulated.sync_up_to(mark).has_value());
    CHECK(as_text(disk.durable_files().at("data/log").read(0, 4)) == "1000");
    disk.power_cut();
    CHECK(content(disk, "data/log") == "1000");
}

TEST_CASE("after a failed sync the file refuses everything and its writes are gone") {
    SimulatedDisk disk = make_disk();
    make_durable(disk, "data/log", "safe");
    auto file = disk.open("data/log", false).value();
    REQUIRE(file->write_at(0, as_bytes("LOST")).has_value());
    disk.fail_next_sync();
    CHECK(file->sync().error().code == codes::disk_sync_failed);
    CHECK(file->sync().error().code == codes::disk_file_broken);
    CHECK(file->write_at(0, as_bytes("again")).error().code == codes::disk_file_broken);
    disk.power_cut();
    CHECK(content(disk, "data/log") == "safe");
}

TEST_CASE("a full disk refuses growth, not overwriting, and works again with room") {
    DiskFaults faults;
    faults.capacity_bytes = 100;
    SimulatedDisk disk = make_disk(faults);
    auto file = disk.open("data/log", true).value();
    REQUIRE(file->preallocate(90).has_value());
    CHECK(disk.free_bytes("data").value() == 10);
    CHECK(file->preallocate(101).error().code == codes::disk_without_room);
    CHECK(file->write_at(95, as_bytes("0123456789")).error().code == codes::disk_without_room);
    CHECK(file->size() == 90);
    CHECK(file->write_at(50, as_bytes("0123456789")).has_value());
    faults.capacity_bytes = 200;
    disk.set_faults(faults);
    CHECK(file->preallocate(101).has_value());
}

TEST_CASE("a handle from before the power cut is of no use") {
    SimulatedDisk disk = make_disk();
    make_durable(disk, "data/log", "x");
    auto file = disk.open("data/log", false).value();
    disk.power_cut();
    CHECK(file->read_at(0, 1).error().code == codes::disk_file_broken);
    CHECK(file->write_at(0, as_bytes("y")).error().code == codes::disk_file_broken);
}

TEST_CASE("a flipped bit shows in reads and survives a power cut") {
    SimulatedDisk disk = make_disk();
    make_durable(disk, "data/log", "aaa");
    REQUIRE(disk.flip_bit("data/log", 1, 1).has_value());
    CHECK(content(disk, "data/log") == "aca");
    disk.power_cut();
    CHECK(content(disk, "data/log") == "aca");
}

TEST_CASE("a backup that is put back is all that the disk holds, and a power cut leaves it") {
    SimulatedDisk disk = make_disk();
    make_durable(disk, "data/log", "old");
    const std::uint64_t writes = disk.writes();
    auto file = disk.open("data/log", false).value();
    REQUIRE(file->write_at(3, as_bytes("er")).has_value());
    CHECK(disk.writes() == writes + 1);
    const DiskImage backup = disk.files();  // with what was not synced yet
    REQUIRE(file->write_at(0, as_bytes("newer")).has_value());
    make_durable(disk, "data/other", "x");
    disk.restore(backup);
    CHECK(file->read_at(0, 1).error().code == codes::disk_file_broken);
    CHECK(content(disk, "data/log") == "older");
    CHECK_FALSE(disk.exists("data/other"));
    disk.power_cut();
    CHECK(content(disk, "data/log") == "older");
    // What is written now does not change the backup.
    REQUIRE(disk.open("data/log", false).value()->write_at(0, as_bytes("O")).has_value());
    CHECK(backup.at("data/log").read(0, 5) == to_bytes(as_bytes("older")));
}

TEST_CASE("names of the wrong kind are refused") {
    SimulatedDisk disk = make_disk();
    make_durable(disk, "data/log", "x");
    CHECK(disk.open("data", true).error().code == codes::disk_wrong_kind);
    CHECK(disk.create_folder("data/log").error().code == codes::disk_no_such_folder);
    CHECK(disk.open("data/none", false).error().code == codes::disk_no_such_file);
}
