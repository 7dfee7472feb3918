#include "node/io/daemon/daemon_backend.hpp"

#include <unistd.h>

#include "node/api/version.hpp"
#include "node/io/http/api_arguments.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
std::optional<std::string> unready_reason(const node::ReplicaStatus& status) {
    if (status.standing.standing == node::Standing::observer) {
        if (status.syncing) return "the observer still fetches final blocks";
        return std::nullopt;
    }
    if (!status.standing.may_vote()) {
        return std::string(node::word_of(status.standing.standing)) + ": " + status.standing.reason;
    }
    if (!status.accepts_transactions) return status.refuses_because;
    return std::nullopt;
}

void DaemonBackend::submit(std::shared_ptr<const ledger::Transaction> transaction,
                           std::function<void(Result<Digest>)> done) {
    replica_.submit(std::move(transaction), std::move(done));
}

std::uint64_t DaemonBackend::on_receipt(const Digest& transaction,
                                        std::function<void(const ledger::StoredReceipt&)> done) {
    return replica_.on_receipt(transaction, std::move(done));
}

void DaemonBackend::forget_receipt(std::uint64_t handle) { replica_.forget_receipt(handle); }

api::StatusView DaemonBackend::status() const {
    const node::ReplicaStatus status = replica_.status();
    const std::vector<LinkStatus> links = transport_.links();
    api::StatusView view;
    view.node = home_.config.name;
    view.version = api::version();
    view.network = home_.genesis.name;
    view.chain_id = home_.chain_id;
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
    view.process_id = static_cast<std::uint64_t>(::getpid());
    for (std::size_t i = 0; i < status.peers.size(); ++i) {
        const node::PeerStatus& peer = status.peers[i];
        std::string last_error = peer.last_error;
        if (i < links.size() && links[i].last_error) last_error = links[i].last_error->message();
        view.peers.push_back({peer.name, peer.connected, std::string(node::word_of(peer.standing)),
                              peer.votes_above_view, peer.final_height, peer.executed_height,
                              std::move(last_error)});
    }
    return view;
}

std::uint64_t DaemonBackend::executed_height() const { return replica_.status().executed.height; }

std::optional<std::string> DaemonBackend::unready_because() const {
    return unready_reason(replica_.status());
}

node::Counters DaemonBackend::counters() const {
    node::Counters all = replica_.counters();
    all.merge(transport_.counters());
    return all;
}

std::optional<node::FinalBlock> DaemonBackend::final_block(std::uint64_t height) const {
    return replica_.final_block(height);
}

std::shared_ptr<const ledger::Batch> DaemonBackend::batch(const Digest& digest) const {
    return replica_.batch(digest);
}

Status DaemonBackend::set_blocked(const std::vector<std::string>& peers) {
    std::set<node::ValidatorIndex> blocked;
    for (const std::string& name : peers) {
        const auto& validators = home_.genesis.validators;
        const auto found = std::find_if(
            validators.begin(), validators.end(),
            [&name](const ledger::Validator& validator) { return validator.name == name; });
        if (found == validators.end()) {
            return tl::unexpected<Error>(wrong_parameter("no validator is called '" + name + "'"));
        }
        blocked.insert(static_cast<node::ValidatorIndex>(found - validators.begin()));
    }
    transport_.set_blocked(blocked);
    return {};
}

}  // namespace cityledger::io
