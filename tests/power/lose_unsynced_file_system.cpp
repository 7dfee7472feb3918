#include "tests/power/lose_unsynced_file_system.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "node/io/storage/posix_file_system.hpp"

namespace cityledger::io {
namespace {

/// Files whose names are not durable yet live under such a name in the base file system; what a
/// killed process left of them is removed by the next one.
constexpr std::string_view k_hidden_prefix = ".unsynced-";

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string name_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

bool is_hidden(const std::string& path) { return name_of(path).starts_with(k_hidden_prefix); }

/// A file with its unsynced changes, shared by everybody who has it open.
class UnsyncedFile {
public:
    explicit UnsyncedFile(std::unique_ptr<node::File> base)
        : base_(std::move(base)), size_(base_->size()) {}

    Result<Bytes> read_at(std::uint64_t offset, std::size_t wanted) const {
        const std::lock_guard lock(mutex_);
        if (offset >= size_) return Bytes{};
        const std::size_t size =
            static_cast<std::size_t>(std::min<std::uint64_t>(wanted, size_ - offset));
        auto bytes = base_->read_at(offset, size);
        if (!bytes) return bytes;
        bytes->resize(size);
        for (const Change& change : changes_) overlay(change, offset, *bytes);
        return bytes;
    }

    Status write_at(std::uint64_t offset, ByteView bytes) {
        const std::lock_guard lock(mutex_);
        if (failure_) return tl::unexpected<Error>(*failure_);
        changes_.push_back({ChangeKind::write, offset, to_bytes(bytes)});
        size_ = std::max<std::uint64_t>(size_, offset + bytes.size());
        return {};
    }

    Status truncate(std::uint64_t size) {
        const std::lock_guard lock(mutex_);
        if (failure_) return tl::unexpected<Error>(*failure_);
        changes_.push_back({ChangeKind::truncate, size, {}});
        size_ = size;
        return {};
    }

    /// Room on the disk is no content: it goes through at once, so that a full disk is met now.
    Status preallocate(std::uint64_t size) {
        const std::lock_guard lock(mutex_);
        if (failure_) return tl::unexpected<Error>(*failure_);
        if (const Status status = base_->preallocate(size); !status) return status;
        // A truncation that is still to come would give the room back.
        if (!changes_.empty()) changes_.push_back({ChangeKind::preallocate, size, {}});
        size_ = std::max(size_, size);
        return {};
    }

    /// Writers go on while the disk works; what they write waits for the next sync.
    Status sync() {
        const std::lock_guard one_at_a_time(sync_mutex_);
        Status status;
        {
            const std::lock_guard lock(mutex_);
            if (failure_) return tl::unexpected<Error>(*failure_);
            status = hand_over_changes();
        }
        if (status) status = base_->sync();
        if (!status) {
            const std::lock_guard lock(mutex_);
            failure_ = status.error();
        }
        return status;
    }

    std::uint64_t size() const {
        const std::lock_guard lock(mutex_);
        return size_;
    }

    bool has_changes() const {
        const std::lock_guard lock(mutex_);
        return !changes_.empty();
    }

private:
    enum class ChangeKind { write, truncate, preallocate };

    struct Change {
        ChangeKind kind;
        std::uint64_t offset;  ///< of a truncation and a preallocation: the size
        Bytes bytes;
    };

    /// What a change does to the bytes that were read at `offset`.
    static void overlay(const Change& change, std::uint64_t offset, Bytes& bytes) {
        const std::uint64_t end = offset + bytes.size();
        const std::uint64_t first = std::max(change.offset, offset);
        if (change.kind == ChangeKind::truncate && first < end) {
            std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(first - offset), bytes.end(),
                      std::uint8_t{0});
        }
        if (change.kind != ChangeKind::write) return;
        const std::uint64_t last =
            std::min<std::uint64_t>(change.offset + change.bytes.size(), end);
        if (first >= last) return;
        const auto from = change.bytes.begin() + static_cast<std::ptrdiff_t>(first - change.offset);
        std::copy(from, from + static_cast<std::ptrdiff_t>(last - first),
                  bytes.begin() + static_cast<std::ptrdiff_t>(first - offset));
    }

    Status hand_over_changes() {
        for (const Change& change : changes_) {
            const Status status = hand_over(change);
            if (!status) return status;
        }
        changes_.clear();
        return {};
    }

    Status hand_over(const Change& change) {
        switch (change.kind) {
            case ChangeKind::write: return base_->write_at(change.offset, change.bytes);
            case ChangeKind::truncate: return base_->truncate(change.offset);
            case ChangeKind::preallocate: return base_->preallocate(change.offset);
        }
        return {};
    }

    std::mutex sync_mutex_;  // taken before mutex_
    mutable std::mutex mutex_;
    std::unique_ptr<node::File> base_;
    std::vector<Change> changes_;
    std::uint64_t size_;
    std::optional<Error> failure_;  ///< of the sync that failed: final
};

class FileHandle : public node::File {
public:
    explicit FileHandle(std::shared_ptr<UnsyncedFile> file) : file_(std::move(file)) {}
    Result<Bytes> read_at(std::uint64_t offset, std::size_t size) const override {
        return file_->read_at(offset, size);
    }
    Status write_at(std::uint64_t offset, ByteView bytes) override {
        return file_->write_at(offset, bytes);
    }
    Status sync() override { return file_->sync(); }
    Status preallocate(std::uint64_t size) override { return file_->preallocate(size); }
    Status truncate(std::uint64_t size) override { return file_->truncate(size); }
    std::uint64_t size() const override { return file_->size(); }

private:
    std::shared_ptr<UnsyncedFile> file_;
};

/// "Backing" is the path under which the base holds the content of a path: the path itself once
/// its name is durable, else its old name or a hidden one.
class LoseUnsyncedFileSystem : public node::FileSystem {
public:
    explicit LoseUnsyncedFileSystem(node::FileSystem& base) : base_(base) {}

    Result<std::unique_ptr<node::File>> open(const std::string& path, bool create) override {
        const std::lock_guard lock(mutex_);
        remove_leftovers(folder_of(path));
        forget_closed_files();
        const std::string known = backing_of(path);
        if (known.empty() && !create) return file_error("open", path, ENOENT);
        const std::string backing =
            known.empty() ? hidden_path(folder_of(path), name_of(path)) : known;
        std::shared_ptr<UnsyncedFile>& file = files_[backing];
        if (file == nullptr) {
            auto opened = base_.open(backing, create);
            if (!opened) {
                files_.erase(backing);
                return opened;
            }
            file = std::make_shared<UnsyncedFile>(*std::move(opened));
        }
        if (known.empty()) names_[path] = backing;
        return std::make_unique<FileHandle>(file);
    }

    bool exists(const std::string& path) const override {
        const std::lock_guard lock(mutex_);
        return !backing_of(path).empty();
    }

    Result<std::vector<std::string>> list(const std::string& folder) override {
        const std::lock_guard lock(mutex_);
        remove_leftovers(folder);
        const auto base_names = base_.list(folder);
        if (!base_names) return base_names;
        std::set<std::string> names;
        for (const std::string& name : *base_names) {
            if (!is_hidden(name) && !removed_.contains(folder + "/" + name)) names.insert(name);
        }
        for (const auto& [path, backing] : names_) {
            if (folder_of(path) == folder) names.insert(name_of(path));
        }
        return std::vector<std::string>(names.begin(), names.end());
    }

    /// A new folder is durable at once: nothing is lost with it that its files do not lose.
    Status create_folder(const std::string& folder) override { return base_.create_folder(folder); }

    Status rename(const std::string& from, const std::string& to) override {
        const std::lock_guard lock(mutex_);
        const std::string backing = backing_of(from);
        if (backing.empty()) return file_error("rename", from, ENOENT);
        if (!base_.exists(folder_of(to))) return file_error("rename", to, ENOENT);
        if (from == to) return {};
        const std::string replaced = backing_of(to);
        forget_name(from);
        names_[to] = backing;
        removed_.erase(to);
        return drop_if_hidden(replaced);
    }

    Status remove(const std::string& path) override {
        const std::lock_guard lock(mutex_);
        const std::string backing = backing_of(path);
        if (backing.empty()) return file_error("remove", path, ENOENT);
        forget_name(path);
        return drop_if_hidden(backing);
    }

    Status sync_folder(const std::string& folder) override {
        const std::lock_guard lock(mutex_);
        if (const Status status = carry_names_over(folder); !status) return status;
        if (const Status status = carry_removals_over(folder); !status) return status;
        return base_.sync_folder(folder);
    }

    Result<std::uint64_t> free_bytes(const std::string& folder) override {
        return base_.free_bytes(folder);
    }

private:
    /// Empty if the path does not exist.
    std::string backing_of(const std::string& path) const {
        if (const auto named = names_.find(path); named != names_.end()) return named->second;
        if (removed_.contains(path)) return {};
        return base_.exists(path) ? path : std::string();
    }

    std::string hidden_path(const std::string& folder, const std::string& name) {
        return folder + "/" + std::string(k_hidden_prefix) + std::to_string(next_hidden_++) + "-" +
               name;
    }

    void forget_name(const std::string& path) {
        names_.erase(path);
        if (base_.exists(path)) removed_.insert(path);
    }

    /// A file without any name is gone; those that have it open keep it.
    Status drop_if_hidden(const std::string& backing) {
        if (!is_hidden(backing)) return {};
        files_.erase(backing);
        return base_.remove(backing);
    }

    /// Creations in this folder, and renames into it and out of it.
    Status carry_names_over(const std::string& folder) {
        std::map<std::string, std::string> pending;  // path -> backing
        for (const auto& [path, backing] : names_) {
            if (folder_of(path) == folder || folder_of(backing) == folder) pending[path] = backing;
        }
        // A backing that carries the name of another path steps aside first.
        for (auto& [path, backing] : pending) {
            if (backing == path || !pending.contains(backing)) continue;
            const std::string aside = hidden_path(folder_of(path), name_of(path));
            if (const Status status = move(backing, aside); !status) return status;
            backing = aside;
            names_[path] = aside;
        }
        for (const auto& [path, backing] : pending) {
            if (backing != path) {
                if (const Status status = move(backing, path); !status) return status;
            }
            names_.erase(path);
            removed_.erase(path);
        }
        return {};
    }

    Status carry_removals_over(const std::string& folder) {
        for (auto it = removed_.begin(); it != removed_.end();) {
            if (folder_of(*it) != folder) {
                ++it;
                continue;
            }
            if (base_.exists(*it)) {
                if (const Status status = base_.remove(*it); !status) return status;
            }
            files_.erase(*it);
            it = removed_.erase(it);
        }
        return {};
    }

    Status move(const std::string& from, const std::string& to) {
        if (const Status status = base_.rename(from, to); !status) return status;
        files_.erase(to);
        if (auto file = files_.extract(from)) {
            file.key() = to;
            files_.insert(std::move(file));
        }
        return {};
    }

    /// A closed file is not a synced file: its changes stay, and it goes once it has none.
    void forget_closed_files() {
        std::erase_if(files_, [](const auto& entry) {
            return entry.second.use_count() == 1 && !entry.second->has_changes();
        });
    }

    void remove_leftovers(const std::string& folder) {
        if (!cleaned_.insert(folder).second) return;
        const auto names = base_.list(folder);
        if (!names) return;
        for (const std::string& name : *names) {
            if (is_hidden(name)) (void)base_.remove(folder + "/" + name);
        }
    }

    node::FileSystem& base_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> names_;  ///< paths whose name is not durable -> backing
    std::set<std::string> removed_;             ///< paths that the base still has
    std::map<std::string, std::shared_ptr<UnsyncedFile>> files_;  ///< by backing
    std::set<std::string> cleaned_;  ///< folders without leftovers of an earlier process
    std::uint64_t next_hidden_ = 0;
};

}  // namespace

std::unique_ptr<node::FileSystem> make_lose_unsynced(node::FileSystem& base) {
    return std::make_unique<LoseUnsyncedFileSystem>(base);
}

}  // namespace cityledger::io
