#include "node/abci/block_history.hpp"

namespace cityledger::abci {
namespace {

using ledger::Space;
using ledger::Transaction;

/// More than a block of the largest size can hold.
constexpr std::uint32_t k_max_block_transactions = 1024 * 1024;

struct RecordedBlock {
    std::vector<Transaction> transactions;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::limited<k_max_block_transactions>("transactions", transactions));
    }
};

std::string block_key(std::uint64_t height) {
    std::string key = "abci/block/";
    for (int shift = 56; shift >= 0; shift -= 8) {
        key += static_cast<char>(static_cast<std::uint8_t>(height >> shift));
    }
    return key;
}

}  // namespace

Status record_block(StagedStore& store, std::uint64_t height,
                    std::vector<Transaction> transactions) {
    constexpr std::uint64_t lifetime = ledger::k_max_transaction_lifetime_heights;
    if (height > lifetime) store.add({Space::derived, block_key(height - lifetime), std::nullopt});
    if (transactions.empty()) return {};
    auto recorded = ledger::try_encode(RecordedBlock{std::move(transactions)});
    if (!recorded) return propagate(recorded);
    store.add({Space::derived, block_key(height), *std::move(recorded)});
    return {};
}

void remember_blocks(const ledger::StateReader& state, ledger::Executor& executor) {
    constexpr std::uint64_t lifetime = ledger::k_max_transaction_lifetime_heights;
    const std::uint64_t last = executor.state().height;
    for (std::uint64_t height = last < lifetime ? 1 : last + 1 - lifetime; height <= last;
         ++height) {
        const auto bytes = state.get(Space::derived, block_key(height));
        if (!bytes) continue;
        ledger::Batch batch;
        batch.transactions = ledger::Context::decode_record<RecordedBlock>(*bytes).transactions;
        executor.remember(height, {&batch});
    }
}

}  // namespace cityledger::abci
