#include "crypto/revocation_list.hpp"

#include <openssl/pem.h>

#include "crypto/check.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/x509_parts.hpp"

namespace cityledger::crypto {
namespace {

using List = Handle<X509_CRL, X509_CRL_free>;
using Entry = Handle<X509_REVOKED, X509_REVOKED_free>;
using Integer = Handle<ASN1_INTEGER, ASN1_INTEGER_free>;
using Time = Handle<ASN1_TIME, ASN1_TIME_free>;

constexpr long k_version_2 = 1;
constexpr std::int64_t k_next_list_s = std::int64_t{10} * 365 * 24 * 60 * 60;

std::uint64_t number_of(X509_CRL* list) {
    const Integer number(
        static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(list, NID_crl_number, nullptr, nullptr)));
    std::uint64_t value = 0;
    return number && ASN1_INTEGER_get_uint64(&value, number.get()) == 1 ? value : 0;
}

std::size_t size_of(X509_CRL* list) {
    const int size = sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list));
    return size < 0 ? 0 : static_cast<std::size_t>(size);  // -1: the field is absent
}

Result<List> read_list(const std::string& pem, const X509* authority) {
    const Memory memory = read_memory(pem);
    List list(PEM_read_bio_X509_CRL(memory.get(), nullptr, nullptr, nullptr));
    if (!list) return refuse(codes::revocation_list_unreadable);
    const bool own =
        X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_subject_name(authority)) == 0 &&
        X509_CRL_verify(list.get(), X509_get0_pubkey(authority)) == 1;
    if (!own) return refuse(codes::revocation_list_foreign);
    return list;
}

bool has(X509_CRL* list, X509* certificate) {
    X509_REVOKED* entry = nullptr;
    return X509_CRL_get0_by_cert(list, &entry, certificate) == 1;
}

List start_list(X509* authority) {
    List list(X509_CRL_new());
    CHECK_INVARIANT(list != nullptr);
    CHECK_INVARIANT(X509_CRL_set_version(list.get(), k_version_2) == 1);
    CHECK_INVARIANT(X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority)) == 1);
    return list;
}

void add_entry(X509_CRL* list, const X509* certificate, std::int64_t now_unix_s) {
    const Time time(ASN1_TIME_set(nullptr, now_unix_s));
    Entry entry(X509_REVOKED_new());
    CHECK_INVARIANT(time != nullptr && entry != nullptr);
    Integer serial(ASN1_INTEGER_dup(X509_get0_serialNumber(certificate)));
    CHECK_INVARIANT(X509_REVOKED_set_serialNumber(entry.get(), serial.get()) == 1);
    CHECK_INVARIANT(X509_REVOKED_set_revocationDate(entry.get(), time.get()) == 1);
    CHECK_INVARIANT(X509_CRL_add0_revoked(list, entry.release()) == 1);
}

/// RFC 5280 wants a time of the next list. Nobody promises one, and no list is refused for its age.
void set_dates(X509_CRL* list, std::int64_t now_unix_s) {
    const Time now(ASN1_TIME_set(nullptr, now_unix_s));
    const Time next(ASN1_TIME_set(nullptr, now_unix_s + k_next_list_s));
    CHECK_INVARIANT(now != nullptr && next != nullptr);
    CHECK_INVARIANT(X509_CRL_set1_lastUpdate(list, now.get()) == 1);
    CHECK_INVARIANT(X509_CRL_set1_nextUpdate(list, next.get()) == 1);
}

std::string sign_list(X509_CRL* list, const Issuer& issuer, std::uint64_t number) {
    const Integer serial(ASN1_INTEGER_new());
    CHECK_INVARIANT(serial != nullptr && ASN1_INTEGER_set_uint64(serial.get(), number) == 1);
    CHECK_INVARIANT(X509_CRL_add1_ext_i2d(list, NID_crl_number, serial.get(), 0, 0) == 1);
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer.certificate.get(), nullptr, nullptr, list, 0);
    // Not "always": an authority made elsewhere may lack the identifier to point at.
    const Extension by(
        X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid"));
    CHECK_INVARIANT(by != nullptr && X509_CRL_add_ext(list, by.get(), -1) == 1);
    X509_CRL_sort(list);
    CHECK_INVARIANT(X509_CRL_sign(list, native(issuer.key), EVP_sha256()) > 0);
    const Memory memory(BIO_new(BIO_s_mem()));
    CHECK_INVARIANT(memory != nullptr && PEM_write_bio_X509_CRL(memory.get(), list) == 1);
    return written_text(memory.get());
}

}  // namespace

Result<RevocationList> RevocationList::read(const std::string& pem,
                                            const std::string& authority_pem) {
    const ErrorQueueGuard guard;
    const auto authority = read_certificate(authority_pem, "authority's certificate");
    if (!authority) return propagate(authority);
    auto list = read_list(pem, authority->get());
    if (!list) return propagate(list);
    RevocationList read;
    read.number_ = number_of(list->get());
    read.size_ = size_of(list->get());
    read.list_ = std::shared_ptr<X509_CRL>(list->release(), X509_CRL_free);
    return read;
}

Status RevocationList::check(const std::string& certificate_pem) const {
    if (!list_) return {};
    const ErrorQueueGuard guard;
    const auto certificate = read_certificate(certificate_pem, "node's certificate");
    if (!certificate) return propagate(certificate);
    if (!has(static_cast<X509_CRL*>(list_.get()), certificate->get())) return {};
    return refuse(codes::certificate_revoked, "serial number " + serial_of(certificate->get()));
}

Result<std::string> revoke_certificates(const IssuedIdentity& authority,
                                        const std::string& list_pem,
                                        const std::vector<std::string>& certificates_pem,
                                        std::int64_t now_unix_s) {
    const ErrorQueueGuard guard;
    const auto issuer = read_issuer(authority);
    if (!issuer) return propagate(issuer);
    X509* const by = issuer->certificate.get();
    List list = start_list(by);
    std::uint64_t number = 0;
    if (!list_pem.empty()) {
        auto former = read_list(list_pem, by);
        if (!former) return propagate(former);
        number = number_of(former->get());
        STACK_OF(X509_REVOKED)* const entries = X509_CRL_get_REVOKED(former->get());
        for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
            X509_REVOKED* const entry = X509_REVOKED_dup(sk_X509_REVOKED_value(entries, i));
            CHECK_INVARIANT(entry != nullptr);
            CHECK_INVARIANT(X509_CRL_add0_revoked(list.get(), entry) == 1);
        }
    }
    for (const std::string& pem : certificates_pem) {
        const auto certificate = read_certificate(pem, "node's certificate");
        if (!certificate) return propagate(certificate);
        if (const Status own = check_issued_by(certificate->get(), by); !own) {
            return propagate(own);
        }
        if (!has(list.get(), certificate->get())) {
            add_entry(list.get(), certificate->get(), now_unix_s);
        }
    }
    set_dates(list.get(), now_unix_s);
    return sign_list(list.get(), *issuer, number + 1);
}

Result<std::string> certificate_serial(const std::string& certificate_pem) {
    const ErrorQueueGuard guard;
    const auto certificate = read_certificate(certificate_pem, "certificate");
    if (!certificate) return propagate(certificate);
    return serial_of(certificate->get());
}

}  // namespace cityledger::crypto
