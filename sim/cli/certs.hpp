#pragma once
// The commands `certs`: certificates of the nodes of a network, for who holds its authority's key.

#include <cstdint>
#include <optional>
#include <string>

namespace cityledger::sim {

struct CertsOptions {
    std::string path = "run";  ///< folder of a network, or a node's home
    std::string authority;     ///< folder with the authority's key; empty: the path, or around it
    std::optional<std::int64_t> days;
    bool old = false;  ///< of `revoke`: all but the certificate that is in the home now
};

/// Each node's certificate and whether the others take it: 1 if one is not taken.
int run_certs_show(const CertsOptions& options);
/// New dates for the same keys.
int run_certs_renew(const CertsOptions& options);
/// New keys.
int run_certs_rotate(const CertsOptions& options);
/// Puts certificates on the revocation list.
int run_certs_revoke(const CertsOptions& options);
/// A new certificate of the authority for the same key.
int run_certs_authority(const CertsOptions& options);

}  // namespace cityledger::sim
