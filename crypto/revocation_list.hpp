#pragma once
// Certificates that their authority has taken back before their end: an X.509 revocation list
// (CRL, RFC 5280 section 5) of version 2, signed by the network's authority, with a CRL number.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crypto/x509_identity.hpp"

namespace cityledger::crypto {

/// A list whose signature was checked. Cheap to copy; safe to share between threads.
class RevocationList {
public:
    /// Takes nothing back.
    RevocationList() = default;
    /// revocation_list_unreadable, or revocation_list_foreign if another one than the authority has
    /// signed it. A list does not age: it holds until the authority signs the next one.
    static Result<RevocationList> read(const std::string& pem, const std::string& authority_pem);

    /// certificate_revoked with the serial number.
    [[nodiscard]] Status check(const std::string& certificate_pem) const;
    /// Each list of an authority has a higher one than the list before; 0: there was none yet.
    [[nodiscard]] std::uint64_t number() const { return number_; }
    [[nodiscard]] std::size_t size() const { return size_; }

private:
    std::shared_ptr<void> list_;  ///< X509_CRL
    std::uint64_t number_ = 0;
    std::size_t size_ = 0;
};

/// The list that follows `list_pem` (empty: there is none yet) with these certificates on it too.
/// certificate_wrong_authority if one is none of the authority's.
[[nodiscard]] Result<std::string> revoke_certificates(
    const IssuedIdentity& authority, const std::string& list_pem,
    const std::vector<std::string>& certificates_pem, std::int64_t now_unix_s);

/// The serial number in hex, by which people and lists name a certificate.
[[nodiscard]] Result<std::string> certificate_serial(const std::string& certificate_pem);

}  // namespace cityledger::crypto
