#include "sim/launch/node_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "node/io/config.hpp"
#include "sim/launch/launch_codes.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr auto k_poll_interval = std::chrono::milliseconds(5);

/// Children that must not outlive this process.
std::mutex children_mutex;
std::set<pid_t> children;

/// The lock of a home on behalf of a program that takes none: it inherits the descriptor, and the
/// system frees the lock when it ends. Only calls that are safe after fork.
void lock_home(const char* path) {
    const int file = ::open(path, O_RDWR | O_CREAT, 0644);
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    std::array<char, 16> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size() - 1, ::getpid()).ptr;
    *end = '\n';
    const auto size = static_cast<std::size_t>(end - text.data()) + 1;
    const bool locked = file >= 0 && ::fcntl(file, F_OFD_SETLK, &whole) == 0 &&
                        ::ftruncate(file, 0) == 0 &&
                        ::write(file, text.data(), size) == static_cast<ssize_t>(size);
    if (!locked) ::_exit(126);
}

/// What the child does between fork and exec: only calls that are safe there. `lock` may be null.
[[noreturn]] void become_daemon(const std::vector<char*>& arguments, int log, pid_t parent,
                                bool background, const char* lock) {
    if (lock != nullptr) lock_home(lock);
    if (background) {
        ::setsid();
    } else {
        // Ctrl-C goes to the parent alone, which ends its children in order. If the parent dies,
        // so does the child; the second look closes the gap before the first call took effect.
        ::setpgid(0, 0);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) ::_exit(1);
    }
    sigset_t no_signals;
    ::sigemptyset(&no_signals);  // the parent blocks the signals that it watches; not the child
    ::sigprocmask(SIG_SETMASK, &no_signals, nullptr);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
}

}  // namespace

Result<std::string> find_daemon(const std::string& wished) {
    std::error_code error;
    const std::string path =
        wished.empty()
            ? (fs::read_symlink("/proc/self/exe", error).parent_path() / "cityledgerd").string()
            : wished;
    if (::access(path.c_str(), X_OK) != 0) return refuse(codes::daemon_missing, path);
    return path;
}

Error not_started(std::string detail) {
    return Error{codes::daemon_not_started, std::move(detail)};
}

NodeProcess::NodeProcess(std::string home, LaunchOptions options)
    : home_(std::move(home)), options_(std::move(options)) {}

NodeProcess::~NodeProcess() { kill_now(); }

NodeProcess::NodeProcess(NodeProcess&& other) noexcept
    : home_(std::move(other.home_)),
      options_(std::move(other.options_)),
      process_id_(std::exchange(other.process_id_, std::nullopt)),
      exit_code_(other.exit_code_) {}

NodeProcess& NodeProcess::operator=(NodeProcess&& other) noexcept {
    std::swap(home_, other.home_);
    std::swap(options_, other.options_);
    std::swap(process_id_, other.process_id_);
    std::swap(exit_code_, other.exit_code_);
    return *this;
}

Result<std::vector<std::string>> NodeProcess::command() const {
    if (options_.other) return options_.other->command;
    const auto daemon = find_daemon(options_.daemon);
    if (!daemon) return propagate(daemon);
    std::vector<std::string> texts = {*daemon, "--home", home_};
    texts.insert(texts.end(), options_.arguments.begin(), options_.arguments.end());
    return texts;
}

Status NodeProcess::start() {
    auto texts = command();
    if (!texts) return propagate(texts);
    std::vector<char*> arguments;
    for (std::string& text : *texts) arguments.push_back(text.data());
    arguments.push_back(nullptr);

    std::error_code ignored;
    fs::remove(io::NodeHome{home_}.ports(), ignored);
    const std::string console = io::NodeHome{home_}.console_log();
    const std::string lock_path = io::NodeHome{home_}.process_id();
    const char* const home_lock = options_.other ? lock_path.c_str() : nullptr;
    const int log = ::open(console.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const pid_t parent = ::getpid();
    std::unique_lock lock(children_mutex);
    const pid_t child = log < 0 ? -1 : ::fork();
    if (child == 0) become_daemon(arguments, log, parent, options_.background, home_lock);
    const int cause = errno;
    if (child > 0) children.insert(child);
    lock.unlock();
    if (log >= 0) ::close(log);
    if (child < 0) {
        return tl::unexpected<Error>(not_started(home_ + ": " + std::strerror(cause)));
    }
    process_id_ = child;
    exit_code_.reset();
    return {};
}

void NodeProcess::reap(bool wait) {
    if (!process_id_) return;
    int status = 0;
    pid_t ended = 0;
    do {
        ended = ::waitpid(*process_id_, &status, wait ? 0 : WNOHANG);
    } while (ended < 0 && errno == EINTR);
    if (ended == 0) return;
    if (ended > 0 && WIFEXITED(status)) exit_code_ = WEXITSTATUS(status);
    const std::lock_guard lock(children_mutex);
    children.erase(*process_id_);
    process_id_.reset();
}

bool NodeProcess::running() {
    reap(false);
    return process_id_.has_value();
}

void NodeProcess::leave_running() {
    if (!process_id_ || !options_.background) return;
    const std::lock_guard lock(children_mutex);
    children.erase(*process_id_);
    process_id_.reset();
}

void NodeProcess::send_signal(int signal) {
    if (running()) ::kill(*process_id_, signal);
}

void NodeProcess::kill_now() {
    send_signal(SIGKILL);
    reap(true);
}

std::optional<int> NodeProcess::stop(std::uint64_t timeout_ms) {
    send_signal(SIGCONT);
    send_signal(SIGTERM);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
    while (running() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(k_poll_interval);
    }
    if (running()) kill_now();
    return exit_code_;
}

// By number: the header of glibc 2.36 declares the calls for C only.
ForeignProcess::ForeignProcess(pid_t process)
    : handle_(static_cast<int>(::syscall(SYS_pidfd_open, process, 0))) {}

ForeignProcess::ForeignProcess(ForeignProcess&& other) noexcept
    : handle_(std::exchange(other.handle_, -1)) {}

ForeignProcess::~ForeignProcess() {
    if (handle_ >= 0) ::close(handle_);
}

bool ForeignProcess::send_signal(int signal) const {
    return handle_ >= 0 && ::syscall(SYS_pidfd_send_signal, handle_, signal, nullptr, 0) == 0;
}

bool ForeignProcess::ends_within(std::uint64_t milliseconds) const {
    if (handle_ < 0) return true;
    pollfd ended{handle_, POLLIN, 0};  // readable once it has ended, waited for or not
    const int found = ::poll(&ended, 1, static_cast<int>(milliseconds));
    return found > 0;
}

void kill_all_children() {
    const std::lock_guard lock(children_mutex);
    for (const pid_t child : children) ::kill(child, SIGKILL);
    for (const pid_t child : children) ::waitpid(child, nullptr, 0);
    children.clear();
}

io::LockHolder running_process(const std::string& home) {
    return io::FileLock::holder(io::NodeHome{home}.process_id());
}

std::string log_tail(const std::string& home, std::size_t lines) {
    std::string tail;
    for (const std::string& path :
         {io::NodeHome{home}.node_log(), io::NodeHome{home}.console_log()}) {
        std::ifstream stream(path);
        std::deque<std::string> last;
        for (std::string line; std::getline(stream, line);) {
            last.push_back(line);
            if (last.size() > lines) last.pop_front();
        }
        for (const std::string& line : last) tail += "\n  " + line;
    }
    return tail;
}

}  // namespace cityledger::sim
