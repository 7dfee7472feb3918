// The file port on a real disk.

#include <sys/stat.h>

#include "tests/io/storage_fixtures.hpp"
#include "tests/sim/file_system_conformance.hpp"

using namespace cityledger;
using namespace cityledger::io;
using namespace cityledger::io::testing;

TEST_CASE("the disk is a file system like any other", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem files;
    tests::check_file_system(files, folder.path());
}

TEST_CASE("a refusal names the path and the system's reason", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem files;
    const auto absent = files.open(folder.file("absent"), false);
    REQUIRE_FALSE(absent.has_value());
    CHECK(absent.error().code == codes::file_unusable);
    CHECK(absent.error().detail == "open " + folder.file("absent") + ": No such file or directory");
    CHECK(files.open(folder.path(), false).error().code == codes::file_unusable);
    CHECK(files.free_bytes(folder.file("absent")).error().code == codes::file_unusable);
}

TEST_CASE("a folder is not made where a file is", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem files;
    REQUIRE(files.open(folder.file("taken"), true).has_value());
    const Status made = files.create_folder(folder.file("taken"));
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == codes::file_unusable);
}

TEST_CASE("files and folders are for their owner alone", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem files;
    REQUIRE(files.open(folder.file("file"), true).has_value());
    REQUIRE(files.create_folder(folder.file("inner")).has_value());
    struct stat info {};
    REQUIRE(::stat(folder.file("file").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    REQUIRE(::stat(folder.file("inner").c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0700);
}

TEST_CASE("a full disk has a code of its own", "[storage]") {
    PosixFileSystem files;
    auto full = files.open("/dev/full", false);
    REQUIRE(full.has_value());
    const Status written = (*full)->write_at(0, as_bytes("x"));
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().code == codes::disk_full);
    INFO("it is not a failed sync: the file can still be written when there is room");
    CHECK((*full)->write_at(0, as_bytes("x")).error().code == codes::disk_full);
}

TEST_CASE("room that the disk does not have is refused before anything is written", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem files;
    auto file = files.open(folder.file("log"), true).value();
    CHECK_FALSE(file->preallocate(std::uint64_t{1} << 60).has_value());
    REQUIRE(file->write_at(0, as_bytes("fits")).has_value());
    CHECK(file->read_at(0, 4).value() == bytes_of("fits"));
    CHECK(file->preallocate(0).has_value());
}

TEST_CASE("a failed sync is final", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem files;
    // Linux refuses to sync a pipe: a real failure of the real call.
    REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
    auto file = files.open(folder.file("pipe"), false).value();
    const Status synced = file->sync();
    REQUIRE_FALSE(synced.has_value());
    CHECK(synced.error().code == codes::sync_failed);
    CHECK(synced.error().detail.starts_with(folder.file("pipe")));
    CHECK(file->sync().error().code == codes::sync_failed);
    CHECK(file->write_at(0, as_bytes("x")).error().code == codes::sync_failed);
    CHECK(file->truncate(0).error().code == codes::sync_failed);
    CHECK(file->preallocate(10).error().code == codes::sync_failed);
}
