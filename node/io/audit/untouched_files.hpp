#pragma once
// A file system over another one that stays as it is: what is written, cut off, renamed or removed
// is so for the users of this one only. With it the node's own recovery reads damaged data and
// changes nothing of them.

#include <map>
#include <mutex>
#include <set>

#include "node/log/file_system.hpp"

namespace cityledger::io {

/// Keeps what is written in memory: for who reads much and writes little. Safe from any thread.
class UntouchedFiles : public node::FileSystem {
public:
    explicit UntouchedFiles(node::FileSystem& beneath) : beneath_(beneath) {}

    Result<std::unique_ptr<node::File>> open(const std::string& path, bool create) override;
    bool exists(const std::string& path) const override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Status create_folder(const std::string& folder) override;
    Status rename(const std::string& from, const std::string& to) override;
    Status remove(const std::string& path) override;
    Status sync_folder(const std::string& folder) override;
    Result<std::uint64_t> free_bytes(const std::string& folder) override;

private:
    class Content;
    class Handle;
    using Named = std::map<std::string, std::shared_ptr<Content>>;

    /// The file of this path, opened beneath if need be; nothing if there is none.
    Result<std::shared_ptr<Content>> content_of(const std::string& path);
    [[nodiscard]] bool is_beneath(const std::string& path) const;

    node::FileSystem& beneath_;
    mutable std::mutex mutex_;
    Named named_;                    ///< opened, made or renamed here
    std::set<std::string> gone_;     ///< beneath still there
    std::set<std::string> folders_;  ///< made here
};

}  // namespace cityledger::io
