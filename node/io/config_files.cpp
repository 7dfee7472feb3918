#include "node/io/config_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

constexpr std::uintmax_t k_max_text_file_bytes = 16 * 1024 * 1024;

/// Closes a file descriptor when it goes out of scope.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(file) == 0;
}

}  // namespace

Error unreadable(const std::string& path, const std::string& cause) {
    return Error{codes::file_unreadable, path + ": " + cause};
}

Error unwritable(const std::string& path, const std::string& cause) {
    return refuse(codes::file_unwritable, path + ": " + cause).value();
}

Result<std::string> read_text_file(const std::string& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    std::string cause = error ? error.message() : "";
    if (!error && size > k_max_text_file_bytes) cause = "larger than 16 MiB";
    std::ifstream file(path, std::ios::binary);
    if (cause.empty() && !file) cause = std::strerror(errno);
    if (!cause.empty()) return tl::unexpected<Error>(unreadable(path, cause));
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

Result<std::string> read_key_file(const std::string& path) {
    struct stat information {};
    if (::stat(path.c_str(), &information) == 0 && (information.st_mode & 077) != 0) {
        return refuse(codes::key_file_exposed, path);
    }
    return read_text_file(path);
}

Status write_text_file(const std::string& path, std::string_view text, unsigned permissions) {
    const std::string temporary = path + ".new";
    const auto failed = [&] {
        return tl::unexpected<Error>(unwritable(path, std::strerror(errno)));
    };
    {
        ::unlink(temporary.c_str());
        const Descriptor file(
            ::open(temporary.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, permissions));
        if (file.number() < 0 || !write_all(file.number(), text)) return failed();
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) return failed();
    const std::string folder = std::filesystem::path(path).parent_path().string();
    const Descriptor parent(
        ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.number() < 0 || ::fsync(parent.number()) != 0) return failed();
    return {};
}

}  // namespace cityledger::io
