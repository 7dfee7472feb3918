#pragma once
// The log of a node: one line per event, as key=value pairs (logfmt), so that people read it and
// tools cut it.

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/result.hpp"
#include "ledger/codec/field.hpp"

namespace cityledger::io {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;

/// At most so much is kept of a node's log: the file that is written, and those before it.
inline constexpr std::size_t k_log_file_bytes = 16 * 1024 * 1024;
inline constexpr std::size_t k_old_log_files = 3;

/// Writes to one file, which makes room at a bound: node.log becomes node.1.log, and the oldest
/// goes. Safe from any thread.
class Logger {
public:
    /// A logger that writes nothing, for tests.
    Logger();
    ~Logger();

    /// Appends to the file; every line names the node.
    [[nodiscard]] static Result<std::unique_ptr<Logger>> open(
        const std::string& path, const std::string& node, LogLevel level,
        std::size_t file_bytes = k_log_file_bytes);

    void write(LogLevel level, std::string_view event, LogFields fields = {});
    /// Whether a line of this level would be written.
    [[nodiscard]] bool writes(LogLevel level) const;
    void info(std::string_view event, LogFields fields = {}) {
        write(LogLevel::info, event, fields);
    }
    void warning(std::string_view event, LogFields fields = {}) {
        write(LogLevel::warning, event, fields);
    }
    void flush();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;  // null: writes nothing
};

/// "key=value key=\"value with blanks\"": quotes, backslashes and line ends are escaped.
[[nodiscard]] std::string to_logfmt(std::string_view event, LogFields fields);

}  // namespace cityledger::io

template <>
struct cityledger::ledger::EnumNames<cityledger::io::LogLevel> {
    static constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
};
