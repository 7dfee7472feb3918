// A process that is killed leaves what a power cut would leave: exactly what was synced.

#include <map>
#include <random>
#include <thread>

#include "tests/io/storage_fixtures.hpp"
#include "tests/power/lose_unsynced_file_system.hpp"
#include "tests/sim/file_system_conformance.hpp"

using namespace cityledger;
using namespace cityledger::io;
using namespace cityledger::io::testing;

namespace {

/// What a child does with its files before it is killed.
using Work = std::function<void(node::FileSystem&)>;

bool power_cut_after(const Work& work) {
    return run_and_kill([&work] {
        PosixFileSystem disk;
        const auto files = make_lose_unsynced(disk);
        work(*files);
    });
}

void write(node::FileSystem& files, const std::string& path, std::uint64_t offset,
           std::string_view text, bool sync) {
    auto file = files.open(path, true);
    need(file.has_value());
    need((*file)->write_at(offset, as_bytes(text)).has_value());
    if (sync) need((*file)->sync().has_value());
}

std::vector<std::string> names_after(const TemporaryFolder& folder) {
    PosixFileSystem disk;
    return make_lose_unsynced(disk)->list(folder.path()).value();
}

}  // namespace

TEST_CASE("with unsynced bytes in memory it is a file system like any other", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem disk;
    const auto files = make_lose_unsynced(disk);
    tests::check_file_system(*files, folder.path());
    INFO("what is on the disk agrees once the folder is synced, and nothing hidden is left");
    REQUIRE(files->sync_folder(folder.path()).has_value());
    CHECK(disk.list(folder.path()).value() == std::vector<std::string>{"inner"});
    REQUIRE(files->sync_folder(folder.file("inner")).has_value());
    CHECK(disk.list(folder.file("inner")).value().empty());
}

TEST_CASE("a killed process leaves the synced bytes only", "[storage]") {
    const TemporaryFolder folder;
    const std::string path = folder.file("log");
    REQUIRE(power_cut_after([&](node::FileSystem& files) {
        write(files, path, 0, "0123456789", true);
        need(files.sync_folder(folder.path()).has_value());
        write(files, path, 2, "ab", true);
        write(files, path, 3, "LOST", false);
        write(files, path, 10, "LOST", false);
        auto file = files.open(path, false).value();
        need(file->read_at(0, 20).value() == bytes_of("01aLOST789LOST"));
    }));
    CHECK(file_text(path) == "01ab456789");
}

TEST_CASE("a killed process leaves no truncation that was not synced", "[storage]") {
    const TemporaryFolder folder;
    const std::string path = folder.file("log");
    const auto truncate = [&](std::uint64_t size, bool sync) {
        return power_cut_after([&, size, sync](node::FileSystem& files) {
            auto file = files.open(path, false).value();
            need(file->truncate(size).has_value());
            need(file->size() == size);
            if (sync) need(file->sync().has_value());
        });
    };
    write_text(path, "0123456789");
    REQUIRE(truncate(4, false));
    CHECK(file_text(path) == "0123456789");
    REQUIRE(truncate(4, true));
    CHECK(file_text(path) == "0123");
}

TEST_CASE("room that was asked for after a truncation is still there after the sync", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem disk;
    const auto files = make_lose_unsynced(disk);
    auto file = files->open(folder.file("log"), true).value();
    REQUIRE(file->write_at(0, as_bytes("0123456789")).has_value());
    REQUIRE(file->truncate(3).has_value());
    REQUIRE(file->preallocate(5000).has_value());
    REQUIRE(file->sync().has_value());
    REQUIRE(files->sync_folder(folder.path()).has_value());
    CHECK(file->size() == 5000);
    CHECK(std::filesystem::file_size(folder.file("log")) == 5000);
    CHECK(file_text(folder.file("log")).substr(0, 5) == std::string("012\0\0", 5));
}

TEST_CASE("a killed process leaves no file whose folder was not synced", "[storage]") {
    const TemporaryFolder folder;
    REQUIRE(power_cut_after([&](node::FileSystem& files) {
        write(files, folder.file("durable"), 0, "kept", true);
        need(files.sync_folder(folder.path()).has_value());
        write(files, folder.file("nameless"), 0, "synced bytes without a name", true);
        need(files.list(folder.path()).value().size() == 2);
    }));
    CHECK_FALSE(std::filesystem::exists(folder.file("nameless")));
    CHECK(names_after(folder) == std::vector<std::string>{"durable"});
    INFO("the next process clears up");
    CHECK(PosixFileSystem().list(folder.path()).value() == std::vector<std::string>{"durable"});
}

TEST_CASE("a synced folder keeps a name whose bytes were never synced", "[storage]") {
    const TemporaryFolder folder;
    REQUIRE(power_cut_after([&](node::FileSystem& files) {
        write(files, folder.file("empty"), 0, "lost bytes", false);
        need(files.sync_folder(folder.path()).has_value());
    }));
    CHECK(std::filesystem::exists(folder.file("empty")));
    CHECK(file_text(folder.file("empty")).empty());
}

TEST_CASE("a killed process leaves no rename and no removal that was not synced", "[storage]") {
    const TemporaryFolder folder;
    const auto change = [&](bool sync) {
        return power_cut_after([&, sync](node::FileSystem& files) {
            need(files.rename(folder.file("new"), folder.file("current")).has_value());
            need(files.remove(folder.file("old")).has_value());
            need(!files.exists(folder.file("new")) && !files.exists(folder.file("old")));
            need(!files.open(folder.file("old"), false).has_value());
            need(!files.remove(folder.file("old")).has_value());
            need(!files.rename(folder.file("old"), folder.file("older")).has_value());
            if (sync) need(files.sync_folder(folder.path()).has_value());
        });
    };
    for (const char* name : {"new", "current", "old"}) write_text(folder.file(name), name);
    REQUIRE(change(false));
    CHECK(names_after(folder) == std::vector<std::string>{"current", "new", "old"});
    CHECK(file_text(folder.file("current")) == "current");
    REQUIRE(change(true));
    CHECK(names_after(folder) == std::vector<std::string>{"current"});
    CHECK(file_text(folder.file("current")) == "new");
}

TEST_CASE("a file takes the name that another gave up, and both become durable", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem disk;
    const auto files = make_lose_unsynced(disk);
    write_text(folder.file("a"), "first");
    REQUIRE(files->rename(folder.file("a"), folder.file("b")).has_value());
    {
        auto fresh = files->open(folder.file("a"), true).value();
        CHECK(fresh->size() == 0);
        REQUIRE(fresh->write_at(0, as_bytes("second")).has_value());
        REQUIRE(fresh->sync().has_value());
    }
    CHECK(file_text(folder.file("a")) == "first");
    REQUIRE(files->sync_folder(folder.path()).has_value());
    CHECK(file_text(folder.file("a")) == "second");
    CHECK(file_text(folder.file("b")) == "first");
    INFO("there and back again changes nothing");
    REQUIRE(files->rename(folder.file("a"), folder.file("c")).has_value());
    REQUIRE(files->rename(folder.file("c"), folder.file("a")).has_value());
    REQUIRE(files->sync_folder(folder.path()).has_value());
    CHECK(disk.list(folder.path()).value() == std::vector<std::string>{"a", "b"});
    CHECK(file_text(folder.file("a")) == "second");
}

TEST_CASE("a rename into another folder is durable when either folder is synced", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem disk;
    REQUIRE(disk.create_folder(folder.file("from")).has_value());
    REQUIRE(disk.create_folder(folder.file("to")).has_value());
    write_text(folder.file("from/file"), "text");
    const auto files = make_lose_unsynced(disk);
    REQUIRE(files->rename(folder.file("from/file"), folder.file("to/file")).has_value());
    CHECK(file_text(folder.file("from/file")) == "text");
    REQUIRE(files->sync_folder(folder.file("from")).has_value());
    CHECK(file_text(folder.file("to/file")) == "text");
    CHECK(disk.list(folder.file("from")).value().empty());
}

TEST_CASE("a closed file keeps its unsynced bytes for the next who opens it", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem disk;
    const auto files = make_lose_unsynced(disk);
    write_text(folder.file("log"), "0123");
    REQUIRE(files->open(folder.file("log"), false).value()->write_at(0, as_bytes("X")).has_value());
    REQUIRE(files->open(folder.file("other"), true).has_value());
    auto again = files->open(folder.file("log"), false).value();
    CHECK(again->read_at(0, 4).value() == bytes_of("X123"));
    CHECK(file_text(folder.file("log")) == "0123");
    REQUIRE(again->sync().has_value());
    CHECK(file_text(folder.file("log")) == "X123");
}

TEST_CASE("a sync that finds no room or fails is final for everybody who has the file",
          "[storage]") {
    const bool full = GENERATE(true, false);
    const TemporaryFolder folder;
    Faults faults;
    FaultyFileSystem disk(faults);
    const auto files = make_lose_unsynced(disk);
    auto file = files->open(folder.file("log"), true).value();
    auto second = files->open(folder.file("log"), false).value();
    REQUIRE(file->write_at(0, as_bytes("x")).has_value());
    (full ? faults.full : faults.sync_fails) = true;
    const Code& code = full ? codes::disk_full : codes::file_unusable;
    CHECK(file->sync().error().code == code);
    faults.full = false;
    CHECK(second->sync().error().code == code);
    CHECK(second->write_at(0, as_bytes("y")).error().code == code);
    CHECK(file->truncate(0).error().code == code);
    CHECK(file->preallocate(10).error().code == code);
}

TEST_CASE("one thread writes while another syncs, and nothing synced is missing", "[storage]") {
    const TemporaryFolder folder;
    PosixFileSystem disk;
    const auto files = make_lose_unsynced(disk);
    const std::shared_ptr<node::File> file = files->open(folder.file("log"), true).value();
    REQUIRE(files->sync_folder(folder.path()).has_value());
    std::atomic<bool> ended = false;
    std::thread syncer([&] {
        while (!ended) (void)file->sync();
    });
    std::string written;
    bool equal = true;
    for (int i = 0; i < 300; ++i) {
        const std::string text = std::to_string(i) + ";";
        equal = equal && file->write_at(written.size(), as_bytes(text)).has_value();
        written += text;
        equal = equal && file->read_at(0, 10'000).value() == bytes_of(written);
        if (i % 50 == 0) (void)files->list(folder.path());
    }
    ended = true;
    syncer.join();
    CHECK(equal);
    REQUIRE(file->sync().has_value());
    CHECK(file_text(folder.file("log")) == written);
}

TEST_CASE("random work, cut at random, leaves exactly what the model says is durable",
          "[storage]") {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        INFO("seed " << seed);
        const TemporaryFolder folder;
        // The child and the parent draw the same steps; the parent keeps the model.
        struct Content {
            std::string now;
            std::string synced;
        };
        std::map<std::string, std::shared_ptr<Content>> names;
        std::map<std::string, std::shared_ptr<Content>> durable_names;
        const auto work = [&](node::FileSystem* files) {
            std::mt19937_64 random(seed);
            for (int step = 0; step < 60; ++step) {
                const std::string name = "f" + std::to_string(random() % 4);
                const std::string other = "f" + std::to_string(random() % 4);
                const std::uint64_t at = random() % 20;
                const std::string text = "<" + std::to_string(step) + ">";
                const auto kind = random() % 8;
                const bool is_there = names.contains(name);
                if (kind == 7) {
                    if (files) need(files->sync_folder(folder.path()).has_value());
                    durable_names = names;
                } else if (kind < 4) {
                    auto& content = names[name];
                    if (!content) content = std::make_shared<Content>();
                    if (content->now.size() < at + text.size()) {
                        content->now.resize(at + text.size(), '\0');
                    }
                    content->now.replace(at, text.size(), text);
                    if (files) write(*files, folder.file(name), at, text, kind == 0);
                    if (kind == 0) content->synced = content->now;
                } else if (is_there && kind == 4) {
                    if (files) need(files->remove(folder.file(name)).has_value());
                    names.erase(name);
                } else if (is_there && kind == 5 && name != other) {
                    const std::string to = folder.file(other);
                    if (files) need(files->rename(folder.file(name), to).has_value());
                    names[other] = names[name];
                    names.erase(name);
                } else if (is_there && kind == 6) {
                    names[name]->now.resize(at, '\0');
                    if (files) {
                        auto file = files->open(folder.file(name), false);
                        need(file.has_value() && (*file)->truncate(at).has_value());
                    }
                }
            }
        };
        REQUIRE(power_cut_after([&](node::FileSystem& files) { work(&files); }));
        work(nullptr);
        std::vector<std::string> expected;
        for (const auto& [name, content] : durable_names) expected.push_back(name);
        CHECK(names_after(folder) == expected);
        for (const auto& [name, content] : durable_names) {
            INFO(name);
            CHECK(file_text(folder.file(name)) == content->synced);
        }
    }
}
