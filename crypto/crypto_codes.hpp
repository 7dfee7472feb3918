#pragma once
// Codes of crypto: 1000 to 1099.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_CRYPTO_CODES(X) \
    X(key_malformed, 1001, invalid, "the public key is not a valid point of the curve", "send the 33-byte compressed form of a P-256 key") \
    X(key_kind_unknown, 1002, invalid, "the first byte names no known kind of key", "use 02 or 03 for P-256") \
    X(private_key_unreadable, 1003, broken, "the file holds no readable private key", "give a PKCS#8 PEM file of a P-256 key") \
    X(private_key_mismatch, 1004, broken, "the private key does not belong to the certificate", "give the certificate and the key that were made together") \
    X(key_kinds_differ, 1005, invalid, "two keys of different kinds cannot agree on a secret", "use keys of one suite on both sides") \
    X(certificate_unreadable, 1010, broken, "the bytes are no X.509 certificate in PEM", "check the path and the file") \
    X(certificate_wrong_authority, 1011, broken, "the certificate was not issued by this network's authority", "use a certificate made by the same `cityledger up`") \
    X(certificate_expired, 1012, broken, "the certificate has expired", "give the node a new one: `cityledger certs renew`, and before it `cityledger certs authority` if it is the authority's that ended") \
    X(certificate_not_yet_valid, 1013, broken, "the certificate is not valid yet", "check the clocks of both hosts") \
    X(certificate_wrong_usage, 1014, broken, "the certificate does not allow this use", "issue a node certificate, not an authority or client one") \
    X(certificate_wrong_network, 1015, broken, "the certificate names another network", "connect nodes of one genesis only") \
    X(certificate_wrong_node, 1016, broken, "the certificate names another node than expected", "check the peer's address and certificate") \
    X(certificate_without_name, 1017, broken, "the certificate has no node name of the form cityledger:NETWORK/NODE", "issue it with the authority of the network") \
    X(node_name_malformed, 1018, invalid, "the network or node name cannot stand in a certificate", "use lower-case hex for the network, and 1 to 63 letters, digits, '-', '_' or '.' for the node") \
    X(validity_malformed, 1019, invalid, "the period of validity is empty or outside the years 1970 to 9999", "give a start that lies before the end") \
    X(seal_too_short, 1020, invalid, "the sealed bytes are shorter than a nonce and a tag", "fetch the whole sealed value again") \
    X(seal_bad_tag, 1021, invalid, "the sealed bytes do not open under this key and context", "check the key, and that the value belongs to this record") \
    X(wrapped_key_bad, 1022, invalid, "the wrapped key does not open under this key", "check who wrapped it, for whom, and in which context") \
    X(certificate_key_unusable, 1023, broken, "the certificate's key is none of P-256", "make the certificate with the member's signing key") \
    X(certificate_revoked, 1024, broken, "the certificate is on the authority's revocation list", "give the node a new key and certificate: `cityledger certs rotate`") \
    X(revocation_list_unreadable, 1025, broken, "the bytes are no revocation list (X.509 CRL) in PEM", "put back the revoked.pem that the authority signed last") \
    X(revocation_list_foreign, 1026, broken, "the revocation list was not signed by this network's authority", "put back the revoked.pem that the authority signed last") \
    X(authority_succession_broken, 1027, broken, "a further certificate in authority.pem has not the name and the key of the first", "put back the authority.pem that `cityledger certs authority` wrote")
// clang-format on

namespace cityledger::crypto {
CITYLEDGER_DEFINE_CODES(crypto_codes, CITYLEDGER_CRYPTO_CODES)
}  // namespace cityledger::crypto
