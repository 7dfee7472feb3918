#include "node/io/transport/transport.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <list>

#include "crypto/check.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/listener.hpp"
#include "node/io/transport/closed_log.hpp"
#include "node/io/transport/transport_frames.hpp"
#include "node/io/transport/transport_session.hpp"

namespace cityledger::io {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint64_t k_connect_deadline_ms = 5000;
constexpr std::uint64_t k_tick_ms = 5000;
/// Only a session that lasted as long makes the next dial prompt again.
constexpr std::uint64_t k_stable_session_ms = 5000;

std::int64_t system_now_unix_s() { return static_cast<std::int64_t>(std::time(nullptr)); }

}  // namespace

class TcpTransport::Impl : public SessionOwner {
public:
    Impl(asio::io_context& context, TransportSettings settings, std::shared_ptr<ssl_ctx_st> tls,
         Logger& logger)
        : context_(context),
          settings_(std::move(settings)),
          logger_(logger),
          admission_(
              {settings_.network, settings_.validators, settings_.own_index, settings_.now_unix_s},
              {settings_.identity.authority_pem, settings_.revocations}),
          closed_log_(logger, settings_.validators),
          listener_(context),
          tick_(context) {
        session_settings_ = {std::move(tls), settings_.chain_id, settings_.own_index,
                             settings_.handshake_deadline_ms, settings_.max_send_queue_bytes};
        for (std::size_t i = 0; i < settings_.validators.size(); ++i) peers_.emplace_back(context);
        for (const PeerAddress& address : settings_.peers) {
            peers_[*admission_.index_of(address.name)].address = address;
        }
    }

    Status start(TransportHandlers handlers) {
        handlers_ = std::move(handlers);
        const Status listening =
            listener_.start(settings_.listen_address, settings_.listen_port,
                            [this](tcp::socket socket) { accept(std::move(socket)); });
        if (!listening) return listening;
        for (ValidatorIndex i = settings_.own_index; i < peers_.size(); ++i) dial(i);
        tick();
        return {};
    }

    void stop() {
        stopped_ = true;
        listener_.stop();
        tick_.cancel();
        for (Peer& peer : peers_) {
            peer.redial.cancel();
            if (peer.dial) peer.dial->close();
        }
        for (const auto& session : sessions_) session->close(lost_session("this node stops"));
        for (const auto& session : lingering_) session->close(lost_session("this node stops"));
    }

    void send(ValidatorIndex to, std::shared_ptr<const Bytes> frame) {
        Peer& peer = peers_.at(to);
        if (!peer.session) return;
        ++counters_["p2p_frames_sent"];
        counters_["p2p_sent_bytes"] += frame->size() + k_frame_header_bytes;
        peer.session->send(std::move(frame));
    }

    void close(ValidatorIndex index, const Error& reason) {
        if (peers_.at(index).session) peers_[index].session->close(reason);
    }

    void set_blocked(const std::set<ValidatorIndex>& blocked) {
        for (ValidatorIndex i = 0; i < peers_.size(); ++i) {
            Peer& peer = peers_[i];
            const bool now = blocked.contains(i);
            if (now == peer.blocked) continue;
            peer.blocked = now;
            peer.back_off_ms = k_redial_first_ms;
            if (!now) {
                dial(i);
                continue;
            }
            peer.last_error = blocked_error(i);
            for (const auto& session : std::list(sessions_)) {
                if (session->peer() == i) session->close(blocked_error(i));
            }
        }
    }

    Status set_identity(const TlsIdentity& identity) {
        auto tls = make_tls_settings(identity);
        if (!tls) return propagate(tls);
        session_settings_.tls = *std::move(tls);
        return {};
    }

    void set_trust(Trust trust) {
        admission_.set_trust(std::move(trust));
        for (const auto& session : std::list(sessions_)) {
            if (!session->peer()) continue;  // is judged when its handshake is done
            const Status kept = admission_.check_not_revoked(session->certificate());
            if (!kept) session->close(kept.error());
        }
    }

    std::uint16_t port() const { return listener_.port(); }

    std::vector<LinkStatus> links() const {
        std::vector<LinkStatus> links;
        for (const Peer& peer : peers_) {
            links.push_back({peer.session && peer.session->is_up(), peer.last_error});
        }
        return links;
    }

    const node::Counters& counters() const { return counters_; }

    // SessionOwner

    Result<ValidatorIndex> identify(const Session& session, const std::string& pem) override {
        const auto claimed = admission_.claimed_index(session, pem);
        auto index = admission_.check(session, pem);
        if (index && peers_[*index].blocked) index = tl::unexpected<Error>(blocked_error(*index));
        // The claim is not proven, but whoever looks for node3 wants to see this.
        if (!index && claimed) peers_[*claimed].last_error = index.error();
        return index;
    }

    void on_up(const std::shared_ptr<Session>& session) override {
        Peer& peer = peers_[*session->peer()];
        const auto older = std::exchange(peer.session, session);
        if (older) {
            older->close(refuse(codes::session_replaced, session->remote_address()).value());
            handlers_.on_session(*session->peer(), false);
        }
        peer.up_since_ms = steady_now_ms();
        peer.last_error.reset();
        ++counters_["p2p_sessions_opened"];
        logger_.info("session_up", {{"peer", name(*session->peer())},
                                    {"address", session->remote_address()},
                                    {"dialled", session->dialled() ? "yes" : "no"}});
        handlers_.on_session(*session->peer(), true);
    }

    void on_frame(Session& session, ByteView frame) override {
        ++counters_["p2p_frames_received"];
        counters_["p2p_received_bytes"] += frame.size() + k_frame_header_bytes;
        handlers_.on_message(*session.peer(), frame);
    }

    void on_closed(const std::shared_ptr<Session>& session, const Error& reason) override {
        sessions_.remove(session);
        if (session->lingers()) lingering_.push_back(session);
        if (stopped_) return;
        const auto index = session->peer() ? session->peer() : session->dialled();
        note_closed(index, session->remote_address(), reason);
        if (!index) return;
        Peer& peer = peers_[*index];
        if (peer.session == session) {
            peer.session.reset();
            if (steady_now_ms() - peer.up_since_ms >= k_stable_session_ms) {
                peer.back_off_ms = k_redial_first_ms;
            }
            handlers_.on_session(*index, false);
        }
        if (session->dialled()) redial_later(*session->dialled());
    }

    void on_released(const std::shared_ptr<Session>& session) override {
        lingering_.remove(session);
    }

private:
    struct Peer {
        explicit Peer(asio::io_context& context) : redial(context) {}
        std::optional<PeerAddress> address;
        std::shared_ptr<Session> session;   ///< the one that is up
        std::shared_ptr<tcp::socket> dial;  ///< connecting
        asio::steady_timer redial;
        std::uint64_t back_off_ms = k_redial_first_ms;
        std::uint64_t up_since_ms = 0;
        std::optional<Error> last_error;
        bool blocked = false;
    };

    const std::string& name(ValidatorIndex index) const { return settings_.validators[index]; }

    Error blocked_error(ValidatorIndex index) const {
        return refuse(codes::peer_blocked, name(index)).value();
    }

    void accept(tcp::socket socket) {
        make_room();
        open_session(std::move(socket), std::nullopt);
    }

    /// Refused connections go first. An honest handshake takes milliseconds, so then the oldest is
    /// the likeliest to be stuck.
    void make_room() {
        std::size_t half_open = lingering_.size();
        std::shared_ptr<Session> oldest = lingering_.empty() ? nullptr : lingering_.front();
        for (const auto& session : sessions_) {
            if (session->is_up() || session->dialled()) continue;
            ++half_open;
            if (!oldest) oldest = session;
        }
        if (half_open < k_max_half_open) return;
        oldest->close(refuse(codes::half_open_evicted, oldest->remote_address()).value());
    }

    void open_session(tcp::socket socket, std::optional<ValidatorIndex> dialled) {
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        const auto session =
            std::make_shared<Session>(std::move(socket), *this, session_settings_, dialled);
        sessions_.push_back(session);
        session->start();
    }

    void dial(ValidatorIndex index) {
        Peer& peer = peers_[index];
        if (index <= settings_.own_index || !peer.address || peer.blocked || peer.dial ||
            peer.session || stopped_) {
            return;
        }
        peer.redial.cancel();
        peer.dial = std::make_shared<tcp::socket>(context_);
        peer.redial.expires_after(std::chrono::milliseconds(k_connect_deadline_ms));
        peer.redial.async_wait([socket = peer.dial](error_code error) {
            error_code ignored;
            if (!error) socket->close(ignored);
        });
        error_code not_numeric;
        const auto address = asio::ip::make_address(peer.address->address, not_numeric);
        if (!not_numeric) {
            connect(index, {tcp::endpoint(address, peer.address->port)});
            return;
        }
        auto resolver = std::make_shared<tcp::resolver>(context_);
        resolver->async_resolve(
            peer.address->address, std::to_string(peer.address->port),
            [this, index, resolver](error_code error, const tcp::resolver::results_type& found) {
                if (error) return on_dialled(index, error);
                connect(index, {found.begin(), found.end()});
            });
    }

    void connect(ValidatorIndex index, const std::vector<tcp::endpoint>& endpoints) {
        asio::async_connect(
            *peers_[index].dial, endpoints,
            [this, index, socket = peers_[index].dial](error_code error, const tcp::endpoint&) {
                on_dialled(index, error);
            });
    }

    void on_dialled(ValidatorIndex index, error_code error) {
        Peer& peer = peers_[index];
        const auto socket = std::exchange(peer.dial, nullptr);
        peer.redial.cancel();
        if (stopped_) return;
        if (!error && !peer.blocked) {
            open_session(std::move(*socket), index);
            return;
        }
        if (error) {
            const std::string where =
                peer.address->address + ":" + std::to_string(peer.address->port);
            note_closed(index, where,
                        refuse(codes::peer_unreachable, where + ": " + error.message()).value());
        }
        redial_later(index);
    }

    void redial_later(ValidatorIndex index) {
        Peer& peer = peers_[index];
        if (peer.blocked || peer.dial) return;
        peer.redial.expires_after(std::chrono::milliseconds(peer.back_off_ms));
        peer.back_off_ms = std::min(peer.back_off_ms * 2, k_redial_cap_ms);
        peer.redial.async_wait([this, index](error_code error) {
            if (!error) dial(index);
        });
    }

    /// Logs a reason when it is new, so that an absent peer does not fill the log.
    void note_closed(std::optional<ValidatorIndex> index, const std::string& address,
                     const Error& reason) {
        ++counters_["p2p_closed_" + std::string(reason.code.name)];
        bool known = false;
        if (index) {
            auto& last = peers_[*index].last_error;
            known = last && last->code == reason.code && last->detail == reason.detail;
            last = reason;
        }
        closed_log_.write(index, address, reason, known, steady_now_ms());
    }

    void tick() {
        if (stopped_) return;
        closed_log_.tell_left_out();
        const std::uint64_t now_ms = steady_now_ms();
        const auto sessions = sessions_;
        for (const auto& session : sessions) {
            if (!session->is_up()) continue;
            if (now_ms - session->last_received_ms() > settings_.idle_deadline_ms) {
                session->close(refuse(codes::session_idle,
                                      std::to_string(now_ms - session->last_received_ms()) + " ms")
                                   .value());
            } else if (now_ms - session->last_sent_ms() >= k_keep_alive_ms - k_tick_ms) {
                session->send_keep_alive();
            }
        }
        tick_.expires_after(
            std::chrono::milliseconds(std::min(k_tick_ms, settings_.idle_deadline_ms / 2)));
        tick_.async_wait([this](error_code error) {
            if (!error) tick();
        });
    }

    asio::io_context& context_;
    TransportSettings settings_;
    SessionSettings session_settings_;
    Logger& logger_;
    Admission admission_;
    ClosedLog closed_log_;
    TransportHandlers handlers_;
    TcpListener listener_;
    asio::steady_timer tick_;
    std::vector<Peer> peers_;
    std::list<std::shared_ptr<Session>> sessions_;
    std::list<std::shared_ptr<Session>> lingering_;  ///< refused, sockets still open
    node::Counters counters_;
    bool stopped_ = false;
};

TcpTransport::TcpTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TcpTransport::~TcpTransport() { impl_->stop(); }

Result<std::unique_ptr<TcpTransport>> TcpTransport::create(asio::io_context& context,
                                                           TransportSettings settings,
                                                           Logger& logger) {
    if (!settings.now_unix_s) settings.now_unix_s = system_now_unix_s;
    const std::vector<std::string>& known = settings.validators;
    for (const PeerAddress& peer : settings.peers) {
        if (std::find(known.begin(), known.end(), peer.name) == known.end()) {
            return tl::unexpected<Error>(
                invalid_config("peer " + peer.name + " is no validator of the genesis"));
        }
    }
    auto tls = make_tls_settings(settings.identity);
    if (!tls) return propagate(tls);
    auto impl = std::make_unique<Impl>(context, std::move(settings), *std::move(tls), logger);
    return std::unique_ptr<TcpTransport>(new TcpTransport(std::move(impl)));
}

Status TcpTransport::start(TransportHandlers handlers) { return impl_->start(std::move(handlers)); }
void TcpTransport::stop() { impl_->stop(); }
void TcpTransport::send(ValidatorIndex to, std::shared_ptr<const Bytes> frame) {
    impl_->send(to, std::move(frame));
}
void TcpTransport::close(ValidatorIndex peer, const Error& reason) { impl_->close(peer, reason); }
Status TcpTransport::set_identity(const TlsIdentity& identity) {
    return impl_->set_identity(identity);
}
void TcpTransport::set_trust(Trust trust) { impl_->set_trust(std::move(trust)); }
void TcpTransport::set_blocked(const std::set<ValidatorIndex>& blocked) {
    impl_->set_blocked(blocked);
}
std::uint16_t TcpTransport::port() const { return impl_->port(); }
std::vector<LinkStatus> TcpTransport::links() const { return impl_->links(); }
node::Counters TcpTransport::counters() const { return impl_->counters(); }

}  // namespace cityledger::io
