#include "sim/bench/report_html.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>

#include "sim/scenario/wording.hpp"
#include "tests/bench/sample_result.hpp"

namespace cityledger::bench {
namespace {

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

/// What the page's own script reads.
boost::json::value data_of(const std::string& page) {
    const std::string opening = R"(<script type="application/json" id="data">)";
    const std::size_t begin = page.find(opening) + opening.size();
    const auto json = ledger::parse_json(page.substr(begin, page.find("</script>", begin) - begin));
    REQUIRE(json);
    return *json;
}

TEST_CASE("the page loads nothing from elsewhere", "[bench]") {
    const std::string page = report_html(test::sample_result());
    const std::string without = page.substr(0, page.find(chart_library())) +
                                page.substr(page.find(chart_library()) + chart_library().size());
    CHECK(without.size() + chart_library().size() == page.size());
    CHECK(count_of(without, "http://") + count_of(without, "https://") == 0);
    // The library names its home and that of its colour parser in comments.
    CHECK(count_of(chart_library(), "http://") == 0);
    CHECK(count_of(chart_library(), "https://") == 2);
    CHECK(count_of(chart_library(), " * https://www.chartjs.org\n") == 1);
    static const std::regex reference(R"(<[a-z]+[^>]*\s(src|href)\s*=)");
    CHECK_FALSE(std::regex_search(report_frame().begin(), report_frame().end(), reference));
    CHECK(count_of(without, "default-src 'none'") == 1);
    CHECK(count_of(without, "innerHTML") == 0);
    CHECK(count_of(without, "MIT License") == 1);
    CHECK(count_of(without, "@@") == 0);
}

TEST_CASE("a hostile label stays text", "[bench]") {
    BenchResult result = test::sample_result();
    const std::size_t harmless = count_of(report_html(result), "</script>");
    const std::string hostile = "</script><script>alert(1)</script><!-- @@DATA@@ \" \\ \n";
    result.rounds[0].label = hostile;
    result.name = hostile;
    result.rounds[0].marks[0].text = hostile;
    const std::string page = report_html(result);
    CHECK(count_of(page, "</script>") == harmless);
    CHECK(harmless == 3);
    CHECK(count_of(page, "<script>alert") == 0);
    CHECK(count_of(page, "<!--") == 1);  // the licence
    const auto back = ledger::from_json<BenchResult>(data_of(page).at("result"));
    REQUIRE(back);
    CHECK(*back == result);
}

TEST_CASE("every word of the page is in the catalogue", "[bench]") {
    const boost::json::value data = data_of(report_html(test::sample_result()));
    const boost::json::object& words = data.at("words").as_object();
    const std::string frame(report_frame());
    static const std::regex whole_id(R"#(word\("(page\.[a-z0-9_]+)"\))#");
    std::size_t found = 0;
    for (auto it = std::sregex_iterator(frame.begin(), frame.end(), whole_id);
         it != std::sregex_iterator(); ++it) {
        INFO((*it)[1]);
        CHECK(words.contains((*it)[1].str()));
        ++found;
    }
    CHECK(found > 20);
    // And no word is there that the page does not name, at least by its last part.
    for (const auto& word : words) {
        INFO(word.key());
        CHECK(frame.find(std::string(word.key()).substr(5)) != std::string::npos);
    }
}

TEST_CASE("the page begins in the language of the process", "[bench]") {
    CHECK(data_of(report_html(test::sample_result())).at("language") == "en");
    sim::set_language(sim::Language::chinese);
    const std::string page = report_html(test::sample_result());
    sim::set_language(sim::Language::english);
    CHECK(data_of(page).at("language") == "zh");
}

/// Writes the sample to the folder CITYLEDGER_SAMPLE_FOLDER, to be looked at.
TEST_CASE("the sample as JSON and as a page", "[.sample]") {
    const char* folder = std::getenv("CITYLEDGER_SAMPLE_FOLDER");
    REQUIRE(folder != nullptr);
    const BenchResult result = test::sample_result();
    std::ofstream json(std::string(folder) + "/result.json");
    json << ledger::pretty_json(ledger::to_json(result)) << "\n";
    CHECK(json);
    std::ofstream page(std::string(folder) + "/report.html");
    page << report_html(result);
    CHECK(page);
}

}  // namespace
}  // namespace cityledger::bench
