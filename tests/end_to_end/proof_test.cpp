// Proof files from a real network, checked without it.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "ledger/proof.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

const std::string k_firm = "91440300YY1000011B";

boost::json::value parsed(const CommandResult& result) {
    INFO(result.output);
    const auto json = ledger::parse_json(result.output);
    REQUIRE(json);
    return *json;
}

TEST_CASE("a receipt and a record are proven right after the commit, and hold offline", "[proof]") {
    TemporaryFolder folder;
    const std::string at = " --network " + folder.network();
    const auto file = [&](const char* name) { return folder.path() + "/" + name; };
    const auto done = [](const std::string& command) {
        CommandResult result = run_command(command);
        INFO(command << "\n" << result.output);
        REQUIRE(result.exit_code == 0);
        return result;
    };
    done("up --dir " + folder.network());
    const auto enrolled = parsed(
        done("tx membership enrol --as OPERATOR --kind enterprise --roles enterprise --name Firm "
             "--id " +
             k_firm + " --json" + at));
    const std::string id(enrolled.at("transaction").as_string());
    const std::string height = std::to_string(enrolled.at("height").as_int64());

    // Nothing else goes on: the change itself is the work that has it covered.
    const std::string receipt = "proof receipt --as OPERATOR " + id;
    done(receipt + " --out " + file("receipt.json") + at);
    done(receipt + " --binary --out " + file("receipt.proof") + at);
    CHECK(contains(run_command("proof receipt " + id + at).output, "read_proof_not_permitted"));
    const std::string key = " --as OPERATOR membership/member/" + k_firm;
    CHECK(fs::file_size(file("receipt.proof")) < 2900);  // fits a QR code of bytes
    done("proof state" + key + " --out " + file("member.json") + at);
    done("proof state" + key + " --height " + height + " --out " + file("then.json") + at);
    done("proof state" + key + " --height 0 --out " + file("before.json") + at);
    CHECK(run_command("proof state" + key + " --height 1000000 --timeout-ms 1" + at).exit_code ==
          4);
    CHECK(run_command("proof receipt " + std::string(64, '0') + at).exit_code == 1);
    const CommandResult anybody = run_command("proof state membership/member/" + k_firm + at);
    CHECK(anybody.exit_code == 1);
    CHECK(contains(anybody.output, "read_proof_not_permitted"));
    fs::copy_file(folder.network() + "/genesis.json", file("genesis.json"));
    done("down --purge --dir " + folder.network());

    const std::string genesis = " --genesis " + file("genesis.json");
    const CommandResult words = done("verify " + file("receipt.json") + genesis);
    CHECK(contains(words.output, "3 of 4 validators"));
    CHECK(contains(words.output, "membership.enrol: done"));
    CHECK(done("verify " + file("receipt.proof") + genesis).output == words.output);
    const auto told = parsed(done("verify --json " + file("receipt.json") + genesis));
    CHECK(told.at("holds").as_bool());
    CHECK(told.at("sender").as_string() == "OPERATOR");
    CHECK(told.at("receipt").at("transaction").as_string() == id);
    CHECK(contains(done("verify " + file("member.json") + genesis).output, "SHA-256"));
    const auto then = parsed(done("verify --json " + file("then.json") + genesis));
    CHECK(then.at("height").as_int64() >= enrolled.at("height").as_int64());
    CHECK(contains(done("verify " + file("before.json") + genesis).output, "holds nothing"));

    std::string forged = text_of_file(file("receipt.json"));
    const std::size_t place = forged.find("\"OPERATOR\"");
    REQUIRE(place != std::string::npos);
    forged.replace(place, 10, "\"TAXBUREAU\"");
    std::ofstream(file("forged.json")) << forged;
    const CommandResult refused = run_command("verify " + file("forged.json") + genesis);
    CHECK(refused.exit_code == 1);
    CHECK(contains(refused.output, "proof_other_transaction"));
    CHECK(run_command("verify " + file("nothing") + genesis).exit_code == 2);
}

}  // namespace
}  // namespace cityledger::sim::test
