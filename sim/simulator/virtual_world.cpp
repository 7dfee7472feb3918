#include "sim/simulator/virtual_world.hpp"

#include "sim/simulator/simulator_codes.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {
namespace {

/// After so long without a receipt the same bytes go to the next node too.
constexpr std::uint64_t k_resend_interval_ms = 2'000;

/// A node that lags refuses what it will accept once it has caught up, so a refusal counts only if
/// every running node repeats it so often.
constexpr std::size_t k_refusals_per_node = 3;
constexpr std::uint64_t k_retry_after_refusal_ms = 200;

/// What `submit` waits for; shared with callbacks that may come after it has given up.
struct Waiting {
    std::optional<ledger::StoredReceipt> receipt;
    std::optional<Error> refusal;  ///< the latest
};

}  // namespace

VirtualWorld::VirtualWorld(const WorldPlan& plan, VirtualOptions options)
    : cluster_(plan, std::move(options)),
      name_(cluster_.genesis().name),
      nonces_(SimulatedRandom(plan.seed).fork("client nonces")) {
    for (const ledger::MemberId& member : plan.members) {
        keys_.emplace(member, VirtualCluster::member_key(plan.seed, member));
    }
}

Status VirtualWorld::check_unbroken() const {
    if (const auto report = cluster_.report()) {
        return tl::unexpected<Error>(invariant_broken(*report));
    }
    return {};
}

Result<std::size_t> VirtualWorld::next_node() {
    for (std::size_t step = 1; step <= cluster_.size(); ++step) {
        const std::size_t node = (last_node_ + step) % cluster_.size();
        if (cluster_.running(node) && cluster_.honest(node)) {
            last_node_ = node;
            return node;
        }
    }
    return refuse(codes::virtual_no_node_runs);
}

Result<std::uint64_t> VirtualWorld::expiry_height() {
    std::uint64_t highest = 0;
    for (std::size_t node = 0; node < cluster_.size(); ++node) {
        if (!cluster_.running(node)) continue;
        highest = std::max(highest, cluster_.replica(node)->status().executed.height);
    }
    // Half a lifetime, so that a node far behind does not find the expiry too far away.
    return highest + ledger::k_max_transaction_lifetime_heights / 2;
}

Result<const crypto::PrivateKey*> VirtualWorld::key_of(const ledger::MemberId& member) {
    const auto found = keys_.find(member);
    if (found == keys_.end()) return tl::unexpected<Error>(unknown_member(member));
    return &found->second;
}

Result<crypto::PublicKeyBytes> VirtualWorld::make_key(const ledger::MemberId& member) {
    // Each is new, also for a member that has one.
    const std::string use = member + "/" + std::to_string(made_keys_[member]++);
    auto key = VirtualCluster::member_key(cluster_.seed(), use);
    const auto bytes = key.public_key().bytes();
    keys_.insert_or_assign(member, std::move(key));
    return bytes;
}

ledger::Nonce VirtualWorld::nonce() {
    ledger::Nonce drawn;
    nonces_.fill(drawn.bytes);
    return drawn;
}

Result<api::ReceiptView> VirtualWorld::submit(const ledger::Transaction& transaction,
                                              std::uint64_t timeout_ms) {
    const auto pointer = std::make_shared<const ledger::Transaction>(transaction);
    sent_[ledger::transaction_id(transaction.body)] = pointer;
    const auto waiting = std::make_shared<Waiting>();
    const TimeUs limit_us = cluster_.queue().now_us() + timeout_ms * k_millisecond_us;
    std::size_t refusals = 0;
    std::size_t running = 0;
    while (cluster_.queue().now_us() < limit_us && !waiting->receipt) {
        if (const auto unbroken = check_unbroken(); !unbroken) return propagate(unbroken);
        const auto node = next_node();
        if (!node) return propagate(node);
        waiting->refusal.reset();
        cluster_.submit(
            *node, pointer,
            [waiting](const Result<Digest>& accepted) {
                if (!accepted) waiting->refusal = accepted.error();
            },
            [waiting](const ledger::StoredReceipt& stored) { waiting->receipt = stored; });
        const std::uint64_t rest_ms =
            (limit_us - cluster_.queue().now_us() + k_millisecond_us - 1) / k_millisecond_us;
        (void)cluster_.run_until([&] { return waiting->receipt || waiting->refusal; },
                                 std::min(rest_ms, k_resend_interval_ms));
        if (waiting->receipt || !waiting->refusal) continue;
        running = 0;
        for (const NodeView& view : nodes()) running += view.running && view.honest ? 1u : 0u;
        const Error refusal = *waiting->refusal;
        if (++refusals >= k_refusals_per_node * running) return tl::unexpected<Error>(refusal);
        (void)cluster_.run_until([&] { return waiting->receipt.has_value(); },
                                 std::min(rest_ms, k_retry_after_refusal_ms));
    }
    if (const auto unbroken = check_unbroken(); !unbroken) return propagate(unbroken);
    if (waiting->receipt) return api::receipt_view(*waiting->receipt, pointer.get());
    return tl::unexpected<Error>(
        timed_out("after " + std::to_string(timeout_ms) + " ms of virtual time"));
}

Result<Digest> VirtualWorld::send(const ledger::Transaction& transaction) {
    const auto pointer = std::make_shared<const ledger::Transaction>(transaction);
    const Digest id = ledger::transaction_id(transaction.body);
    sent_[id] = pointer;
    const auto node = next_node();
    if (!node) return propagate(node);
    const auto answer = std::make_shared<std::optional<Result<Digest>>>();
    cluster_.submit(*node, pointer,
                    [answer](const Result<Digest>& accepted) { *answer = accepted; }, {});
    (void)cluster_.run_until([&] { return answer->has_value(); }, k_resend_interval_ms);
    if (const auto unbroken = check_unbroken(); !unbroken) return propagate(unbroken);
    if (!*answer) return id;
    return **answer;
}

std::vector<std::optional<api::ReceiptView>> VirtualWorld::receipts(const Digest& transaction) {
    std::vector<std::optional<api::ReceiptView>> views;
    const auto sent = sent_.find(transaction);
    for (std::size_t node = 0; node < cluster_.size(); ++node) {
        if (!cluster_.running(node) || !cluster_.honest(node)) continue;
        const auto stored = ledger::find_receipt(cluster_.store(node), transaction);
        views.emplace_back();
        if (!stored) continue;
        views.back() =
            api::receipt_view(*stored, sent == sent_.end() ? nullptr : sent->second.get());
    }
    return views;
}

/// As over HTTP, without the node's clock.
Status VirtualWorld::show_asker(const ledger::MemberId& asker, std::size_t node,
                                const ledger::ReadQuestion& question) {
    const auto key = key_of(asker);
    if (!key) return propagate(key);
    ledger::ReadPass pass;
    pass.node = "node" + std::to_string(node);
    pass.member = asker;
    pass = ledger::sign_read_pass(chain_id(), question, std::move(pass), **key);
    return ledger::check_read_pass(cluster_.store(node), chain_id(), question, pass);
}

Result<boost::json::value> VirtualWorld::query(std::string_view contract, std::string_view method,
                                               const boost::json::value& arguments,
                                               std::optional<std::size_t> node,
                                               const ledger::MemberId& asker) {
    if (node && *node >= cluster_.size()) return tl::unexpected<Error>(unknown_node(*node));
    const auto known = cluster_.contracts().query(contract, method);
    if (!known) return propagate(known);
    const auto bytes = (*known)->arguments_from_json(arguments);
    if (!bytes) return propagate(bytes);
    std::size_t asked = node.value_or(0);
    if (!node) {
        const auto next = next_node();
        if (!next) return propagate(next);
        asked = *next;
    }
    if (!asker.empty()) {
        const Status shown =
            show_asker(asker, asked, {std::string(contract), std::string(method), *bytes});
        if (!shown) return propagate(shown);
    }
    const auto result = ledger::run_query(cluster_.contracts(), cluster_.store(asked), contract,
                                          method, *bytes, asker);
    if (!result) return propagate(result);
    return (*known)->result_to_json(*result);
}

Status VirtualWorld::inject(const Fault& fault) {
    for (const std::size_t node : fault.nodes) {
        if (node >= cluster_.size()) return tl::unexpected<Error>(unknown_node(node));
    }
    for (const auto& group : fault.groups) {
        for (const std::size_t node : group) {
            if (node >= cluster_.size()) return tl::unexpected<Error>(unknown_node(node));
        }
    }
    if (fault.kind == FaultKind::partition) {
        cluster_.network().partition(fault.groups);
    } else if (fault.kind == FaultKind::heal) {
        cluster_.network().heal();
    }
    for (const std::size_t node : fault.nodes) {
        const auto done = inject_on(fault.kind, node, fault.behaviour);
        if (!done) return done;
    }
    return check_unbroken();
}

Status VirtualWorld::inject_on(FaultKind kind, std::size_t node, const std::string& behaviour) {
    switch (kind) {
        case FaultKind::kill: return cluster_.kill(node);
        case FaultKind::restart: return cluster_.restart(node);
        case FaultKind::pause: return cluster_.pause(node);
        case FaultKind::resume: return cluster_.resume(node);
        case FaultKind::byzantine: return cluster_.make_byzantine(node, behaviour);
        case FaultKind::partition:
        case FaultKind::heal: break;
    }
    return {};
}

api::StatusView VirtualWorld::status_of(std::size_t node) {
    const node::ReplicaStatus status = cluster_.replica(node)->status();
    api::StatusView view;
    view.node = "node" + std::to_string(node);
    view.version = "virtual";
    view.network = name_;
    view.chain_id = cluster_.chain_id();
    view.view = status.consensus.view;
    view.final_height = status.final_height;
    view.final_block = status.final_digest;
    view.executed_height = status.executed.height;
    view.system_root = status.executed.system_root;
    view.business_root = status.executed.business_root;
    view.receipts_root = status.executed.receipts_root;
    view.voting = status.standing.may_vote();
    view.standing = node::word_of(status.standing.standing);
    view.standing_reason = status.standing.reason;
    view.votes_above_view = status.standing.votes_above_view;
    view.syncing = status.syncing;
    view.refuses_because = status.refuses_because;
    view.network_waits_for = status.network_waits_for;
    view.mempool_transactions = status.mempool_transactions;
    view.nullified_views = status.consensus.nullified_views;
    view.evidence = status.consensus.evidence_count;
    for (const node::PeerStatus& peer : status.peers) {
        view.peers.push_back({peer.name, peer.connected, std::string(node::word_of(peer.standing)),
                              peer.votes_above_view, peer.final_height, peer.executed_height,
                              peer.last_error});
    }
    return view;
}

std::vector<NodeView> VirtualWorld::nodes() {
    std::vector<NodeView> views;
    for (std::size_t node = 0; node < cluster_.size(); ++node) {
        NodeView view{node, cluster_.running(node), cluster_.honest(node), std::nullopt};
        if (view.running) view.status = status_of(node);
        views.push_back(std::move(view));
    }
    return views;
}

std::unique_ptr<World> make_virtual_world(const WorldPlan& plan, VirtualOptions options) {
    return std::make_unique<VirtualWorld>(plan, std::move(options));
}

}  // namespace cityledger::sim
