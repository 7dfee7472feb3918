#pragma once
// TLS 1.3 between nodes, both sides with certificates. The TLS layer proves that the other side
// holds the key of the certificate that it shows; whose certificate that is gets decided right
// after the handshake, by both sides (transport_session.hpp), so that the side that is refused
// can be told the reason: a TLS alert would hardly say more than "bad certificate".

#include <memory>
#include <string>

#include "crypto/result.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace cityledger::io {

/// A node's certificate and key with its authority's certificate, all PEM.
struct TlsIdentity {
    std::string certificate_pem;
    std::string private_key_pem;
    std::string authority_pem;
};

/// Settings for both roles: TLS 1.3 only, certificates demanded, no session resumption, no early
/// data. Refuses a certificate and key that do not belong together.
[[nodiscard]] Result<std::shared_ptr<ssl_ctx_st>> make_tls_settings(const TlsIdentity& identity);

/// The certificate that the other side of a finished handshake has shown, as PEM.
[[nodiscard]] std::string peer_certificate(ssl_st* connection);

/// Why a handshake failed: `openssl_error` is the entry of OpenSSL's error queue, `words` its text.
[[nodiscard]] Error handshake_error(unsigned long openssl_error, const std::string& words);

}  // namespace cityledger::io
