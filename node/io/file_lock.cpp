#include "node/io/file_lock.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "node/io/config_files.hpp"

namespace cityledger::io {
namespace {

/// A new holder writes its id right after it locked the file: wait for that.
constexpr int k_holder_attempts = 20;
constexpr auto k_between_attempts = std::chrono::milliseconds(5);

/// The whole file. A lock of the open file description: two of one process exclude each other too,
/// and closing another descriptor of the file does not free it.
struct flock whole_file() {
    struct flock range {};
    range.l_type = F_WRLCK;
    range.l_whence = SEEK_SET;
    return range;
}

/// Closes at the end of the scope.
class OpenFile {
public:
    OpenFile(const std::string& path, int flags)
        : file_(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0644)) {}
    ~OpenFile() {
        if (file_ >= 0) ::close(file_);
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    [[nodiscard]] int get() const { return file_; }
    [[nodiscard]] int release() { return std::exchange(file_, -1); }

private:
    int file_;
};

bool locked_by_another(int file) {
    struct flock range = whole_file();
    return ::fcntl(file, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
}

pid_t written_id(int file) {
    std::array<char, 16> text{};
    const ssize_t size = ::pread(file, text.data(), text.size(), 0);
    pid_t id = 0;
    if (size > 0) std::from_chars(text.data(), text.data() + size, id);
    return id > 1 ? id : 0;
}

bool write_own_id(int file) {
    const std::string text = std::to_string(::getpid()) + "\n";
    return ::ftruncate(file, 0) == 0 &&
           ::pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

bool same_file(const struct stat& one, const struct stat& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// Whether the process has this file open; nothing if the system does not tell (another user's).
std::optional<bool> has_open(pid_t process, const struct stat& wanted) {
    const std::string folder = "/proc/" + std::to_string(process) + "/fd";
    DIR* const entries = ::opendir(folder.c_str());
    if (entries == nullptr) return errno == EACCES ? std::nullopt : std::optional(false);
    bool found = false;
    while (const dirent* entry = ::readdir(entries)) {
        struct stat seen {};
        const std::string path = folder + "/" + entry->d_name;
        found = found || (::stat(path.c_str(), &seen) == 0 && same_file(seen, wanted));
    }
    ::closedir(entries);
    return found;
}

}  // namespace

Result<std::optional<FileLock>> FileLock::try_acquire(const std::string& path) {
    OpenFile file(path, O_RDWR | O_CREAT);
    if (file.get() < 0) return tl::unexpected<Error>(unwritable(path, std::strerror(errno)));
    struct flock range = whole_file();
    if (::fcntl(file.get(), F_OFD_SETLK, &range) != 0) {
        if (errno == EAGAIN || errno == EACCES) return std::nullopt;
        return tl::unexpected<Error>(unwritable(path, std::strerror(errno)));
    }
    if (!write_own_id(file.get())) {
        return tl::unexpected<Error>(unwritable(path, std::strerror(errno)));
    }
    return FileLock(file.release());
}

LockHolder FileLock::holder(const std::string& path) {
    const OpenFile file(path, O_RDWR);
    struct stat wanted {};
    if (file.get() < 0 || ::fstat(file.get(), &wanted) != 0) return std::nullopt;
    for (int attempt = 0; attempt < k_holder_attempts; ++attempt) {
        if (!locked_by_another(file.get())) return std::nullopt;
        const pid_t id = written_id(file.get());
        if (id != 0 && has_open(id, wanted).value_or(true)) return id;
        std::this_thread::sleep_for(k_between_attempts);
    }
    return 0;
}

std::string FileLock::holder_in_words(const std::string& path) {
    const pid_t id = holder(path).value_or(0);
    return id == 0 ? "another process" : "process " + std::to_string(id);
}

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
}

FileLock::~FileLock() {
    if (file_ >= 0) ::close(file_);
}

bool FileLock::exists() const {
    struct stat own {};
    return ::fstat(file_, &own) == 0 && own.st_nlink > 0;
}

bool FileLock::is_at(const std::string& path) const {
    struct stat own {};
    struct stat there {};
    return ::fstat(file_, &own) == 0 && ::stat(path.c_str(), &there) == 0 && same_file(own, there);
}

void FileLock::clear() {
    if (::ftruncate(file_, 0) == 0) return;
    // The name of a process that has ended stays: `status` will say that it ended, which is true.
}

}  // namespace cityledger::io
