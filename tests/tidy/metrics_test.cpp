// What the parts of a node count has a name and words in /metrics, and contracts declare what they
// tell.

#include <catch2/catch.hpp>
#include <map>
#include <regex>
#include <set>

#include "tests/tidy/source_tree.hpp"

namespace cityledger::tidy {
namespace {

std::set<std::string> matches(const std::string& text, const std::regex& what) {
    std::set<std::string> found;
    for (auto it = std::sregex_iterator(text.begin(), text.end(), what);
         it != std::sregex_iterator(); ++it) {
        found.insert((*it)[1]);
    }
    return found;
}

std::string text_of(const std::string& path) {
    std::ifstream file(source_dir() + "/" + path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST_CASE("every counter of a node has its name and its words in /metrics", "[tidy]") {
    const std::set<std::string> named = matches(text_of("node/io/http/metric_names.cpp"),
                                                std::regex(R"re(\n    \{"([a-z0-9_]+)", )re"));
    const std::regex indexed(R"re(counters_?\["([a-z0-9_]+)")re");
    const std::regex listed(R"re(\{"((?:http|event)_[a-z_]+)", )re");
    std::set<std::string> counted;
    for (const SourceFile& source : read_sources({"node/replica", "node/io"})) {
        counted.merge(matches(source.text, indexed));
        if (source.path == "node/io/daemon/http_thread.cpp") {
            counted.merge(matches(source.text, listed));
        }
    }
    CHECK(counted.size() > 40);
    CHECK(named.size() > 40);
    std::vector<std::string> findings;
    for (const std::string& name : counted) {
        if (!named.contains(name)) findings.push_back(name);
    }
    INFO("counters without a line in metric_names.cpp:" << joined(findings));
    CHECK(findings.empty());
}

TEST_CASE("every contract declares the events that it names, and no others", "[tidy]") {
    const std::regex event(
        R"re("((?:calendar|directory|evidence|invoice|membership|receivables|risk)\.[a-z_]+)")re");
    std::map<std::string, std::string> texts;  // by folder, without the declarations
    std::map<std::string, std::set<std::string>> declared;
    for (const SourceFile& source : read_sources({"ledger/contracts"})) {
        const std::string folder = source.path.substr(0, source.path.rfind('/'));
        if (source.path.ends_with("_events.hpp")) {
            declared[folder] = matches(source.text, event);
        } else {
            texts[folder] += source.text;
        }
    }
    CHECK(declared.size() == 6);
    std::vector<std::string> findings;
    for (const auto& [folder, text] : texts) {
        const std::set<std::string> used = matches(text, event);
        for (const std::string& name : used) {
            // What a contract hears of is named by its own contract.
            const std::string home = "ledger/contracts/" + name.substr(0, name.find('.'));
            const std::string& of = declared.contains(home) ? home : folder;
            if (!declared[of].contains(name)) findings.push_back(name + " is not declared");
        }
        for (const std::string& name : declared[folder]) {
            // Those of silence are put together of "directory." and their word.
            const std::string word = "\"" + name.substr(name.find('.') + 1) + "\"";
            if (!used.contains(name) && text.find(word) == text.npos) {
                findings.push_back(name + " is never told");
            }
        }
    }
    INFO("events:" << joined(findings));
    CHECK(findings.empty());
}

}  // namespace
}  // namespace cityledger::tidy
