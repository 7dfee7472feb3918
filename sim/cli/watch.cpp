// watch: what the network decides, as it comes.

#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <optional>
#include <thread>

#include "sim/cli/call_text.hpp"
#include "sim/cli/colour.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_actors.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/launch/interruption.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

constexpr std::uint64_t k_call_timeout_ms = 1'500;
constexpr std::uint64_t k_wait_ms = 1'000;
constexpr auto k_retry_interval = std::chrono::milliseconds(200);
/// Receipts of one block that are asked for; the others are counted.
constexpr std::size_t k_most_receipts = 50;
constexpr std::size_t k_short_id = 12;
constexpr int k_exit_usage = 2;

/// "12:03:44": when this command heard of the block. Blocks have no time of their own.
std::string time_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::localtime_r(&now, &parts);
    std::array<char, 16> text{};
    std::strftime(text.data(), text.size(), "%H:%M:%S", &parts);
    return text.data();
}

std::uint64_t refused_in(const api::ReceiptLine& line) {
    std::uint64_t refused = line.code_name == "ok" ? 0 : 1;
    for (const api::CodeTally& tally : line.refused) refused += tally.count;
    return refused;
}

/// Follows the chain on one node, and goes on at the next when that one does not answer.
class ChainFollower {
public:
    explicit ChainFollower(const NetworkFile& network) {
        for (const NodeAddress& node : network.nodes) {
            clients_.emplace_back(node.address, node.http_port, k_call_timeout_ms);
        }
    }

    /// From the next block that will be executed on.
    Status begin() {
        Status status;
        for (std::size_t turn = 0; turn < clients_.size(); ++turn) {
            const auto answer = clients_[node_].status();
            if (answer) {
                next_height_ = answer->executed_height + 1;
                return {};
            }
            status = propagate(answer);
            turn_to_next();
        }
        return status;
    }

    /// New blocks; none if there is none for a moment.
    std::vector<api::BlockReceipts> next() {
        auto answer = clients_[node_].receipts(next_height_, k_wait_ms);
        if (!answer) {
            turn_to_next();
            std::this_thread::sleep_for(k_retry_interval);
            return {};
        }
        next_height_ = answer->next_height;
        return std::move(answer->blocks);
    }

    client::ApiClient& client() { return clients_[node_]; }

private:
    void turn_to_next() { node_ = (node_ + 1) % clients_.size(); }

    std::vector<client::ApiClient> clients_;
    std::size_t node_ = 0;
    std::uint64_t next_height_ = 0;
};

struct WatchedBlock {
    std::uint64_t height = 0;
    std::uint64_t view = 0;  ///< 0: the node does not tell
    std::uint64_t transactions = 0;
    std::uint64_t refused = 0;
    std::vector<api::ReceiptView> receipts;
};

WatchedBlock read_block(ChainFollower& chain, const api::BlockReceipts& block, RemoteWorld& world,
                        const ledger::MemberId& reader) {
    WatchedBlock watched;
    watched.height = block.height;
    watched.transactions = block.receipts.size();
    const auto whole = chain.client().block(block.height);
    if (whole && whole->finalization) watched.view = whole->finalization->content.view;
    for (const api::ReceiptLine& line : block.receipts) {
        watched.refused += refused_in(line);
        if (watched.receipts.size() == k_most_receipts) continue;
        auto receipt = world.receipt_from(chain.client(), line.transaction, reader);
        if (receipt) watched.receipts.push_back(*std::move(receipt));
    }
    return watched;
}

void print_operation(const std::string& id, const api::OperationView& operation) {
    if (operation.code != 0) {
        const std::string words =
            said("watch.refused",
                 {operation.contract + "." + operation.method, operation.code_name, id});
        std::printf("    %s\n", toned(Tone::bad, printable(words)).c_str());
    }
    if (operation.code == 0 && operation.withheld) {
        const std::string words =
            said("watch.withheld", {operation.contract + "." + operation.method, id});
        std::printf("    %s\n", printable(words).c_str());
    }
    for (const ledger::Event& event : operation.events) {
        const std::string words = said("watch.event", {event.name, event.subject, id});
        std::printf("    %s\n", printable(words).c_str());
    }
}

void print_block(const WatchedBlock& block) {
    std::printf("%s\n", said("watch.block",
                             {time_now(), std::to_string(block.height),
                              block.view == 0 ? "-" : std::to_string(block.view),
                              std::to_string(block.transactions), std::to_string(block.refused)})
                            .c_str());
    for (const api::ReceiptView& receipt : block.receipts) {
        const std::string id = to_hex(receipt.transaction).substr(0, k_short_id);
        for (const api::OperationView& operation : receipt.operations) {
            print_operation(id, operation);
        }
    }
    if (block.transactions > block.receipts.size()) {
        const std::uint64_t others = block.transactions - block.receipts.size();
        std::printf("    %s\n", said("watch.others", {std::to_string(others)}).c_str());
    }
}

/// A line of JSON for each block.
void print_block_json(const WatchedBlock& block) {
    boost::json::array events;
    std::uint64_t withheld = 0;
    for (const api::ReceiptView& receipt : block.receipts) {
        withheld += receipt.withheld ? 1 : 0;
        for (const api::OperationView& operation : receipt.operations) {
            for (const ledger::Event& event : operation.events) {
                events.push_back({{"name", event.name},
                                  {"subject", event.subject},
                                  {"transaction", to_hex(receipt.transaction)}});
            }
        }
    }
    const boost::json::object object = {
        {"height", block.height},   {"view", block.view},   {"transactions", block.transactions},
        {"refused", block.refused}, {"withheld", withheld}, {"events", events}};
    std::printf("%s\n", ledger::compact_json(object).c_str());
}

}  // namespace

int run_watch(const WatchOptions& options) {
    const NetworkFolder folder = folder_at(options.folder);
    auto network = read_network(folder);
    if (!network) return fail(network.error());
    if (!options.node.empty()) {
        auto node = find_node(*network, options.node);
        if (!node) return fail(node.error());
        network->nodes = {*std::move(node)};
    }
    // Nothing is half done at any moment: each line is flushed, nothing is written.
    static_cast<void>(std::signal(SIGINT, [](int) { ::_exit(k_exit_interrupted); }));
    RemoteWorld world(folder, *network);
    const auto reader = asker_named(folder, world, options.sender);
    if (!reader) {
        std::fprintf(stderr, "cityledger: %s\n", reader.error().c_str());
        return k_exit_usage;
    }
    ChainFollower chain(*network);
    if (const Status begun = chain.begin(); !begun) return fail(begun.error());
    if (!options.json) std::printf("%s\n", said("watch.begins").c_str());
    std::fflush(stdout);
    for (std::uint64_t shown = 0;;) {
        for (const api::BlockReceipts& block : chain.next()) {
            const WatchedBlock watched = read_block(chain, block, world, *reader);
            options.json ? print_block_json(watched) : print_block(watched);
            std::fflush(stdout);
            if (++shown == options.blocks) return 0;
        }
    }
}

}  // namespace cityledger::sim
