#pragma once
// For crypto/*.cpp only: what reading, making and signing of certificates and of revocation lists
// have in common.

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string>
#include <string_view>
#include <vector>

#include "crypto/handle.hpp"
#include "crypto/x509_identity.hpp"

namespace cityledger::crypto {

using Certificate = Handle<X509, X509_free>;
using Memory = Handle<BIO, BIO_free>;
using Extension = Handle<X509_EXTENSION, X509_EXTENSION_free>;

/// Over the first MiB of a text, which must outlive it.
[[nodiscard]] Memory read_memory(std::string_view text);
[[nodiscard]] std::string written_text(BIO* memory);

/// The first certificate of a text; certificate_unreadable with whose it is.
[[nodiscard]] Result<Certificate> read_certificate(std::string_view pem, std::string_view whose);
[[nodiscard]] std::string to_pem(X509* certificate);

/// An authority's certificate and its successors (authority.pem): authority_succession_broken
/// unless each has the name and the key of the first.
[[nodiscard]] Result<std::vector<Certificate>> read_authorities(std::string_view pem);

/// The authority's certificate and key as they sign.
struct Issuer {
    Certificate certificate;
    PrivateKey key;
};
/// private_key_mismatch if they do not belong together.
[[nodiscard]] Result<Issuer> read_issuer(const IssuedIdentity& authority);

/// How a certificate has the name of a node.
[[nodiscard]] std::string to_uri(const NodeName& name);

/// certificate_wrong_authority.
[[nodiscard]] Error wrong_authority(const std::string& detail);
/// That the authority's key has signed it, at whatever time; else wrong_authority.
[[nodiscard]] Status check_issued_by(X509* certificate, X509* authority);

[[nodiscard]] bool is_usable(Validity validity);
/// validity_malformed if it is empty or outside of what a certificate can say.
[[nodiscard]] Status check_validity(Validity validity);

[[nodiscard]] EVP_PKEY* native(const PrivateKey& key);

/// Sets the one common name; false if the text cannot stand there (over 64 characters, not UTF-8).
[[nodiscard]] bool set_common_name(X509* certificate, const std::string& text);
/// A v3 certificate of the key with a random serial number, without names and extensions.
[[nodiscard]] Certificate start_certificate(EVP_PKEY* key, Validity validity);
/// Adds one extension in OpenSSL's configuration notation. The value is never outside text but
/// for a node's name whose characters were checked.
void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value);
/// The extensions of every authority; it is its own issuer.
void add_authority_extensions(X509* authority);
/// The issuer's signature over all that was set; the certificate as PEM.
[[nodiscard]] std::string sign_certificate(X509* certificate, const PrivateKey& issuer_key);
/// A certificate of this node and key, named, extended and signed.
[[nodiscard]] std::string make_node_certificate(const Issuer& issuer, const NodeName& name,
                                                EVP_PKEY* key, Validity validity);

/// Serial number in hex, as people compare it.
[[nodiscard]] std::string serial_of(const X509* certificate);

}  // namespace cityledger::crypto
