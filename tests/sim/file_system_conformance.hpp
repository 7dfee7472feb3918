#pragma once
// What every implementation of the file port must do, real or simulated. Call check_file_system
// from a test case with a file system and the path of an existing, empty folder in it.

#include <catch2/catch.hpp>

#include "node/log/file_system.hpp"

namespace cityledger::tests {

inline Bytes conformance_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

inline void check_creation(node::FileSystem& files, const std::string& folder) {
    INFO("a file exists only once it was created");
    const std::string path = folder + "/new";
    CHECK_FALSE(files.exists(path));
    CHECK_FALSE(files.open(path, false).has_value());
    CHECK_FALSE(files.exists(path));
    {
        auto file = files.open(path, true);
        REQUIRE(file.has_value());
        CHECK((*file)->size() == 0);
        REQUIRE((*file)->write_at(0, as_bytes("kept")).has_value());
    }
    auto again = files.open(path, true);
    REQUIRE(again.has_value());
    CHECK((*again)->read_at(0, 10).value() == conformance_bytes("kept"));
    CHECK_FALSE(files.open(folder + "/no_folder/file", true).has_value());
    REQUIRE(files.remove(path).has_value());
    CHECK_FALSE(files.exists(path));
    CHECK_FALSE(files.remove(path).has_value());
}

inline void check_content(node::FileSystem& files, const std::string& folder) {
    INFO("reads see all writes, synced or not");
    const std::string path = folder + "/content";
    auto opened = files.open(path, true);
    REQUIRE(opened.has_value());
    node::File& file = **opened;
    REQUIRE(file.write_at(0, as_bytes("0123456789")).has_value());
    REQUIRE(file.write_at(3, as_bytes("abc")).has_value());
    CHECK(file.read_at(0, 10).value() == conformance_bytes("012abc6789"));
    REQUIRE(file.sync().has_value());
    CHECK(file.read_at(2, 3).value() == conformance_bytes("2ab"));
    INFO("a read at the end is short, behind it empty");
    CHECK(file.read_at(8, 10).value() == conformance_bytes("89"));
    CHECK(file.read_at(10, 1).value().empty());
    CHECK(file.read_at(5000, 1).value().empty());
    CHECK(file.read_at(4, 0).value().empty());
    INFO("a write behind the end leaves zeros between");
    REQUIRE(file.write_at(10'000, as_bytes("far")).has_value());
    CHECK(file.size() == 10'003);
    CHECK(file.read_at(9, 3).value() == Bytes{'9', 0, 0});
    CHECK(file.read_at(9'999, 9).value() == Bytes{0, 'f', 'a', 'r'});
    REQUIRE(files.remove(path).has_value());
}

inline void check_sizes(node::FileSystem& files, const std::string& folder) {
    INFO("preallocated room reads as zero, never shrinks a file, and keeps what is written");
    const std::string path = folder + "/sizes";
    auto opened = files.open(path, true);
    REQUIRE(opened.has_value());
    node::File& file = **opened;
    REQUIRE(file.write_at(0, as_bytes("begin")).has_value());
    REQUIRE(file.preallocate(20'000).has_value());
    CHECK(file.size() == 20'000);
    CHECK(file.read_at(4, 3).value() == Bytes{'n', 0, 0});
    REQUIRE(file.preallocate(10).has_value());
    CHECK(file.size() == 20'000);
    INFO("what was cut off comes back as zeros");
    REQUIRE(file.write_at(2, as_bytes("GIN")).has_value());
    REQUIRE(file.truncate(3).has_value());
    CHECK(file.size() == 3);
    REQUIRE(file.truncate(6).has_value());
    CHECK(file.read_at(0, 10).value() == Bytes{'b', 'e', 'G', 0, 0, 0});
    REQUIRE(file.truncate(0).has_value());
    CHECK(file.read_at(0, 10).value().empty());
    REQUIRE(files.remove(path).has_value());
}

inline void check_folders(node::FileSystem& files, const std::string& folder) {
    INFO("a folder lists its own entries in ascending order");
    const std::string inner = folder + "/inner";
    REQUIRE(files.create_folder(inner).has_value());
    REQUIRE(files.create_folder(inner).has_value());
    CHECK(files.exists(inner));
    CHECK(files.list(inner).value().empty());
    for (const char* name : {"/b", "/a", "/c"}) {
        REQUIRE(files.open(inner + name, true).has_value());
    }
    CHECK(files.list(inner).value() == std::vector<std::string>{"a", "b", "c"});
    CHECK(files.list(folder).value() == std::vector<std::string>{"inner"});
    REQUIRE(files.sync_folder(inner).has_value());
    CHECK_FALSE(files.list(folder + "/absent").has_value());
    CHECK_FALSE(files.sync_folder(folder + "/absent").has_value());
    CHECK_FALSE(files.create_folder(folder + "/absent/inner").has_value());
    CHECK(files.free_bytes(folder).value() > 0);
    for (const char* name : {"/b", "/a", "/c"}) {
        REQUIRE(files.remove(inner + name).has_value());
    }
    CHECK(files.list(inner).value().empty());
}

inline void check_rename(node::FileSystem& files, const std::string& folder) {
    INFO("a rename takes the content along and replaces what was there");
    const std::string from = folder + "/from";
    const std::string to = folder + "/to";
    for (const std::string& path : {from, to}) {
        auto file = files.open(path, true);
        REQUIRE(file.has_value());
        REQUIRE((*file)->write_at(0, as_bytes(path.substr(folder.size()))).has_value());
    }
    REQUIRE(files.rename(from, to).has_value());
    CHECK_FALSE(files.exists(from));
    auto moved = files.open(to, false);
    REQUIRE(moved.has_value());
    CHECK((*moved)->read_at(0, 10).value() == conformance_bytes("/from"));
    REQUIRE(files.sync_folder(folder).has_value());
    CHECK_FALSE(files.rename(from, to).has_value());
    INFO("two handles of one file see each other's writes");
    auto second = files.open(to, false);
    REQUIRE(second.has_value());
    REQUIRE((*second)->write_at(0, as_bytes("*")).has_value());
    CHECK((*moved)->read_at(0, 2).value() == conformance_bytes("*f"));
    REQUIRE(files.remove(to).has_value());
}

/// The whole suite. `folder` exists and is empty; it holds only the empty folder "inner" after.
inline void check_file_system(node::FileSystem& files, const std::string& folder) {
    check_creation(files, folder);
    check_content(files, folder);
    check_sizes(files, folder);
    check_rename(files, folder);
    check_folders(files, folder);
}

}  // namespace cityledger::tests
