#include "crypto/x509_identity.hpp"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/x509_vfy.h>

#include <ctime>

#include "crypto/certificate_end.hpp"
#include "crypto/check.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/x509_parts.hpp"

namespace cityledger::crypto {
namespace {

using AlternativeNames = Handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using Store = Handle<X509_STORE, X509_STORE_free>;
using StoreContext = Handle<X509_STORE_CTX, X509_STORE_CTX_free>;

constexpr std::string_view k_name_scheme = "cityledger:";
constexpr std::size_t k_max_node_name_bytes = 63;
constexpr std::size_t k_max_network_name_bytes = 64;

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
    return tl::unexpected<Error>(wrong_authority(detail));
}

/// Signature by this authority and no other, and the time. Of the authority's certificates OpenSSL
/// takes one that is good at the time.
Status check_chain(X509* certificate, const std::vector<Certificate>& authorities,
                   std::int64_t now_unix_s) {
    const Store store(X509_STORE_new());
    const StoreContext context(X509_STORE_CTX_new());
    CHECK_INVARIANT(store != nullptr && context != nullptr);
    for (const Certificate& authority : authorities) {
        CHECK_INVARIANT(X509_STORE_add_cert(store.get(), authority.get()) == 1);
    }
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

std::string to_uri(const NodeName& name) {
    return std::string(k_name_scheme) + name.network + "/" + name.node;
}

IssuedIdentity create_authority(const std::string& name, Validity validity) {
    CHECK_INVARIANT(is_usable(validity));
    const ErrorQueueGuard guard;
    const PrivateKey key = PrivateKey::generate();
    const Certificate certificate = start_certificate(native(key), validity);
    X509* const self = certificate.get();
    if (!set_common_name(self, name)) {
        CHECK_INVARIANT(set_common_name(self, "CityLedger network authority"));
    }
    CHECK_INVARIANT(X509_set_issuer_name(self, X509_get_subject_name(self)) == 1);
    add_authority_extensions(self);
    return {sign_certificate(self, key), key.to_pem()};
}

Result<IssuedIdentity> issue_node_certificate(const IssuedIdentity& authority, const NodeName& name,
                                              Validity validity) {
    const ErrorQueueGuard guard;
    if (!is_network_name(name.network) || !is_node_name(name.node)) {
        return refuse(codes::node_name_malformed, to_uri(name));
    }
    if (const Status usable = check_validity(validity); !usable) return propagate(usable);
    const auto issuer = read_issuer(authority);
    if (!issuer) return propagate(issuer);
    const PrivateKey key = PrivateKey::generate();
    return IssuedIdentity{make_node_certificate(*issuer, name, native(key), validity),
                          key.to_pem()};
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
    const auto authorities = read_authorities(authority_pem);
    if (!authorities) return propagate(authorities);

    Status chain = check_chain(certificate->get(), *authorities, now_unix_s);
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
    const Certificate certificate = start_certificate(native(key), validity);
    X509* const self = certificate.get();
    if (!set_common_name(self, name)) CHECK_INVARIANT(set_common_name(self, "CityLedger member"));
    CHECK_INVARIANT(X509_set_issuer_name(self, X509_get_subject_name(self)) == 1);
    add_extension(self, self, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(self, self, NID_key_usage, "critical,digitalSignature");
    return {sign_certificate(self, key), key.to_pem()};
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
