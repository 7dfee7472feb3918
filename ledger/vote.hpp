#pragma once
// Votes and certificates of the Simplex protocol (docs/consensus.md).

#include <vector>

#include "ledger/limits.hpp"
#include "ledger/signing.hpp"

namespace cityledger::ledger {

enum class VoteKind : std::uint8_t { notarize, nullify, finalize };
template <>
struct EnumNames<VoteKind> {
    static constexpr std::string_view names[] = {"notarize", "nullify", "finalize"};
};

/// What a vote says. Two votes equivocate when their content differs where it may not; signature
/// bytes are never compared.
struct VoteContent {
    VoteKind kind = VoteKind::notarize;
    std::uint64_t epoch = 0;
    std::uint64_t view = 0;
    Digest block;  ///< zero for nullify

    auto operator<=>(const VoteContent&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("kind", kind), field("epoch", epoch), field("view", view),
                field("block", block));
    }
};

struct Vote {
    VoteContent content;
    std::uint16_t validator = 0;  ///< index in the validator set of the epoch
    crypto::Signature signature;

    bool operator==(const Vote&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("content", content), field("validator", validator),
                field("signature", signature));
    }
};

struct SignerSignature {
    std::uint16_t validator = 0;
    crypto::Signature signature;

    bool operator==(const SignerSignature&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("validator", validator), field("signature", signature));
    }
};

/// n - f votes of one content, signers strictly ascending: a notarization, a nullification or a
/// finalization.
struct Certificate {
    VoteContent content;
    std::vector<SignerSignature> signers;

    bool operator==(const Certificate&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("content", content), limited<k_max_validators>("signers", signers));
    }
};

/// The message that a validator's key signs for a vote.
[[nodiscard]] Bytes vote_signing_bytes(const VoteContent& content, const ChainId& chain);

/// Refuses a certificate that does not name this block.
[[nodiscard]] Status check_certificate_block(const Certificate& certificate, const Digest& block);

}  // namespace cityledger::ledger
