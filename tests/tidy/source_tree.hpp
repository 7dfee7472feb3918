#pragma once
// The source tree as the tidy tests read it.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/paths.hpp"

namespace cityledger::tidy {

struct SourceFile {
    std::string path;  ///< relative to the repository, e.g. "node/io/http/http_server.cpp"
    std::vector<std::string> lines;
    std::string text;
};

/// All .hpp and .cpp files below these folders, ascending by path.
inline std::vector<SourceFile> read_sources(const std::vector<std::string>& folders) {
    namespace fs = std::filesystem;
    const fs::path root = source_dir();
    std::vector<SourceFile> files;
    for (const std::string& folder : folders) {
        if (!fs::exists(root / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const std::string extension = entry.path().extension();
            if (extension != ".hpp" && extension != ".cpp") continue;
            SourceFile file;
            file.path = fs::relative(entry.path(), root).generic_string();
            std::ifstream stream(entry.path());
            for (std::string line; std::getline(stream, line);) {
                file.lines.push_back(line);
                file.text += line + "\n";
            }
            files.push_back(std::move(file));
        }
    }
    std::sort(files.begin(), files.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return files;
}

inline std::vector<SourceFile> production_sources() {
    return read_sources({"crypto", "ledger", "node", "client", "sim"});
}

inline std::vector<SourceFile> test_sources() { return read_sources({"tests"}); }

/// Findings as one text, so that a failing test shows them all.
inline std::string joined(const std::vector<std::string>& findings) {
    std::ostringstream text;
    for (const std::string& finding : findings) text << "\n  " << finding;
    return text.str();
}

}  // namespace cityledger::tidy
