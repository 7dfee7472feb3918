// What the tutorial "add a contract" shows stands in the tree, word for word.

#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>

#include "tests/tidy/source_tree.hpp"

namespace cityledger::tidy {
namespace {

namespace fs = std::filesystem;

constexpr const char* k_tutorial = "docs/tutorial-add-a-contract.md";

using Lines = std::vector<std::string>;

struct Excerpt {
    std::string path;  ///< named last in backticks before the block
    std::size_t line;  ///< of the tutorial
    Lines lines;
};

Lines lines_of(const std::string& path) {
    std::ifstream stream(fs::path(source_dir()) / path);
    Lines lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// The last path in backticks of this line, or what it was before.
std::string path_after(const std::string& line, std::string path) {
    static const std::regex quoted(R"(`([\w./-]+/[\w.-]+\.(?:hpp|cpp|yaml|tsv))`)");
    for (auto it = std::sregex_iterator(line.begin(), line.end(), quoted);
         it != std::sregex_iterator(); ++it) {
        path = (*it)[1];
    }
    return path;
}

/// The blocks of code; those of shell commands are typed by the end-to-end tests.
std::vector<Excerpt> excerpts() {
    std::vector<Excerpt> found;
    std::string path;
    bool inside = false;
    bool shown = false;
    std::size_t number = 0;
    for (const std::string& line : lines_of(k_tutorial)) {
        ++number;
        if (line.starts_with("```")) {
            inside = !inside;
            shown = inside && line != "```sh";
            if (shown) found.push_back({path, number, {}});
        } else if (shown) {
            found.back().lines.push_back(line);
        } else if (!inside) {
            path = line.starts_with("#") ? std::string() : path_after(line, path);
        }
    }
    return found;
}

/// Without the indentation that all lines share.
Lines outdented(Lines lines) {
    std::size_t shared = std::string::npos;
    for (const std::string& line : lines) {
        shared = std::min(shared, line.find_first_not_of(' '));
    }
    if (shared == std::string::npos) return lines;
    for (std::string& line : lines) line.erase(0, std::min(shared, line.size()));
    return lines;
}

bool stands_in(const Lines& file, const Lines& block) {
    const Lines wanted = outdented(block);
    const auto length = static_cast<std::ptrdiff_t>(wanted.size());
    for (auto begin = file.begin(); file.end() - begin >= length; ++begin) {
        if (outdented(Lines(begin, begin + length)) == wanted) return true;
    }
    return false;
}

TEST_CASE("each excerpt of the tutorial stands in the file that it names", "[tidy]") {
    const std::vector<Excerpt> all = excerpts();
    CHECK(all.size() >= 10);
    for (const Excerpt& excerpt : all) {
        INFO(k_tutorial << ":" << excerpt.line << ": `" << excerpt.path << "`");
        REQUIRE_FALSE(excerpt.path.empty());
        REQUIRE_FALSE(excerpt.lines.empty());
        CHECK(stands_in(lines_of(excerpt.path), excerpt.lines));
    }
}

TEST_CASE("the tutorial names every file of the contract that it tells of", "[tidy]") {
    const fs::path root = source_dir();
    std::vector<std::string> files = {"scenarios/evidence.yaml",
                                      "tests/contracts/evidence_test.cpp",
                                      "tests/sim/roots/evidence.txt"};
    for (const auto& entry : fs::directory_iterator(root / "ledger/contracts/evidence")) {
        files.push_back(fs::relative(entry.path(), root).generic_string());
    }
    CHECK(files.size() >= 7);
    std::string text;
    for (const std::string& line : lines_of(k_tutorial)) text += line + "\n";
    for (const std::string& file : files) {
        INFO(file);
        CHECK(fs::exists(root / file));
        CHECK(text.find("`" + file + "`") != std::string::npos);
    }
}

}  // namespace
}  // namespace cityledger::tidy
