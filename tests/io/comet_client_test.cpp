// What CometBFT's RPC answers, read: good, an error, and what is none of it.

#include "client/comet_client.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "client/client_codes.hpp"
#include "crypto/base64.hpp"
#include "ledger/contract.hpp"
#include "node/abci/abci_codes.hpp"

namespace cityledger::client {
namespace {

namespace json = boost::json;

template <class T>
Code code_of(const Result<T>& refused) {
    REQUIRE_FALSE(refused.has_value());
    return refused.error().code;
}

TEST_CASE("base64 is that of RFC 4648", "[comet]") {
    const std::pair<std::string, std::string> pairs[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"},
                                                         {"\xff\xef", "/+8="}};
    for (const auto& [plain, encoded] : pairs) {
        CHECK(encode_base64(as_bytes(plain)) == encoded);
        REQUIRE(decode_base64(encoded));
        CHECK(as_text(*decode_base64(encoded)) == plain);
    }
    for (const char* none : {"Z", "Zg=", "Zg!=", "=Zg=", "Z=g="}) CHECK_FALSE(decode_base64(none));
}

TEST_CASE("an RPC answer is a result, or an error in the engine's words", "[comet]") {
    const auto result = rpc_result(R"({"jsonrpc":"2.0","id":1,"result":{"code":0}})");
    REQUIRE(result);
    CHECK(result->at("code") == 0);
    const auto refused = rpc_result(
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error","data":"full"}})");
    REQUIRE(code_of(refused) == codes::rpc_refused);
    CHECK(refused.error().detail == "Internal error: full");
    for (const char* garbage : {"", "<html>", "[]", "7", R"({"id":1})"}) {
        CHECK(code_of(rpc_result(garbage)) == codes::answer_malformed);
    }
}

TEST_CASE("a CometBFT node tells its height, its last block and whether it catches up", "[comet]") {
    const std::string hash(64, 'A');
    const auto status =
        comet_status(json::parse(R"({"sync_info":{"latest_block_hash":")" + hash +
                                 R"(","latest_block_height":"12","catching_up":false}})"));
    REQUIRE(status);
    CHECK(status->height == 12);
    CHECK(to_hex(status->block) == std::string(64, 'a'));
    CHECK_FALSE(status->catching_up);
    const auto fresh = comet_status(json::parse(
        R"({"sync_info":{"latest_block_hash":"","latest_block_height":"0","catching_up":true}})"));
    REQUIRE(fresh);
    CHECK(fresh->height == 0);
    CHECK(fresh->catching_up);
    for (const char* wrong :
         {"7", "{}", R"({"sync_info":[]})", R"({"sync_info":{"latest_block_height":"-1"}})",
          R"({"sync_info":{"latest_block_height":"1x"}})",
          R"({"sync_info":{"latest_block_height":"1","latest_block_hash":"AB"}})"}) {
        CHECK(code_of(comet_status(json::parse(wrong))) == codes::answer_malformed);
    }
}

TEST_CASE("the application's refusals come through CometBFT as they were meant", "[comet]") {
    CHECK(check_tx_outcome(json::parse(R"({"code":0,"log":""})")));
    const Error meant{abci::codes::abci_repeated_transaction, "17"};
    const auto refused =
        check_tx_outcome(json::value{{"code", meant.code.number}, {"log", meant.message()}});
    REQUIRE(code_of(refused) == meant.code);
    CHECK(refused.error().detail == "17");
    CHECK(refused.error().message() == meant.message());
    const auto odd = check_tx_outcome(json::parse(R"({"code":65535,"log":"nothing we know"})"));
    CHECK(code_of(odd) == codes::answer_malformed);
    CHECK(code_of(check_tx_outcome(json::parse("{}"))) == codes::answer_malformed);
}

TEST_CASE("the value of a query is base64, empty if it is null", "[comet]") {
    const auto value = query_value(json::parse(R"({"response":{"code":0,"value":"Zm9v"}})"));
    REQUIRE(value);
    CHECK(as_text(*value) == "foo");
    const auto empty = query_value(json::parse(R"({"response":{"code":0,"value":null}})"));
    REQUIRE(empty);
    CHECK(empty->empty());
    CHECK(code_of(query_value(json::parse(R"({"response":{"code":0,"value":"!"}})"))) ==
          codes::answer_malformed);
    CHECK(code_of(query_value(json::parse("{}"))) == codes::answer_malformed);
    const Error missing = ledger::not_found("it");
    CHECK(code_of(query_value(json::value{
              {"response", {{"code", missing.code.number}, {"log", missing.message()}}}})) ==
          missing.code);
}

TEST_CASE("no CometBFT at the address is no answer", "[comet]") {
    CometClient nobody("127.0.0.1", 1, 500);
    CHECK(code_of(nobody.status()) == codes::server_unreachable);
    CHECK(code_of(nobody.state()) == codes::server_unreachable);
}

}  // namespace
}  // namespace cityledger::client
