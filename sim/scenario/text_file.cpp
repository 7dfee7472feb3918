#include "sim/scenario/text_file.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/scenario/problems.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

Result<std::string> read_scenario_text(const std::string& path) {
    const auto failed = [&path](const std::string& cause) {
        return tl::unexpected<Error>(problem::unreadable(path, cause));
    };
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) return failed(error.message());
    if (!std::filesystem::is_regular_file(status)) return failed(said("problem.no_regular_file"));
    const auto size = std::filesystem::file_size(path, error);
    if (error) return failed(error.message());
    if (size > k_max_scenario_bytes) return failed(said("problem.file_too_large"));
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    if (size > 0) text << stream.rdbuf();
    if (!stream) return failed(said("problem.no_permission"));
    return text.str();
}

}  // namespace cityledger::sim
