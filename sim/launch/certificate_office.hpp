#pragma once
// The authority's work on a network: it renews, rotates and revokes the certificates of the nodes,
// and renews its own. Whoever holds authority.key can do it; the nodes may run meanwhile, and stand
// on other hosts. What it signs is kept in the network's folder.

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/x509_identity.hpp"
#include "node/io/config.hpp"
#include "sim/launch/network_folder.hpp"

namespace cityledger::sim {

/// Of new networks and renewals. The authority outlives the nodes' certificates by far.
inline constexpr std::int64_t k_certificate_days = 365;
inline constexpr std::int64_t k_authority_days = 3650;

/// From an hour ago, since the hosts' clocks need not agree to the second.
[[nodiscard]] crypto::Validity validity_of_days(std::int64_t now_unix_s, std::int64_t days);

/// A certificate as people compare it.
struct CertificateFacts {
    std::string node;
    std::string serial;  ///< hex
    std::int64_t ends_unix_s = 0;
};

/// Which certificates of a node are taken back.
enum class Revoked : std::uint8_t {
    all,        ///< the node is out until it is rotated
    all_older,  ///< all but the one that is in its home now
};

class CertificateOffice {
public:
    /// Reads authority.pem, authority.key, revoked.pem and issued.pem of the folder, the last two
    /// if they are there. `network` must outlive it; it acts at the given time.
    [[nodiscard]] static Result<CertificateOffice> open(const HeldNetwork& network,
                                                        std::int64_t now_unix_s);

    /// A certificate of the same key with new dates, not beyond the end of the authority.
    /// certificate_revoked: such a key needs `rotate`. authority_ended,
    /// certificate_wrong_authority.
    [[nodiscard]] Result<CertificateFacts> renew(const io::NodeHome& home, std::int64_t days);
    /// A new key and its certificate, for the node that the home's node.json names.
    [[nodiscard]] Result<CertificateFacts> rotate(const io::NodeHome& home, std::int64_t days);
    /// Signs a list with these nodes' certificates on it, as far as they have not ended, and hands
    /// it to the homes in the folder. What is new on it; without anything new the list stays.
    [[nodiscard]] Result<std::vector<CertificateFacts>> revoke(
        const std::vector<io::NodeHome>& homes, Revoked which);
    /// Appends a new certificate of the same key to authority.pem of the folder and of its homes.
    /// Its end.
    [[nodiscard]] Result<std::int64_t> renew_authority(std::int64_t days);

    /// The end of the authority's certificate that ends last.
    [[nodiscard]] Result<std::int64_t> authority_end_unix_s() const;

private:
    CertificateOffice(const HeldNetwork& network, std::int64_t now_unix_s)
        : network_(&network), now_unix_s_(now_unix_s) {}

    [[nodiscard]] Result<crypto::Validity> validity(std::int64_t days) const;
    /// Keeps what was issued: a revocation must find all certificates of a node.
    [[nodiscard]] Status remember(const std::string& certificate_pem);
    /// What is in the home, if this authority has issued it; empty if not.
    [[nodiscard]] Result<std::string> remember_current(const io::NodeHome& home);
    [[nodiscard]] Result<bool> is_to_revoke(const std::string& issued, const std::string& node,
                                            const std::string& kept) const;
    /// authority.pem and revoked.pem, into the folder and its homes.
    [[nodiscard]] Status hand_out() const;

    const HeldNetwork* network_;
    std::int64_t now_unix_s_;
    crypto::IssuedIdentity authority_;
    std::string revoked_pem_;  ///< empty: nothing was revoked yet
    std::vector<std::string> issued_;
};

/// A certificate's node, serial number and end.
[[nodiscard]] Result<CertificateFacts> facts_of(const std::string& certificate_pem);

/// Why the others would refuse the certificate of this home at that time: as by
/// check_node_certificate, or certificate_revoked.
[[nodiscard]] Status check_certificate_of(const NetworkFile& network, const std::string& node,
                                          const io::NodeHome& home, std::int64_t now_unix_s);

}  // namespace cityledger::sim
