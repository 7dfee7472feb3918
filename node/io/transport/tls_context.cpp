#include "node/io/transport/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "crypto/check.hpp"
#include "crypto/handle.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

using Certificate = crypto::Handle<X509, X509_free>;
using Key = crypto::Handle<EVP_PKEY, EVP_PKEY_free>;
using Memory = crypto::Handle<BIO, BIO_free>;

/// Reasons from here on are alerts that the other side sent (RFC 8446, section 6).
constexpr int k_first_alert_reason = SSL_AD_REASON_OFFSET;

Memory read_memory(const std::string& text) {
    Memory memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    CHECK_INVARIANT(memory != nullptr);
    return memory;
}

/// Lets every certificate through the handshake; see the top of the header.
int postpone_certificate_check(X509_STORE_CTX*, void*) { return 1; }

void apply_fixed_settings(SSL_CTX* settings) {
    CHECK_INVARIANT(SSL_CTX_set_min_proto_version(settings, TLS1_3_VERSION) == 1);
    CHECK_INVARIANT(SSL_CTX_set_max_proto_version(settings, TLS1_3_VERSION) == 1);
    SSL_CTX_set_options(settings, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(settings, SSL_SESS_CACHE_OFF);
    CHECK_INVARIANT(SSL_CTX_set_num_tickets(settings, 0) == 1);
    SSL_CTX_set_mode(settings, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_verify(settings, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(settings, postpone_certificate_check, nullptr);
}

}  // namespace

Result<std::shared_ptr<SSL_CTX>> make_tls_settings(const TlsIdentity& identity) {
    const crypto::ErrorQueueGuard guard;
    const std::shared_ptr<SSL_CTX> settings(SSL_CTX_new(TLS_method()), SSL_CTX_free);
    CHECK_INVARIANT(settings != nullptr);
    apply_fixed_settings(settings.get());

    const Memory certificate_text = read_memory(identity.certificate_pem);
    const Memory key_text = read_memory(identity.private_key_pem);
    const Certificate certificate(
        PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
    const Key key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
    std::string problem;
    if (!certificate) {
        problem = "the certificate is unreadable";
    } else if (!key) {
        problem = "the key is unreadable";
    } else if (SSL_CTX_use_certificate(settings.get(), certificate.get()) != 1) {
        problem = "the certificate is too weak or of an unknown kind";
    } else if (SSL_CTX_use_PrivateKey(settings.get(), key.get()) != 1) {
        problem = "the key does not belong to the certificate";
    }
    if (!problem.empty()) return refuse(codes::tls_settings_unusable, problem);
    return settings;
}

std::string peer_certificate(SSL* connection) {
    const crypto::ErrorQueueGuard guard;
    const Certificate certificate(SSL_get1_peer_certificate(connection));
    CHECK_INVARIANT(certificate != nullptr);  // the handshake demands one
    const Memory memory(BIO_new(BIO_s_mem()));
    CHECK_INVARIANT(memory != nullptr);
    CHECK_INVARIANT(PEM_write_bio_X509(memory.get(), certificate.get()) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return std::string(text, static_cast<std::size_t>(size));
}

Error handshake_error(unsigned long openssl_error, const std::string& words) {
    const int reason = ERR_GET_REASON(openssl_error);
    if (reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE) {
        return refuse(codes::tls_without_certificate, words).value();
    }
    const bool alert = reason > k_first_alert_reason;
    return refuse(codes::tls_handshake_failed, (alert ? "the peer ended it: " : "") + words)
        .value();
}

}  // namespace cityledger::io
