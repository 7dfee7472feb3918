// The catalogue of messages: complete in both languages, and everything that is said is in it.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "sim/runner/report.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/world/world_codes.hpp"
#include "tests/paths.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

std::set<std::string> placeholders(std::string_view text) {
    static const std::regex placeholder(R"(\{[1-9]\})");
    const std::string copy(text);
    std::set<std::string> found;
    for (auto it = std::sregex_iterator(copy.begin(), copy.end(), placeholder);
         it != std::sregex_iterator(); ++it) {
        found.insert(it->str());
    }
    return found;
}

TEST_CASE("each message has both languages with the same placeholders", "[messages]") {
    std::set<std::string_view> ids;
    for (const CatalogueLine& line : catalogue()) {
        INFO(line.id);
        CHECK(ids.insert(line.id).second);
        CHECK_FALSE(line.english.empty());
        CHECK_FALSE(line.chinese.empty());
        CHECK(placeholders(line.english) == placeholders(line.chinese));
    }
    CHECK(ids.size() > 100);
}

TEST_CASE("everything that the program says is in the catalogue", "[messages]") {
    static const std::regex id(R"#((?:said|row|line)\("([a-z_.]*[a-z_])")#");
    std::set<std::string> known;
    for (const CatalogueLine& line : catalogue()) known.emplace(line.id);
    std::size_t found = 0;
    for (const auto& entry : fs::recursive_directory_iterator(source_dir() + "/sim")) {
        if (entry.path().extension() != ".cpp") continue;
        std::ifstream stream(entry.path());
        std::ostringstream text;
        text << stream.rdbuf();
        const std::string source = text.str();
        for (auto it = std::sregex_iterator(source.begin(), source.end(), id);
             it != std::sregex_iterator(); ++it) {
            INFO(entry.path() << ": " << (*it)[1]);
            CHECK(known.count((*it)[1]) == 1);
            ++found;
        }
    }
    CHECK(found > 100);
}

TEST_CASE("the language is that of --lang, or else of the environment", "[messages]") {
    CHECK(language_of("", nullptr, nullptr, nullptr) == Language::english);
    CHECK(language_of("", nullptr, nullptr, "zh_CN.UTF-8") == Language::chinese);
    CHECK(language_of("", nullptr, nullptr, "zh_CN") == Language::chinese);
    CHECK(language_of("", "C", "zh_CN.UTF-8", "zh_CN.UTF-8") == Language::english);
    CHECK(language_of("", "", "zh_CN.UTF-8", "en_GB.UTF-8") == Language::chinese);
    CHECK(language_of("en", nullptr, nullptr, "zh_CN.UTF-8") == Language::english);
    CHECK(language_of("zh", "C", nullptr, nullptr) == Language::chinese);
    CHECK_FALSE(language_of("fr", nullptr, nullptr, nullptr));
}

TEST_CASE("a refusal in Chinese has its meaning, place, suggestion and remedy", "[messages]") {
    const std::string text = "version: 1\nname: a\nactor: []\n";
    const auto english = read_scenario(text, "story.yaml");
    REQUIRE_FALSE(english);
    CHECK(message_of(english.error()) == english.error().message());
    set_language(Language::chinese);
    const auto chinese = read_scenario(text, "story.yaml");
    const std::string told = message_of(chinese.error());
    const std::string bare = message_of(Error{codes::world_timed_out, ""});
    const std::string report = report_text(report_of_error("story.yaml", chinese.error()));
    set_language(Language::english);
    CHECK(told ==
          "scenario_unknown_key（1511）：此处没有这个键。story.yaml:3:1: `actor`；是否想写 "
          "`actors`？。下一步：可用的键见 docs/scenarios.md");
    CHECK(bare ==
          "world_timed_out（1600）：网络没有及时给出最终回执。下一步：检查是否有法定数的节点在运行"
          "并相互连接");
    CHECK(report.find("story.yaml：场景文件有误") != std::string::npos);
}

}  // namespace
}  // namespace cityledger::sim
