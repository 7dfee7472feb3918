#include "ledger/contracts/invoice/body.hpp"

#include <algorithm>

namespace cityledger::ledger::invoice {
namespace {

constexpr std::string_view k_body_tag = "cityledger.invoice.body.v1";
constexpr std::string_view k_salt_key_info = "cityledger.invoice.salt-key.v1";
constexpr std::string_view k_content_key_info = "cityledger.invoice.content-key.v1";
constexpr std::uint8_t k_version = 1;
constexpr std::uint32_t k_wrapped_key_bytes = 40;

struct WrappedFor {
    MemberId reader;
    Bytes wrapped_key;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("reader", reader),
                limited<k_wrapped_key_bytes>("wrapped_key", wrapped_key));
    }
};

struct Envelope {
    std::uint8_t version = k_version;
    std::vector<WrappedFor> readers;
    Bytes sealed;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("version", version), limited<k_max_body_readers>("readers", readers),
                limited<k_max_sealed_body_bytes>("sealed", sealed));
    }
};

void append_sized(Bytes& bytes, ByteView part) {
    for (int shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<std::uint8_t>(part.size() >> shift));
    }
    bytes.insert(bytes.end(), part.begin(), part.end());
}

Bytes place_bytes(const BodyPlace& place) {
    Bytes bytes;
    append_sized(bytes, as_bytes(place.seller));
    append_sized(bytes, as_bytes(place.payment_reference));
    return bytes;
}

Digest salt_of(const Body& body, std::string_view name) {
    return crypto::hmac_sha256(body.salt_key.view(), as_bytes(name));
}

Bytes leaf_of(const BodyField& field, const Digest& salt) {
    return to_bytes(crypto::commit_field(salt, field.name, as_bytes(field.value)).view());
}

std::vector<Bytes> leaves_of(const Body& body) {
    std::vector<Bytes> leaves;
    for (const BodyField& field : body.fields) {
        leaves.push_back(leaf_of(field, salt_of(body, field.name)));
    }
    return leaves;
}

}  // namespace

Digest body_digest(const Body& body) { return crypto::merkle_root(k_body_tag, leaves_of(body)); }

Result<SealedBody> seal_body(const crypto::SecretKey& sealing_secret, const BodyPlace& place,
                             const std::vector<BodyField>& fields,
                             const std::vector<BodyReader>& readers) {
    // The fields are part of the document's name: after a full reversal a payment may get another
    // invoice, and one key must never seal two texts under the fixed nonce.
    const Bytes where = place_bytes(place);
    Body body{{}, fields};
    const auto unsalted = try_encode(body);
    if (!unsalted) return propagate(unsalted);
    Bytes document = where;
    append_sized(document, *unsalted);
    const auto salt_key =
        crypto::derive_key(sealing_secret.view(), document, as_bytes(k_salt_key_info));
    std::copy(salt_key.view().begin(), salt_key.view().end(), body.salt_key.bytes.begin());
    const auto content_key =
        crypto::derive_key(sealing_secret.view(), document, as_bytes(k_content_key_info));
    Envelope envelope;
    for (const BodyReader& reader : readers) {
        const auto wrapped = crypto::wrap_key(reader.pairwise, content_key);
        envelope.readers.push_back({reader.id, Bytes(wrapped.begin(), wrapped.end())});
    }
    envelope.sealed = crypto::seal(content_key, crypto::SealNonce{}, encode(body), where);
    auto bytes = try_encode(envelope);
    if (!bytes) return propagate(bytes);
    return SealedBody{body_digest(body), *std::move(bytes)};
}

Result<Body> open_body(ByteView sealed_body, const BodyPlace& place, const BodyReader& reader) {
    const auto envelope = decode<Envelope>(sealed_body);
    if (!envelope) return propagate(envelope);
    const auto found =
        std::find_if(envelope->readers.begin(), envelope->readers.end(),
                     [&](const WrappedFor& wrapped) { return wrapped.reader == reader.id; });
    crypto::WrappedKey wrapped{};
    if (found == envelope->readers.end() || found->wrapped_key.size() != wrapped.size()) {
        return refuse(codes::body_not_for_reader, reader.id);
    }
    std::copy(found->wrapped_key.begin(), found->wrapped_key.end(), wrapped.begin());
    const auto content_key = crypto::unwrap_key(reader.pairwise, wrapped);
    if (!content_key) return propagate(content_key);
    const auto clear = crypto::open_sealed(*content_key, envelope->sealed, place_bytes(place));
    if (!clear) return propagate(clear);
    return decode<Body>(*clear);
}

Result<FieldOpening> open_field(const Body& body, std::string_view name) {
    const auto found = std::find_if(body.fields.begin(), body.fields.end(),
                                    [&](const BodyField& field) { return field.name == name; });
    if (found == body.fields.end()) {
        return refuse(codes::body_field_unknown, std::string(name));
    }
    const auto index = static_cast<std::uint64_t>(found - body.fields.begin());
    return FieldOpening{*found, salt_of(body, name),
                        crypto::merkle_path(k_body_tag, leaves_of(body), index)};
}

bool is_field_of(const Digest& content_digest, const FieldOpening& opening) {
    return crypto::merkle_verify(k_body_tag, content_digest, leaf_of(opening.field, opening.salt),
                                 opening.path);
}

}  // namespace cityledger::ledger::invoice
