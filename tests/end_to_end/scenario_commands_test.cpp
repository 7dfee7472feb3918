// The commands around scenarios as a person types them: validate, explain, replay with --set,
// --until, --keep and --lang, their exit codes, and what is left behind.

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "sim/cli/commands.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world/world_codes.hpp"
#include "tests/end_to_end/network.hpp"
#include "tests/paths.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

std::string shipped(const std::string& name) { return source_dir() + "/scenarios/" + name; }

std::string written(const TemporaryFolder& folder, const std::string& text) {
    const std::string path = folder.path() + "/story.yaml";
    std::ofstream(path) << text;
    return path;
}

/// What `begin` and `end` enclose in a document.
std::string between(const std::string& text, const std::string& begin, const std::string& end) {
    const std::size_t from = text.find(begin) + begin.size();
    return text.substr(from, text.find(end, from) - from);
}

TEST_CASE("validate and explain tell what is in a file, and name what is wrong", "[scenario]") {
    const CommandResult fine = run_command("validate " + shipped("minimal.yaml"));
    CHECK(fine.exit_code == 0);
    CHECK(contains(fine.output, "minimal.yaml: fine, 4 expectations"));
    const CommandResult told = run_command("explain " + shipped("minimal.yaml"));
    CHECK(told.exit_code == 0);
    CHECK(contains(told.output, "seed 1 (default)"));
    const CommandResult set = run_command("explain --set seed=44 " + shipped("minimal.yaml"));
    CHECK(contains(set.output, "seed 44\n"));
    const CommandResult wrong = run_command("validate --set sead=44 " + shipped("minimal.yaml"));
    CHECK(wrong.exit_code == 2);
    CHECK(contains(wrong.output, "did you mean `seed`?"));
    const std::string broken = source_dir() + "/tests/sim/broken/octal.yaml";
    const CommandResult both = run_command("validate " + broken + " " + shipped("minimal.yaml"));
    CHECK(both.exit_code == 2);
    CHECK(contains(both.output, "octal.yaml:3:7: `0755`"));
    CHECK(contains(both.output, "minimal.yaml: fine"));
}

TEST_CASE("a run says its seed first, takes settings, and can end early", "[scenario]") {
    const std::string minimal = shipped("minimal.yaml") + " --world virtual";
    const CommandResult run = run_command("replay " + minimal + " --set network.validators=1");
    CHECK(run.exit_code == 0);
    CHECK(run.output.find("minimal in the virtual world, seed 1") == 0);
    CHECK(contains(run.output, "4 of 4 hold"));
    const CommandResult early = run_command("replay " + minimal + " --until 1 --seed 3");
    CHECK(early.exit_code == 0);
    CHECK(contains(early.output, "seed 3"));
    CHECK(contains(early.output, "ended after   1"));
    CHECK(contains(early.output, "1 of 1 hold"));
    CHECK(run_command("replay " + minimal + " --until 3").exit_code == 2);
    CHECK(run_command("replay " + minimal + " --until x").exit_code == 2);
    const CommandResult failed = run_command("replay " + shipped("first.yaml") +
                                             " --world virtual --set steps.2.as=staffing");
    CHECK(failed.exit_code == 1);
    CHECK(contains(failed.output,
                   "first.yaml:15:13: expected: directory.approve_responsibility "
                   "is refused: not_permitted"));
    CHECK(contains(failed.output, "--seed 1 --set 'steps.2.as=staffing'"));
}

TEST_CASE("the file of the tutorial and the smallest file are those that are shipped, and pass",
          "[scenario]") {
    const std::string tutorial = text_of_file(source_dir() + "/docs/tutorial-first-scenario.md");
    CHECK(between(tutorial, "```yaml\n", "```") == text_of_file(shipped("first.yaml")));
    const std::string reference = text_of_file(source_dir() + "/docs/scenarios.md");
    CHECK(between(reference, "```yaml\n", "```") == text_of_file(shipped("minimal.yaml")));
    const CommandResult simulated =
        run_command("replay " + shipped("first.yaml") + " --world virtual");
    INFO(simulated.output);
    CHECK(simulated.exit_code == 0);
    const CommandResult local = run_command("replay " + shipped("first.yaml"));
    INFO(local.output);
    CHECK(local.exit_code == 0);
    const std::string root = between(simulated.output, "business root ", "\n");
    CHECK(root.size() >= 64);
    CHECK(contains(local.output, root));
}

TEST_CASE("messages are Chinese by --lang or by the environment", "[scenario]") {
    const std::string broken = source_dir() + "/tests/sim/broken/operation-unknown.yaml";
    const std::string chinese = "没有合约有这个方法";
    CHECK(contains(run_command("--lang zh validate " + broken).output, chinese));
    CHECK(contains(run_command("validate --lang zh " + broken).output, chinese));
    CHECK(contains(run_command("validate " + broken, "LANG=zh_CN.UTF-8").output, chinese));
    CHECK(contains(run_command("validate " + broken, "LANG=zh_CN.UTF-8 LC_ALL=C").output,
                   "no contract has this method"));
    CHECK(contains(run_command("validate --lang en " + broken, "LANG=zh_CN.UTF-8").output,
                   "no contract has this method"));
    CHECK(run_command("validate --lang fr " + broken).exit_code == 2);
    const CommandResult run =
        run_command("--lang zh replay --world virtual " + shipped("minimal.yaml"));
    CHECK(run.exit_code == 0);
    CHECK(contains(run.output, "minimal，虚拟世界：通过"));
    CHECK(contains(run.output, "4 项中 4 项成立"));
    CHECK(contains(run_command("codes", "LANG=zh_CN.UTF-8").output, "发票已经入账"));
    // Programs read the same words in every language.
    CHECK(contains(
        run_command("--lang zh replay --json --world virtual " + shipped("minimal.yaml")).output,
        "\"outcome\": \"passed\""));
}

TEST_CASE("a run without a quorum ends with a time-out", "[scenario]") {
    const TemporaryFolder folder;
    const std::string path = written(
        folder,
        "version: 1\nname: alone\ndefaults: {timeout_ms: 3000}\nactors:\n"
        "  - departments: [AF]\n"
        "  - {name: city, id: CITY, kind: authority, roles: [operator]}\n"
        "steps:\n"
        "  - fault: {kill: [0, 1]}\n"
        "  - {as: AF, do: directory.register_responsibility, with: {text: a, legal_basis: b}}\n");
    for (const char* world : {"virtual", "local"}) {
        const CommandResult late = run_command("replay " + path + " --world " + world);
        INFO(late.output);
        CHECK(late.exit_code == 4);
        CHECK(contains(late.output, codes::world_timed_out.name));
    }
}

TEST_CASE("a load and a wait hold in the local world too", "[scenario]") {
    const CommandResult run = run_command("replay " + shipped("load-mix.yaml"));
    INFO(run.output);
    CHECK(run.exit_code == 0);
    CHECK(contains(run.output, "100 transactions sent in"));
}

/// The temporary folders of runs, which must be gone after each.
std::set<std::string> run_folders(const std::string& folder) {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().filename().string().starts_with("cityledger-")) {
            found.insert(entry.path());
        }
    }
    return found;
}

TEST_CASE("a run leaves nothing behind, kept or interrupted as asked", "[scenario]") {
    const TemporaryFolder folder;
    const std::string here = "TMPDIR=" + folder.path();
    const std::string minimal = "replay " + shipped("minimal.yaml");
    CHECK(run_command(minimal, here).exit_code == 0);
    CHECK(run_folders(folder.path()).empty());
    const CommandResult kept = run_command(minimal + " --keep --until 1", here);
    CHECK(kept.exit_code == 0);
    REQUIRE(run_folders(folder.path()).size() == 1);
    const std::string network = *run_folders(folder.path()).begin();
    CHECK(contains(kept.output, "cityledger up --dir '" + network + "'"));
    CHECK(fs::exists(network + "/network.json"));
    CHECK(fs::remove_all(network) > 0);

    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("TMPDIR", folder.path().c_str(), 1);
        const std::string program = command_path();
        const std::string file = shipped("shenzhen-einvoice.yaml");
        ::execl(program.c_str(), program.c_str(), "replay", file.c_str(),
                static_cast<char*>(nullptr));
        ::_exit(127);
    }
    REQUIRE(child > 0);
    REQUIRE(holds_within(30'000, [&] {
        const auto folders = run_folders(folder.path());
        return !folders.empty() && fs::exists(*folders.begin() + "/network.json");
    }));
    ::kill(child, SIGINT);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 130);
    CHECK(run_folders(folder.path()).empty());
}

TEST_CASE("a quarter of the city with 53 processes ends where it ends without a network",
          "[.deep]") {
    const TemporaryFolder folder;
    const CommandResult run =
        run_command("replay --quiet " + source_dir() + "/scenarios/beijing-53.yaml --world local" +
                    " --dir " + folder.network());
    INFO(run.output);
    CHECK(run.exit_code == 0);
    std::ifstream recorded(source_dir() + "/tests/sim/roots/beijing-53.txt");
    std::string root;
    REQUIRE(std::getline(recorded, root));
    CHECK(contains(run.output, root));
}

}  // namespace
}  // namespace cityledger::sim::test
