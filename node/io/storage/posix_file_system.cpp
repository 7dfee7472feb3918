#include "node/io/storage/posix_file_system.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "node/io/stages.hpp"
#include "node/io/storage/storage_codes.hpp"

namespace cityledger::io {
namespace {

/// The error of the last system call on this path.
tl::unexpected<Error> system_error(std::string_view call, const std::string& path) {
    return file_error(call, path, errno);
}

/// Nothing that was written to this path may be relied on.
tl::unexpected<Error> sync_error(const std::string& path, int number) {
    return refuse(codes::sync_failed, path + ": " + std::strerror(number));
}

/// The error number of fdatasync or fsync, 0 for success. A call that a signal broke off has
/// reported nothing yet and is made again.
template <class Call>
int sync_descriptor(Call call, int descriptor) {
    while (call(descriptor) != 0) {
        if (errno != EINTR) return errno;
    }
    return 0;
}

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool valid() const { return number_ >= 0; }

private:
    int number_;
};

class PosixFile : public node::File {
public:
    PosixFile(int number, std::string path, std::uint64_t size)
        : descriptor_(number), path_(std::move(path)), size_(size) {}

    Result<Bytes> read_at(std::uint64_t offset, std::size_t size) const override {
        Bytes bytes(size);
        std::size_t done = 0;
        while (done < size) {
            const ssize_t count = ::pread(descriptor_.number(), bytes.data() + done, size - done,
                                          static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return system_error("read", path_);
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        bytes.resize(done);
        return bytes;
    }

    Status write_at(std::uint64_t offset, ByteView bytes) override {
        // RocksDB writes through here too, on threads of its own.
        const bool of_log = current_stage() != Stage::background;
        const StageScope stage(of_log ? Stage::log : Stage::background);
        if (sync_failure_ != 0) return after_failed_sync();
        std::size_t done = 0;
        while (done < bytes.size()) {
            const ssize_t count = ::pwrite(descriptor_.number(), bytes.data() + done,
                                           bytes.size() - done, static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return system_error("write", path_);
            done += static_cast<std::size_t>(count);
        }
        grow_to(offset + bytes.size());
        return {};
    }

    Status sync() override {
        if (sync_failure_ != 0) return after_failed_sync();
        // After a failure the kernel may have marked the pages clean: a second call would lie.
        sync_failure_ = sync_descriptor(::fdatasync, descriptor_.number());
        return sync_failure_ == 0 ? Status{} : after_failed_sync();
    }

    Status preallocate(std::uint64_t size) override {
        if (sync_failure_ != 0) return after_failed_sync();
        if (size == 0) return {};  // posix_fallocate refuses to do nothing
        int number = EINTR;
        while (number == EINTR) {  // it returns the error number instead of setting errno
            number = ::posix_fallocate(descriptor_.number(), 0, static_cast<off_t>(size));
        }
        if (number != 0) return file_error("allocate", path_, number);
        grow_to(size);
        return {};
    }

    Status truncate(std::uint64_t size) override {
        if (sync_failure_ != 0) return after_failed_sync();
        while (::ftruncate(descriptor_.number(), static_cast<off_t>(size)) != 0) {
            if (errno != EINTR) return system_error("truncate", path_);
        }
        size_ = size;
        return {};
    }

    std::uint64_t size() const override { return size_; }

private:
    [[nodiscard]] Status after_failed_sync() const { return sync_error(path_, sync_failure_); }

    void grow_to(std::uint64_t size) {
        std::uint64_t known = size_;
        while (known < size && !size_.compare_exchange_weak(known, size)) {
        }
    }

    Descriptor descriptor_;
    std::string path_;
    std::atomic<std::uint64_t> size_;
    std::atomic<int> sync_failure_ = 0;  ///< the error number of the sync that failed
};

}  // namespace

tl::unexpected<Error> file_error(std::string_view call, const std::string& path, int number) {
    const std::string detail = std::string(call) + " " + path + ": " + std::strerror(number);
    if (number == ENOSPC || number == EDQUOT) return refuse(codes::disk_full, detail);
    return refuse(codes::file_unusable, detail);
}

Result<std::unique_ptr<node::File>> PosixFileSystem::open(const std::string& path, bool create) {
    const int flags = O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0);
    const int number = ::open(path.c_str(), flags, 0600);
    if (number < 0) return system_error("open", path);
    struct stat info {};
    if (::fstat(number, &info) != 0) {
        const Descriptor closer(number);
        return system_error("stat", path);
    }
    return std::make_unique<PosixFile>(number, path, static_cast<std::uint64_t>(info.st_size));
}

bool PosixFileSystem::exists(const std::string& path) const {
    return ::access(path.c_str(), F_OK) == 0;
}

Result<std::vector<std::string>> PosixFileSystem::list(const std::string& folder) {
    DIR* stream = ::opendir(folder.c_str());
    if (stream == nullptr) return system_error("list", folder);
    std::vector<std::string> names;
    errno = 0;  // only errno tells a failure from the end of the folder
    while (const dirent* entry = ::readdir(stream)) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
        errno = 0;
    }
    const int number = errno;
    ::closedir(stream);
    if (number != 0) return file_error("list", folder, number);
    std::sort(names.begin(), names.end());
    return names;
}

Status PosixFileSystem::create_folder(const std::string& folder) {
    if (::mkdir(folder.c_str(), 0700) == 0) return {};
    const int number = errno;
    struct stat info {};
    const bool is_there = number == EEXIST && ::stat(folder.c_str(), &info) == 0;
    if (is_there && S_ISDIR(info.st_mode)) return {};
    return file_error("create", folder, number);
}

Status PosixFileSystem::rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) == 0) return {};
    return system_error("rename", from);
}

Status PosixFileSystem::remove(const std::string& path) {
    if (::remove(path.c_str()) == 0) return {};
    return system_error("remove", path);
}

Status PosixFileSystem::sync_folder(const std::string& folder) {
    const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.valid()) return system_error("open", folder);
    const int number = sync_descriptor(::fsync, descriptor.number());
    if (number != 0) return sync_error(folder, number);
    return {};
}

Result<std::uint64_t> PosixFileSystem::free_bytes(const std::string& folder) {
    struct statvfs info {};
    if (::statvfs(folder.c_str(), &info) != 0) return system_error("statvfs", folder);
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

}  // namespace cityledger::io
