#pragma once
// Files in memory that fail at nothing: the test network itself decides what a crash leaves.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "node/log/file_system.hpp"

namespace cityledger::consensus::testing {

class MemoryFile : public node::File {
public:
    explicit MemoryFile(std::shared_ptr<Bytes> bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] Result<Bytes> read_at(std::uint64_t offset, std::size_t size) const override {
        const ByteView all(*bytes_);
        const ByteView rest = all.subspan(std::min<std::size_t>(offset, all.size()));
        const ByteView read = rest.first(std::min(size, rest.size()));
        return Bytes(read.begin(), read.end());
    }
    [[nodiscard]] Status write_at(std::uint64_t offset, ByteView bytes) override {
        bytes_->resize(std::max<std::size_t>(bytes_->size(), offset + bytes.size()));
        std::copy(bytes.begin(), bytes.end(),
                  bytes_->begin() + static_cast<std::ptrdiff_t>(offset));
        return {};
    }
    [[nodiscard]] Status sync() override { return {}; }
    [[nodiscard]] Status preallocate(std::uint64_t) override { return {}; }
    [[nodiscard]] Status truncate(std::uint64_t size) override {
        bytes_->resize(size);
        return {};
    }
    [[nodiscard]] std::uint64_t size() const override { return bytes_->size(); }

private:
    std::shared_ptr<Bytes> bytes_;
};

class MemoryFiles : public node::FileSystem {
public:
    [[nodiscard]] Result<std::unique_ptr<node::File>> open(const std::string& path, bool) override {
        auto& bytes = files_.try_emplace(path, std::make_shared<Bytes>()).first->second;
        return std::make_unique<MemoryFile>(bytes);
    }
    [[nodiscard]] bool exists(const std::string& path) const override {
        return files_.contains(path);
    }
    /// All files are in the one folder of the log.
    [[nodiscard]] Result<std::vector<std::string>> list(const std::string& folder) override {
        std::vector<std::string> names;
        for (const auto& [path, bytes] : files_) names.push_back(path.substr(folder.size() + 1));
        return names;
    }
    [[nodiscard]] Status create_folder(const std::string&) override { return {}; }
    [[nodiscard]] Status rename(const std::string& from, const std::string& to) override {
        files_[to] = std::exchange(files_[from], nullptr);
        files_.erase(from);
        return {};
    }
    [[nodiscard]] Status remove(const std::string& path) override {
        files_.erase(path);
        return {};
    }
    [[nodiscard]] Status sync_folder(const std::string&) override { return {}; }
    [[nodiscard]] Result<std::uint64_t> free_bytes(const std::string&) override {
        return std::uint64_t{1} << 40;
    }

private:
    std::map<std::string, std::shared_ptr<Bytes>> files_;
};

class PromptSyncer : public node::Syncer {
public:
    void sync(std::shared_ptr<node::File> file, std::function<void(Status)> done) override {
        done(file->sync());
    }
};

}  // namespace cityledger::consensus::testing
