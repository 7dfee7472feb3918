#pragma once
// A folder on the real disk, a replica's thread to post to, processes that are killed, and a file
// system that breaks on demand.

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>

#include "node/io/post.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/io/storage/storage_codes.hpp"

namespace cityledger::io::testing {

/// An empty folder that goes with the test.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "cityledger-storage-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

/// The thread of the test plays the replica's thread: what workers post waits until it is run.
class ReplicaLoop {
public:
    [[nodiscard]] Post post() {
        return [this](std::function<void()> action) {
            {
                const std::lock_guard lock(mutex_);
                actions_.push_back(std::move(action));
            }
            arrived_.notify_one();
        };
    }
    /// Waits for an action and runs it.
    void run_one() {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return !actions_.empty(); });
        const std::function<void()> action = std::move(actions_.front());
        actions_.pop_front();
        lock.unlock();
        action();
    }
    void run_until(const std::function<bool()>& reached) {
        while (!reached()) run_one();
    }
    /// Runs what has been posted so far.
    void run_posted() {
        std::deque<std::function<void()>> actions;
        {
            const std::lock_guard lock(mutex_);
            actions.swap(actions_);
        }
        for (const auto& action : actions) action();
    }
    /// Waits until so many actions wait.
    void wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [&] { return actions_.size() >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<std::function<void()>> actions_;
};

/// Opens a gate once; everybody who waits for it goes on.
class Gate {
public:
    void open() {
        {
            const std::lock_guard lock(mutex_);
            is_open_ = true;
        }
        opened_.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex_);
        opened_.wait(lock, [this] { return is_open_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable opened_;
    bool is_open_ = false;
};

inline bool was_killed(pid_t child) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/// Runs `work` in a process of its own, which then is killed as by `kill -9`. False if it ended in
/// another way. Not for work that starts threads.
inline bool run_and_kill(const std::function<void()>& work) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        work();
        ::kill(::getpid(), SIGKILL);
    }
    return was_killed(child);
}

/// In a child, where Catch must not run: ends the process with a code that is no kill.
inline void need(bool condition) {
    if (!condition) ::_exit(3);
}

inline std::string file_text(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_text(const std::string& path, std::string_view text) {
    std::ofstream(path, std::ios::binary) << text;
}

inline Bytes bytes_of(std::string_view text) { return to_bytes(as_bytes(text)); }

/// What the test does to the files below: null for nothing.
struct Faults {
    std::atomic<bool> full = false;          ///< writes and preallocation find no room
    std::atomic<bool> sync_fails = false;    ///< the next sync fails
    std::function<void()> before_operation;  ///< before each write, sync and change of a name
};

/// A file that passes everything on to `base`, except what `faults` says.
class FaultyFile : public node::File {
public:
    FaultyFile(std::unique_ptr<node::File> base, Faults& faults)
        : base_(std::move(base)), faults_(faults) {}
    Result<Bytes> read_at(std::uint64_t offset, std::size_t size) const override {
        return base_->read_at(offset, size);
    }
    Status write_at(std::uint64_t offset, ByteView bytes) override {
        if (faults_.before_operation) faults_.before_operation();
        if (faults_.full) return file_error("write", "test", ENOSPC);
        return base_->write_at(offset, bytes);
    }
    Status sync() override {
        if (faults_.before_operation) faults_.before_operation();
        if (faults_.sync_fails.exchange(false)) return file_error("sync", "test", EIO);
        return base_->sync();
    }
    Status preallocate(std::uint64_t size) override {
        if (faults_.full) return file_error("allocate", "test", ENOSPC);
        return base_->preallocate(size);
    }
    Status truncate(std::uint64_t size) override { return base_->truncate(size); }
    std::uint64_t size() const override { return base_->size(); }

private:
    std::unique_ptr<node::File> base_;
    Faults& faults_;
};

class FaultyFileSystem : public PosixFileSystem {
public:
    explicit FaultyFileSystem(Faults& faults) : faults_(faults) {}
    Result<std::unique_ptr<node::File>> open(const std::string& path, bool create) override {
        if (create && faults_.before_operation) faults_.before_operation();
        auto file = PosixFileSystem::open(path, create);
        if (!file) return file;
        return std::make_unique<FaultyFile>(*std::move(file), faults_);
    }
    Status rename(const std::string& from, const std::string& to) override {
        if (faults_.before_operation) faults_.before_operation();
        return PosixFileSystem::rename(from, to);
    }
    Status remove(const std::string& path) override {
        if (faults_.before_operation) faults_.before_operation();
        return PosixFileSystem::remove(path);
    }
    Status sync_folder(const std::string& folder) override {
        if (faults_.before_operation) faults_.before_operation();
        return PosixFileSystem::sync_folder(folder);
    }

private:
    Faults& faults_;
};

}  // namespace cityledger::io::testing
