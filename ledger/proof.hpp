#pragma once
// Proof files: what a chain recorded, checked with its genesis alone and without a network.
// docs/formats.md section 11 describes them for other programs; docs/decisions/0005.

#include <optional>

#include "ledger/genesis.hpp"
#include "ledger/proof_codes.hpp"
#include "ledger/receipt.hpp"
#include "ledger/state_tree.hpp"

namespace cityledger::ledger {

template <>
struct EnumNames<Space> {
    static constexpr std::string_view names[] = {"system", "business", "derived"};
};

inline constexpr std::uint32_t k_proof_version = 1;
/// From the header that names a state to one with a finalization of its own.
inline constexpr std::uint32_t k_max_proof_headers = 256;
/// Heights between a receipt and the covered height; what the header names is at most so far off.
inline constexpr std::uint32_t k_max_proof_receipt_lists = 256;
/// Siblings of a receipt: the list holds fewer than 2^32 receipts.
inline constexpr std::uint32_t k_max_proof_siblings = 32;

/// A key of hashed state has this value after the covered height, or is absent.
struct StateEntry {
    Space space = Space::business;
    std::string key;
    std::optional<Bytes> value;  ///< nothing: absent

    bool operator==(const StateEntry&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("space", space), limited<k_max_key_bytes>("key", key),
                limited<k_max_value_bytes>("value", value));
    }
};

struct StateClaim {
    StateEntry entry;
    StatePath path;

    bool operator==(const StateClaim&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("entry", entry), field("path", path));
    }
};

/// A transaction has this receipt. The path leads to the list root of its height; roots of heights
/// chain, so the claim says what was before that height and what came after it, up to the covered.
struct ReceiptClaim {
    /// What the receipt is of: its id is receipt.transaction. A proof may leave it out.
    std::optional<TransactionBody> transaction;
    Receipt receipt;
    std::uint64_t count = 0;               ///< of receipts of its height
    std::vector<Digest> siblings;          ///< from the leaf to the top
    Digest root_before;                    ///< receipts root of the height before the receipt's
    std::vector<Digest> later_list_roots;  ///< of the heights above it, the covered one last

    bool operator==(const ReceiptClaim&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("transaction", transaction), field("receipt", receipt), field("count", count),
                limited<k_max_proof_siblings>("siblings", siblings),
                field("root_before", root_before),
                limited<k_max_proof_receipt_lists>("later_list_roots", later_list_roots));
    }
};

/// The claim for the receipt at this place (CHECK) of a height with these receipts.
[[nodiscard]] ReceiptClaim claim_receipt(const std::vector<Receipt>& receipts, std::uint32_t index,
                                         const Digest& root_before,
                                         std::vector<Digest> later_list_roots);

/// Exactly one of `state` and `receipt`. The first header names the roots of the covered height,
/// each further one is the child of the one before, and the certificate finalizes the last.
struct Proof {
    std::uint32_t version = k_proof_version;
    ChainId chain_id;
    std::optional<StateClaim> state;
    std::optional<ReceiptClaim> receipt;
    std::vector<BlockHeader> headers;
    Certificate certificate;

    bool operator==(const Proof&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("version", version), field("chain_id", chain_id), field("state", state),
                field("receipt", receipt), limited<k_max_proof_headers>("headers", headers),
                field("certificate", certificate));
    }
};

/// What a proof that holds has shown.
struct Statement {
    std::uint64_t height = 0;         ///< after which it was so
    std::optional<StateEntry> state;  ///< either this
    std::optional<Receipt> receipt;   ///< or this

    std::optional<TransactionBody> transaction;  ///< of the receipt, if the proof holds it

    bool operator==(const Statement&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("height", height), field("state", state), field("receipt", receipt),
                field("transaction", transaction));
    }
};

/// What the proof shows under this genesis, or the first reason why it shows nothing. The genesis
/// was checked (check_genesis).
[[nodiscard]] Result<Statement> verify_proof(const Proof& proof, const Genesis& genesis);

/// The two forms of a proof file: JSON (to_json, digests in hexadecimal) if it begins with '{',
/// else the canonical encoding.
[[nodiscard]] Result<Proof> read_proof(std::string_view file);

}  // namespace cityledger::ledger
