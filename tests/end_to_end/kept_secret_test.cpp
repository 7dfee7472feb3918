// A network that stays: who knows the scenario, its seed and all that is public finds nobody in the
// nodes' folders, their logs and what they answer.

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "crypto/hash.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/scenario/identities.hpp"
#include "sim/scenario/scenario.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

const std::string k_scenario = source_dir() + "/scenarios/double-booking.yaml";

/// Codes, persons and payments of the scenario, and what the seed's register makes of them.
std::set<std::string> guesses() {
    const auto scenario = read_scenario_file(k_scenario);
    REQUIRE(scenario);
    const Register guessed = register_of_seed(scenario->seed);
    std::set<std::string> words = {"TABLE-1\"", guessed.commitment_to("TABLE-1")};
    for (const Actor& actor : scenario->actors) {
        if (actor.registered_id.empty()) continue;
        words.insert(actor.registered_id);
        words.insert(guessed.tag_of(actor.kind, actor.registered_id));
        for (const Digest& digest : {crypto::sha256(as_bytes(actor.registered_id))}) {
            words.insert(to_hex(digest));
            words.insert(std::string(as_text(digest.view())));
        }
    }
    return words;
}

std::size_t hits_in(const std::string& text) {
    std::size_t found = 0;
    for (const std::string& word : guesses()) found += contains(text, word) ? 1 : 0;
    return found;
}

/// All files of the nodes' homes.
std::string homes_of(const std::string& network) {
    std::string all;
    for (const auto& entry : fs::recursive_directory_iterator(network)) {
        const std::string path = entry.path().string();
        if (entry.is_regular_file() && contains(path, "/node")) all += text_of_file(path);
    }
    return all;
}

TEST_CASE("nobody is found on a network that stays", "[privacy]") {
    const TemporaryFolder folder;
    const std::string network = folder.network();
    REQUIRE(run_command("up --scenario " + k_scenario + " --dir " + network).exit_code == 0);
    struct stat found {};
    REQUIRE(::stat((network + "/register.key").c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    const CommandResult replay =
        run_command("replay " + k_scenario + " --world remote --network " + network);
    INFO(replay.output);
    REQUIRE(replay.exit_code == 0);
    const std::string ask = " --as SZTAX --network " + network;
    const CommandResult members = run_command("query membership members --json" + ask);
    REQUIRE(members.exit_code == 0);
    CHECK(contains(members.output, "E-"));
    CHECK(hits_in(members.output) == 0);

    // The own client takes a code and sends the tag.
    const std::string code = "91440300YY1000011B";
    const CommandResult quota = run_command("query invoice admission --enterprise " + code + ask);
    INFO(quota.output);
    CHECK(quota.exit_code == 0);

    // Without the register's key it cannot, and does not send the code instead.
    const std::string hidden = network + "/register.key";
    fs::rename(hidden, hidden + ".away");
    for (const std::string& command :
         {"query invoice admission --enterprise " + code + ask,
          "replay " + k_scenario + " --used --world remote --network " + network}) {
        const CommandResult without = run_command(command);
        INFO(without.output);
        CHECK(without.exit_code != 0);
        CHECK(contains(without.output, codes::register_key_missing.name));
    }
    fs::rename(hidden + ".away", hidden);

    REQUIRE(run_command("down --dir " + network).exit_code == 0);
    const std::string homes = homes_of(network);
    CHECK(homes.size() > 10'000);
    CHECK(contains(homes, "E-"));
    CHECK(hits_in(homes) == 0);
    REQUIRE(run_command("down --purge --dir " + network).exit_code == 0);
    CHECK_FALSE(fs::exists(network));
}

}  // namespace
}  // namespace cityledger::sim::test
