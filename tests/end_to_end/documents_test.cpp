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
        GENERATE("README.md", "docs/tutorial-first-scenario.md", "docs/tutorial-add-a-contract.md",
                 "docs/scenarios.md", "docs/documents.md");
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

/// Words of the first column of the help's list of commands.
std::vector<std::string> commands_in_help() {
    std::vector<std::string> commands;
    std::istringstream lines(run_command("--help").output);
    bool listed = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("Subcommands")) {
            listed = true;
        } else if (listed && line.starts_with("  ") && line[2] != ' ') {
            commands.push_back(line.substr(2, line.find(' ', 2) - 2));
        }
    }
    return commands;
}

TEST_CASE("help is whole in both languages, and so are completion and the manual page",
          "[command]") {
    const std::vector<std::string> commands = commands_in_help();
    REQUIRE(commands.size() >= 15);
    const std::string manual = run_command("manual").output;
    const std::string completion = run_command("completion bash").output;
    for (const std::string& command : commands) {
        INFO(command);
        CHECK(contains(manual, ".SS " + command.substr(0, command.find('-'))));
        CHECK(contains(completion, command));
        const std::string english = run_command(command + " --help").output;
        const std::string chinese = run_command(command + " --help", "LANG=zh_CN.UTF-8").output;
        CHECK(contains(chinese, "用法"));
        // A description that has no translation would stand in both.
        std::istringstream lines(english);
        for (std::string line; std::getline(lines, line);) {
            const std::size_t text = line.find_first_not_of(' ', 30);
            if (!line.starts_with("  ") || text == std::string::npos || text > 40) continue;
            INFO(line);
            CHECK_FALSE(contains(chinese, "  " + line.substr(text) + "\n"));
        }
    }
}

TEST_CASE("completion works in a real bash", "[command]") {
    const TemporaryFolder folder;
    const std::string script = folder.path() + "/try.sh";
    std::ofstream(script) << "source <(" << command_path() << " completion bash)\n"
                          << "complete_words() {\n"
                             "  COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); COMPREPLY=()\n"
                             "  _cityledger; echo \"${COMPREPLY[*]}\"\n}\n"
                             "complete_words cityledger sta\n"
                             "complete_words cityledger replay --wor\n"
                             "complete_words cityledger replay --world vi\n"
                             "complete_words cityledger --lang zh pau\n"
                             "complete_words cityledger tx inv\n"
                             "complete_words cityledger tx --as X invoice iss\n"
                             "complete_words cityledger query invoice sales --ent\n";
    const std::string output = folder.path() + "/output";
    REQUIRE(std::system(("bash " + script + " > " + output + " 2>&1").c_str()) == 0);
    CHECK(text_of_file(output) ==
          "status\n--world\nvirtual\npause\ninvoice\nissue\n--enterprise\n");
}

TEST_CASE("what is installed works, with its manual page, completion and scenarios", "[command]") {
    const TemporaryFolder folder;
    const std::string prefix = folder.path() + "/usr";
    REQUIRE(std::system(("cmake --install " + binary_dir() + " --prefix " + prefix + " > " +
                         folder.path() + "/log 2>&1")
                            .c_str()) == 0);
    for (const char* file : {"/share/man/man1/cityledger.1", "/share/man/man8/cityledgerd.8",
                             "/share/bash-completion/completions/cityledger",
                             "/share/zsh/vendor-completions/_cityledger"}) {
        INFO(file);
        CHECK(fs::file_size(prefix + file) > 500);
    }
    const std::string line = "cd " + folder.path() + " && PATH=" + prefix + "/bin:$PATH && " +
                             "cityledger replay --quiet " + prefix +
                             "/share/cityledger/scenarios/first.yaml > output 2>&1";
    const int status = std::system(line.c_str());
    INFO(text_of_file(folder.path() + "/output"));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("colour is for terminals, and for those who want it", "[command]") {
    const TemporaryFolder folder;
    const std::string output = folder.path() + "/output";
    const std::string replay =
        command_path() + " replay --quiet " + source_dir() + "/scenarios/minimal.yaml";
    const auto shown = [&](const std::string& environment, const std::string& line) {
        REQUIRE(std::system((environment + " " + line + " > " + output + " 2>&1").c_str()) == 0);
        return text_of_file(output);
    };
    const std::string on_terminal = "script -qec '" + replay + "' /dev/null";
    CHECK(contains(shown("TERM=xterm", on_terminal), "\x1b[32m"));
    for (const std::string environment : {"TERM=xterm NO_COLOR=1", "TERM=dumb"}) {
        INFO(environment);
        CHECK_FALSE(contains(shown(environment, on_terminal), "\x1b[3"));
    }
    CHECK_FALSE(contains(shown("TERM=xterm", replay), "\x1b"));
}

TEST_CASE("wrong usage is told with what may have been meant", "[command]") {
    const auto refused = [](const std::string& command, const std::string& words) {
        const CommandResult result = run_command(command);
        INFO(command << "\n" << result.output);
        CHECK(result.exit_code == 2);
        CHECK(contains(result.output, words));
    };
    refused("statsu", "there is no command `statsu`; did you mean `status`?");
    refused("--lang zh statsu", "没有命令 `statsu`；是否想写 `status`？");
    refused("", "commands: up down status");
    refused("replay --sede 3 x.yaml", "replay has no option --sede; did you mean `--seed`?");
    refused("replay --world nowhere x.yaml", "See `cityledger replay --help`.");
    refused("up --validators many", "See `cityledger up --help`.");
}

}  // namespace
}  // namespace cityledger::sim::test
