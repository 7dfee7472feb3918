#pragma once
// The home folder of a validator: its files read and checked, and locked for one process.

#include "ledger/genesis.hpp"
#include "node/io/config.hpp"
#include "node/io/file_lock.hpp"
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
    crypto::PrivateKey validator_key;
    /// Why peers will refuse this node's certificate, if they will. The node runs all the same: it
    /// still answers its clients, and says what is wrong.
    Status own_certificate;
};

/// Reads node.json, genesis.json and the four PEM files. Refused: a genesis of suite simulation,
/// key files that others can read, an authority or a validator key that is not the genesis's.
[[nodiscard]] Result<HomeContents> read_home(const NodeHome& home);

/// Locks the home for this process: home_in_use, naming the process, if another one holds it.
[[nodiscard]] Result<FileLock> lock_home(const NodeHome& home);

}  // namespace cityledger::io
