// Nobody reads what is not theirs: after a day in Shenzhen a stranger asks one node everything that
// it answers by GET, and finds no number, check code, tag or subject.

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <catch2/catch.hpp>
#include <set>

#include "ledger/contracts/contracts.hpp"
#include "node/api/event_answers.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace json = boost::json;
using boost::asio::ip::tcp;

const std::string k_scenario = source_dir() + "/scenarios/shenzhen-einvoice.yaml";

/// The texts in a result that name something: those with a digit, and check codes.
void collect(const json::value& value, std::string_view name, std::set<std::string>& words) {
    if (value.is_array()) {
        for (const json::value& each : value.get_array()) collect(each, name, words);
    } else if (value.is_object()) {
        for (const auto& [key, each] : value.get_object()) collect(each, key, words);
    } else if (value.is_string()) {
        const std::string text(value.get_string());
        const bool digits = text.size() >= 6 && text.find_first_of("0123456789") != text.npos;
        if (digits || name == "check_code") words.insert(text);
    }
}

/// What the tax bureau reads of all transactions: who sent them, what they were about, and what
/// they gave. Of the calendar everybody may know everything.
class Bureau {
public:
    explicit Bureau(const std::string& network) {
        const NetworkFolder folder{network};
        world_.emplace(folder, read_network(folder).value());
    }

    std::set<std::string> words(client::ApiClient& node, const std::vector<Digest>& transactions) {
        std::set<std::string> words;
        for (const Digest& id : transactions) {
            const auto receipt = world_->receipt_from(node, id, "SZTAX");
            REQUIRE(receipt);
            REQUIRE_FALSE(receipt->withheld);
            for (const api::OperationView& operation : receipt->operations) {
                take(operation, words);
            }
        }
        const auto members =
            world_->query("membership", "members", {{"limit", 100}}, std::nullopt, "SZTAX");
        REQUIRE(members);
        for (const json::value& member : members->at("members").as_array()) {
            words.insert(std::string(member.at("id").as_string()));
        }
        return words;
    }

    /// The answers that a stranger would get if nothing were withheld.
    std::string whole(client::ApiClient& node, const std::vector<Digest>& transactions) {
        std::string all;
        for (const Digest& id : transactions) {
            const auto receipt = world_->receipt_from(node, id, "SZTAX");
            all += ledger::compact_json(ledger::to_json(receipt.value()));
        }
        return all;
    }

private:
    static void take(const api::OperationView& operation, std::set<std::string>& words) {
        if (operation.code != 0 || operation.contract == "calendar") return;
        for (const ledger::Event& event : operation.events) words.insert(event.subject);
        const auto method =
            ledger::city_contracts().operation(operation.contract, operation.method);
        REQUIRE(method);
        collect((*method)->result_to_json(operation.result).value(), "", words);
    }

    std::optional<RemoteWorld> world_;
};

/// As text, and within bytes that are told in hexadecimal digits. Short ones, such as numbers of
/// eight digits, which any figure may hold by chance, only as a whole text.
std::vector<std::string> found_in(const std::string& text, const std::set<std::string>& words) {
    std::vector<std::string> found;
    for (const std::string& word : words) {
        const std::string written = word.size() > 8 ? word : "\"" + word + "\"";
        if (contains(text, written) || contains(text, to_hex(as_bytes(word)))) {
            found.push_back(word);
        }
    }
    return found;
}

/// The messages of /events of the heights from 1 on.
std::string followed(std::uint16_t port, std::uint64_t heights) {
    boost::asio::io_context context;
    boost::beast::websocket::stream<tcp::socket> stream(context);
    stream.next_layer().connect({boost::asio::ip::address_v4::loopback(), port});
    stream.read_message_max(0);
    stream.handshake("localhost:" + std::to_string(port), "/events?from=1");
    std::string all;
    for (std::uint64_t height = 1; height <= heights; ++height) {
        boost::beast::flat_buffer buffer;
        stream.read(buffer);
        all += boost::beast::buffers_to_string(buffer.data());
    }
    return all;
}

std::vector<Digest> all_transactions(client::ApiClient& node) {
    std::vector<Digest> ids;
    for (std::uint64_t height = 1;;) {
        const auto view = node.receipts(height, 0);
        REQUIRE(view);
        if (view->blocks.empty()) return ids;
        for (const api::BlockReceipts& block : view->blocks) {
            for (const api::ReceiptLine& line : block.receipts) ids.push_back(line.transaction);
        }
        height = view->next_height;
    }
}

/// Every path that is answered by GET, with its parts filled in. The genesis is left out: it names
/// the members that begin the chain, by their tags.
std::vector<std::string> paths_of(const std::vector<Digest>& transactions, std::uint64_t heights) {
    std::vector<std::string> paths = {"/",          "/health",    "/ready",
                                      "/status",    "/condition", "/metrics",
                                      "/contracts", "/codes",     "/openapi.json"};
    for (const Digest& id : transactions) {
        paths.push_back("/transactions/" + to_hex(id));
        paths.push_back("/proof/receipt/" + to_hex(id));
    }
    for (std::uint64_t height = 1; height <= heights; ++height) {
        paths.push_back("/blocks/" + std::to_string(height));
    }
    constexpr std::uint64_t k_most_blocks = 256;  // of one answer
    for (std::uint64_t height = 1; height <= heights; height += k_most_blocks) {
        paths.push_back("/receipts?from=" + std::to_string(height));
    }
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        for (const ledger::Method& query : contract->queries) {
            paths.push_back("/query/" + contract->name + "/" + query.name);
        }
    }
    return paths;
}

/// All that a stranger is told, refusals too.
std::string told_to_stranger(client::ApiClient& node, const std::vector<std::string>& paths) {
    std::string all;
    for (const std::string& path : paths) {
        const auto answer = node.get(path);
        all += answer ? *answer : answer.error().message();
    }
    return all;
}

/// Whether every GET of the description is among the crawled paths.
void check_complete(client::ApiClient& node, const std::vector<std::string>& paths) {
    const auto document = ledger::parse_json(node.get("/openapi.json").value());
    REQUIRE(document);
    for (const auto& [path, methods] : document->at("paths").as_object()) {
        if (!methods.as_object().contains("get") || path == "/genesis") continue;
        const std::string begin(path.substr(0, path.find('{')));
        INFO(path);
        CHECK(std::any_of(paths.begin(), paths.end(),
                          [&](const std::string& crawled) { return crawled.starts_with(begin); }));
    }
}

TEST_CASE("a stranger finds no number, check code, tag or subject at a node", "[privacy][read]") {
    const TemporaryFolder folder;
    const std::string network = folder.network();
    REQUIRE(run_command("up --scenario " + k_scenario + " --dir " + network).exit_code == 0);
    const CommandResult replay =
        run_command("replay " + k_scenario + " --quiet --world remote --network " + network);
    INFO(replay.output);
    REQUIRE(replay.exit_code == 0);
    const NodeAddress address = read_network(NetworkFolder{network})->nodes.front();
    client::ApiClient node(address.address, address.http_port);
    const std::uint64_t heights = node.status().value().executed_height;
    const std::vector<Digest> transactions = all_transactions(node);
    REQUIRE(transactions.size() >= 80);

    Bureau bureau(network);
    const std::set<std::string> words = bureau.words(node, transactions);
    CHECK(words.size() > 300);
    CHECK(words.contains("144031809110/00000001"));
    // The search finds what stands there.
    const std::string whole = bureau.whole(node, transactions);
    CHECK(found_in(whole, words).size() > 200);

    const auto paths = paths_of(transactions, heights);
    check_complete(node, paths);
    const std::string told = told_to_stranger(node, paths) + followed(address.http_port, heights);
    CHECK(told.size() > whole.size() / 2);
    for (const std::string& word : found_in(told, words)) FAIL_CHECK("told to anybody: " << word);
    CHECK(run_command("down --purge --dir " + network).exit_code == 0);
}

}  // namespace
}  // namespace cityledger::sim::test
