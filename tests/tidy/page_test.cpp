// The page of a node has words for what contracts tell.

#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "tests/tidy/source_tree.hpp"

namespace cityledger::tidy {
namespace {

TEST_CASE("the page has words for every event that a contract names", "[tidy]") {
    std::ifstream file(source_dir() + "/node/io/http/page/words.js");
    const std::string words((std::istreambuf_iterator<char>(file)),
                            std::istreambuf_iterator<char>());
    REQUIRE(words.find("'invoice.issued': [") != words.npos);
    const std::regex name(
        R"re("((?:calendar|directory|evidence|invoice|membership|receivables|risk)\.[a-z_]+)")re");
    std::set<std::string> missing;
    for (const SourceFile& source : read_sources({"ledger/contracts"})) {
        for (auto found = std::sregex_iterator(source.text.begin(), source.text.end(), name);
             found != std::sregex_iterator(); ++found) {
            const std::string event = (*found)[1];
            if (words.find("'" + event + "': [") == words.npos) missing.insert(event);
        }
    }
    INFO("events without words in words.js:" << joined({missing.begin(), missing.end()}));
    CHECK(missing.empty());
}

}  // namespace
}  // namespace cityledger::tidy
