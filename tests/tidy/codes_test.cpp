// Refusal codes: one cause each, and a test each.

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <set>

#include "tests/tidy/source_tree.hpp"

namespace cityledger::tidy {
namespace {

struct DefinedCode {
    std::string name;
    std::string number;
    std::string file;
};

std::vector<DefinedCode> defined_codes() {
    static const std::regex definition(R"(^\s*X\((\w+),\s*(\d+),)");
    std::vector<DefinedCode> codes;
    for (const SourceFile& file : production_sources()) {
        if (file.path.find("codes.hpp") == std::string::npos) continue;
        for (const std::string& line : file.lines) {
            std::smatch match;
            if (std::regex_search(line, match, definition)) {
                codes.push_back({match[1], match[2], file.path});
            }
        }
    }
    return codes;
}

/// How often each `codes::name` is named in these files.
std::map<std::string, int> mentions(const std::vector<SourceFile>& files) {
    static const std::regex mention(R"(codes::(\w+))");
    std::map<std::string, int> counts;
    for (const SourceFile& file : files) {
        auto begin = std::sregex_iterator(file.text.begin(), file.text.end(), mention);
        for (auto it = begin; it != std::sregex_iterator(); ++it) ++counts[(*it)[1]];
    }
    return counts;
}

/// How often each code is raised: refuse(codes::x or Error{codes::x / {codes::x, ...
std::map<std::string, int> raises(const std::vector<SourceFile>& files) {
    static const std::regex raise(R"((?:refuse\(|Error\{|Failure\{+)\s*(?:\w+::)*codes::(\w+))");
    std::map<std::string, int> counts;
    for (const SourceFile& file : files) {
        auto begin = std::sregex_iterator(file.text.begin(), file.text.end(), raise);
        for (auto it = begin; it != std::sregex_iterator(); ++it) ++counts[(*it)[1]];
    }
    return counts;
}

/// Where the Chinese text of a code stands: a contract's in its own folder.
std::string chinese_table_for(const DefinedCode& code) {
    const std::string folder = code.file.substr(0, code.file.rfind('/'));
    return folder.starts_with("ledger/contracts/") ? folder + "/codes_zh.tsv"
                                                   : "sim/scenario/data/codes_zh.tsv";
}

/// All tables of Chinese texts, wherever they stand.
std::vector<std::string> chinese_tables() {
    namespace fs = std::filesystem;
    const fs::path root = source_dir();
    std::vector<std::string> tables = {"sim/scenario/data/codes_zh.tsv"};
    for (const auto& folder : fs::directory_iterator(root / "ledger/contracts")) {
        const fs::path table = folder.path() / "codes_zh.tsv";
        if (fs::exists(table)) tables.push_back(fs::relative(table, root).generic_string());
    }
    return tables;
}

TEST_CASE("the list of codes is found", "[tidy]") { CHECK(defined_codes().size() > 50); }

TEST_CASE("no two codes share a number or a name", "[tidy]") {
    std::set<std::string> numbers;
    std::set<std::string> names;
    for (const DefinedCode& code : defined_codes()) {
        INFO(code.file << ": " << code.name << " " << code.number);
        CHECK(numbers.insert(code.number).second);
        CHECK(names.insert(code.name).second);
    }
}

TEST_CASE("each code is raised in exactly one place", "[tidy]") {
    const auto counts = raises(production_sources());
    std::vector<std::string> findings;
    for (const DefinedCode& code : defined_codes()) {
        const auto found = counts.find(code.name);
        const int count = found == counts.end() ? 0 : found->second;
        if (count != 1) {
            findings.push_back(code.name + " (" + code.file + "): raised in " +
                               std::to_string(count) + " places");
        }
    }
    INFO("codes with no cause or several:" << joined(findings));
    CHECK(findings.empty());
}

TEST_CASE("each code has a test that names it", "[tidy]") {
    const auto counts = mentions(test_sources());
    std::vector<std::string> findings;
    for (const DefinedCode& code : defined_codes()) {
        if (counts.count(code.name) == 0) findings.push_back(code.name + " (" + code.file + ")");
    }
    INFO("codes without a test:" << joined(findings));
    CHECK(findings.empty());
}

TEST_CASE("each code has its meaning and remedy in Chinese, and no other name has", "[tidy]") {
    std::map<std::string, std::string> translated;  // the file of each
    for (const std::string& file : chinese_tables()) {
        std::ifstream table(source_dir() + "/" + file);
        std::string line;
        std::getline(table, line);
        CHECK(line == "code\t含义\t补救");
        while (std::getline(table, line)) {
            INFO(file << ": " << line);
            CHECK(std::count(line.begin(), line.end(), '\t') == 2);
            CHECK(translated.emplace(line.substr(0, line.find('\t')), file).second);
        }
    }
    std::vector<std::string> findings;
    std::set<std::string> defined;
    for (const DefinedCode& code : defined_codes()) {
        defined.insert(code.name);
        const std::string wanted = chinese_table_for(code);
        const auto found = translated.find(code.name);
        if (found != translated.end() && found->second == wanted) continue;
        findings.push_back(code.name + " (" + code.file + ") needs a line in " + wanted);
    }
    for (const auto& [name, file] : translated) {
        if (defined.count(name) == 0) findings.push_back(name + " (" + file + ") is no code");
    }
    INFO("Chinese texts:" << joined(findings));
    CHECK(findings.empty());
}

}  // namespace
}  // namespace cityledger::tidy
