#pragma once
// What is signed and hashed under a chain: (domain tag, chain id, canonical bytes). Nothing replays
// across kinds of messages or across chains.

#include <string_view>

#include "crypto/bytes.hpp"
#include "crypto/hash.hpp"
#include "ledger/codec/codec.hpp"

namespace cityledger::ledger {

/// The hash of the canonical genesis: names the chain.
using ChainId = Digest;

namespace tags {
inline constexpr std::string_view transaction = "cityledger.transaction.v1";
inline constexpr std::string_view batch = "cityledger.batch.v1";
inline constexpr std::string_view block = "cityledger.block.v1";
inline constexpr std::string_view vote = "cityledger.vote.v1";
inline constexpr std::string_view certificate = "cityledger.certificate.v1";
inline constexpr std::string_view genesis = "cityledger.genesis.v1";
inline constexpr std::string_view receipts = "cityledger.receipts.v1";
inline constexpr std::string_view receipts_chain = "cityledger.receipts-chain.v1";
inline constexpr std::string_view batch_list = "cityledger.batches.v1";
inline constexpr std::string_view transaction_list = "cityledger.transactions.v1";
inline constexpr std::string_view session = "cityledger.session.v1";
inline constexpr std::string_view read = "cityledger.read.v1";
inline constexpr std::string_view state = "cityledger.state.v1";
}  // namespace tags

/// u32 tag length, tag, chain id, canonical bytes of the value: the message that a key signs.
template <class T>
[[nodiscard]] Bytes signing_bytes(std::string_view tag, const ChainId& chain, const T& value) {
    CanonicalWriter writer;
    writer.append_count(tag.size(), k_max_elements_default);
    writer.append(as_bytes(tag));
    writer.append(chain.view());
    write_value(writer, value, k_max_elements_default);
    return writer.take();
}

/// SHA-256 of signing_bytes.
template <class T>
[[nodiscard]] Digest chain_hash(std::string_view tag, const ChainId& chain, const T& value) {
    return crypto::sha256(signing_bytes(tag, chain, value));
}

}  // namespace cityledger::ledger
