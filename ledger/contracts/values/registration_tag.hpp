#pragma once
// The tax bureau's register: USCC to registration tag, and what else is keyed so that nobody tries
// it out. For programs that act for the bureau or were told the tags of their partners; never part
// of the execution of a block.

#include <string>
#include <string_view>

#include "crypto/seal.hpp"

namespace cityledger::ledger {

/// "E-" and the first 64 bits of HMAC-SHA256(register key, USCC) in upper-case hexadecimal.
[[nodiscard]] std::string registration_tag(const crypto::SecretKey& register_key,
                                           std::string_view uscc);

/// "P-" and the first 64 bits of HMAC-SHA256(register key, number of the person) in the same form.
[[nodiscard]] std::string person_tag(const crypto::SecretKey& register_key,
                                     std::string_view number);

/// The payment platform's commitment to a payment: HMAC-SHA256(its key, reference), 64 lower-case
/// hexadecimal digits. The same payment is the same commitment; who lacks the key cannot try out
/// references.
[[nodiscard]] std::string payment_commitment(const crypto::SecretKey& platform_key,
                                             std::string_view reference);

}  // namespace cityledger::ledger
