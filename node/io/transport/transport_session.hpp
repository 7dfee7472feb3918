#pragma once
// One TLS connection to another node: handshake, check of the certificate, greeting, frames.
// Private to the transport; everything happens on the thread of the io_context.

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

#include "ledger/codec/codec.hpp"
#include "node/io/transport/tls_context.hpp"
#include "node/replica/ports.hpp"

namespace cityledger::io {

using node::ValidatorIndex;

inline constexpr std::uint32_t k_protocol_version = 2;  ///< between nodes
inline constexpr std::size_t k_max_greeting_bytes = 4 * 1024;
inline constexpr std::size_t k_max_frame_bytes = 4 * 1024 * 1024;
inline constexpr std::size_t k_max_send_queue_bytes = 32 * 1024 * 1024;
inline constexpr std::uint64_t k_handshake_deadline_ms = 5000;

/// The first frame of each side. A side that does not want the session says why with `refusal`
/// (the number of a code) and ends it.
struct Greeting {
    std::uint32_t version = k_protocol_version;
    Digest chain_id;
    ValidatorIndex index = 0;
    std::uint16_t refusal = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("version", version), ledger::field("chain_id", chain_id),
                ledger::field("index", index), ledger::field("refusal", refusal));
    }
};

class Session;

/// What the transport does for its sessions.
class SessionOwner {
public:
    virtual ~SessionOwner() = default;
    /// Whose certificate this is, or why the session is refused.
    virtual Result<ValidatorIndex> identify(const Session& session, const std::string& pem) = 0;
    /// The greetings agree; frames may flow.
    virtual void on_up(const std::shared_ptr<Session>& session) = 0;
    virtual void on_frame(Session& session, ByteView frame) = 0;
    /// Comes once, never from inside a call of the session.
    virtual void on_closed(const std::shared_ptr<Session>& session, const Error& reason) = 0;
    /// The socket of a session that lingered is closed now. Comes after on_closed.
    virtual void on_released(const std::shared_ptr<Session>& session) = 0;
};

struct SessionSettings {
    std::shared_ptr<ssl_ctx_st> tls;
    Digest chain_id;
    ValidatorIndex own_index = 0;
    std::uint64_t handshake_deadline_ms = k_handshake_deadline_ms;
    std::size_t max_send_queue_bytes = k_max_send_queue_bytes;
};

class Session : public std::enable_shared_from_this<Session> {
public:
    /// `dialled` is the validator that this side dialled; nothing on the accepting side. The owner
    /// must outlive the io_context's handlers.
    Session(boost::asio::ip::tcp::socket socket, SessionOwner& owner,
            const SessionSettings& settings, std::optional<ValidatorIndex> dialled);
    ~Session();

    void start();
    /// Queues a frame of at most k_max_frame_bytes. A full queue ends the session.
    void send(std::shared_ptr<const Bytes> frame);
    /// Queues an empty frame, which tells the peer that this side is alive.
    void send_keep_alive();
    /// Also ends a session that lingers.
    void close(const Error& reason);

    [[nodiscard]] std::optional<ValidatorIndex> dialled() const;
    [[nodiscard]] std::optional<ValidatorIndex> peer() const;  ///< once identified
    [[nodiscard]] const std::string& certificate() const;      ///< of the peer; then too
    [[nodiscard]] bool is_up() const;
    /// Refused and reported as closed, but the socket waits until the peer has taken the refusal.
    [[nodiscard]] bool lingers() const;
    /// Steady time of the last whole frame, and of the last write.
    [[nodiscard]] std::uint64_t last_received_ms() const;
    [[nodiscard]] std::uint64_t last_sent_ms() const;
    [[nodiscard]] std::string remote_address() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// session_lost with the cause in words.
[[nodiscard]] Error lost_session(const std::string& words);

/// Milliseconds of the steady clock.
[[nodiscard]] std::uint64_t steady_now_ms();

}  // namespace cityledger::io
