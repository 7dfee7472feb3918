#include "sim/worlds/comet_world.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "ledger/contracts/contracts.hpp"
#include "node/abci/abci_codes.hpp"
#include "sim/launch/purge.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t k_call_timeout_ms = 5'000;
constexpr auto k_between_questions = std::chrono::milliseconds(10);
/// Heights move on all the time, and nodes are asked one after the other.
constexpr int k_looks_for_one_height = 20;

bool same_heights(const std::vector<CometAnswer>& answers) {
    return std::all_of(answers.begin(), answers.end(), [&](const CometAnswer& answer) {
        const CometAnswer& first = answers.front();
        return answer.engine && answer.application && first.engine && first.application &&
               answer.engine->height == first.engine->height &&
               answer.application->height == first.application->height;
    });
}

api::StatusView status_of(const CometAnswer& answer, const NetworkFile& network) {
    api::StatusView status;
    status.node = answer.node.name;
    status.network = network.name;
    status.chain_id = network.chain_id;
    status.final_height = answer.engine->height;
    status.final_block = answer.engine->block;
    status.executed_height = answer.application->height;
    status.system_root = answer.application->system_root;
    status.business_root = answer.application->business_root;
    status.receipts_root = answer.application->receipts_root;
    status.voting = !answer.engine->catching_up;
    return status;
}

}  // namespace

CometWorld::CometWorld(HeldNetwork network, bool keep)
    : RemoteWorld(network.folder, network.file), held_(std::move(network)), keep_(keep) {
    for (const NodeAddress& node : held_.file.nodes) {
        comets_.emplace_back(node.address, node.http_port, k_call_timeout_ms);
    }
}

Result<std::unique_ptr<CometWorld>> CometWorld::launch(HeldNetwork network,
                                                       const CometPrograms& programs, bool keep) {
    std::unique_ptr<CometWorld> world(new CometWorld(std::move(network), keep));
    auto processes = start_comet(world->held_.folder, world->held_.file, programs, false);
    if (!processes) return propagate(processes);
    world->processes_ = *std::move(processes);
    return world;
}

CometWorld::~CometWorld() {
    const std::vector<NodeStop> stops = stop_comet(held_);
    processes_.clear();
    if (!keep_) purge_network(held_.folder);
}

Result<std::uint64_t> CometWorld::expiry_height() {
    const auto state = comets_.front().state();
    if (!state) return propagate(state);
    return state->height + ledger::k_max_transaction_lifetime_heights;
}

Status CometWorld::broadcast(const ledger::Transaction& transaction) {
    sent_.insert_or_assign(ledger::transaction_id(transaction.body), transaction);
    return comets_.front().broadcast(transaction);
}

// All goes by one node: what it has executed, its next question and its mempool know.
Result<api::ReceiptView> CometWorld::submit(const ledger::Transaction& transaction,
                                            std::uint64_t timeout_ms) {
    const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
    const Digest id = ledger::transaction_id(transaction.body);
    std::string last = "no receipt yet";
    while (Clock::now() < deadline) {
        const Status taken = broadcast(transaction);
        const bool goes_on = taken || taken.error().code.kind == RefusalKind::unreachable ||
                             taken.error().code == abci::codes::abci_repeated_transaction;
        if (!goes_on) return propagate(taken);
        if (!taken) last = taken.error().message();
        const auto again = std::min(deadline, Clock::now() + std::chrono::seconds(2));
        while (Clock::now() < again) {
            if (auto receipt = find_receipt(id, transaction.body.sender))
                return *std::move(receipt);
            std::this_thread::sleep_for(k_between_questions);
        }
    }
    return tl::unexpected<Error>(timed_out(to_hex(id) + "; last: " + last));
}

Result<Digest> CometWorld::send(const ledger::Transaction& transaction) {
    const Status taken = broadcast(transaction);
    if (!taken) return propagate(taken);
    return ledger::transaction_id(transaction.body);
}

std::optional<api::ReceiptView> CometWorld::receipt_at(client::CometClient& node,
                                                       const Digest& id) {
    const auto stored = node.receipt(id);
    if (!stored) return std::nullopt;
    const auto sent = sent_.find(id);
    return api::receipt_view(*stored, sent == sent_.end() ? nullptr : &sent->second);
}

std::vector<std::optional<api::ReceiptView>> CometWorld::receipts(const Digest& transaction) {
    std::vector<std::optional<api::ReceiptView>> found;
    for (client::CometClient& node : comets_) found.push_back(receipt_at(node, transaction));
    return found;
}

std::optional<api::ReceiptView> CometWorld::find_receipt(const Digest& transaction,
                                                         const ledger::MemberId&) {
    return receipt_at(comets_.front(), transaction);
}

Result<Bytes> CometWorld::signed_query(client::CometClient& node, const ledger::MemberId& asker,
                                       const std::string& names,
                                       const ledger::ReadQuestion& question) {
    const auto key = key_of(asker);
    if (!key) return propagate(key);
    const auto state = node.state();
    if (!state) return propagate(state);
    ledger::SignedQuestion asked;
    asked.pass.member = asker;
    asked.pass.expires = state->height + ledger::k_max_pass_heights;
    asked.pass.nonce = nonce();
    asked.pass = ledger::sign_read_pass(chain_id(), question, std::move(asked.pass), **key);
    asked.arguments = question.arguments;
    return node.query("/signed/" + names, ledger::encode(asked));
}

Result<boost::json::value> CometWorld::query(std::string_view contract, std::string_view method,
                                             const boost::json::value& arguments,
                                             std::optional<std::size_t> node,
                                             const ledger::MemberId& asker) {
    if (node.value_or(0) >= comets_.size()) return tl::unexpected<Error>(unknown_node(*node));
    const auto described = ledger::city_contracts().query(contract, method);
    if (!described) return propagate(described);
    const auto bytes = (*described)->arguments_from_json(arguments);
    if (!bytes) return propagate(bytes);
    client::CometClient& asked = comets_[node.value_or(0)];
    const std::string names = std::string(contract) + "/" + std::string(method);
    auto answer = asker.empty()
                      ? asked.query("/contract/" + names, *bytes)
                      : signed_query(asked, asker, names,
                                     {std::string(contract), std::string(method), *bytes});
    if (!answer) return propagate(answer);
    return (*described)->result_to_json(*answer);
}

std::vector<NodeView> CometWorld::nodes() {
    std::vector<CometAnswer> answers;
    for (int look = 0; look < k_looks_for_one_height; ++look) {
        answers.clear();
        for (std::size_t i = 0; i < comets_.size(); ++i) {
            answers.push_back(ask_comet_node(held_.folder, held_.file.nodes[i], comets_[i]));
        }
        if (same_heights(answers)) break;
    }
    std::vector<NodeView> views;
    for (const CometAnswer& answer : answers) {
        NodeView view;
        view.index = views.size();
        view.running = answer.process == ProcessState::running;
        if (answer.engine && answer.application) view.status = status_of(answer, held_.file);
        views.push_back(std::move(view));
    }
    return views;
}

Status CometWorld::can(FaultKind) const {
    return tl::unexpected<Error>(fault_impossible(
        "faults are done to the built-in engine; a network of CometBFT runs without"));
}

}  // namespace cityledger::sim
