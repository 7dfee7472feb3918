#pragma once
// The home folder of a validator: its files read and checked, and locked for one process.

#include "ledger/genesis.hpp"
#include "node/io/config.hpp"
#include "node/io/file_lock.hpp"
#include "node/io/transport/admission.hpp"
#include "node/io/transport/tls_context.hpp"

namespace cityledger::io {

/// Everything that a validator's home says, checked against each other.
struct HomeContents {
    NodeConfig config;
    ledger::Genesis genesis;
    Digest chain_id;
    ledger::ValidatorSet validators;
    std::uint16_t own_index = 0;
    TlsIdentity identity;
    crypto::RevocationList revocations;
    crypto::PrivateKey validator_key;
    /// Why peers will refuse this node's certificate, if they will. The node runs all the same: it
    /// still answers its clients, and says what is wrong.
    Status own_certificate;
};

/// Reads node.json, genesis.json and the PEM files. Refused: a genesis of suite simulation, key
/// files that others can read, an authority or a validator key that is not the genesis's, a
/// revocation list that is not the authority's.
[[nodiscard]] Result<HomeContents> read_home(const NodeHome& home);

/// The node's certificate and key, and authority.pem, unchecked.
[[nodiscard]] Result<TlsIdentity> read_identity(const NodeHome& home);

/// Whom a node of this genesis trusts: genesis_other_authority if the first certificate of
/// authority.pem is not the one that the genesis names; without a revocation list nobody is
/// revoked.
[[nodiscard]] Result<Trust> read_trust(const NodeHome& home, const ledger::Genesis& genesis);

/// Locks the home for this process: home_in_use, naming the process, if another one holds it.
[[nodiscard]] Result<FileLock> lock_home(const NodeHome& home);

}  // namespace cityledger::io
