#pragma once
// The messages of the data plane. A fetch:
//     requester                 provider
//     Fetch              ->                    who, which request, which columns
//                        <-     Offer          the id of the delivery, names and types of columns
//                        <-     SealedRows ... sealed under the key of the delivery
//                        <-     AllSent        how many
//     Held               ->                    all is safely stored, still sealed
//                               (records the delivery on the chain)
//                        <-     Opening        the key, and the number of the delivery on the chain
// So nobody can read a row before the chain has the record, and a delivery that was cut off is
// void. After a cut, Resume asks for the Opening of a delivery that is held. Refusal ends an
// exchange.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contracts/directory/entries.hpp"
#include "ledger/transaction.hpp"
#include "node/data/channel.hpp"
#include "node/data/data_codes.hpp"
#include "node/data/row.hpp"

namespace cityledger::data {

using DeliveryId = Digest;  ///< random

struct Fetch {
    static constexpr std::uint8_t k_kind = 1;
    ledger::MemberId member;  ///< who asks; its key on the chain must be that of the connection
    std::string request;
    std::vector<std::string> columns;  ///< items by name; empty: all that are granted

    template <class Archive>
    void serialize(Archive& archive) {
        using namespace ledger;
        archive(limited<k_max_member_id_bytes>("member", member),
                limited<directory::k_max_id_bytes>("request", request),
                limited<k_max_columns>("columns", columns));
    }
};

struct Resume {
    static constexpr std::uint8_t k_kind = 2;
    ledger::MemberId member;
    DeliveryId delivery;

    template <class Archive>
    void serialize(Archive& archive) {
        using namespace ledger;
        archive(limited<k_max_member_id_bytes>("member", member), field("delivery", delivery));
    }
};

struct Offer {
    static constexpr std::uint8_t k_kind = 3;
    DeliveryId delivery;
    std::vector<Column> columns;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("delivery", delivery),
                ledger::limited<k_max_columns>("columns", columns));
    }
};

/// Rows (each u32 size and bytes), sealed with the delivery's key; the number is the nonce.
struct SealedRows {
    static constexpr std::uint8_t k_kind = 4;
    std::uint64_t number = 0;  ///< from 0
    Bytes sealed;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("number", number),
                ledger::limited<k_max_message_bytes>("sealed", sealed));
    }
};

struct AllSent {
    static constexpr std::uint8_t k_kind = 5;
    std::uint64_t chunks = 0;
    std::uint64_t rows = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("chunks", chunks), ledger::field("rows", rows));
    }
};

struct Held {
    static constexpr std::uint8_t k_kind = 6;
    DeliveryId delivery;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("delivery", delivery));
    }
};

struct Opening {
    static constexpr std::uint8_t k_kind = 7;
    Digest key;                  ///< of the delivery
    std::uint32_t sequence = 0;  ///< of the delivery on the chain

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("key", key), ledger::field("sequence", sequence));
    }
};

struct Refusal {
    static constexpr std::uint8_t k_kind = 8;
    std::uint16_t code = 0;
    std::string words;  ///< the whole message, for people

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("code", code), ledger::limited<4096>("words", words));
    }
};

/// The kind, then the canonical bytes.
template <class T>
Bytes write_message(const T& message) {
    Bytes bytes = ledger::encode(message);
    bytes.insert(bytes.begin(), T::k_kind);
    return bytes;
}

/// The message of this kind. A Refusal in its place becomes its error (see error_of).
template <class T>
Result<T> read_message(const Bytes& bytes);

/// The error that a refusal tells: of this layer with its code, of others as fetch_refused.
[[nodiscard]] Error error_of(const Refusal& refusal);
[[nodiscard]] Refusal refusal_of(const Error& error);
[[nodiscard]] Error malformed(std::string what);
/// That the connection's key is not this member's.
[[nodiscard]] Error wrong_key(const ledger::MemberId& member);

template <class T>
Result<T> read_message(const Bytes& bytes) {
    if (bytes.empty()) return tl::unexpected(malformed("an empty message"));
    const ByteView body = ByteView(bytes).subspan(1);
    if (bytes[0] == Refusal::k_kind) {
        const auto refusal = ledger::decode<Refusal>(body);
        return tl::unexpected(refusal ? error_of(*refusal) : malformed("a refusal"));
    }
    if (bytes[0] != T::k_kind) {
        return tl::unexpected(malformed("kind " + std::to_string(bytes[0]) + " instead of " +
                                        std::to_string(T::k_kind)));
    }
    auto message = ledger::decode<T>(body);
    if (!message) return tl::unexpected(malformed(message.error().message()));
    return message;
}

// ---- rows under the key of a delivery ---------------------------------------------------------

[[nodiscard]] Bytes seal_rows(const crypto::SecretKey& key, const DeliveryId& delivery,
                              std::uint64_t number, ByteView rows);
/// delivery_damaged.
[[nodiscard]] Result<Bytes> open_rows(const crypto::SecretKey& key, const DeliveryId& delivery,
                                      std::uint64_t number, ByteView sealed);

}  // namespace cityledger::data
