#pragma once
// What became of a transaction. Receipts are consensus: equal on all nodes, provable by root.

#include <string>
#include <vector>

#include "ledger/block.hpp"

namespace cityledger::ledger {

/// Something that a contract tells the world, e.g. {"directory.changed", "AK/0001"}.
struct Event {
    std::string name;
    std::string subject;

    bool operator==(const Event&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_name_bytes>("name", name),
                limited<k_max_key_bytes>("subject", subject));
    }
};

/// 0 is success; else the number of a refusal code, and the operation has changed nothing.
struct OperationResult {
    std::uint16_t code = 0;
    Bytes result;  ///< canonical encoding of the method's result struct
    std::vector<Event> events;

    bool operator==(const OperationResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("code", code), limited<k_max_result_bytes>("result", result),
                limited<k_max_events_per_operation>("events", events));
    }
};

struct Receipt {
    Digest transaction;
    std::uint64_t height = 0;
    std::uint32_t index = 0;  ///< position among the receipts of the height
    std::uint16_t code = 0;   ///< why no operation was executed; 0 if they were
    std::vector<OperationResult> operations;

    bool operator==(const Receipt&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("transaction", transaction), field("height", height), field("index", index),
                field("code", code),
                limited<k_max_operations_per_transaction>("operations", operations));
    }
};

/// Merkle root over the encoded receipts of one height.
[[nodiscard]] Digest receipts_list_root(const std::vector<Receipt>& receipts);

/// H(tag, root of the height before, list root).
[[nodiscard]] Digest chain_receipts_root(const Digest& previous, const Digest& list_root);

}  // namespace cityledger::ledger
