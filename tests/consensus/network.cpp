#include "tests/consensus/network.hpp"

#include <algorithm>
#include <iterator>

#include "crypto/hash.hpp"

namespace cityledger::consensus::testing {

using ledger::Certificate;
using ledger::Verified;
using ledger::VoteKind;

ledger::ChainId test_chain() {
    static const ledger::ChainId chain = ledger::chain_id_of(test_genesis());
    return chain;
}

Digest test_digest(std::uint64_t number) { return crypto::Hasher().update_u64(number).finish(); }

std::vector<crypto::PrivateKey> test_keys(std::size_t count) {
    std::vector<crypto::PrivateKey> keys;
    for (std::size_t i = 0; i < count; ++i) {
        keys.push_back(crypto::PrivateKey::for_simulation(test_digest(i + 1)));
    }
    return keys;
}

ledger::ValidatorSet test_validators(const std::vector<crypto::PrivateKey>& keys) {
    std::vector<ledger::Validator> list;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        list.push_back({"node" + std::to_string(i), keys[i].public_key().bytes()});
    }
    return *ledger::ValidatorSet::create(std::move(list), test_chain(), 0);
}

ledger::Block genesis_block() {
    ledger::Block block;
    block.header = ledger::genesis_header(test_chain());
    return block;
}

Digest genesis_digest() { return ledger::block_digest(genesis_block().header, test_chain()); }

ledger::Block block_on(const ledger::BlockHeader& parent, std::vector<Digest> batches) {
    ledger::Block block;
    block.header.height = parent.height + 1;
    block.header.parent = ledger::block_digest(parent, test_chain());
    block.header.batch_count = static_cast<std::uint32_t>(batches.size());
    block.header.batches_root = ledger::batches_root(batches);
    block.batches = std::move(batches);
    if (parent.height > 0) {
        // As if everything up to the parent had been executed; the core looks at the form only.
        block.covering_certificate.emplace().content.kind = VoteKind::finalize;
        block.header.executed.height = parent.height;
        block.header.covering_certificate =
            ledger::certificate_digest(*block.covering_certificate, test_chain());
    }
    return block;
}

Network::Network(NetworkOptions options)
    : options_(std::move(options)),
      random_(options_.seed),
      keys_(test_keys(options_.validators)),
      validators_(test_validators(keys_)) {
    if (options_.nodes.empty()) {
        for (std::size_t i = 0; i < options_.validators; ++i) options_.nodes.push_back(i);
    }
    for (const std::size_t validator : options_.nodes) {
        Node& node = nodes_.emplace_back();
        node.id = nodes_.size() - 1;
        if (validator < options_.validators) {
            node.validator = static_cast<ValidatorIndex>(validator);
        }
    }
}

void Network::start_all() {
    for (Node& node : nodes_) boot(node);
}

void Network::crash(std::size_t id) {
    Node& node = nodes_.at(id);
    if (!node.alive) return;
    node.alive = false;
    ++node.life;
    node.core.reset();
    // What was written but not synced may survive in part, in order.
    std::vector<LogRecord> written;
    for (const Unsynced& one : node.unsynced) {
        written.insert(written.end(), one.records.begin(), one.records.end());
    }
    written.resize(random(written.size() + 1));
    node.disk.insert(node.disk.end(), written.begin(), written.end());
    node.unsynced.clear();
    node.waiting.clear();
    node.timers.clear();
}

void Network::cut_log(std::size_t id, std::size_t records) {
    Node& node = nodes_.at(id);
    node.disk.resize(std::min(records, node.disk.size()));
}

void Network::restart(std::size_t id) {
    if (!nodes_.at(id).alive) boot(nodes_.at(id));
}

void Network::boot(Node& node) {
    CoreOptions core = options_.core;
    core.self = node.validator;
    const crypto::PrivateKey* key = node.validator ? &keys_[*node.validator] : nullptr;
    node.core = std::make_unique<Core>(*validators_, key, core, recover(node));
    node.alive = true;
    node.durable = 0;
    node.written = 0;
    node.had_work = false;
    const std::set<Digest> done = batches_of(node, {});
    node.open_batches.clear();
    std::set_difference(batches_.begin(), batches_.end(), done.begin(), done.end(),
                        std::inserter(node.open_batches, node.open_batches.end()));
    carry_out(node, node.core->start());
    tell_work(node);
    allow_votes(node);
}

/// By the replica's code: its log decides what is final, what is left above, what was lost.
RecoveredState Network::recover(Node& node) {
    const std::uint64_t executed = node.chain.size();
    ReadLog read = read_log(node.disk, executed);
    const auto& lost = read.recovered.lost_votes;
    if (read.chain.size() < executed && !lost) violated("a state above the log is not noticed");
    node.chain = std::move(read.chain);
    node.votes_above.reset();
    if (lost) node.votes_above = lost->votes_above_view;
    for (const Commit& commit : node.chain) agree(commit);
    return std::move(read.recovered.consensus);
}

/// S7. A node with a whole log is answered soon; one that lost votes asks what may have been seen.
void Network::allow_votes(Node& node) {
    node.start_answers.clear();
    if (node.votes_above == 0) return ask_start_question(node);
    const std::uint64_t life = node.life;
    later(1 + random(20), [this, &node, life] {
        if (node.alive && node.life == life) {
            give(node.id, VotingAllowed{node.votes_above.value_or(0)});
        }
    });
}

void Network::ask_start_question(Node& node) {
    const std::uint64_t life = node.life;
    for (const Node& other : nodes_) {
        if (!other.validator || other.validator == node.validator) continue;
        link(node.id, other.id, [this, &node, &other, life] {
            const View certified = other.core->view() - 1;
            link(other.id, node.id, [this, &node, life, from = *other.validator, certified] {
                if (node.life == life) take_start_answer(node, from, certified);
            });
        });
    }
    later(options_.core.resend_interval_ms, [this, &node, life] {
        const bool asks = node.alive && node.life == life && node.votes_above == 0;
        if (asks) ask_start_question(node);
    });
}

/// The rule of node::VoteRecovery: an earlier own vote was at most two views above what n - f
/// others hold certificates of.
void Network::take_start_answer(Node& node, ValidatorIndex from, View certified) {
    node.start_answers[from] = certified;
    if (node.votes_above != 0 || node.start_answers.size() < validators_->quorum()) return;
    View highest = 0;
    for (const auto& [peer, view] : node.start_answers) highest = std::max(highest, view);
    node.votes_above = highest + 2;
    node.disk.emplace_back(node::LostVotes{highest + 2});
    give(node.id, VotingAllowed{highest + 2});
}

void Network::partition(std::vector<std::set<std::size_t>> groups) { groups_ = std::move(groups); }

void Network::heal() {
    groups_.clear();
    options_.loss_permille = 0;
    for (Node& node : nodes_) restart(node.id);
    for (Node& node : nodes_) {
        for (const Node& other : nodes_) {
            if (other.id == node.id || !other.validator) continue;
            give(node.id, PeerReachable{*other.validator, true});
        }
    }
}

void Network::submit_batch() {
    batches_.insert(test_digest(1000 + batches_.size()));
    for (Node& node : nodes_) {
        node.open_batches.insert(test_digest(999 + batches_.size()));
        tell_work(node);
    }
}

void Network::give(std::size_t id, const Input& input) {
    Node& node = nodes_.at(id);
    if (!node.alive) return;
    carry_out(node, node.core->step(input));
    if (node.alive) tell_work(node);
}

void Network::later(Milliseconds delay, std::function<void()> event) {
    events_.emplace(std::pair(now_ + delay, event_count_++), std::move(event));
}

void Network::run_for(Milliseconds duration) {
    run_until([] { return false; }, duration);
}

bool Network::run_until(const std::function<bool()>& condition, Milliseconds limit) {
    const Milliseconds end = now_ + limit;
    while (!condition()) {
        if (events_.empty() || events_.begin()->first.first > end) {
            now_ = end;
            return condition();
        }
        auto event = events_.extract(events_.begin());
        now_ = event.key().first;
        event.mapped()();
    }
    return true;
}

bool Network::run_to_height(std::uint64_t height, Milliseconds limit) {
    return run_until([&] { return min_height() >= height; }, limit);
}

std::uint64_t Network::min_height() const {
    std::uint64_t lowest = ~std::uint64_t{0};
    for (const Node& node : nodes_) {
        if (node.alive) lowest = std::min<std::uint64_t>(lowest, node.chain.size());
    }
    return lowest;
}

void Network::tell_work(Node& node) {
    if (!node.alive) return;
    const auto is_open = [&](const Digest& batch) {
        return !options_.seen_is_done || !node.seen_batches.contains(batch);
    };
    const bool has_work = std::any_of(node.open_batches.begin(), node.open_batches.end(), is_open);
    if (has_work == node.had_work) return;
    node.had_work = has_work;
    carry_out(node, node.core->step(WorkChanged{has_work}));
}

void Network::carry_out(Node& node, const Output& output) {
    const std::uint64_t life = node.life;
    for (const Action& action : output.actions) {
        if (node.life != life) return;
        act(node, action);
        if (after_action) after_action(node.id, action);
    }
}

void Network::act(Node& node, const Action& action) {
    if (const auto* one = std::get_if<Commit>(&action)) mark_final(node, *one);
    carry_out_when_durable(node, action);
}

void Network::carry_out_when_durable(Node& node, const Action& action) {
    std::optional<Ticket> after;
    if (const auto* one = std::get_if<Send>(&action)) after = one->after;
    if (const auto* one = std::get_if<Commit>(&action)) after = one->after;
    if (after && *after > node.durable) {
        node.waiting.emplace_back(*after, action);
        return;
    }
    if (const auto* one = std::get_if<Persist>(&action)) persist(node, *one);
    if (const auto* one = std::get_if<Send>(&action)) send(node, *one);
    if (const auto* one = std::get_if<Commit>(&action)) commit(node, *one);
    if (const auto* one = std::get_if<BuildBlock>(&action)) build(node, *one);
    if (const auto* one = std::get_if<CheckBlock>(&action)) check(node, *one);
    if (const auto* one = std::get_if<FetchBlock>(&action)) fetch(node, *one);
    if (const auto* one = std::get_if<FetchCertificate>(&action)) fetch(node, *one);
    if (const auto* one = std::get_if<SetTimer>(&action)) set_timer(node, *one);
    if (const auto* one = std::get_if<Evidence>(&action)) node.evidence.push_back(*one);
}

void Network::persist(Node& node, const Persist& persist) {
    std::vector<LogRecord> records;
    for (const Record& record : persist.records) {
        std::visit([&](const auto& one) { records.emplace_back(one); }, record);
    }
    node.unsynced.push_back({persist.ticket, std::move(records)});
    node.written = persist.ticket;
    const std::uint64_t life = node.life;
    later(random(options_.max_sync_ms + 1), [this, &node, life, ticket = persist.ticket] {
        if (node.alive && node.life == life) synced(node, ticket);
    });
}

/// As CoreDriver does: the marker is written at once, and is durable with the next persist.
void Network::mark_final(Node& node, const Commit& commit) {
    const node::FinalMarker marker{commit.block.header.height, commit.digest,
                                   commit.finalization.content.view};
    node.unsynced.push_back({node.written + 1, {commit.finalization, marker}});
}

void Network::synced(Node& node, Ticket ticket) {
    std::erase_if(node.unsynced, [&](const Unsynced& one) {
        if (one.ticket > ticket) return false;
        node.disk.insert(node.disk.end(), one.records.begin(), one.records.end());
        return true;
    });
    node.durable = std::max(node.durable, ticket);
    std::vector<Action> ready;
    std::erase_if(node.waiting, [&](const auto& entry) {
        if (entry.first > node.durable) return false;
        ready.push_back(entry.second);
        return true;
    });
    const std::uint64_t life = node.life;
    for (const Action& action : ready) {
        if (node.life != life) return;
        carry_out_when_durable(node, action);
        if (after_action) after_action(node.id, action);
    }
    if (node.alive) give(node.id, Persisted{node.durable});
}

bool Network::connected(std::size_t a, std::size_t b) const {
    if (groups_.empty()) return true;
    return std::any_of(groups_.begin(), groups_.end(), [&](const std::set<std::size_t>& group) {
        return group.contains(a) && group.contains(b);
    });
}

void Network::link(std::size_t from, std::size_t to, std::function<void()> arrive) {
    ++messages_;
    if (!connected(from, to) || random(1000) < options_.loss_permille) return;
    const std::size_t copies = random(1000) < options_.duplicate_permille ? 2 : 1;
    for (std::size_t i = 0; i < copies; ++i) {
        const Milliseconds spread = options_.max_delay_ms - options_.min_delay_ms + 1;
        later(options_.min_delay_ms + random(spread), [this, to, arrive] {
            if (nodes_.at(to).alive) arrive();
        });
    }
}

Input Network::input_of(std::size_t from, const Message& message) const {
    // An observer has no index; a real transport would use another kind of address.
    const ValidatorIndex index =
        nodes_.at(from).validator.value_or(static_cast<ValidatorIndex>(validators_->size()));
    if (const auto* proposal = std::get_if<Proposal>(&message)) {
        return ProposalReceived{index, Verified<Proposal>::assume(*proposal)};
    }
    if (const auto* vote = std::get_if<ledger::Vote>(&message)) {
        return VoteReceived{index, Verified<ledger::Vote>::assume(*vote)};
    }
    return CertificateReceived{index,
                               Verified<Certificate>::assume(std::get<Certificate>(message))};
}

void Network::transmit(std::size_t from, std::optional<std::size_t> to, const Message& message) {
    const Input input = input_of(from, message);
    for (const Node& other : nodes_) {
        const bool addressed = to ? *to == other.id : true;
        const bool same = other.id == from || (nodes_.at(from).validator &&
                                               other.validator == nodes_.at(from).validator);
        if (!addressed || same) continue;
        link(from, other.id, [this, id = other.id, input] { give(id, input); });
    }
}

void Network::send(Node& node, const Send& send) {
    if (const auto* one = std::get_if<Proposal>(&send.message)) check_vote(node, one->vote);
    if (const auto* vote = std::get_if<ledger::Vote>(&send.message)) check_vote(node, *vote);
    if (const auto* one = std::get_if<Certificate>(&send.message)) check_certificate(*one);
    if (on_send && on_send(node.id, send)) return;
    if (!send.to) {
        transmit(node.id, std::nullopt, send.message);
        return;
    }
    for (const Node& other : nodes_) {
        if (other.validator == send.to) transmit(node.id, other.id, send.message);
    }
}

void Network::commit(Node& node, const Commit& commit) {
    const auto& header = commit.block.header;
    const Digest parent = node.chain.empty() ? genesis_digest() : node.chain.back().digest;
    if (header.height != node.chain.size() + 1 || header.parent != parent) {
        violated("node " + std::to_string(node.id) + " commits height " +
                 std::to_string(header.height) + " out of order");
    }
    agree(commit);
    check_certificate(commit.finalization);
    if (commit.finalization.content.kind != VoteKind::finalize) violated("no finalization");
    for (const Digest& batch : commit.block.batches) node.open_batches.erase(batch);
    node.chain.push_back(commit);
}

void Network::agree(const Commit& commit) {
    const std::uint64_t height = commit.block.header.height;
    const auto [agreed, first] = agreed_.try_emplace(height, commit.digest);
    if (agreed->second == commit.digest) return;
    violated("two blocks are final at height " + std::to_string(height));
}

std::optional<ledger::Block> Network::block_of(const Node& node, const Digest& digest) const {
    if (auto block = node.core->find_block(digest)) return block;
    for (const Commit& commit : node.chain) {
        if (commit.digest == digest) return commit.block;
    }
    return std::nullopt;
}

std::set<Digest> Network::batches_of(const Node& node, const std::vector<Digest>& unfinal) const {
    std::set<Digest> batches;
    for (const Commit& commit : node.chain) {
        batches.insert(commit.block.batches.begin(), commit.block.batches.end());
    }
    for (const auto& [ticket, action] : node.waiting) {
        const auto* commit = std::get_if<Commit>(&action);
        if (commit != nullptr) {
            batches.insert(commit->block.batches.begin(), commit->block.batches.end());
        }
    }
    for (const Digest& digest : unfinal) {
        const auto block = block_of(node, digest);
        if (block) batches.insert(block->batches.begin(), block->batches.end());
    }
    return batches;
}

void Network::build(Node& node, const BuildBlock& build) {
    const std::set<Digest> named = batches_of(node, build.unfinal_ancestors);
    std::vector<Digest> fresh;
    for (const Digest& batch : batches_) {
        if (!named.contains(batch)) fresh.push_back(batch);
    }
    // One of them, so that two leaders, or twins, seldom build the same block.
    if (!fresh.empty()) fresh = {fresh[random(fresh.size())]};
    node.seen_batches.insert(fresh.begin(), fresh.end());
    const BlockBuilt built{build.view, block_on(build.parent_header, fresh)};
    const std::uint64_t life = node.life;
    later(random(2), [this, &node, life, built] {
        if (node.alive && node.life == life) give(node.id, built);
    });
}

void Network::check(Node& node, const CheckBlock& check) {
    if (on_check && on_check(node.id, check)) return;
    node.seen_batches.insert(check.block.batches.begin(), check.block.batches.end());
    const std::set<Digest> named = batches_of(node, check.unfinal_ancestors);
    const bool valid = std::none_of(check.block.batches.begin(), check.block.batches.end(),
                                    [&](const Digest& batch) { return named.contains(batch); });
    const std::uint64_t life = node.life;
    later(random(3), [this, &node, life, digest = check.digest, valid] {
        if (node.alive && node.life == life) give(node.id, BlockChecked{digest, valid});
    });
}

void Network::fetch(Node& node, const FetchBlock& fetch) {
    for (const Node& holder : nodes_) {
        if (holder.id == node.id || holder.validator != fetch.holders.front()) continue;
        link(node.id, holder.id, [this, from = node.id, to = holder.id, digest = fetch.digest] {
            const auto block = block_of(nodes_.at(to), digest);
            if (block) link(to, from, [this, from, block] { give(from, BlockReceived{*block}); });
        });
    }
}

void Network::fetch(Node& node, const FetchCertificate& fetch) {
    for (const Node& peer : nodes_) {
        if (peer.id == node.id || peer.validator != fetch.from) continue;
        link(node.id, peer.id, [this, from = node.id, to = peer.id, view = fetch.view] {
            for (const Certificate& one : nodes_.at(to).core->certificates_for(view)) {
                transmit(to, from, one);
            }
        });
    }
}

void Network::set_timer(Node& node, const SetTimer& timer) {
    const std::uint64_t generation = ++node.timers[timer.kind];
    if (!timer.delay_ms) return;
    const std::uint64_t life = node.life;
    later(*timer.delay_ms, [this, &node, life, generation, timer] {
        if (!node.alive || node.life != life) return;
        if (node.timers[timer.kind] != generation) return;
        give(node.id, TimerFired{timer.kind, timer.view});
    });
}

ledger::Vote Network::sign(std::size_t validator, const ledger::VoteContent& content) const {
    const Bytes message = ledger::vote_signing_bytes(content, test_chain());
    return {content, static_cast<std::uint16_t>(validator), keys_.at(validator).sign(message)};
}

void Network::check_vote(Node& node, const ledger::Vote& vote) {
    const std::string name = "node " + std::to_string(node.id);
    const ledger::VoteContent& content = vote.content;
    const auto [earlier, first] = node.sent.try_emplace({content.kind, content.view}, content);
    const bool nullified = node.sent.contains({VoteKind::nullify, content.view});
    if (first && content.kind == VoteKind::notarize && nullified) {
        violated(name + " notarizes " + std::to_string(content.view) + " after it nullified it");
    }
    if (earlier->second != content) {
        violated(name + " votes twice in " + std::to_string(content.view));
    }
    const bool both = node.sent.contains({VoteKind::nullify, content.view}) &&
                      node.sent.contains({VoteKind::finalize, content.view});
    if (both) violated(name + " nullifies and finalizes " + std::to_string(content.view));
    const bool durable =
        std::any_of(node.disk.begin(), node.disk.end(), [&](const LogRecord& record) {
            const auto* own = std::get_if<SafetyRecord>(&record);
            return own != nullptr && own->vote == content;
        });
    if (!durable) violated(name + " sends a vote that is not durable");
    if (!validators_->verify(vote)) violated(name + " sends a vote that does not verify");
}

void Network::check_certificate(const Certificate& certificate) {
    const Digest digest = ledger::certificate_digest(certificate, test_chain());
    if (!verified_.insert(digest).second) return;
    if (!validators_->verify(certificate)) violated("a certificate does not verify");
}

void Network::violated(const std::string& what) {
    violations_.push_back(what + " at " + std::to_string(now_) + " ms");
}

}  // namespace cityledger::consensus::testing
