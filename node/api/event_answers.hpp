#pragma once
// The JSON shapes of GET /events. See docs/api.md.

#include <string>
#include <vector>

#include "node/api/answers.hpp"

namespace cityledger::api {

/// One operation in a message of /events.
struct OperationEvents {
    std::string contract;
    std::string operation;
    std::string code_name;  ///< "ok" or the name of the refusal
    bool withheld = false;  ///< not for the follower: the rest is absent in JSON
    std::string detail;     ///< of the refusal
    std::vector<ledger::Event> events;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("contract", contract), field("operation", operation),
                field("code_name", code_name), field("withheld", withheld));
        if (!withheld) archive(field("detail", detail), field("events", events));
    }
};

/// How many operations of a block were of one kind and ended alike.
struct OperationTally {
    std::string contract;  ///< empty, as the operation, if the chain has no such operation
    std::string operation;
    std::string code_name;  ///< "ok" or the name of the refusal
    std::uint64_t count = 0;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("contract", contract), field("operation", operation),
                field("code_name", code_name), field("count", count));
    }
};

/// One transaction in a message of /events.
struct TransactionEvents {
    Digest transaction;
    std::string sender;     ///< name of the member
    std::string code_name;  ///< "ok", or why no operation ran
    std::vector<OperationEvents> operations;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(
            field("transaction", transaction), field("sender", sender),
            field("code_name", code_name),
            ledger::limited<ledger::k_max_operations_per_transaction>("operations", operations));
    }
};

/// One message of GET /events: an executed block as GET /receipts tells it, what operations it
/// held, and the first transactions that are for the follower, with their events.
struct BlockEvents {
    BlockReceipts block;
    std::vector<OperationTally> operations;  ///< ascending
    std::vector<TransactionEvents> transactions;
    std::uint64_t others = 0;  ///< transactions of the block that are not among these
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("block", block), ledger::limited<1'000'000>("operations", operations),
                ledger::limited<1'000'000>("transactions", transactions), field("others", others));
    }
};

}  // namespace cityledger::api
