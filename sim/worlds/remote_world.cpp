#include "sim/worlds/remote_world.hpp"

#include <charconv>
#include <chrono>
#include <random>
#include <thread>

#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/membership/membership.hpp"
#include "ledger/executor.hpp"
#include "ledger/memory_state_store.hpp"
#include "node/io/http/read_codes.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/world/signing.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {
namespace {

using Clock = std::chrono::steady_clock;

/// A node that is paused keeps a connection open and says nothing: go on to the next one soon.
constexpr std::uint64_t k_call_timeout_ms = 1'500;
/// How long one node is asked to wait for a receipt before the bytes go to the next one.
constexpr std::uint64_t k_wait_at_node_ms = 2'000;
constexpr auto k_between_rounds = std::chrono::milliseconds(20);
constexpr std::uint64_t k_enrolment_timeout_ms = 30'000;
constexpr std::string_view k_scheme = "http://";
/// Members in one transaction, well within what one may hold.
constexpr std::size_t k_enrolled_together = 500;

/// Another node would say the same.
bool is_about_the_transaction(const Error& error) {
    return error.code.kind == RefusalKind::invalid || error.code.kind == RefusalKind::refused;
}

/// A request over a kept connection that breaks is sent twice, and the node may have seen both:
/// then the question is signed anew.
template <class Ask>
auto asked_anew(const Ask& ask) {
    auto answer = ask();
    const bool repeated = !answer && answer.error().code == io::codes::read_replayed;
    return repeated ? ask() : answer;
}

std::uint64_t milliseconds_until(Clock::time_point deadline) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return left > 0 ? static_cast<std::uint64_t>(left) : 0;
}

}  // namespace

RemoteWorld::RemoteWorld(NetworkFolder folder, NetworkFile network)
    : folder_(std::move(folder)), network_(std::move(network)) {
    connect();
}

void RemoteWorld::connect() {
    clients_.clear();
    for (const NodeAddress& node : network_.nodes) {
        clients_.emplace_back(node.address, node.http_port, k_call_timeout_ms);
    }
}

template <class T, class Ask>
Result<T> RemoteWorld::ask_any(const Ask& ask) {
    Result<T> answer = tl::unexpected<Error>(timed_out("no node of the network answers"));
    for (std::size_t turn = 0; turn < clients_.size(); ++turn) {
        const std::size_t node = (preferred_ + turn) % clients_.size();
        if (!may_answer(node)) continue;
        answer = ask(clients_[node]);
        // Only a node that cannot be reached sends us on; a refusal is an answer.
        const bool reached = answer || answer.error().code.kind != RefusalKind::unreachable;
        if (reached) {
            preferred_ = node;
            return answer;
        }
    }
    return answer;
}

Result<std::uint64_t> RemoteWorld::expiry_height() {
    const auto status =
        ask_any<api::StatusView>([](client::ApiClient& node) { return node.status(); });
    if (!status) return propagate(status);
    return status->final_height + ledger::k_max_transaction_lifetime_heights;
}

Result<const crypto::PrivateKey*> RemoteWorld::key_of(const ledger::MemberId& member) {
    const auto kept = keys_.find(member);
    if (kept != keys_.end()) return &kept->second;
    auto key = member_key_of(folder_, member, false);
    if (!key) return propagate(key);
    return &keys_.emplace(member, *std::move(key)).first->second;
}

Result<crypto::PublicKeyBytes> RemoteWorld::make_key(const ledger::MemberId& member) {
    auto key = member_key_of(folder_, member, true);
    if (!key) return propagate(key);
    const crypto::PublicKeyBytes bytes = key->public_key().bytes();
    keys_.insert_or_assign(member, *std::move(key));
    return bytes;
}

ledger::Nonce RemoteWorld::nonce() {
    static std::random_device random;
    ledger::Nonce nonce;
    for (std::uint8_t& byte : nonce.bytes) byte = static_cast<std::uint8_t>(random());
    return nonce;
}

Result<api::ReceiptView> RemoteWorld::submit(const ledger::Transaction& transaction,
                                             std::uint64_t timeout_ms) {
    const auto deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
    std::string last = "no node answered";
    // The same bytes go round until one node has the receipt: submitting twice is harmless.
    for (std::size_t turn = 0; milliseconds_until(deadline) > 0; ++turn) {
        const std::size_t node = preferred_;
        preferred_ = (preferred_ + 1) % clients_.size();
        if (turn > 0 && turn % clients_.size() == 0) std::this_thread::sleep_for(k_between_rounds);
        if (!may_answer(node)) continue;
        const std::uint64_t wait_ms = std::min(milliseconds_until(deadline), k_wait_at_node_ms);
        auto answer = clients_[node].submit(transaction, wait_ms);
        if (answer && answer->receipt) {
            preferred_ = node;
            return *std::move(answer->receipt);
        }
        if (!answer && is_about_the_transaction(answer.error())) return propagate(answer);
        last = network_.nodes[node].name + ": " +
               (answer ? "no receipt yet" : answer.error().message());
    }
    return tl::unexpected<Error>(
        timed_out(to_hex(ledger::transaction_id(transaction.body)) + "; last: " + last));
}

Result<Digest> RemoteWorld::send(const ledger::Transaction& transaction) {
    const auto answer = ask_any<api::SubmitView>(
        [&](client::ApiClient& node) { return node.submit(transaction, 0); });
    if (!answer) return propagate(answer);
    return answer->transaction;
}

std::vector<std::optional<api::ReceiptView>> RemoteWorld::receipts(const Digest& transaction) {
    std::vector<std::optional<api::ReceiptView>> found;
    for (std::size_t node = 0; node < clients_.size(); ++node) {
        if (!may_answer(node)) continue;
        auto receipt = clients_[node].receipt(transaction);
        found.push_back(receipt ? std::optional(*std::move(receipt)) : std::nullopt);
    }
    return found;
}

Result<api::ReceiptView> RemoteWorld::receipt_from(client::ApiClient& node,
                                                   const Digest& transaction,
                                                   const ledger::MemberId& reader) {
    // Signed for only once it is there: asking often stays cheap.
    auto told = node.receipt(transaction);
    if (!told || !told->withheld || reader.empty()) return told;
    const auto key = key_of(reader);
    if (!key) return propagate(key);
    return asked_anew([&] { return node.receipt_as({reader, *key, nonce()}, transaction); });
}

std::optional<api::ReceiptView> RemoteWorld::find_receipt(const Digest& transaction,
                                                          const ledger::MemberId& reader) {
    auto receipt = ask_any<api::ReceiptView>(
        [&](client::ApiClient& node) { return receipt_from(node, transaction, reader); });
    return receipt ? std::optional(*std::move(receipt)) : std::nullopt;
}

Result<boost::json::value> RemoteWorld::query(std::string_view contract, std::string_view method,
                                              const boost::json::value& arguments,
                                              std::optional<std::size_t> node,
                                              const ledger::MemberId& asker) {
    const crypto::PrivateKey* key = nullptr;
    Bytes canonical;
    if (!asker.empty()) {
        const auto own = key_of(asker);
        if (!own) return propagate(own);
        const auto described = ledger::city_contracts().query(contract, method);
        if (!described) return propagate(described);
        auto bytes = (*described)->arguments_from_json(arguments);
        if (!bytes) return propagate(bytes);
        key = *own;
        canonical = *std::move(bytes);
    }
    const auto ask_once = [&](client::ApiClient& asked) {
        const std::string contract_name(contract);
        const std::string method_name(method);
        if (key == nullptr) return asked.query(contract_name, method_name, arguments);
        return asked.query_as({asker, key, nonce()}, contract_name, method_name, arguments,
                              canonical);
    };
    const auto ask = [&](client::ApiClient& asked) {
        return asked_anew([&] { return ask_once(asked); });
    };
    if (!node) return ask_any<boost::json::value>(ask);
    if (*node >= clients_.size()) return tl::unexpected<Error>(unknown_node(*node));
    return ask(clients_[*node]);
}

Status RemoteWorld::can(FaultKind) const {
    return tl::unexpected<Error>(
        fault_impossible("processes of a remote network belong to somebody else"));
}

Status RemoteWorld::inject(const Fault& fault) { return can(fault.kind); }

std::uint64_t RemoteWorld::now_ms() {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
            .count());
}

void RemoteWorld::wait(std::uint64_t milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

std::vector<NodeView> RemoteWorld::nodes() {
    std::vector<NodeView> views;
    for (std::size_t node = 0; node < clients_.size(); ++node) {
        NodeView view;
        view.index = node;
        if (may_answer(node)) {
            auto status = clients_[node].status();
            view.running = status.has_value();
            if (status) view.status = *std::move(status);
        }
        views.push_back(std::move(view));
    }
    return views;
}

Result<ledger::Transaction> RemoteWorld::enrolment(
    const ledger::MemberId& operator_id, const std::vector<boost::json::object>& members) {
    const auto method = ledger::city_contracts().operation("membership", "enrol");
    if (!method) return propagate(method);
    std::vector<ledger::Operation> operations;
    for (boost::json::object arguments : members) {
        const auto key = make_key(std::string(arguments.at("id").as_string()));
        if (!key) return propagate(key);
        arguments["public_key"] = to_hex(key->bytes);
        auto bytes = (*method)->arguments_from_json(arguments);
        if (!bytes) return propagate(bytes);
        operations.push_back({"membership", "enrol", *std::move(bytes)});
    }
    return signed_transaction(*this, operator_id, std::move(operations));
}

Status RemoteWorld::enrol(const ledger::MemberId& operator_id,
                          const std::vector<boost::json::object>& members) {
    for (std::size_t begin = 0; begin < members.size(); begin += k_enrolled_together) {
        const std::size_t end = std::min(begin + k_enrolled_together, members.size());
        const auto transaction =
            enrolment(operator_id, {members.begin() + static_cast<std::ptrdiff_t>(begin),
                                    members.begin() + static_cast<std::ptrdiff_t>(end)});
        if (!transaction) return propagate(transaction);
        const auto receipt = submit(*transaction, k_enrolment_timeout_ms);
        if (!receipt) return propagate(receipt);
    }
    return {};
}

Status RemoteWorld::check_fits(const WorldPlan& plan, bool used) {
    const std::string name = clients_.front().target();
    const auto genesis =
        ask_any<ledger::Genesis>([](client::ApiClient& node) { return node.genesis(); });
    if (!genesis) return propagate(genesis);
    const Status made = check_sections(name, *genesis, plan.business);
    if (!made || used) return made;
    const auto status =
        ask_any<api::StatusView>([](client::ApiClient& node) { return node.status(); });
    if (!status) return propagate(status);
    ledger::MemoryStateStore store;
    const auto fresh = ledger::Executor::open(*genesis, ledger::city_contracts(), store);
    if (!fresh) return propagate(fresh);
    if ((*fresh)->state().business_root == status->business_root) return {};
    return refuse(codes::network_used,
                  name + ", height " + std::to_string(status->executed_height));
}

Error no_operator(const NetworkFolder& folder) {
    return refuse(codes::operator_missing, folder.actors()).value();
}

Status RemoteWorld::enrol_missing_members(const WorldPlan& plan) {
    const auto section = ledger::from_json<ledger::membership::GenesisSection>(
        plan.business.contains("membership") ? plan.business.at("membership")
                                             : boost::json::value(boost::json::object()));
    if (!section) return propagate(section);
    // Members are told to members only: the first whose key is here and whom the chain knows asks.
    ledger::MemberId asker;
    for (const auto& member : section->members) {
        if (!key_of(member.id)) continue;
        if (!query("membership", "member", {{"id", member.id}}, std::nullopt, member.id)) continue;
        asker = member.id;
        break;
    }
    if (asker.empty()) return tl::unexpected<Error>(no_operator(folder_));
    std::vector<boost::json::object> missing;
    for (const auto& member : section->members) {
        const auto known = query("membership", "member", {{"id", member.id}}, std::nullopt, asker);
        if (!known) missing.push_back(ledger::to_json(member).as_object());
    }
    if (missing.empty()) return {};
    const auto operators =
        query("membership", "members", {{"role", "operator"}}, std::nullopt, asker);
    if (!operators) return propagate(operators);
    for (const boost::json::value& entry : operators->at("members").as_array()) {
        const std::string id(entry.at("id").as_string());
        if (key_of(id)) return enrol(id, missing);
    }
    return tl::unexpected<Error>(no_operator(folder_));
}

/// The parts of "http://HOST:PORT", with a slash at the end or not; HOST may be "[::1]".
Result<NodeAddress> parse_url(const std::string& url) {
    std::string place = url.substr(k_scheme.size());
    if (place.ends_with("/")) place.pop_back();
    const std::size_t colon = place.rfind(':');
    const std::string digits = colon == std::string::npos ? "" : place.substr(colon + 1);
    NodeAddress node{"node", place.substr(0, colon), 0, 0};
    if (node.address.starts_with("[") && node.address.ends_with("]")) {
        node.address = node.address.substr(1, node.address.size() - 2);
    }
    const auto parsed =
        std::from_chars(digits.data(), digits.data() + digits.size(), node.http_port);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
    const bool usable = whole && node.http_port != 0 && !node.address.empty() &&
                        node.address.find_first_of("/[]?#@ ") == std::string::npos;
    if (!url.starts_with(k_scheme) || !usable) return refuse(codes::url_invalid, url);
    return node;
}

Result<std::unique_ptr<RemoteWorld>> make_remote_world(const std::string& folder_or_url,
                                                       const std::string& actors_folder) {
    if (folder_or_url.find("://") == std::string::npos) {
        const NetworkFolder folder = folder_at(folder_or_url);
        auto network = read_network(folder);
        if (!network) return propagate(network);
        return std::make_unique<RemoteWorld>(folder, *std::move(network));
    }
    const auto node = parse_url(folder_or_url);
    if (!node) return propagate(node);
    client::ApiClient client(node->address, node->http_port, k_call_timeout_ms);
    const auto status = client.status();
    if (!status) return propagate(status);
    NetworkFile network{k_network_version, status->network, status->chain_id, {*node}};
    return std::make_unique<RemoteWorld>(NetworkFolder{actors_folder}, std::move(network));
}

}  // namespace cityledger::sim
