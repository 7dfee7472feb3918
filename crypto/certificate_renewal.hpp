#pragma once
// New certificates for keys that stay. The authority of a network is renewed under its own key: the
// genesis names its first certificate for ever, and authority.pem goes on with the successors.

#include <string>

#include "crypto/x509_identity.hpp"

namespace cityledger::crypto {

/// The same node and key with new dates and a new serial number. Needs no key of the node.
/// certificate_wrong_authority if the certificate is none of this authority's; validity_malformed.
[[nodiscard]] Result<std::string> renew_node_certificate(const IssuedIdentity& authority,
                                                         const std::string& certificate_pem,
                                                         Validity validity);

/// A certificate of the same authority, name and key, with new dates: what is appended to
/// authority.pem.
[[nodiscard]] Result<std::string> renew_authority(const IssuedIdentity& authority,
                                                  Validity validity);

/// certificate_wrong_authority unless the authority's key has signed it, at whatever time.
[[nodiscard]] Status check_issued(const std::string& certificate_pem,
                                  const std::string& authority_pem);

/// authority.pem: authority_succession_broken if a further certificate has not the name and the key
/// of the first.
[[nodiscard]] Status check_authorities(const std::string& authority_pem);

/// The end of the authority's certificate that ends last.
[[nodiscard]] Result<std::int64_t> authority_end_unix_s(const std::string& authority_pem);

}  // namespace cityledger::crypto
