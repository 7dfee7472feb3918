#include "ledger/receipt_index.hpp"

namespace cityledger::ledger {
namespace {

constexpr std::size_t k_indexed_id_bytes = 16;

struct ReceiptPlace {
    std::uint64_t height = 0;
    std::uint32_t index = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("height", height), field("index", index));
    }
};

/// Big-endian, so that keys ascend with the height.
template <class T>
void append_big_endian(std::string& key, T value) {
    for (int shift = sizeof(T) * 8 - 8; shift >= 0; shift -= 8) {
        key += static_cast<char>(static_cast<std::uint8_t>(value >> shift));
    }
}

std::string place_key(std::uint64_t height, std::uint32_t index) {
    std::string key = "receipt/";
    append_big_endian(key, height);
    append_big_endian(key, index);
    return key;
}

std::string id_key(const Digest& transaction) {
    return "tx/" + std::string(as_text(transaction.view().first(k_indexed_id_bytes)));
}

}  // namespace

void store_receipt(StateOverlay& block, const StoredReceipt& stored) {
    const Receipt& receipt = stored.receipt;
    block.write(Space::derived, place_key(receipt.height, receipt.index), encode(stored));
    const auto earlier = find_receipt(block, receipt.transaction);
    if (!earlier || (earlier->receipt.code != 0 && receipt.code == 0)) {
        block.write(Space::derived, id_key(receipt.transaction),
                    encode(ReceiptPlace{receipt.height, receipt.index}));
    }
}

std::optional<StoredReceipt> receipt_at(const StateReader& state, std::uint64_t height,
                                        std::uint32_t index) {
    const auto bytes = state.get(Space::derived, place_key(height, index));
    if (!bytes) return std::nullopt;
    return Context::decode_record<StoredReceipt>(*bytes);
}

std::optional<StoredReceipt> find_receipt(const StateReader& state, const Digest& transaction) {
    const auto bytes = state.get(Space::derived, id_key(transaction));
    if (!bytes) return std::nullopt;
    const auto place = Context::decode_record<ReceiptPlace>(*bytes);
    auto stored = receipt_at(state, place.height, place.index);
    // The index holds a part of the id only.
    if (!stored || stored->receipt.transaction != transaction) return std::nullopt;
    return stored;
}

}  // namespace cityledger::ledger
