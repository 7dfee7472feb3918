#pragma once
// How a member shows who it is when it asks: a pass that it signs for one question, so that what it
// may read (ledger/contract.hpp, Readers) is read by nobody else.

#include <string>

#include "ledger/executor.hpp"
#include "ledger/transaction.hpp"

namespace cityledger::ledger {

/// A question, as bytes that asker and node have in common.
struct ReadQuestion {
    std::string contract;
    std::string method;
    Bytes arguments;  ///< canonical, as of an operation
};

/// Travels with the question. The signature covers the question, too.
struct ReadPass {
    std::string node;  ///< the one node that may take it: its name in the genesis
    MemberId member;
    /// The last moment at which the node may take it: milliseconds since 1970 on the node's clock;
    /// under CometBFT a height.
    std::uint64_t expires = 0;
    Nonce nonce;
    crypto::Signature signature;

    bool operator==(const ReadPass&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_name_bytes>("node", node),
                limited<k_max_member_id_bytes>("member", member), field("expires", expires),
                field("nonce", nonce), field("signature", signature));
    }
};

/// How far ahead of the committed height a pass may expire under CometBFT, in heights.
inline constexpr std::uint64_t k_max_pass_heights = 20;

/// A question with its pass: the data of a CometBFT query of /signed/CONTRACT/QUERY.
struct SignedQuestion {
    ReadPass pass;  ///< of no node
    Bytes arguments;

    bool operator==(const SignedQuestion&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("pass", pass), limited<k_max_arguments_bytes>("arguments", arguments));
    }
};

/// The pass with the signature of the key. The node takes it if the key is the member's.
[[nodiscard]] ReadPass sign_read_pass(const ChainId& chain, const ReadQuestion& question,
                                      ReadPass pass, const crypto::PrivateKey& key);

/// read_asker_unknown if the member has no key in this state; read_signature_wrong if the pass is
/// forged, or was signed for another chain, question, node, expiry or nonce, or by an older key.
/// Neither the node nor the expiry is judged here.
[[nodiscard]] Status check_read_pass(const StateReader& state, const ChainId& chain,
                                     const ReadQuestion& question, const ReadPass& pass);

}  // namespace cityledger::ledger
