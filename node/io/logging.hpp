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

/// Writes to one file; safe from any thread.
class Logger {
public:
    /// A logger that writes nothing, for tests.
    Logger();
    ~Logger();

    /// Appends to the file; every line names the node.
    [[nodiscard]] static Result<std::unique_ptr<Logger>> open(const std::string& path,
                                                              const std::string& node,
                                                              LogLevel level);

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
