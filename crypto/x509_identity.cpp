#include "crypto/x509_identity.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "crypto/certificate_end.hpp"
#include "crypto/check.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/handle.hpp"

namespace cityledger::crypto {
namespace {

using Certificate = Handle<X509, X509_free>;
using Memory = Handle<BIO, BIO_free>;
using Extension = Handle<X509_EXTENSION, X509_EXTENSION_free>;
using AlternativeNames = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using Store = Handle<X509_STORE, X509_STORE_free>;
using StoreContext = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;
using BigNumber = Handle<BIGNUM, BN_free>;

constexpr std::string_view k_name_scheme = "cityledger:";
constexpr std::size_t k_max_node_name_bytes = 63;
constexpr std::size_t k_max_network_name_bytes = 64;
constexpr std::size_t k_max_pem_bytes = 1 << 20;
constexpr std::int64_t k_last_second_of_9999_unix_s = 253'402'300'799;
constexpr int k_serial_bits = 159;

bool is_network_name(std::string_view text) {
    return !text.empty() && text.size() <= k_max_network_name_bytes &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_node_name(std::string_view text) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    return !text.empty() && text.size() <= k_max_node_name_bytes &&
           text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_usable(Validity validity) {
    return validity.not_before_unix_s >= 0 &&
           validity.not_before_unix_s < validity.not_after_unix_s &&
           validity.not_after_unix_s <= k_last_second_of_9999_unix_s;
}

std::string to_uri(const NodeName& name) {
    return std::string(k_name_scheme) + name.network + "/" + name.node;
}

/// Nothing if the text is not `cityledger:NETWORK/NODE`.
std::optional<NodeName> parse_uri(std::string_view uri) {
    if (!uri.starts_with(k_name_scheme)) return std::nullopt;
    uri.remove_prefix(k_name_scheme.size());
    const std::size_t slash = uri.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    NodeName name{std::string(uri.substr(0, slash)), std::string(uri.substr(slash + 1))};
    if (!is_network_name(name.network) || !is_node_name(name.node)) return std::nullopt;
    return name;
}

Result<Certificate> read_certificate(std::string_view pem, std::string_view whose) {
    const std::string_view bounded = pem.substr(0, k_max_pem_bytes);
    const Memory memory(BIO_new_mem_buf(bounded.data(), static_cast<int>(bounded.size())));
    CHECK_INVARIANT(memory != nullptr);
    Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!certificate) return refuse(codes::certificate_unreadable, std::string(whose));
    return certificate;
}

std::string to_pem(X509* certificate) {
    const Memory memory(BIO_new(BIO_s_mem()));
    CHECK_INVARIANT(memory != nullptr);
    CHECK_INVARIANT(PEM_write_bio_X509(memory.get(), certificate) == 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    CHECK_INVARIANT(size > 0);
    return {text, static_cast<std::size_t>(size)};
}

EVP_PKEY* native(const PrivateKey& key) { return static_cast<EVP_PKEY*>(key.native_handle()); }

/// Sets the one common name; false if the text cannot stand there (over 64 characters, not UTF-8).
bool set_common_name(X509* certificate, const std::string& text) {
    return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                      MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1;
}

/// A v3 certificate of the key with a random serial number, without names and extensions.
Certificate start_certificate(const PrivateKey& key, Validity validity) {
    Certificate certificate(X509_new());
    const BigNumber serial(BN_new());
    CHECK_INVARIANT(certificate != nullptr && serial != nullptr);
    CHECK_INVARIANT(BN_rand(serial.get(), k_serial_bits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1);
    CHECK_INVARIANT(BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())));
    CHECK_INVARIANT(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    CHECK_INVARIANT(
        ASN1_TIME_set(X509_getm_notBefore(certificate.get()), validity.not_before_unix_s));
    CHECK_INVARIANT(
        ASN1_TIME_set(X509_getm_notAfter(certificate.get()), validity.not_after_unix_s));
    CHECK_INVARIANT(X509_set_pubkey(certificate.get(), native(key)) == 1);
    return certificate;
}

/// Adds one extension in OpenSSL's configuration notation. The value is never outside text but
/// for the node's name, whose characters were checked.
void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    CHECK_INVARIANT(extension != nullptr);
    CHECK_INVARIANT(X509_add_ext(certificate, extension.get(), -1) == 1);
}

IssuedIdentity sign_certificate(X509* certificate, const PrivateKey& issuer_key,
                                const PrivateKey& own_key) {
    CHECK_INVARIANT(X509_sign(certificate, native(issuer_key), EVP_sha256()) > 0);
    return {to_pem(certificate), own_key.to_pem()};
}

Result<NodeName> read_node_name(X509* certificate) {
    int position = -1;
    const AlternativeNames names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, &position)));
    std::optional<NodeName> found;
    int candidates = 0;
    const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
    for (int i = 0; i < count; ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type != GEN_URI) continue;
        const ASN1_STRING* uri = name->d.uniformResourceIdentifier;
        const std::string_view text = as_text(
            {ASN1_STRING_get0_data(uri), static_cast<std::size_t>(ASN1_STRING_length(uri))});
        if (!text.starts_with(k_name_scheme)) continue;
        ++candidates;
        found = parse_uri(text);
    }
    if (candidates != 1 || !found) {
        return refuse(codes::certificate_without_name,
                      std::to_string(candidates) + " names of this scheme");
    }
    return *std::move(found);
}

/// One code for each cause that OpenSSL reports; all that is neither time nor purpose means that
/// no chain leads to the authority.
Status explain_failed_chain(X509_STORE_CTX* context) {
    const int cause = X509_STORE_CTX_get_error(context);
    const std::string detail =
        std::string(X509_STORE_CTX_get_error_depth(context) == 0 ? "node's" : "authority's") +
        " certificate: " + X509_verify_cert_error_string(cause);
    if (cause == X509_V_ERR_CERT_HAS_EXPIRED) return refuse(codes::certificate_expired, detail);
    if (cause == X509_V_ERR_CERT_NOT_YET_VALID) {
        return refuse(codes::certificate_not_yet_valid, detail);
    }
    return refuse(codes::certificate_wrong_authority, detail);
}

/// Signature by this authority and no other, and the time.
Status check_chain(X509* certificate, X509* authority, std::int64_t now_unix_s) {
    const Store store(X509_STORE_new());
    const StoreContext context(X509_STORE_CTX_new());
    CHECK_INVARIANT(store != nullptr && context != nullptr);
    CHECK_INVARIANT(X509_STORE_add_cert(store.get(), authority) == 1);
    CHECK_INVARIANT(X509_STORE_CTX_init(context.get(), store.get(), certificate, nullptr) == 1);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_time(parameters, now_unix_s);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CHECK_SS_SIGNATURE);
    if (X509_verify_cert(context.get()) == 1) return {};
    return explain_failed_chain(context.get());
}

/// A node is server to some peers and client to others, so it needs both usages.
Status check_usage(X509* certificate) {
    const char* missing = nullptr;
    if (X509_check_ca(certificate) != 0) missing = "it is an authority";
    if (X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) != 1) missing = "no server";
    if (X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) != 1) missing = "no client";
    // OpenSSL's purposes also accept keys for key agreement, which TLS 1.3 has no use for.
    if ((X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) == 0) missing = "no signature";
    if (missing != nullptr) return refuse(codes::certificate_wrong_usage, missing);
    return {};
}

}  // namespace

IssuedIdentity create_authority(const std::string& name, Validity validity) {
    CHECK_INVARIANT(is_usable(validity));
    const ErrorQueueGuard guard;
    const PrivateKey key = PrivateKey::generate();
    const Certificate certificate = start_certificate(key, validity);
    X509* const self = certificate.get();
    if (!set_common_name(self, name)) {
        CHECK_INVARIANT(set_common_name(self, "CityLedger network authority"));
    }
    CHECK_INVARIANT(X509_set_issuer_name(self, X509_get_subject_name(self)) == 1);
    add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(self, self, NID_subject_key_identifier, "hash");
    add_extension(self, self, NID_authority_key_identifier, "keyid:always");
    return sign_certificate(self, key, key);
}

Result<IssuedIdentity> issue_node_certificate(const IssuedIdentity& authority, const NodeName& name,
                                              Validity validity) {
    const ErrorQueueGuard guard;
    if (!is_network_name(name.network) || !is_node_name(name.node)) {
        return refuse(codes::node_name_malformed, to_uri(name));
    }
    if (!is_usable(validity)) {
        return refuse(codes::validity_malformed,
                      std::to_string(validity.not_before_unix_s) + " to " +
                          std::to_string(validity.not_after_unix_s) + " s");
    }
    const auto issuer = read_certificate(authority.certificate_pem, "authority's certificate");
    if (!issuer) return propagate(issuer);
    const auto issuer_key = PrivateKey::from_pem(authority.private_key_pem);
    if (!issuer_key) return propagate(issuer_key);
    if (X509_check_private_key(issuer->get(), native(*issuer_key)) != 1) {
        return refuse(codes::private_key_mismatch, "authority's certificate and key");
    }

    const PrivateKey key = PrivateKey::generate();
    const Certificate certificate = start_certificate(key, validity);
    X509* const self = certificate.get();
    CHECK_INVARIANT(set_common_name(self, name.node));
    CHECK_INVARIANT(X509_set_issuer_name(self, X509_get_subject_name(issuer->get())) == 1);
    add_extension(self, issuer->get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(self, issuer->get(), NID_key_usage, "critical,digitalSignature");
    add_extension(self, issuer->get(), NID_ext_key_usage, "serverAuth,clientAuth");
    add_extension(self, issuer->get(), NID_subject_alt_name, "URI:" + to_uri(name));
    add_extension(self, issuer->get(), NID_subject_key_identifier, "hash");
    // Not "always": an authority made elsewhere may lack the identifier to point at.
    add_extension(self, issuer->get(), NID_authority_key_identifier, "keyid");
    return sign_certificate(self, *issuer_key, key);
}

Result<NodeName> node_name_of(const std::string& certificate_pem) {
    const ErrorQueueGuard guard;
    const auto certificate = read_certificate(certificate_pem, "node's certificate");
    if (!certificate) return propagate(certificate);
    return read_node_name(certificate->get());
}

Status check_node_certificate(const std::string& certificate_pem, const std::string& authority_pem,
                              const NodeName& expected, std::int64_t now_unix_s) {
    const ErrorQueueGuard guard;
    const auto certificate = read_certificate(certificate_pem, "node's certificate");
    if (!certificate) return propagate(certificate);
    const auto authority = read_certificate(authority_pem, "authority's certificate");
    if (!authority) return propagate(authority);

    Status chain = check_chain(certificate->get(), authority->get(), now_unix_s);
    if (!chain) return chain;
    Status usage = check_usage(certificate->get());
    if (!usage) return usage;
    const auto name = read_node_name(certificate->get());
    if (!name) return propagate(name);
    if (name->network != expected.network) {
        return refuse(codes::certificate_wrong_network, name->network);
    }
    if (name->node != expected.node) {
        return refuse(codes::certificate_wrong_node, name->node + " instead of " + expected.node);
    }
    return {};
}

IssuedIdentity self_signed_certificate(const PrivateKey& key, const std::string& name,
                                       Validity validity) {
    CHECK_INVARIANT(is_usable(validity));
    const ErrorQueueGuard guard;
    const Certificate certificate = start_certificate(key, validity);
    X509* const self = certificate.get();
    if (!set_common_name(self, name)) CHECK_INVARIANT(set_common_name(self, "CityLedger member"));
    CHECK_INVARIANT(X509_set_issuer_name(self, X509_get_subject_name(self)) == 1);
    add_extension(self, self, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(self, self, NID_key_usage, "critical,digitalSignature");
    return sign_certificate(self, key, key);
}

Result<std::int64_t> certificate_end_unix_s(const std::string& certificate_pem) {
    const ErrorQueueGuard guard;
    const auto certificate = read_certificate(certificate_pem, "node's certificate");
    if (!certificate) return propagate(certificate);
    std::tm end{};
    CHECK_INVARIANT(ASN1_TIME_to_tm(X509_get0_notAfter(certificate->get()), &end) == 1);
    return std::int64_t{::timegm(&end)};
}

Result<PublicKeyBytes> certificate_key(const std::string& certificate_pem) {
    const ErrorQueueGuard guard;
    const auto certificate = read_certificate(certificate_pem, "member's certificate");
    if (!certificate) return propagate(certificate);
    const EVP_PKEY* key = X509_get0_pubkey(certificate->get());
    // SEC 1 section 2.3.3: 4, x, y.
    std::array<std::uint8_t, 65> point{};
    std::size_t size = 0;
    const bool is_point = key != nullptr && EVP_PKEY_is_a(key, "EC") &&
                          EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY,
                                                          point.data(), point.size(), &size) == 1 &&
                          size == point.size() && point[0] == POINT_CONVERSION_UNCOMPRESSED;
    PublicKeyBytes compressed;
    const bool y_is_odd = (point.back() & 1) != 0;
    compressed.bytes[0] = y_is_odd ? POINT_CONVERSION_COMPRESSED + 1 : POINT_CONVERSION_COMPRESSED;
    std::copy_n(point.begin() + 1, compressed.bytes.size() - 1, compressed.bytes.begin() + 1);
    const auto decoded = PublicKey::decode(compressed);
    if (!is_point || !decoded) return refuse(codes::certificate_key_unusable);
    return compressed;
}

Result<Digest> certificate_digest(const std::string& certificate_pem) {
    const ErrorQueueGuard guard;
    const auto certificate = read_certificate(certificate_pem, "certificate");
    if (!certificate) return propagate(certificate);
    Digest digest;
    unsigned size = 0;
    CHECK_INVARIANT(X509_digest(certificate->get(), EVP_sha256(), digest.bytes.data(), &size) == 1);
    CHECK_INVARIANT(size == digest.bytes.size());
    return digest;
}

}  // namespace cityledger::crypto
