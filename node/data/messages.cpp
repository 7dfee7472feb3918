#include "node/data/messages.hpp"

#include <algorithm>

namespace cityledger::data {
namespace {

constexpr std::size_t k_max_refusal_words_bytes = 2048;

Bytes associated_data(const DeliveryId& delivery, std::uint64_t number) {
    ledger::CanonicalWriter writer;
    writer.append(delivery.view());
    writer.append_integer(number);
    return writer.take();
}

crypto::SealNonce nonce_of(std::uint64_t number) {
    crypto::SealNonce nonce{};
    for (std::size_t i = 0; i < sizeof number; ++i) {
        nonce[i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return nonce;
}

}  // namespace

Error malformed(std::string what) { return Error{codes::exchange_malformed, std::move(what)}; }

Error error_of(const Refusal& refusal) {
    const auto* own = std::find_if(std::begin(codes::data_codes), std::end(codes::data_codes),
                                   [&](const Code& code) { return code.number == refusal.code; });
    if (own != std::end(codes::data_codes)) return {*own, refusal.words};
    return Error{codes::fetch_refused, refusal.words};
}

Refusal refusal_of(const Error& error) {
    const auto* own =
        std::find(std::begin(codes::data_codes), std::end(codes::data_codes), error.code);
    // Both sides know the meaning of their own codes; of a contract's they may not.
    std::string words = own != std::end(codes::data_codes) ? error.detail : error.message();
    if (words.size() > k_max_refusal_words_bytes) words = std::string(error.code.name);
    return {error.code.number, std::move(words)};
}

Error wrong_key(const ledger::MemberId& member) { return Error{codes::fetch_wrong_key, member}; }

Bytes seal_rows(const crypto::SecretKey& key, const DeliveryId& delivery, std::uint64_t number,
                ByteView rows) {
    return crypto::seal(key, nonce_of(number), rows, associated_data(delivery, number));
}

Result<Bytes> open_rows(const crypto::SecretKey& key, const DeliveryId& delivery,
                        std::uint64_t number, ByteView sealed) {
    auto rows = crypto::open_sealed(key, sealed, associated_data(delivery, number));
    if (!rows) return tl::unexpected(damaged_delivery(rows.error().message()));
    return rows;
}

}  // namespace cityledger::data
