#include "node/io/logging.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include "node/io/config_files.hpp"

namespace cityledger::io {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

void append_value(std::string& line, std::string_view value) {
    const bool plain =
        !value.empty() && value.find_first_of(" \"\\=\n\r\t") == std::string_view::npos;
    if (plain) {
        line += value;
        return;
    }
    line += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') line += '\\';
        // Control characters could forge lines: what peers send must stay in its own line.
        line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    line += '"';
}

}  // namespace

class Logger::Impl {
public:
    explicit Impl(std::shared_ptr<spdlog::logger> target) : target_(std::move(target)) {}
    spdlog::logger& target() { return *target_; }

private:
    std::shared_ptr<spdlog::logger> target_;
};

Logger::Logger() = default;
Logger::~Logger() = default;

Result<std::unique_ptr<Logger>> Logger::open(const std::string& path, const std::string& node,
                                             LogLevel level, std::size_t file_bytes) {
    try {
        auto sink = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path, file_bytes,
                                                                           k_old_log_files);
        auto target = std::make_shared<spdlog::logger>(node, std::move(sink));
        target->set_pattern("ts=%Y-%m-%dT%H:%M:%S.%e%z level=%l node=%n %v");
        target->set_level(to_spdlog(level));
        target->flush_on(spdlog::level::info);
        auto logger = std::make_unique<Logger>();
        logger->impl_ = std::make_unique<Impl>(std::move(target));
        return logger;
    } catch (const spdlog::spdlog_ex& failure) {
        return tl::unexpected<Error>(unwritable(path, failure.what()));
    }
}

bool Logger::writes(LogLevel level) const {
    return impl_ && impl_->target().should_log(to_spdlog(level));
}

void Logger::write(LogLevel level, std::string_view event, LogFields fields) {
    if (!writes(level)) return;
    impl_->target().log(to_spdlog(level), to_logfmt(event, fields));
}

void Logger::flush() {
    if (impl_) impl_->target().flush();
}

std::string to_logfmt(std::string_view event, LogFields fields) {
    std::string line = "event=";
    append_value(line, event);
    for (const auto& [key, value] : fields) {
        line += ' ';
        line += key;
        line += '=';
        append_value(line, value);
    }
    return line;
}

}  // namespace cityledger::io
