#include "crypto/certificate_renewal.hpp"

#include "crypto/certificate_end.hpp"
#include "crypto/check.hpp"
#include "crypto/x509_parts.hpp"

namespace cityledger::crypto {

Result<std::string> renew_node_certificate(const IssuedIdentity& authority,
                                           const std::string& certificate_pem, Validity validity) {
    const ErrorQueueGuard guard;
    if (const Status usable = check_validity(validity); !usable) return propagate(usable);
    const auto issuer = read_issuer(authority);
    if (!issuer) return propagate(issuer);
    const auto old = read_certificate(certificate_pem, "node's certificate");
    if (!old) return propagate(old);
    if (const Status issued = check_issued_by(old->get(), issuer->certificate.get()); !issued) {
        return propagate(issued);
    }
    const auto name = node_name_of(certificate_pem);
    if (!name) return propagate(name);
    return make_node_certificate(*issuer, *name, X509_get0_pubkey(old->get()), validity);
}

Result<std::string> renew_authority(const IssuedIdentity& authority, Validity validity) {
    const ErrorQueueGuard guard;
    if (const Status usable = check_validity(validity); !usable) return propagate(usable);
    const auto issuer = read_issuer(authority);
    if (!issuer) return propagate(issuer);
    const Certificate renewed = start_certificate(native(issuer->key), validity);
    X509_NAME* const name = X509_get_subject_name(issuer->certificate.get());
    CHECK_INVARIANT(X509_set_subject_name(renewed.get(), name) == 1);
    CHECK_INVARIANT(X509_set_issuer_name(renewed.get(), name) == 1);
    add_authority_extensions(renewed.get());
    return sign_certificate(renewed.get(), issuer->key);
}

Status check_issued(const std::string& certificate_pem, const std::string& authority_pem) {
    const ErrorQueueGuard guard;
    const auto certificate = read_certificate(certificate_pem, "node's certificate");
    if (!certificate) return propagate(certificate);
    const auto authority = read_certificate(authority_pem, "authority's certificate");
    if (!authority) return propagate(authority);
    return check_issued_by(certificate->get(), authority->get());
}

Status check_authorities(const std::string& authority_pem) {
    const ErrorQueueGuard guard;
    const auto authorities = read_authorities(authority_pem);
    if (!authorities) return propagate(authorities);
    return {};
}

Result<std::int64_t> authority_end_unix_s(const std::string& authority_pem) {
    const ErrorQueueGuard guard;
    const auto authorities = read_authorities(authority_pem);
    if (!authorities) return propagate(authorities);
    std::int64_t latest = 0;
    for (const Certificate& authority : *authorities) {
        const auto end = certificate_end_unix_s(to_pem(authority.get()));
        if (!end) return end;
        latest = std::max(latest, *end);
    }
    return latest;
}

}  // namespace cityledger::crypto
