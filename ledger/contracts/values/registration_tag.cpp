#include "ledger/contracts/values/registration_tag.hpp"

#include <algorithm>

namespace cityledger::ledger {

namespace {

std::string tag_of(std::string_view prefix, const crypto::SecretKey& key, std::string_view text) {
    constexpr std::size_t k_tag_digits = 16;
    const Digest mac = crypto::hmac_sha256(key.view(), as_bytes(text));
    std::string digits = to_hex(mac).substr(0, k_tag_digits);
    std::transform(digits.begin(), digits.end(), digits.begin(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return std::string(prefix) + digits;
}

}  // namespace

std::string registration_tag(const crypto::SecretKey& register_key, std::string_view uscc) {
    return tag_of("E-", register_key, uscc);
}

std::string person_tag(const crypto::SecretKey& register_key, std::string_view number) {
    return tag_of("P-", register_key, number);
}

std::string payment_commitment(const crypto::SecretKey& platform_key, std::string_view reference) {
    return to_hex(crypto::hmac_sha256(platform_key.view(), as_bytes(reference)));
}

}  // namespace cityledger::ledger
