// The client of docs/client.md, as it stands there, against a real network.

#include <catch2/catch.hpp>
#include <fstream>

#include "sim/launch/network_folder.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

std::string fenced_block(const std::string& document, const std::string& language) {
    const std::string fence = "```" + language + "\n";
    const std::size_t begin = document.find(fence);
    REQUIRE(begin != std::string::npos);
    const std::size_t end = document.find("\n```", begin + fence.size());
    REQUIRE(end != std::string::npos);
    return document.substr(begin + fence.size(), end + 1 - begin - fence.size());
}

TEST_CASE("the client of the document sends a transaction", "[client]") {
    const TemporaryFolder folder;
    const std::string program = folder.path() + "/client.py";
    std::ofstream(program) << fenced_block(text_of_file(source_dir() + "/docs/client.md"),
                                           "python");
    REQUIRE(run_command("up --dir " + folder.network()).exit_code == 0);
    const auto network = read_network(folder_at(folder.network()));
    REQUIRE(network);
    const auto call = [&](const std::string& member, const std::string& operation) {
        const std::string output = folder.path() + "/output";
        const std::string line =
            "/usr/bin/python3 " + program +
            " http://127.0.0.1:" + std::to_string(network->nodes.front().http_port) + " " + member +
            " " + folder.network() + "/actors/OPERATOR.pem " + operation + " > " + output + " 2>&1";
        const bool succeeded = std::system(line.c_str()) == 0;
        const std::string text = text_of_file(output);
        CHECK(succeeded == contains(text, "\"outcome\""));
        return text;
    };
    const std::string grant = "membership grant_role id=OPERATOR role=auditor";
    const std::string done = call("OPERATOR", grant);
    INFO(done);
    CHECK(contains(done, "\"outcome\": \"executed\""));
    CHECK(contains(done, "\"code_name\": \"ok\""));
    CHECK(contains(call("OPERATOR", grant), "role_held"));
    // Another member's name with this key: the key in the body is then the member's.
    CHECK(contains(call("TAXBUREAU", grant), "transaction_bad_signature"));
    CHECK(contains(call("NOBODY", grant), "the chain has no key of NOBODY"));
    CHECK(contains(call("OPERATOR", "membership grant_role id=OPERATOR"), "role"));
    CHECK(contains(call("OPERATOR", "membership nothing"), "operation_unknown_method"));
    REQUIRE(run_command("down --purge --dir " + folder.network()).exit_code == 0);
}

}  // namespace
}  // namespace cityledger::sim::test
