#include "sim/core/runner_sealing.hpp"

#include "crypto/hash.hpp"
#include "crypto/seal.hpp"
#include "ledger/codec/json.hpp"

namespace cityledger::sim {

namespace {

constexpr std::string_view k_secret_tag = "cityledger.scenario.sealing-secret.v1";
constexpr std::string_view k_salt_info = "salt";
constexpr std::string_view k_content_key_info = "content-key";

Digest actor_secret(std::uint64_t seed, const std::string& actor_id) {
    crypto::Hasher hasher;
    hasher.update_sized(as_bytes(k_secret_tag));
    hasher.update_u64(seed);
    hasher.update_sized(as_bytes(actor_id));
    return hasher.finish();
}

}  // namespace

SealedDocument seal_document(std::uint64_t seed, const std::string& actor_id,
                             std::uint64_t number, const boost::json::object& clear_text) {
    const Digest secret = actor_secret(seed, actor_id);
    const std::string document = std::to_string(number);
    const std::string text = ledger::compact_json(clear_text);
    const auto salt_key =
        crypto::derive_key(secret.view(), as_bytes(document), as_bytes(k_salt_info));
    const auto content_key =
        crypto::derive_key(secret.view(), as_bytes(document), as_bytes(k_content_key_info));
    Digest salt;
    std::copy(salt_key.view().begin(), salt_key.view().end(), salt.bytes.begin());
    SealedDocument result;
    result.digest = crypto::commit_field(salt, "content", as_bytes(text));
    // Each key seals one document, so one nonce is enough.
    result.sealed = crypto::seal(content_key, crypto::SealNonce{}, as_bytes(text),
                                 result.digest.view());
    return result;
}

}  // namespace cityledger::sim
