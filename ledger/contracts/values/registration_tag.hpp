#pragma once
// The tax bureau's register: USCC to registration tag. For programs that act for the bureau or were
// told the tags of their partners; never part of the execution of a block.

#include <string>
#include <string_view>

#include "crypto/seal.hpp"

namespace cityledger::ledger {

/// "E-" and the first 64 bits of HMAC-SHA256(register key, USCC) in upper-case hexadecimal.
[[nodiscard]] std::string registration_tag(const crypto::SecretKey& register_key,
                                           std::string_view uscc);

}  // namespace cityledger::ledger
