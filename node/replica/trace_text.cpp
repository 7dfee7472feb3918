#include "node/replica/trace_text.hpp"

namespace cityledger::node {
namespace {

std::string in_view(View view) { return " in view " + std::to_string(view); }

std::string block_name(const Digest& block) { return "block " + to_hex(block).substr(0, 8); }

std::string at_height(std::uint64_t height) { return " at height " + std::to_string(height); }

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string counted_batches(std::size_t count) {
    return count == 1 ? "1 batch" : std::to_string(count) + " batches";
}

std::string vote_words(const ledger::VoteContent& vote) {
    using Names = ledger::EnumNames<ledger::VoteKind>;
    std::string text(Names::names[static_cast<std::size_t>(vote.kind)]);
    text += in_view(vote.view);
    if (vote.kind != ledger::VoteKind::nullify) text += " for " + block_name(vote.block);
    return text;
}

std::string words(const StandingChanged& event) {
    std::string text = "is " + std::string(word_of(event.now.standing)) + ", was " +
                       std::string(word_of(event.before));
    if (!event.now.reason.empty()) text += ": " + event.now.reason;
    return text;
}

std::string words(const BlockRefused& event) {
    return "refuses " + block_name(event.block) + at_height(event.height) + ": " +
           event.reason.message();
}

std::string words(const ViewEntered& event) { return "enters view " + std::to_string(event.view); }

std::string words(const ViewTimedOut& event) { return "gives up waiting" + in_view(event.view); }

std::string words(const BlockProposed& event) {
    return "proposes " + block_name(event.block) + at_height(event.height) + in_view(event.view) +
           ", " + counted_batches(event.batches);
}

std::string words(const VoteRecorded& event) { return "votes " + vote_words(event.vote); }

std::string words(const CertificateKept& event) {
    return "keeps a certificate: " + vote_words(event.content);
}

std::string words(const BlockFinal& event) {
    return "makes " + block_name(event.block) + " final" + at_height(event.height) + ", " +
           counted_batches(event.batches);
}

std::string words(const BlockExecuted& event) {
    return "has executed height " + std::to_string(event.height) + ", " +
           counted(event.receipts, "receipt");
}

std::string words(const BlocksAsked& event) {
    return "asks node" + std::to_string(event.peer) + " for blocks from height " +
           std::to_string(event.from_height);
}

std::string words(const BlocksSynced& event) {
    return "takes heights " + std::to_string(event.from_height) + " to " +
           std::to_string(event.to_height) + " from node" + std::to_string(event.peer);
}

std::string words(const LieSeen& event) {
    return "sees node" + std::to_string(event.validator) +
           " contradict itself: " + vote_words(event.first) + ", and " + vote_words(event.second);
}

std::string words(const PeerChanged& event) {
    return std::string(event.reachable ? "hears" : "misses") + " node" + std::to_string(event.peer);
}

}  // namespace

std::string words_of(const ReplicaEvent& event) {
    return std::visit([](const auto& kind) { return words(kind); }, event);
}

}  // namespace cityledger::node
