// The reader: what a newcomer gets wrong is told with its place, and what is right becomes types.

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ledger/contracts/values/uscc.hpp"
#include "sim/scenario/actors.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/text_file.hpp"
#include "sim/scenario/values.hpp"
#include "tests/paths.hpp"
#include "tests/sim/scenario_broken_samples.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string text_of(const fs::path& path) {
    std::ifstream stream(path);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

Scenario read_good(const std::string& text) {
    auto scenario = read_scenario(text, "story.yaml");
    if (!scenario) FAIL(scenario.error().message());
    return *std::move(scenario);
}

TEST_CASE("each mistake in a scenario is told with its place and with what was meant",
          "[scenario]") {
    for (const BrokenSample& sample : broken_samples()) {
        INFO(sample.what << "\n" << sample.text);
        const auto scenario = read_scenario(sample.text, "story.yaml");
        REQUIRE_FALSE(scenario);
        CHECK(scenario.error().code.name == sample.code.name);
        CHECK(scenario.error().detail == "story.yaml:" + sample.detail);
    }
}

TEST_CASE("each broken file is refused in exactly the words beside it", "[scenario]") {
    const fs::path folder = fs::path(source_dir()) / "tests" / "sim" / "broken";
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() != ".yaml") continue;
        ++files;
        const auto text = text_of(entry.path());
        const auto scenario = check_scenario(text, entry.path().filename());
        INFO(entry.path());
        REQUIRE_FALSE(scenario);
        fs::path golden = entry.path();
        golden.replace_extension(".expected");
        std::string told;
        for (const Error& problem : scenario.error()) told += problem.message() + "\n";
        CHECK(told == text_of(golden));
    }
    CHECK(files >= 40);
}

/// The code of the first problem of a broken file.
Code code_of_broken(const std::string& name) {
    const auto scenario = read_scenario_file(source_dir() + "/tests/sim/broken/" + name + ".yaml");
    REQUIRE_FALSE(scenario);
    return scenario.error().code;
}

TEST_CASE("what the chain or the eye would find later is found before anything runs",
          "[scenario]") {
    CHECK(code_of_broken("gbk") == codes::scenario_no_text);
    CHECK(code_of_broken("binary") == codes::scenario_no_text);
    CHECK(code_of_broken("control-character") == codes::scenario_no_text);
    CHECK(code_of_broken("actor-id-of-person") == codes::scenario_bad_member);
    CHECK(code_of_broken("genesis-first-day") == codes::scenario_bad_genesis);
}

TEST_CASE("files that would never end, or are too large, are not read", "[scenario]") {
    const fs::path folder = fs::temp_directory_path() / "cityledger-scenario-files";
    fs::create_directories(folder);
    const fs::path pipe = folder / "pipe.yaml";
    fs::remove(pipe);
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const fs::path large = folder / "large.yaml";
    std::ofstream(large) << "version: 1\n";
    fs::resize_file(large, k_max_scenario_bytes + 1);
    for (const std::string& path : {pipe.string(), large.string(), std::string("/dev/zero")}) {
        INFO(path);
        const auto scenario = read_scenario_file(path);
        REQUIRE_FALSE(scenario);
        CHECK(scenario.error().code == codes::scenario_unreadable);
    }
    fs::resize_file(large, k_max_scenario_bytes);
    CHECK(read_scenario_file(large).error().code == codes::scenario_no_text);  // zeros
    fs::remove_all(folder);
}

TEST_CASE("large scalars and mappings are read in the time of their length", "[scenario]") {
    // A matcher that recurses overflows its stack; comparing each key with all takes a minute.
    const std::string digits(1'000'000, '7');
    CHECK(read_scenario("version: " + digits + "\n", "story.yaml").error().code ==
          codes::scenario_integer_range);
    std::string keys = "version: 1\n";
    for (int i = 0; i < 100'000; ++i) keys += "key" + std::to_string(i) + ": 1\n";
    CHECK(read_scenario(keys, "story.yaml").error().code == codes::scenario_unknown_key);
}

TEST_CASE("a file that is not there is told by its path", "[scenario]") {
    const auto scenario = read_scenario_file("/nowhere/story.yaml");
    REQUIRE_FALSE(scenario);
    CHECK(scenario.error().code == codes::scenario_unreadable);
    CHECK(scenario.error().detail == "/nowhere/story.yaml: No such file or directory");
    const auto folder = read_scenario_file(source_dir() + "/scenarios");
    REQUIRE_FALSE(folder);
    CHECK(folder.error().code == codes::scenario_unreadable);
}

TEST_CASE("an alias bomb is refused without being expanded", "[scenario]") {
    std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char name = 'b'; name <= 'j'; ++name) {
        const std::string before(1, static_cast<char>(name - 1));
        bomb += std::string(1, name) + ": &" + name + " [";
        for (int i = 0; i < 9; ++i) bomb += (i == 0 ? "*" : ", *") + before;
        bomb += "]\n";
    }
    const auto scenario = read_scenario(bomb, "bomb.yaml");
    REQUIRE_FALSE(scenario);
    CHECK(scenario.error().code == codes::scenario_alias);
}

TEST_CASE("the 53 departments of Beijing become actors by one line", "[scenario]") {
    const Scenario scenario = read_good(
        "version: 1\nname: a\nactors: [{departments: all}]\nsteps:\n"
        "  - {for_each: {actors: departments, var: d}, steps: [{wait_ms: 1}]}\n"
        "expect: [{one_chain: true}]\n");
    CHECK(scenario.actors.size() == 53);
    const Actor* bureau = scenario.find_actor("AD");
    REQUIRE(bureau != nullptr);
    CHECK(bureau->roles == std::vector<std::string>{"operator", "department"});
    CHECK(scenario.find_actor("AK")->roles == std::vector<std::string>{"department"});
    CHECK(std::get<LoopStep>(scenario.steps[0].action).loop.actors.size() == 53);
}

TEST_CASE("made-up enterprises have codes that every check accepts", "[scenario]") {
    for (std::uint32_t number = 0; number < 3000; ++number) {
        const std::string code = made_up_uscc(number);
        const Status checked = ledger::check_uscc(code);
        INFO(code << " " << (checked ? "" : checked.error().message()));
        REQUIRE(checked);
    }
    CHECK(made_up_uscc(1) == "91440300YY1000011B");
    CHECK(made_up_uscc(2) == "91440300YY100002X3");
}

TEST_CASE("groups do not share codes", "[scenario]") {
    const Scenario scenario = read_good(
        "version: 1\nname: a\nactors: [{enterprises: 3, name: shop}, {enterprises: 3, name: firm}, "
        "{consumers: 2, name: guest_of}]\nsteps: [{wait_ms: 1}]\nexpect: [{one_chain: true}]\n");
    CHECK(scenario.actors.size() == 8);
    CHECK(scenario.find_actor("firm_001")->registered_id == made_up_uscc(60'003));
    CHECK(scenario.find_actor("guest_of_002")->registered_id == "P-GUEST-OF-002");
}

TEST_CASE("each expectation has its line, and a step without one expects success", "[scenario]") {
    const Scenario scenario = read_good(k_good_head + k_good_step +
                                        "  - query: calendar.today\n"
                                        "    expect: {equals: {date: 2018-08-10}}\n"
                                        "expect:\n"
                                        "  - {equal_roots: true, no_evidence: true}\n");
    REQUIRE(scenario.expectations.size() == 4);
    CHECK(scenario.expectations[0].place == Place{5, 20});
    CHECK(scenario.expectations[0].text == "calendar.propose_close succeeds");
    CHECK(scenario.expectations[1].place == Place{7, 13});
    CHECK(scenario.expectations[1].text == "calendar.today gives {\"date\":\"2018-08-10\"}");
    CHECK(scenario.expectations[2].place == Place{9, 6});
    CHECK(scenario.expectations[3].text == "no_evidence");
}

TEST_CASE("a plan holds the enrolled actors in the order of the file", "[scenario]") {
    const Scenario scenario = read_good(
        "version: 1\nname: a\nseed: 9\nnetwork: {validators: 7}\n"
        "genesis: {calendar: {first_day: 2018-08-10}, invoice: {tags_only: false}}\nactors:\n"
        "  - {name: shop, id: 91440300YY1000011B, kind: enterprise, roles: [enterprise]}\n"
        "  - {name: late, id: P-LATE, kind: person, roles: [consumer], enrolled: false}\n"
        "steps: [{wait_ms: 1}]\nexpect: [{one_chain: true}]\n");
    const WorldPlan plan = make_plan(scenario);
    CHECK(plan.seed == 9);
    CHECK(plan.validators == 7);
    CHECK(plan.members == std::vector<std::string>{"91440300YY1000011B"});
    CHECK(ledger::compact_json(plan.business) ==
          "{\"calendar\":{\"first_day\":\"2018-08-10\"},"
          "\"invoice\":{\"tags_only\":false},\"membership\":{\"members\":[{\"id\":"
          "\"91440300YY1000011B\",\"kind\":\"enterprise\",\"name\":\"shop\",\"roles\":["
          "\"enterprise\"]}]}}");
}

TEST_CASE("yuan become fen exactly, or not at all", "[scenario]") {
    CHECK(fen_of_yuan("198.00") == 19800);
    CHECK(fen_of_yuan("198") == 19800);
    CHECK(fen_of_yuan("198.5") == 19850);
    CHECK(fen_of_yuan("0.01") == 1);
    CHECK(fen_of_yuan("-0.01") == -1);
    CHECK(fen_of_yuan("999999999999999.99") == 99999999999999999);
    for (const char* wrong : {"", "-", ".", "1.", ".5", "1.005", "1,000", "+1", "1 ", "1.-5",
                              "1000000000000000", "1.0.0", "--1"}) {
        INFO(wrong);
        CHECK_FALSE(fen_of_yuan(wrong));
    }
}

TEST_CASE("a reference takes the type of its value, or is written into the text", "[scenario]") {
    const Scenario scenario = read_good(k_good_head + k_good_step);
    Scope scope;
    scope.scenario = &scenario;
    scope.saved["invoice"] = json::object{{"code", "1440"}, {"number", 7}};
    scope.saved["reply_SHOP"] = json::array{10, 20};
    scope.variables.emplace_back("i", json::value(3));
    scope.variables.emplace_back("who", json::value("shop"));
    const auto value = [&](const char* text) {
        const auto resolved = resolve(json::value(text), scope, {"story.yaml", {1, 1}});
        return resolved ? ledger::compact_json(*resolved) : resolved.error().code.name.data();
    };
    CHECK(value("${invoice.number}") == "7");
    CHECK(value("${invoice.code}/${invoice.number:08}") == "\"1440/00000007\"");
    CHECK(value("${i:03}") == "\"003\"");
    CHECK(value("${shop.id}") == "\"SHOP\"");
    CHECK(value("${who.id}") == "\"SHOP\"");
    CHECK(value("${who}") == "\"shop\"");
    CHECK(value("${reply_${who.id}.1}") == "20");
    CHECK(value("plain") == "\"plain\"");
    CHECK(value("${invoice.date}") == codes::scenario_value_missing.name);
    CHECK(value("${reply_SHOP.2}") == codes::scenario_value_missing.name);
}

}  // namespace
}  // namespace cityledger::sim
