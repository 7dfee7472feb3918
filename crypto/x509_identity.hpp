#pragma once
// X.509 identities of nodes: one authority per network, one certificate per node.
// RFC 5280; the node's name is a URI subjectAltName `cityledger:CHAIN_ID_HEX/NODE_NAME`.

#include <cstdint>
#include <string>

#include "crypto/keys.hpp"
#include "crypto/result.hpp"

namespace cityledger::crypto {

/// Certificate and private key, both as PEM.
struct IssuedIdentity {
    std::string certificate_pem;
    std::string private_key_pem;
};

/// What a node certificate says of its holder.
struct NodeName {
    std::string network;  ///< lower-case hex of the network id; certificates don't cross networks
    std::string node;     ///< e.g. "node0"
    bool operator==(const NodeName&) const = default;
};

struct Validity {
    std::int64_t not_before_unix_s = 0;
    std::int64_t not_after_unix_s = 0;
};

/// A new self-signed authority (CA:TRUE, keyCertSign and cRLSign only).
[[nodiscard]] IssuedIdentity create_authority(const std::string& name, Validity validity);

/// A node certificate signed by the authority: both server and client usage, SAN as above.
[[nodiscard]] Result<IssuedIdentity> issue_node_certificate(const IssuedIdentity& authority,
                                                            const NodeName& name,
                                                            Validity validity);

/// Reads the node's name from a certificate; refuses a certificate without exactly one such SAN.
[[nodiscard]] Result<NodeName> node_name_of(const std::string& certificate_pem);

/// Checks a certificate against the authority at a given time, each cause with its own code:
/// wrong authority, expired, not yet valid, wrong usage, other network, other node. The authority's
/// text may go on with successors of its certificate (crypto/certificate_renewal.hpp), of which one
/// must be good at that time.
[[nodiscard]] Status check_node_certificate(const std::string& certificate_pem,
                                            const std::string& authority_pem,
                                            const NodeName& expected, std::int64_t now_unix_s);

/// A certificate that the key itself has signed: for a TLS side that the other one knows by its
/// key, as the chain has it, and not by an authority. The name is for people.
[[nodiscard]] IssuedIdentity self_signed_certificate(const PrivateKey& key, const std::string& name,
                                                     Validity validity);

/// The key of a certificate; certificate_key_unusable if it is none of P-256.
[[nodiscard]] Result<PublicKeyBytes> certificate_key(const std::string& certificate_pem);

/// SHA-256 of the (first) certificate's DER form: how a genesis names its authority.
[[nodiscard]] Result<Digest> certificate_digest(const std::string& certificate_pem);

}  // namespace cityledger::crypto
