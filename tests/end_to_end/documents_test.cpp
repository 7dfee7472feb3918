// The commands that the documents show, typed as they stand there.

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "sim/launch/launch_codes.hpp"
#include "tests/end_to_end/network.hpp"
#include "tests/paths.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

/// Not here: what takes a minute has a test of its own (bench_test), and the two commands that do
/// all set-up run this very test.
constexpr std::string_view k_elsewhere[] = {"cityledger bench", "scripts/"};

/// Those that are there to fail, with their exit code.
const std::map<std::string, int> k_failures = {
    {"cityledger replay scenarios/first.yaml --world virtual --set 'steps.2.as=staffing'", 1}};

/// The lines of the blocks of shell commands, without comments.
std::vector<std::string> commands_of(const std::string& document) {
    std::vector<std::string> commands;
    std::istringstream lines(text_of_file(source_dir() + "/" + document));
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("```")) {
            inside = line == "```sh";
            continue;
        }
        const std::string command = line.substr(0, line.find("  #"));
        if (inside && !command.empty() && !command.starts_with("#")) commands.push_back(command);
    }
    return commands;
}

bool runs_elsewhere(const std::string& command) {
    return std::any_of(std::begin(k_elsewhere), std::end(k_elsewhere), [&](std::string_view part) {
        return command.find(part) != std::string::npos;
    });
}

TEST_CASE("the documents' commands work as they stand there, one after the other", "[docs]") {
    const std::string document =
        GENERATE("README.md", "docs/tutorial-first-scenario.md", "docs/scenarios.md");
    const TemporaryFolder folder;
    const std::string here = folder.path();
    fs::create_directory(here + "/build");
    fs::create_directory_symlink(binary_dir(), here + "/build/release");
    fs::create_directory_symlink(source_dir() + "/scenarios", here + "/scenarios");
    std::size_t run = 0;
    for (const std::string& command : commands_of(document)) {
        if (runs_elsewhere(command)) continue;
        const std::string line =
            "cd " + here + " && PATH=" + binary_dir() + ":$PATH && " + command + " > output 2>&1";
        const int status = std::system(line.c_str());
        INFO(document << ": " << command << "\n" << text_of_file(here + "/output"));
        const auto failure = k_failures.find(command);
        REQUIRE(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == (failure == k_failures.end() ? 0 : failure->second));
        ++run;
    }
    CHECK(run >= 2);
    run_command("down --dir " + here + "/run");
}

TEST_CASE("a scenario is told only on a network that was made for it and is fresh", "[remote]") {
    const TemporaryFolder folder;
    const std::string where = " --dir " + folder.network();
    const std::string scenario = source_dir() + "/scenarios/double-booking.yaml";
    const std::string replay =
        "replay " + scenario + " --world remote --network " + folder.network();
    REQUIRE(run_command("up" + where).exit_code == 0);
    const CommandResult otherwise = run_command(replay);
    INFO(otherwise.output);
    CHECK(otherwise.exit_code == 3);
    CHECK(contains(otherwise.output, codes::network_made_otherwise.name));
    CHECK(contains(run_command("up --scenario " + scenario + where).output,
                   codes::network_made_otherwise.name));
    CHECK(contains(run_command("up --validators 7" + where).output,
                   codes::network_made_otherwise.name));
    CHECK(run_command("up --validators 4" + where).exit_code == 0);
    REQUIRE(run_command("down --purge" + where).exit_code == 0);

    REQUIRE(run_command("up --scenario " + scenario + where).exit_code == 0);
    CHECK(run_command(replay).exit_code == 0);
    const CommandResult again = run_command(replay);
    INFO(again.output);
    CHECK(again.exit_code == 3);
    CHECK(contains(again.output, codes::network_used.name));
    CHECK(run_command(replay + " --used").exit_code == 1);  // the story was told already
    CHECK(run_command("down" + where).exit_code == 0);
}

}  // namespace
}  // namespace cityledger::sim::test
