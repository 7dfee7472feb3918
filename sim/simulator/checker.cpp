#include "sim/simulator/checker.hpp"

#include <algorithm>
#include <functional>

#include "node/replica/replica_codes.hpp"
#include "sim/simulator/conservation.hpp"

namespace cityledger::sim {
namespace {

/// A vote is looked for in the newest writes first, then on the whole disk.
constexpr std::size_t k_recent_writes_bytes = 256 * 1024;

Digest receipts_hash(const std::vector<ledger::StoredReceipt>& receipts) {
    crypto::Hasher hasher;
    for (const ledger::StoredReceipt& stored : receipts) {
        hasher.update_sized(ledger::encode(stored.receipt));
    }
    return hasher.finish();
}

bool contains(ByteView text, const Bytes& pattern) {
    const std::boyer_moore_horspool_searcher searcher(pattern.begin(), pattern.end());
    return std::search(text.begin(), text.end(), searcher) != text.end();
}

std::string short_hex(const Digest& digest) { return to_hex(digest).substr(0, 16); }

std::string_view kind_name(ledger::VoteKind kind) {
    return ledger::EnumNames<ledger::VoteKind>::names[static_cast<std::size_t>(kind)];
}

std::string_view standing_name(node::Standing standing) {
    return ledger::EnumNames<node::Standing>::names[static_cast<std::size_t>(standing)];
}

}  // namespace

SeenMessage look_into(ByteView frame) {
    // Kinds 1 to 3 of docs/formats/messages.md; decoding the rest would be a waste.
    if (frame.empty() || frame[0] > 3) return {};
    const auto message = node::decode_message(frame);
    if (!message) return {};
    if (const auto* proposal = std::get_if<node::ProposalMessage>(&*message)) {
        return {proposal->proposal, proposal->proposal.vote, std::nullopt};
    }
    if (const auto* vote = std::get_if<node::VoteMessage>(&*message)) {
        return {std::nullopt, vote->vote, std::nullopt};
    }
    if (const auto* certificate = std::get_if<node::CertificateMessage>(&*message)) {
        return {std::nullopt, std::nullopt, certificate->certificate};
    }
    return {};
}

void VirtualChecker::fail(std::string what) {
    if (!broken_) broken_ = std::move(what);
}

void VirtualChecker::on_send(std::size_t from, ByteView frame, const SimulatedDisk& disk) {
    const SeenMessage seen = look_into(frame);
    if (!seen.vote || seen.vote->validator != from) return;
    if (seen.proposal) honest_blocks_.insert(seen.vote->content.block);
    check_vote(from, *seen.vote, disk);
}

bool VirtualChecker::promised() const { return faulty_.size() <= tolerated(); }

std::size_t VirtualChecker::tolerated() const { return (disks_.size() - 1) / 3; }

void VirtualChecker::on_event(std::size_t node, const node::ReplicaEvent& event) {
    const std::string who = "node " + std::to_string(node);
    if (const auto* changed = std::get_if<node::StandingChanged>(&event)) {
        const node::StandingReport& now = changed->now;
        const bool lost =
            now.standing == node::Standing::halted || now.standing == node::Standing::diverged;
        if (lost && promised()) {
            fail(who + " is " + std::string(standing_name(now.standing)) + " though at most " +
                 std::to_string(tolerated()) + " validators are faulty: " + now.reason);
        }
        return;
    }
    if (const auto* refused = std::get_if<node::BlockRefused>(&event)) on_refusal(node, *refused);
}

void VirtualChecker::on_refusal(std::size_t node, const node::BlockRefused& refused) {
    // What lies beside a final block may have been honest: its author had not heard of that one.
    if (refused.reason.code == node::codes::block_off_final_chain) return;
    if (!honest_blocks_.contains(refused.block)) {
        ++refusals_;
    } else if (promised()) {
        fail("node " + std::to_string(node) + " refuses block " + short_hex(refused.block) +
             " of an honest leader at height " + std::to_string(refused.height) + ": " +
             refused.reason.message());
    }
}

void VirtualChecker::check_vote(std::size_t from, const ledger::Vote& vote,
                                const SimulatedDisk& disk) {
    using ledger::VoteKind;
    const ledger::VoteContent& content = vote.content;
    const auto [slot, is_new] =
        votes_.emplace(VoteSlot{content.view, from, content.kind}, content.block);
    const std::string who =
        "node " + std::to_string(from) + " in view " + std::to_string(content.view) + ": ";
    if (!is_new) {
        if (slot->second != content.block) {
            fail(who + "two votes of kind " + std::string(kind_name(content.kind)) + ", for " +
                 short_hex(slot->second) + " and " + short_hex(content.block));
        }
        return;
    }
    if (votes_.contains({content.view, from, VoteKind::nullify}) &&
        votes_.contains({content.view, from, VoteKind::finalize})) {
        fail(who + "both a nullify and a finalize vote");
    }
    // A node may finalize another block than it notarized (S4: the one that a quorum notarized),
    // but a view has one notarization, so all honest nodes finalize the same one.
    if (content.kind == VoteKind::finalize) {
        const auto [finalized, is_first] = finalized_.emplace(content.view, content.block);
        if (!is_first && finalized->second != content.block) {
            fail(who + "a finalize vote for another block than another honest node's");
        }
    }
    if (check_persisted_votes_ && !is_durable(from, content, disk)) {
        fail(who + "a " + std::string(kind_name(content.kind)) +
             " vote left before it was on the disk");
    }
}

bool VirtualChecker::is_durable(std::size_t node, const ledger::VoteContent& content,
                                const SimulatedDisk& disk) const {
    // The safety record begins with the canonical bytes of the vote, whatever surrounds it.
    const Bytes pattern = ledger::encode(content);
    const auto& recent = disks_.at(node).writes;
    for (auto write = recent.rbegin(); write != recent.rend(); ++write) {
        if (contains(*write, pattern)) return true;
    }
    for (const auto& [path, file] : disk.durable_files()) {
        if (contains(file.read(0, static_cast<std::size_t>(file.size())), pattern)) return true;
    }
    return false;
}

void VirtualChecker::on_disk(std::size_t node, const DiskEvent& event) {
    RecentWrites& recent = disks_.at(node);
    if (event.kind == DiskEvent::Kind::power_cut) {
        recent = RecentWrites{};
    } else if (event.kind == DiskEvent::Kind::durable && !event.bytes.empty()) {
        recent.writes.push_back(to_bytes(event.bytes));
        recent.bytes += event.bytes.size();
        while (recent.bytes > k_recent_writes_bytes && recent.writes.size() > 1) {
            recent.bytes -= recent.writes.front().size();
            recent.writes.pop_front();
        }
    }
}

void VirtualChecker::on_block(std::size_t node, const node::FinalBlock& final_block,
                              const ledger::ExecutedBlock& executed) {
    const std::uint64_t height = final_block.block.header.height;
    const std::string where =
        "node " + std::to_string(node) + " at height " + std::to_string(height) + ": ";
    const Height mine{final_block.digest, executed.state, receipts_hash(executed.receipts)};
    const auto [known, is_new] = chain_.emplace(height, mine);
    const Height& first = known->second;
    if (first.block != mine.block) {
        fail(where + "two chains, block " + short_hex(mine.block) + " against " +
             short_hex(first.block));
    } else if (first.executed != mine.executed) {
        fail(where + "state differs, business root " + short_hex(mine.executed.business_root) +
             " against " + short_hex(first.executed.business_root));
    } else if (first.receipts != mine.receipts) {
        fail(where + "receipts differ");
    }
    const ledger::ExecutedState& named = final_block.block.header.executed;
    const auto covered = chain_.find(named.height);
    if (covered != chain_.end() && covered->second.executed != named) {
        fail(where + "the header names another state for height " + std::to_string(named.height) +
             " than was reached");
    }
    if (!is_new) return;
    for (const ledger::StoredReceipt& stored : executed.receipts) {
        const Digest& id = stored.receipt.transaction;
        const auto [first_copy, is_first] = executed_at_.emplace(id, height);
        if (!is_first) {
            fail(where + "transaction " + short_hex(id) + " was executed at height " +
                 std::to_string(first_copy->second) + " already");
        }
    }
}

void VirtualChecker::on_books(std::size_t node, std::uint64_t height,
                              const ledger::StateReader& state) {
    if (height <= books_height_) return;
    books_height_ = height;
    if (const auto broken = broken_books(state, height)) {
        fail("node " + std::to_string(node) + " at height " + std::to_string(height) + ": " +
             *broken);
    }
}

void VirtualChecker::on_state(std::size_t node, const ledger::ExecutedState& state) {
    const auto known = chain_.find(state.height);
    if (known != chain_.end() && known->second.executed != state) {
        fail("node " + std::to_string(node) + " at height " + std::to_string(state.height) +
             ": another state after the replay than before");
    }
}

void VirtualChecker::on_acknowledged(const ledger::StoredReceipt& stored) {
    const Digest hash = crypto::sha256(ledger::encode(stored.receipt));
    const auto [known, is_new] = acknowledged_.emplace(stored.receipt.transaction, hash);
    if (!is_new && known->second != hash) {
        fail("transaction " + short_hex(stored.receipt.transaction) + " has two receipts");
    }
}

void VirtualChecker::check_acknowledged(std::size_t node, const ledger::StateReader& state) {
    for (const auto& [transaction, hash] : acknowledged_) {
        const auto found = ledger::find_receipt(state, transaction);
        if (!found || crypto::sha256(ledger::encode(found->receipt)) != hash) {
            fail("node " + std::to_string(node) + ": the acknowledged receipt of transaction " +
                 short_hex(transaction) + (found ? " is another one" : " is lost"));
            return;
        }
    }
}

}  // namespace cityledger::sim
