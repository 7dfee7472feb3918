#pragma once
// The two ports between which an exchange runs: the other department, and the chain.

#include <string>

#include "crypto/bytes.hpp"
#include "crypto/keys.hpp"
#include "crypto/result.hpp"
#include "ledger/contracts/directory/requests.hpp"
#include "ledger/contracts/directory/systems.hpp"

namespace cityledger::data {

inline constexpr std::uint32_t k_max_message_bytes = 4u << 20;

/// A connection on which the other side has proven that it holds a key. Blocks; for one thread.
class Channel {
public:
    virtual ~Channel() = default;
    /// exchange_lost, exchange_too_large.
    [[nodiscard]] virtual Status send(const Bytes& message) = 0;
    [[nodiscard]] virtual Result<Bytes> receive() = 0;
    [[nodiscard]] virtual const crypto::PublicKeyBytes& peer_key() const = 0;
};

/// What an exchange asks of the chain and writes on it, as one department. Blocks; for one thread.
/// Errors are those of the contract, or `unreachable` ones.
class GrantBook {
public:
    virtual ~GrantBook() = default;
    [[nodiscard]] virtual const ledger::MemberId& self() const = 0;
    [[nodiscard]] virtual Result<ledger::directory::Request> request(const std::string& id) = 0;
    /// The tables in force that hold data of a directory entry.
    [[nodiscard]] virtual Result<std::vector<ledger::directory::Table>> tables_of(
        const std::string& entry) = 0;
    /// The business day, "2019-11-01".
    [[nodiscard]] virtual Result<std::string> today() = 0;
    /// The current signing key of an active member.
    [[nodiscard]] virtual Result<crypto::PublicKeyBytes> key_of(const ledger::MemberId& member) = 0;
    /// Records a delivery (operation `deliver`) and answers its number. One that is recorded with
    /// this digest already is answered as it is.
    [[nodiscard]] virtual Result<std::uint32_t> record_delivery(const std::string& request,
                                                                const Digest& digest,
                                                                std::uint64_t rows) = 0;
    /// Records what arrived (operation `acknowledge`); true if it is what the provider recorded.
    [[nodiscard]] virtual Result<bool> acknowledge(const std::string& request,
                                                   std::uint32_t sequence,
                                                   const Digest& digest) = 0;
};

}  // namespace cityledger::data
