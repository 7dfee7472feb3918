#pragma once
// The data plane's connections: TLS 1.3 with a certificate on each side that its own member's key
// has signed. Who that is says the chain, which has the key (docs/decisions/0016); the rows are
// encrypted between these two keys' holders and nobody else.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "node/data/channel.hpp"

namespace cityledger::io {

struct DataAddress {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;
};

struct DataLimits {
    std::uint64_t handshake_ms = 10'000;
    std::uint64_t message_ms = 60'000;        ///< for each message, in either direction
    std::uint64_t first_message_ms = 10'000;  ///< a connection says soon what it wants
    std::size_t sessions = 32;                ///< at once; others are told exchange_busy
    std::size_t sessions_per_address = 8;     ///< so that one address does not take all of them
};

/// Connects as the member that holds the key. exchange_lost.
[[nodiscard]] Result<std::unique_ptr<data::Channel>> connect_data(const DataAddress& address,
                                                                  const crypto::PrivateKey& key,
                                                                  const DataLimits& limits = {});

/// A department's data port: each connection is served on a thread of its own.
class DataServer {
public:
    using Serve = std::function<void(data::Channel&)>;

    /// Listens from here on; listen_failed. `serve` is called on many threads.
    [[nodiscard]] static Result<std::unique_ptr<DataServer>> start(const DataAddress& address,
                                                                   const crypto::PrivateKey& key,
                                                                   Serve serve,
                                                                   const DataLimits& limits = {});
    /// Ends every session and waits for it.
    ~DataServer();
    [[nodiscard]] std::uint16_t port() const;

private:
    class Impl;
    explicit DataServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace cityledger::io
