#include "crypto/x509_parts.hpp"

#include <openssl/bn.h>
#include <openssl/pem.h>

#include "crypto/check.hpp"
#include "crypto/crypto_codes.hpp"

namespace cityledger::crypto {
namespace {

using BigNumber = Handle<BIGNUM, BN_free>;

constexpr std::size_t k_max_pem_bytes = 1 << 20;
constexpr std::int64_t k_last_second_of_9999_unix_s = 253'402'300'799;
constexpr int k_serial_bits = 159;

bool succeeds(X509* later, X509* first) {
    return X509_NAME_cmp(X509_get_subject_name(later), X509_get_subject_name(first)) == 0 &&
           EVP_PKEY_eq(X509_get0_pubkey(later), X509_get0_pubkey(first)) == 1 &&
           X509_verify(later, X509_get0_pubkey(first)) == 1;
}

}  // namespace

Memory read_memory(std::string_view text) {
    const std::string_view bounded = text.substr(0, k_max_pem_bytes);
    Memory memory(BIO_new_mem_buf(bounded.data(), static_cast<int>(bounded.size())));
    CHECK_INVARIANT(memory != nullptr);
    return memory;
}

std::string written_text(BIO* memory) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    CHECK_INVARIANT(size > 0);
    return {text, static_cast<std::size_t>(size)};
}

Result<Certificate> read_certificate(std::string_view pem, std::string_view whose) {
    const Memory memory = read_memory(pem);
    Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!certificate) return refuse(codes::certificate_unreadable, std::string(whose));
    return certificate;
}

std::string to_pem(X509* certificate) {
    const Memory memory(BIO_new(BIO_s_mem()));
    CHECK_INVARIANT(memory != nullptr);
    CHECK_INVARIANT(PEM_write_bio_X509(memory.get(), certificate) == 1);
    return written_text(memory.get());
}

Result<std::vector<Certificate>> read_authorities(std::string_view pem) {
    constexpr std::string_view k_begin = "-----BEGIN CERTIFICATE-----";
    std::vector<Certificate> authorities;
    do {
        auto next = read_certificate(pem, "authority's certificate");
        if (!next) return propagate(next);
        if (!authorities.empty() && !succeeds(next->get(), authorities.front().get())) {
            return refuse(codes::authority_succession_broken,
                          "certificate " + std::to_string(authorities.size() + 1));
        }
        authorities.push_back(*std::move(next));
        pem.remove_prefix(std::min(pem.find(k_begin), pem.size()));
        pem.remove_prefix(std::min(k_begin.size(), pem.size()));
        pem.remove_prefix(std::min(pem.find(k_begin), pem.size()));
    } while (!pem.empty());
    return authorities;
}

Result<Issuer> read_issuer(const IssuedIdentity& authority) {
    auto certificate = read_certificate(authority.certificate_pem, "authority's certificate");
    if (!certificate) return propagate(certificate);
    auto key = PrivateKey::from_pem(authority.private_key_pem);
    if (!key) return propagate(key);
    if (X509_check_private_key(certificate->get(), native(*key)) != 1) {
        return refuse(codes::private_key_mismatch, "authority's certificate and key");
    }
    return Issuer{*std::move(certificate), *std::move(key)};
}

Error wrong_authority(const std::string& detail) {
    return refuse(codes::certificate_wrong_authority, detail).value();
}

Status check_issued_by(X509* certificate, X509* authority) {
    const bool issued =
        X509_NAME_cmp(X509_get_issuer_name(certificate), X509_get_subject_name(authority)) == 0 &&
        X509_verify(certificate, X509_get0_pubkey(authority)) == 1;
    if (issued) return {};
    return tl::unexpected<Error>(wrong_authority("it did not sign this certificate"));
}

bool is_usable(Validity validity) {
    return validity.not_before_unix_s >= 0 &&
           validity.not_before_unix_s < validity.not_after_unix_s &&
           validity.not_after_unix_s <= k_last_second_of_9999_unix_s;
}

Status check_validity(Validity validity) {
    if (is_usable(validity)) return {};
    return refuse(codes::validity_malformed, std::to_string(validity.not_before_unix_s) + " to " +
                                                 std::to_string(validity.not_after_unix_s) + " s");
}

EVP_PKEY* native(const PrivateKey& key) { return static_cast<EVP_PKEY*>(key.native_handle()); }

bool set_common_name(X509* certificate, const std::string& text) {
    return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                      MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()), -1, 0) == 1;
}

Certificate start_certificate(EVP_PKEY* key, Validity validity) {
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
    CHECK_INVARIANT(X509_set_pubkey(certificate.get(), key) == 1);
    return certificate;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    CHECK_INVARIANT(extension != nullptr);
    CHECK_INVARIANT(X509_add_ext(certificate, extension.get(), -1) == 1);
}

void add_authority_extensions(X509* authority) {
    add_extension(authority, authority, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(authority, authority, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(authority, authority, NID_subject_key_identifier, "hash");
    add_extension(authority, authority, NID_authority_key_identifier, "keyid:always");
}

std::string sign_certificate(X509* certificate, const PrivateKey& issuer_key) {
    CHECK_INVARIANT(X509_sign(certificate, native(issuer_key), EVP_sha256()) > 0);
    return to_pem(certificate);
}

std::string make_node_certificate(const Issuer& issuer, const NodeName& name, EVP_PKEY* key,
                                  Validity validity) {
    const Certificate certificate = start_certificate(key, validity);
    X509* const self = certificate.get();
    X509* const by = issuer.certificate.get();
    CHECK_INVARIANT(set_common_name(self, name.node));
    CHECK_INVARIANT(X509_set_issuer_name(self, X509_get_subject_name(by)) == 1);
    add_extension(self, by, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(self, by, NID_key_usage, "critical,digitalSignature");
    add_extension(self, by, NID_ext_key_usage, "serverAuth,clientAuth");
    add_extension(self, by, NID_subject_alt_name, "URI:" + to_uri(name));
    add_extension(self, by, NID_subject_key_identifier, "hash");
    // Not "always": an authority made elsewhere may lack the identifier to point at.
    add_extension(self, by, NID_authority_key_identifier, "keyid");
    return sign_certificate(self, issuer.key);
}

std::string serial_of(const X509* certificate) {
    const BigNumber number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
    CHECK_INVARIANT(number != nullptr);
    char* const hex = BN_bn2hex(number.get());
    CHECK_INVARIANT(hex != nullptr);
    std::string text(hex);
    OPENSSL_free(hex);
    return text;
}

}  // namespace cityledger::crypto
