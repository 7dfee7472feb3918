#pragma once
// What validators tell each other: docs/formats/messages.md. A frame is one byte of kind and the
// canonical encoding of the message.

#include <memory>
#include <variant>

#include "node/consensus/output.hpp"
#include "node/replica/standing.hpp"

namespace cityledger::node {

inline constexpr std::size_t k_max_frame_bytes = 4 * 1024 * 1024;
inline constexpr std::uint32_t k_max_digests_per_message = 1024;
inline constexpr std::uint32_t k_max_batch_requests_per_message = 64;
/// Votes of one validator in one view: of each kind one, and those that contradict.
inline constexpr std::uint32_t k_highest_votes_max = 4;
inline constexpr std::uint32_t k_max_sync_blocks = 1024;
/// An answer of block sync ends with the block that passes this.
inline constexpr std::size_t k_sync_answer_bytes = 1024 * 1024;

/// How far the sender is: a hint that nobody relies on for safety.
struct Progress {
    std::uint64_t final_height = 0;
    std::uint64_t executed_height = 0;
    std::uint64_t view = 0;

    bool operator==(const Progress&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("final_height", final_height),
                ledger::field("executed_height", executed_height), ledger::field("view", view));
    }
};

struct ProposalMessage {
    consensus::Proposal proposal;
    Progress progress;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("proposal", proposal), ledger::field("progress", progress));
    }
};

struct VoteMessage {
    ledger::Vote vote;
    Progress progress;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("vote", vote), ledger::field("progress", progress));
    }
};

struct CertificateMessage {
    ledger::Certificate certificate;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("certificate", certificate));
    }
};

/// A batch of the author, or of somebody who was asked for it.
struct BatchPush {
    ledger::Batch batch;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("batch", batch));
    }
};

/// The sender holds these batches in its log.
struct BatchAck {
    std::vector<Digest> batches;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::limited<k_max_digests_per_message>("batches", batches));
    }
};

/// Answered by a BatchPush each.
struct BatchRequest {
    std::vector<Digest> batches;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::limited<k_max_batch_requests_per_message>("batches", batches));
    }
};

struct BlockRequest {
    Digest block;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("block", block));
    }
};

struct BlockAnswer {
    ledger::Block block;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("block", block));
    }
};

/// Asks for the certificates that lead to this view; answered by CertificateMessages.
struct CertificateRequest {
    std::uint64_t view = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("view", view));
    }
};

struct SyncRequest {
    std::uint64_t from_height = 0;
    std::uint32_t max_blocks = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("from_height", from_height), ledger::field("max_blocks", max_blocks));
    }
};

struct SyncedBlock {
    ledger::Block block;
    std::optional<ledger::Certificate> finalization;  ///< of this block
    std::vector<ledger::Batch> batches;               ///< as many as fit; the rest is asked for

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("block", block), ledger::field("finalization", finalization),
                ledger::limited<ledger::k_max_batches_per_block>("batches", batches));
    }
};

/// Final blocks of consecutive heights; the last one carries its finalization.
struct SyncAnswer {
    std::uint64_t from_height = 0;
    std::vector<SyncedBlock> blocks;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("from_height", from_height),
                ledger::limited<k_max_sync_blocks>("blocks", blocks));
    }
};

/// Asked at every start before the first vote.
struct StartQuestion {
    ledger::Nonce nonce;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("nonce", nonce));
    }
};

struct StartAnswer {
    ledger::Nonce nonce;  ///< of the question
    /// The certificate of the highest view that the answering node holds.
    std::optional<ledger::Certificate> highest_certificate;
    /// The vote of the asking validator in the highest view that the answering node saw.
    std::vector<ledger::Vote> highest_votes;
    Progress progress;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("nonce", nonce),
                ledger::field("highest_certificate", highest_certificate),
                ledger::limited<k_highest_votes_max>("highest_votes", highest_votes),
                ledger::field("progress", progress));
    }
};

/// Each second to every peer. Nothing that is agreed on rests on it.
struct Hint {
    Progress progress;
    Standing standing = Standing::voting;
    std::uint64_t votes_above_view = 0;  ///< with votes_lost, see StandingReport

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("progress", progress), ledger::field("standing", standing),
                ledger::field("votes_above_view", votes_above_view));
    }
};

/// The byte of kind is the index here plus one.
using PeerMessage =
    std::variant<ProposalMessage, VoteMessage, CertificateMessage, BatchPush, BatchAck,
                 BatchRequest, BlockRequest, BlockAnswer, CertificateRequest, SyncRequest,
                 SyncAnswer, StartQuestion, StartAnswer, Hint>;

namespace detail {
template <class Message, std::size_t... index>
consteval std::uint8_t kind_among(std::index_sequence<index...>) {
    return static_cast<std::uint8_t>(
        ((std::is_same_v<Message, std::variant_alternative_t<index, PeerMessage>> ? index + 1 : 0) +
         ...));
}
}  // namespace detail

/// The first byte of a frame with this message.
template <class Message>
consteval std::uint8_t frame_kind() {
    return detail::kind_among<Message>(
        std::make_index_sequence<std::variant_size_v<PeerMessage>>());
}

[[nodiscard]] Bytes encode_message(const PeerMessage& message);
/// The frame of a BatchPush, without a copy of the batch.
[[nodiscard]] Bytes encode_batch_push(const ledger::Batch& batch);
/// Refuses empty and too large frames, unknown kinds, and what is not the canonical encoding.
[[nodiscard]] Result<PeerMessage> decode_message(ByteView frame);

}  // namespace cityledger::node
