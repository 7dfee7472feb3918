#pragma once
// Sessions to the other validators over TCP with mutual TLS 1.3. One session per identity: the
// validator with the lower index dials; a newer session of the same identity replaces the older.

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "node/io/config.hpp"
#include "node/io/logging.hpp"
#include "node/io/transport/admission.hpp"
#include "node/io/transport/tls_context.hpp"
#include "node/replica/replica.hpp"

namespace boost::asio {
class io_context;
}

namespace cityledger::io {

using node::ValidatorIndex;

/// Accepted connections without a session: in their handshake, or refused and not closed yet.
inline constexpr std::size_t k_max_half_open = 64;
inline constexpr std::uint64_t k_redial_first_ms = 100;
inline constexpr std::uint64_t k_redial_cap_ms = 2000;
/// A side that has sent nothing for as long sends an empty frame.
inline constexpr std::uint64_t k_keep_alive_ms = 10'000;
/// A session without a whole frame for as long ends.
inline constexpr std::uint64_t k_idle_deadline_ms = 30'000;

struct TransportSettings {
    TlsIdentity identity;
    crypto::RevocationList revocations;  ///< of the identity's authority
    Digest chain_id;
    std::string network;  ///< as certificates name it: lower-case hex of the chain id
    std::vector<std::string> validators;  ///< names by index, from the genesis
    ValidatorIndex own_index = 0;
    std::string listen_address = "127.0.0.1";
    std::uint16_t listen_port = 0;  ///< 0: the system chooses
    std::vector<PeerAddress> peers;
    std::function<std::int64_t()> now_unix_s;  ///< default: the system clock
    std::uint64_t handshake_deadline_ms = 5000;
    std::uint64_t idle_deadline_ms = k_idle_deadline_ms;
    std::size_t max_send_queue_bytes = 32 * 1024 * 1024;
};

struct TransportHandlers {
    std::function<void(ValidatorIndex, bool up)> on_session;
    std::function<void(ValidatorIndex, ByteView frame)> on_message;
};

/// A peer as the transport sees it.
struct LinkStatus {
    bool connected = false;
    std::optional<Error> last_error;  ///< why there is, or lately was, no session
};

class TcpTransport : public node::Transport {
public:
    /// Refuses an identity that cannot be used, and peers that are no validators.
    static Result<std::unique_ptr<TcpTransport>> create(boost::asio::io_context& context,
                                                        TransportSettings settings, Logger& logger);
    ~TcpTransport() override;

    /// Listens and dials. Refused with listen_failed naming address and port.
    [[nodiscard]] Status start(TransportHandlers handlers);
    /// Ends all sessions and stops listening; no handler is called after it.
    void stop();

    void send(ValidatorIndex to, std::shared_ptr<const Bytes> frame) override;
    void close(ValidatorIndex peer, const Error& reason) override;

    /// What new sessions show from now on; those that exist go on. tls_settings_unusable.
    [[nodiscard]] Status set_identity(const TlsIdentity& identity);
    /// By what new sessions are judged from now on; ends those whose peer's certificate is revoked.
    void set_trust(Trust trust);

    /// Fault control: ends the sessions to these peers and refuses new ones until called again.
    void set_blocked(const std::set<ValidatorIndex>& blocked);

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::vector<LinkStatus> links() const;  ///< by validator index
    [[nodiscard]] node::Counters counters() const;

private:
    class Impl;
    explicit TcpTransport(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace cityledger::io
