#include "ledger/contracts/values/registration_tag.hpp"

#include <algorithm>

namespace cityledger::ledger {

std::string registration_tag(const crypto::SecretKey& register_key, std::string_view uscc) {
    constexpr std::size_t k_tag_digits = 16;
    const Digest mac = crypto::hmac_sha256(register_key.view(), as_bytes(uscc));
    std::string digits = to_hex(mac).substr(0, k_tag_digits);
    std::transform(digits.begin(), digits.end(), digits.begin(),
                   [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return "E-" + digits;
}

}  // namespace cityledger::ledger
