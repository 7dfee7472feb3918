#include "node/io/daemon/daemon_backend.hpp"

#include <unistd.h>
#include <chrono>

#include "node/api/version.hpp"
#include "node/io/http/api_arguments.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/stages.hpp"

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

DaemonBackend::DaemonBackend(NodeParts node, Post to_replica, Post to_http)
    : node_(std::move(node)),
      to_replica_(std::move(to_replica)),
      to_http_(std::move(to_http)),
      reader_(node_.files, node_.log_folder),
      executed_height_(node_.replica.status().executed.height) {}

DaemonBackend::~DaemonBackend() { *alive_ = false; }

void DaemonBackend::to_replica(Stage stage, std::function<void()> work) const {
    to_replica_([alive = alive_, stage, work = std::move(work)] {
        if (!*alive) return;
        const StageScope scope(stage);
        work();
    });
}

void DaemonBackend::to_http(Stage stage, std::function<void()> work) const {
    to_http_([stage, work = std::move(work)] {
        const StageScope scope(stage);
        work();
    });
}

template <class Question, class Done>
void DaemonBackend::ask(Question question, Done done) const {
    to_replica(Stage::answer, [this, question = std::move(question), done = std::move(done)] {
        to_http(Stage::answer, [done, answer = question()] { done(answer); });
    });
}

void DaemonBackend::submit(std::shared_ptr<const ledger::Transaction> transaction,
                           std::function<void(Result<Digest>)> done) {
    const auto came = SteadyClock::now();
    to_replica(
        Stage::form, [this, came, transaction = std::move(transaction), done = std::move(done)] {
            node_.replica.submit(transaction, [this, came, alive = alive_,
                                               done](Result<Digest> admitted) {
                if (!*alive) return;
                if (admitted) node_.metrics.admitted(*admitted, came);
                to_http(Stage::form, [done, admitted = std::move(admitted)] { done(admitted); });
            });
        });
}

std::uint64_t DaemonBackend::on_receipt(const Digest& transaction,
                                        std::function<void(const ledger::StoredReceipt&)> done) {
    const std::uint64_t handle = ++last_receipt_;
    receipts_[handle] = std::move(done);
    to_replica(Stage::answer, [this, handle, transaction] {
        replica_handles_[handle] = node_.replica.on_receipt(
            transaction, [this, alive = alive_, handle](const ledger::StoredReceipt& stored) {
                if (*alive) tell(handle, stored);
            });
    });
    return handle;
}

/// The state holds the receipt's block already; who has the receipt may ask for that height.
void DaemonBackend::tell(std::uint64_t handle, const ledger::StoredReceipt& stored) {
    replica_handles_.erase(handle);
    reached(stored.receipt.height);
    to_http(Stage::answer, [this, handle, stored] {
        auto waiting = receipts_.extract(handle);
        if (waiting) waiting.mapped()(stored);
    });
}

void DaemonBackend::forget_receipt(std::uint64_t handle) {
    if (receipts_.erase(handle) == 0) return;
    to_replica(Stage::answer, [this, handle] {
        const auto known = replica_handles_.extract(handle);
        if (known) node_.replica.forget_receipt(known.mapped());
    });
}

void DaemonBackend::reached(std::uint64_t height) {
    if (height > executed_height_) executed_height_ = height;
}

void DaemonBackend::describe(std::function<void(const NodeView&)> done) {
    ask([this] { return view(); }, std::move(done));
}

NodeView DaemonBackend::view() const {
    const node::ReplicaStatus status = node_.replica.status();
    NodeView view;
    view.status = status_view(status);
    view.counters = node_.replica.counters();
    view.unready_because = unready_reason(status);
    const node::Counters of_transport = node_.transport.counters();
    view.counters.insert(of_transport.begin(), of_transport.end());
    constexpr std::uint64_t k_second_ms = 1000;
    view.condition = node_.condition.view(of_transport,
                                          static_cast<std::int64_t>(wall_clock_ms() / k_second_ms));
    view.measured = node_.metrics.collect();
    for (auto& family : node_.condition.collect()) view.measured.push_back(std::move(family));
    return view;
}

void DaemonBackend::read_block(std::uint64_t height,
                               std::function<void(const Result<StoredBlock>&)> done) {
    const auto found = [this, height,
                        done = std::move(done)](const std::optional<node::FinalEntry>& entry) {
        if (!entry) return done(refuse(codes::block_not_found, std::to_string(height)));
        if (is_last(*entry)) return done(*last_);
        auto block = reader_.read_as<ledger::Block>(entry->block);
        if (!block) return done(propagate(block));
        StoredBlock stored{
            entry->digest, *std::move(block), std::nullopt, {}, entry->block.payload_bytes};
        if (entry->finalization) {
            auto certificate = reader_.read_as<ledger::Certificate>(*entry->finalization);
            if (!certificate) return done(propagate(certificate));
            stored.finalization = *std::move(certificate);
            stored.bytes += entry->finalization->payload_bytes;
        }
        const std::vector<Digest> batches = stored.block.batches;
        ask([this, batches] { return node_.replica.batch_positions(batches); },
            [this, stored, done](const std::vector<node::LogPosition>& positions) {
                read_batches(stored, positions, done);
            });
    };
    ask([this, height] { return node_.replica.final_entry(height); }, found);
}

void DaemonBackend::read_batches(StoredBlock block, const std::vector<node::LogPosition>& positions,
                                 const std::function<void(const Result<StoredBlock>&)>& done) {
    for (const node::LogPosition& position : positions) {
        auto batch = reader_.read_as<ledger::Batch>(position);
        if (!batch) return done(propagate(batch));
        block.batches.push_back(*std::move(batch));
        block.bytes += position.payload_bytes;
    }
    last_ = std::move(block);
    done(*last_);
    (*last_)->bytes = 0;  // again, it is read from memory
}

/// The final blocks that may name a height's state, from the lowest; without a height, the newest
/// that has a finalization of its own.
std::vector<node::FinalEntry> DaemonBackend::cover_entries(
    std::optional<std::uint64_t> height) const {
    std::vector<node::FinalEntry> entries;
    if (height) {
        if (*height >= node_.replica.status().final_height) return {};
        while (entries.size() < ledger::k_max_proof_headers) {
            auto entry = node_.replica.final_entry(*height + 1 + entries.size());
            if (!entry) break;
            entries.push_back(*std::move(entry));
        }
        return entries;
    }
    std::uint64_t newest = node_.replica.status().final_height;
    for (std::uint32_t i = 0; i < ledger::k_max_proof_headers && newest > 0; ++i, --newest) {
        auto entry = node_.replica.final_entry(newest);
        if (entry && entry->finalization) return {*std::move(entry)};
    }
    return {};
}

void DaemonBackend::read_cover(std::optional<std::uint64_t> height,
                               std::function<void(const Result<Cover>&)> done) {
    ask([this, height] { return cover_entries(height); },
        [this, height, done = std::move(done)](const std::vector<node::FinalEntry>& entries) {
            done(read_headers(entries, height.value_or(0)));
        });
}

Result<Cover> DaemonBackend::read_headers(const std::vector<node::FinalEntry>& entries,
                                          std::uint64_t height) {
    Cover cover;
    for (const node::FinalEntry& entry : entries) {
        const auto block = reader_.read_as<ledger::Block>(entry.block);
        if (!block) return propagate(block);
        if (block->header.executed.height < height) continue;
        cover.headers.push_back(block->header);
        if (!entry.finalization) continue;
        auto certificate = reader_.read_as<ledger::Certificate>(*entry.finalization);
        if (!certificate) return propagate(certificate);
        cover.certificate = *std::move(certificate);
        return cover;
    }
    return Cover{};
}

void DaemonBackend::prove_under(ledger::Space space, std::string key, const Digest& root,
                                std::function<void(const Result<ledger::StateClaim>&)> done) {
    to_replica(Stage::answer, [this, space, key = std::move(key), root, done = std::move(done)] {
        node_.execution.prove_under(
            space, key, root, [this, alive = alive_, done](Result<ledger::StateClaim> claim) {
                if (!*alive) return;
                to_http(Stage::answer, [done, claim = std::move(claim)] { done(claim); });
            });
    });
}

/// Whether the block that was read last is this one, whole and as the log has it now.
bool DaemonBackend::is_last(const node::FinalEntry& entry) const {
    if (!last_ || (*last_)->digest != entry.digest) return false;
    return (*last_)->finalization.has_value() == entry.finalization.has_value() &&
           (*last_)->batches.size() == (*last_)->block.batches.size();
}

api::StatusView DaemonBackend::status_view(const node::ReplicaStatus& status) const {
    const HomeContents& home = node_.home;
    const std::vector<LinkStatus> links = node_.transport.links();
    api::StatusView view;
    view.node = home.config.name;
    view.version = api::version();
    view.network = home.genesis.name;
    view.chain_id = home.chain_id;
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

void DaemonBackend::set_blocked(std::vector<std::string> peers,
                                std::function<void(const Status&)> done) {
    ask([this, peers = std::move(peers)] { return block_links(peers); }, std::move(done));
}

Status DaemonBackend::block_links(const std::vector<std::string>& peers) const {
    std::set<node::ValidatorIndex> blocked;
    for (const std::string& name : peers) {
        const auto& validators = node_.home.genesis.validators;
        const auto found = std::find_if(
            validators.begin(), validators.end(),
            [&name](const ledger::Validator& validator) { return validator.name == name; });
        if (found == validators.end()) {
            return tl::unexpected<Error>(wrong_parameter("no validator is called '" + name + "'"));
        }
        blocked.insert(static_cast<node::ValidatorIndex>(found - validators.begin()));
    }
    node_.transport.set_blocked(blocked);
    return {};
}

std::uint64_t DaemonBackend::wall_clock_ms() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace cityledger::io
