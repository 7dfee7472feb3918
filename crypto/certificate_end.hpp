#pragma once
// When an X.509 certificate ends.

#include <cstdint>
#include <string>

#include "crypto/result.hpp"

namespace cityledger::crypto {

/// In seconds since 1970. Refused as by node_name_of if the text is no certificate.
[[nodiscard]] Result<std::int64_t> certificate_end_unix_s(const std::string& certificate_pem);

}  // namespace cityledger::crypto
