// Small, bounded, plain: lengths of lines, functions and files, and words that have no place here.

#include <catch2/catch.hpp>
#include <regex>

#include "tests/tidy/source_tree.hpp"

namespace cityledger::tidy {
namespace {

constexpr std::size_t k_max_columns = 100;
constexpr std::size_t k_max_function_lines = 70;
constexpr std::size_t k_max_file_lines = 500;

std::size_t columns(const std::string& line) {
    std::size_t count = 0;
    for (const char byte : line) {
        if ((static_cast<unsigned char>(byte) & 0xc0) != 0x80) ++count;  // UTF-8 lead bytes only
    }
    return count;
}

std::vector<SourceFile> all_sources() {
    return read_sources({"crypto", "ledger", "node", "client", "sim", "benchmarks", "tests"});
}

bool is_code_list(const SourceFile& file) {
    return file.path.find("codes.hpp") != std::string::npos;
}

TEST_CASE("no line is longer than 100 columns", "[tidy]") {
    std::vector<std::string> findings;
    for (const SourceFile& file : all_sources()) {
        if (is_code_list(file)) continue;  // tables, one code a line
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const bool is_data = file.lines[i].find("R\"") != std::string::npos;
            if (columns(file.lines[i]) > k_max_columns && !is_data) {
                findings.push_back(file.path + ":" + std::to_string(i + 1));
            }
        }
    }
    INFO(joined(findings));
    CHECK(findings.empty());
}

TEST_CASE("no file of the product is longer than 500 lines", "[tidy]") {
    std::vector<std::string> findings;
    for (const SourceFile& file : production_sources()) {
        if (file.lines.size() > k_max_file_lines) {
            findings.push_back(file.path + ": " + std::to_string(file.lines.size()));
        }
    }
    INFO(joined(findings));
    CHECK(findings.empty());
}

/// A function body: from a line that starts in column 0 to 4 and ends in "{" to its closing brace
/// with the same indent. Namespaces, types and tests are not functions.
TEST_CASE("no function of the product is longer than 70 lines", "[tidy]") {
    static const std::regex opening(R"(^(\s{0,4})[^\s/#}].*\)[^;]*\{\s*$)");
    static const std::regex not_a_function(R"(^\s*(namespace|class|struct|enum|union)\b)");
    std::vector<std::string> findings;
    for (const SourceFile& file : production_sources()) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            std::smatch match;
            if (!std::regex_match(file.lines[i], match, opening) ||
                std::regex_search(file.lines[i], not_a_function)) {
                continue;
            }
            const std::string end = match[1].str() + "}";
            std::size_t last = i + 1;
            while (last < file.lines.size() && file.lines[last].rfind(end, 0) != 0) ++last;
            if (last - i + 1 > k_max_function_lines) {
                findings.push_back(file.path + ":" + std::to_string(i + 1) + ": " +
                                   std::to_string(last - i + 1) + " lines");
            }
        }
    }
    INFO(joined(findings));
    CHECK(findings.empty());
}

TEST_CASE("no leftover words", "[tidy]") {
    static const std::regex leftover(R"(\b(TODO|FIXME|XXX|HACK|stub)\b)");
    std::vector<std::string> findings;
    for (const SourceFile& file : all_sources()) {
        if (file.path == "tests/tidy/style_test.cpp") continue;
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (std::regex_search(file.lines[i], leftover)) {
                findings.push_back(file.path + ":" + std::to_string(i + 1) + " " + file.lines[i]);
            }
        }
    }
    INFO(joined(findings));
    CHECK(findings.empty());
}

TEST_CASE("every header is guarded and every file begins with its purpose", "[tidy]") {
    std::vector<std::string> findings;
    for (const SourceFile& file : production_sources()) {
        const bool header = file.path.ends_with(".hpp");
        if (header && (file.lines.empty() || file.lines[0] != "#pragma once")) {
            findings.push_back(file.path + ": no #pragma once in line 1");
        }
        if (header && (file.lines.size() < 2 || file.lines[1].rfind("//", 0) != 0)) {
            findings.push_back(file.path + ": no comment in line 2 that says what it is for");
        }
    }
    INFO(joined(findings));
    CHECK(findings.empty());
}

}  // namespace
}  // namespace cityledger::tidy
