#include "memory_disk.hpp"

namespace cityledger::node::test {
namespace {

class MemoryFile : public File {
public:
    MemoryFile(MemoryDisk& disk, std::shared_ptr<DiskFile> data)
        : disk_(disk), data_(std::move(data)) {}

    Result<Bytes> read_at(std::uint64_t offset, std::size_t size) const override {
        const auto& now = data_->now;
        if (offset >= now.size()) return Bytes{};
        const std::size_t end = std::min<std::size_t>(now.size(), offset + size);
        return Bytes(now.begin() + offset, now.begin() + end);
    }
    Status write_at(std::uint64_t offset, ByteView bytes) override {
        auto& now = data_->now;
        if (now.size() < offset + bytes.size()) now.resize(offset + bytes.size());
        std::copy(bytes.begin(), bytes.end(), now.begin() + offset);
        data_->unsynced.emplace_back(offset, to_bytes(bytes));
        ++disk_.writes;
        return {};
    }
    Status sync() override {
        if (disk_.sync_fails) return refuse(k_sync_failed);
        data_->durable = data_->now;
        data_->unsynced.clear();
        ++disk_.syncs;
        return {};
    }
    Status preallocate(std::uint64_t size) override {
        if (disk_.full && size > data_->now.size()) return refuse(k_no_space);
        if (data_->now.size() < size) data_->now.resize(size);
        if (data_->durable.size() < size) data_->durable.resize(size);
        return {};
    }
    Status truncate(std::uint64_t size) override {
        data_->now.resize(size);
        data_->durable.resize(size);
        return {};
    }
    std::uint64_t size() const override { return data_->now.size(); }

private:
    MemoryDisk& disk_;
    std::shared_ptr<DiskFile> data_;
};

}  // namespace

Result<std::unique_ptr<File>> MemoryDisk::open(const std::string& path, bool create) {
    auto found = files.find(path);
    if (found == files.end()) {
        if (!create) return refuse(k_no_such_file, path);
        if (full) return refuse(k_no_space, path);
        found = files.emplace(path, std::make_shared<DiskFile>()).first;
    }
    return std::unique_ptr<File>(std::make_unique<MemoryFile>(*this, found->second));
}

Result<std::vector<std::string>> MemoryDisk::list(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& [path, file] : files) {
        if (path.starts_with(folder + "/")) names.push_back(path.substr(folder.size() + 1));
    }
    return names;
}

Status MemoryDisk::rename(const std::string& from, const std::string& to) {
    auto node = files.extract(from);
    if (!node) return refuse(k_no_such_file, from);
    node.key() = to;
    files.insert(std::move(node));
    return {};
}

Status MemoryDisk::remove(const std::string& path) {
    files.erase(path);
    return {};
}

Status MemoryDisk::sync_folder(const std::string& folder) {
    for (auto& [path, file] : files) {
        if (path.starts_with(folder + "/")) file->name_is_durable = true;
    }
    return {};
}

void MemoryDisk::power_cut(std::mt19937_64& random) {
    std::erase_if(files, [&](const auto& entry) {
        return !entry.second->name_is_durable && random() % 2 == 0;
    });
    for (auto& [path, old] : files) {
        auto file = std::make_shared<DiskFile>();  // open handles keep the old one
        file->name_is_durable = true;
        file->durable = old->durable;
        for (const auto& [offset, bytes] : old->unsynced) {
            const std::uint64_t fate = random() % 3;
            if (fate == 0) continue;
            const std::size_t kept = fate == 1 ? bytes.size() : random() % (bytes.size() + 1);
            if (file->durable.size() < offset + kept) file->durable.resize(offset + kept);
            std::copy(bytes.begin(), bytes.begin() + kept, file->durable.begin() + offset);
        }
        file->now = file->durable;
        old = file;
    }
}

}  // namespace cityledger::node::test
