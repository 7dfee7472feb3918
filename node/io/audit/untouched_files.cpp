#include "node/io/audit/untouched_files.hpp"

#include <algorithm>
#include <cerrno>

#include "node/io/storage/posix_file_system.hpp"

namespace cityledger::io {
namespace {

constexpr std::uint64_t k_chunk_bytes = 65'536;

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

/// Chunks that were written, over the file beneath as far as it was not cut off.
class UntouchedFiles::Content {
public:
    explicit Content(std::unique_ptr<node::File> beneath)
        : beneath_(std::move(beneath)), size_(beneath_ ? beneath_->size() : 0), shown_(size_) {}

    Result<Bytes> read_at(std::uint64_t offset, std::size_t wanted) const {
        const std::lock_guard lock(mutex_);
        return read(offset, wanted);
    }

    Status write_at(std::uint64_t offset, ByteView bytes) {
        const std::lock_guard lock(mutex_);
        size_ = std::max(size_, offset + bytes.size());
        while (!bytes.empty()) {
            const std::uint64_t within = offset % k_chunk_bytes;
            const auto part = static_cast<std::size_t>(
                std::min<std::uint64_t>(bytes.size(), k_chunk_bytes - within));
            const auto chunk = chunk_at(offset - within);
            if (!chunk) return propagate(chunk);
            std::copy_n(bytes.begin(), part,
                        (*chunk)->begin() + static_cast<std::ptrdiff_t>(within));
            bytes = bytes.subspan(part);
            offset += part;
        }
        return {};
    }

    Status truncate(std::uint64_t size) {
        const std::lock_guard lock(mutex_);
        chunks_.erase(chunks_.lower_bound(size), chunks_.end());
        if (!chunks_.empty()) {
            auto& [start, chunk] = *chunks_.rbegin();
            if (size - start < k_chunk_bytes) {
                std::fill(chunk.begin() + static_cast<std::ptrdiff_t>(size - start), chunk.end(),
                          std::uint8_t{0});
            }
        }
        shown_ = std::min(shown_, size);
        size_ = size;
        return {};
    }

    void preallocate(std::uint64_t size) {
        const std::lock_guard lock(mutex_);
        size_ = std::max(size_, size);
    }

    std::uint64_t size() const {
        const std::lock_guard lock(mutex_);
        return size_;
    }

private:
    Result<Bytes> read(std::uint64_t offset, std::size_t wanted) const {
        if (offset >= size_) return Bytes{};
        Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(wanted, size_ - offset)));
        const std::uint64_t end = offset + bytes.size();
        if (offset < shown_) {
            const auto part = static_cast<std::size_t>(std::min(end, shown_) - offset);
            const auto old = beneath_->read_at(offset, part);
            if (!old) return old;
            std::copy(old->begin(), old->end(), bytes.begin());
        }
        for (auto chunk = chunks_.lower_bound(offset - offset % k_chunk_bytes);
             chunk != chunks_.end() && chunk->first < end; ++chunk) {
            const std::uint64_t first = std::max(offset, chunk->first);
            const std::uint64_t last = std::min(end, chunk->first + k_chunk_bytes);
            const auto from =
                chunk->second.begin() + static_cast<std::ptrdiff_t>(first - chunk->first);
            std::copy_n(from, last - first,
                        bytes.begin() + static_cast<std::ptrdiff_t>(first - offset));
        }
        return bytes;
    }

    Result<Bytes*> chunk_at(std::uint64_t start) {
        const auto found = chunks_.find(start);
        if (found != chunks_.end()) return &found->second;
        auto old = read(start, k_chunk_bytes);
        if (!old) return propagate(old);
        old->resize(k_chunk_bytes);
        return &chunks_.emplace(start, *std::move(old)).first->second;
    }

    mutable std::mutex mutex_;
    std::unique_ptr<node::File> beneath_;  ///< none for a file that was made here
    std::map<std::uint64_t, Bytes> chunks_;
    std::uint64_t size_;
    std::uint64_t shown_;  ///< bytes of the file beneath that are still seen
};

class UntouchedFiles::Handle : public node::File {
public:
    explicit Handle(std::shared_ptr<Content> content) : content_(std::move(content)) {}
    Result<Bytes> read_at(std::uint64_t offset, std::size_t size) const override {
        return content_->read_at(offset, size);
    }
    Status write_at(std::uint64_t offset, ByteView bytes) override {
        return content_->write_at(offset, bytes);
    }
    Status sync() override { return {}; }
    Status preallocate(std::uint64_t size) override {
        content_->preallocate(size);
        return {};
    }
    Status truncate(std::uint64_t size) override { return content_->truncate(size); }
    std::uint64_t size() const override { return content_->size(); }

private:
    std::shared_ptr<Content> content_;
};

bool UntouchedFiles::is_beneath(const std::string& path) const {
    return !gone_.contains(path) && beneath_.exists(path);
}

Result<std::shared_ptr<UntouchedFiles::Content>> UntouchedFiles::content_of(
    const std::string& path) {
    const auto found = named_.find(path);
    if (found != named_.end()) return found->second;
    if (!is_beneath(path)) return std::shared_ptr<Content>();
    auto file = beneath_.open(path, false);
    if (!file) return propagate(file);
    return named_[path] = std::make_shared<Content>(*std::move(file));
}

Result<std::unique_ptr<node::File>> UntouchedFiles::open(const std::string& path, bool create) {
    const std::lock_guard lock(mutex_);
    auto content = content_of(path);
    if (!content) return propagate(content);
    if (!*content && !create) return file_error("open", path, ENOENT);
    if (!*content) *content = named_[path] = std::make_shared<Content>(nullptr);
    return std::make_unique<Handle>(*content);
}

bool UntouchedFiles::exists(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    return named_.contains(path) || folders_.contains(path) || is_beneath(path);
}

Result<std::vector<std::string>> UntouchedFiles::list(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    std::set<std::string> names;
    if (beneath_.exists(folder)) {
        const auto beneath = beneath_.list(folder);
        if (!beneath) return beneath;
        for (const std::string& name : *beneath) {
            if (!gone_.contains(folder + "/" + name)) names.insert(name);
        }
    } else if (!folders_.contains(folder)) {
        return file_error("list", folder, ENOENT);
    }
    for (const auto& [path, content] : named_) {
        if (folder_of(path) == folder) names.insert(path.substr(folder.size() + 1));
    }
    return std::vector<std::string>(names.begin(), names.end());
}

Status UntouchedFiles::create_folder(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    if (!beneath_.exists(folder)) folders_.insert(folder);
    return {};
}

Status UntouchedFiles::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    const auto content = content_of(from);
    if (!content) return propagate(content);
    if (!*content) return file_error("rename", from, ENOENT);
    if (from == to) return {};
    named_.erase(from);
    gone_.insert(from);
    named_[to] = *content;
    return {};
}

Status UntouchedFiles::remove(const std::string& path) {
    const std::lock_guard lock(mutex_);
    if (!named_.contains(path) && !is_beneath(path)) return file_error("remove", path, ENOENT);
    named_.erase(path);
    gone_.insert(path);
    return {};
}

Status UntouchedFiles::sync_folder(const std::string&) { return {}; }

Result<std::uint64_t> UntouchedFiles::free_bytes(const std::string& folder) {
    return beneath_.free_bytes(folder_of(folder));
}

}  // namespace cityledger::io
