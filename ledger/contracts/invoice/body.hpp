#pragma once
// The sealed body of an invoice (docs/formats.md section 10): who, what and for how much, for
// seller, buyer and tax bureau. The chain holds a commitment to all fields, so that whoever reads
// the body can show one field of it to a third party. For clients; no contract reads a body.
//
// Salts and content key are functions of the sealing secret, the place and the fields alone: the
// same document has the same digest on every chain, and a repeated submission the same bytes.

#include <string>
#include <vector>

#include "crypto/merkle.hpp"
#include "crypto/seal.hpp"
#include "ledger/contracts/invoice/records.hpp"

namespace cityledger::ledger::invoice {

inline constexpr std::uint32_t k_max_body_fields = 128;
inline constexpr std::uint32_t k_max_body_readers = 8;

struct BodyField {
    std::string name;
    std::string value;

    bool operator==(const BodyField&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<64>("name", name), limited<1024>("value", value));
    }
};

/// What a reader sees. `salt_key` gives the salt of each field.
struct Body {
    Digest salt_key;
    std::vector<BodyField> fields;

    bool operator==(const Body&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("salt_key", salt_key), limited<k_max_body_fields>("fields", fields));
    }
};

/// Where a body belongs; it opens nowhere else.
struct BodyPlace {
    MemberId seller;
    std::string payment_reference;
};

/// Somebody who can open the body, and the key that the sealing member shares with it.
struct BodyReader {
    MemberId id;
    crypto::SecretKey pairwise;
};

struct SealedBody {
    Digest content_digest;
    Bytes bytes;  ///< `sealed_body` of the operation `issue`
};

/// encode_limit if there are more fields or readers than a body may have, or one is too long.
[[nodiscard]] Result<SealedBody> seal_body(const crypto::SecretKey& sealing_secret,
                                           const BodyPlace& place,
                                           const std::vector<BodyField>& fields,
                                           const std::vector<BodyReader>& readers);

/// Refused if the bytes are malformed or changed, or not sealed for this reader and place.
[[nodiscard]] Result<Body> open_body(ByteView sealed_body, const BodyPlace& place,
                                     const BodyReader& reader);

/// `content_digest` of these fields.
[[nodiscard]] Digest body_digest(const Body& body);

/// One field with all that a third party needs to check it, and nothing about the others.
struct FieldOpening {
    BodyField field;
    Digest salt;
    crypto::MerklePath path;
};

/// Refused if the body has no such field.
[[nodiscard]] Result<FieldOpening> open_field(const Body& body, std::string_view name);

/// Whether the field is part of the invoice with this content digest.
[[nodiscard]] bool is_field_of(const Digest& content_digest, const FieldOpening& opening);

}  // namespace cityledger::ledger::invoice
