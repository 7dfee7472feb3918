#include "node/io/transport/transport_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <deque>

#include "crypto/check.hpp"
#include "node/api/answers.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/transport/shared_tls.hpp"
#include "node/io/transport/transport_frames.hpp"

namespace cityledger::io {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<asio::ip::tcp::socket>;

/// Small frames that wait together leave as one write, so as few TLS records.
constexpr std::size_t k_gather_bytes = 64 * 1024;

/// What a peer told with its refusal, in the words of the code.
Error refused_by_peer(std::uint16_t number) {
    const Code* code = api::find_code(number);
    const std::string words =
        code == nullptr ? "code " + std::to_string(number)
                        : std::string(code->name) + " (" + std::to_string(number) +
                              "): " + std::string(code->meaning) + "; " + std::string(code->remedy);
    return refuse(codes::peer_refused_this_node, words).value();
}

}  // namespace

Error lost_session(const std::string& words) { return refuse(codes::session_lost, words).value(); }

std::uint64_t steady_now_ms() {
    const auto time = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

class Session::Impl {
public:
    Impl(Session& session, asio::ip::tcp::socket socket, SessionOwner& owner,
         const SessionSettings& settings, std::optional<ValidatorIndex> dialled)
        : session_(session),
          owner_(owner),
          settings_(settings),
          dialled_(dialled),
          context_(share_settings(settings.tls)),
          stream_(std::move(socket), context_),
          deadline_(stream_.get_executor()),
          frames_(k_max_greeting_bytes) {
        error_code ignored;
        const auto remote = socket_layer().remote_endpoint(ignored);
        remote_ = remote.address().to_string(ignored) + ":" + std::to_string(remote.port());
        last_received_ms_ = last_sent_ms_ = steady_now_ms();
    }

    void start() {
        deadline_.expires_after(std::chrono::milliseconds(settings_.handshake_deadline_ms));
        deadline_.async_wait([this, self = self()](error_code error) {
            if (error || up_) return;
            close(refuse(codes::handshake_late, remote_).value());
        });
        const auto role = dialled_ ? TlsStream::client : TlsStream::server;
        stream_.async_handshake(role, [this, self = self()](error_code error) {
            if (closed_) return;
            if (error) return close(explain(error));
            identify();
        });
    }

    void send(std::shared_ptr<const Bytes> frame) {
        if (closed_) return;
        CHECK_INVARIANT(frame->size() <= k_max_frame_bytes);
        if (queued_bytes_ + frame->size() > settings_.max_send_queue_bytes) {
            return close(
                refuse(codes::send_queue_full, std::to_string(queued_bytes_) + " bytes wait")
                    .value());
        }
        queued_bytes_ += frame->size() + k_frame_header_bytes;
        queue_.push_back(std::move(frame));
        if (writing_ || flush_posted_) return;
        // The frames that this turn of the event loop still adds go into the same write.
        flush_posted_ = true;
        asio::post(stream_.get_executor(), [this, self = self()] {
            flush_posted_ = false;
            flush();
        });
    }

    void close(const Error& reason) {
        if (closed_) return release();
        closed_ = true;
        close_socket();
        deadline_.cancel();
        report_closed(reason);
    }

    std::optional<ValidatorIndex> dialled() const { return dialled_; }
    std::optional<ValidatorIndex> peer() const { return peer_; }
    const std::string& certificate() const { return certificate_; }
    bool is_up() const { return up_ && !closed_; }
    bool lingers() const { return lingering_; }
    std::uint64_t last_received_ms() const { return last_received_ms_; }
    std::uint64_t last_sent_ms() const { return last_sent_ms_; }
    const std::string& remote() const { return remote_; }

private:
    std::shared_ptr<Session> self() { return session_.shared_from_this(); }
    asio::ip::tcp::socket& socket_layer() { return stream_.next_layer(); }

    void close_socket() {
        error_code ignored;
        socket_layer().close(ignored);
    }

    void report_closed(const Error& reason) {
        asio::post(stream_.get_executor(),
                   [this, self = self(), reason] { owner_.on_closed(self, reason); });
    }

    Error explain(error_code error) const {
        const bool of_tls = error.category() == asio::error::get_ssl_category();
        if (up_ || !of_tls) return lost_session(error.message());
        return handshake_error(static_cast<unsigned long>(error.value()), error.message());
    }

    void identify() {
        certificate_ = peer_certificate(stream_.native_handle());
        const auto peer = owner_.identify(session_, certificate_);
        if (!peer) return refuse_peer(peer.error());
        peer_ = *peer;
        send_greeting(0);
        read();
    }

    void send_greeting(std::uint16_t refusal) {
        const Greeting greeting{k_protocol_version, settings_.chain_id, settings_.own_index,
                                refusal};
        send(std::make_shared<const Bytes>(ledger::encode(greeting)));
    }

    /// Tells the peer why before the connection ends. The deadline of the handshake still runs.
    void refuse_peer(const Error& reason) {
        send_greeting(reason.code.number);
        closed_ = true;
        lingering_ = true;
        report_closed(reason);
    }

    void flush() {
        if (writing_ || queue_.empty() || (closed_ && !lingering_)) return;
        output_.clear();
        while (!queue_.empty()) {
            const Bytes& frame = *queue_.front();
            if (!output_.empty() && output_.size() + frame.size() > k_gather_bytes) break;
            append_frame(output_, frame);
            queue_.pop_front();
        }
        writing_ = true;
        asio::async_write(
            stream_, asio::buffer(output_),
            [this, self = self()](error_code error, std::size_t) { on_written(error); });
    }

    void on_written(error_code error) {
        writing_ = false;
        queued_bytes_ -= output_.size();
        if (lingering_) return error ? release() : linger();
        if (closed_) return;
        if (error) return close(explain(error));
        last_sent_ms_ = steady_now_ms();
        flush();
    }

    /// Waits until the peer has taken the refusal and closes: closing at once, with bytes of the
    /// peer unread, could take the refusal from it.
    void linger() {
        error_code ignored;
        socket_layer().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        discard_input();
    }

    void discard_input() {
        socket_layer().async_read_some(asio::buffer(discarded_),
                                       [this, self = self()](error_code error, std::size_t) {
                                           if (!error) return discard_input();
                                           release();
                                       });
    }

    /// Ends the linger.
    void release() {
        if (!lingering_) return;
        lingering_ = false;
        deadline_.cancel();
        close_socket();
        asio::post(stream_.get_executor(), [this, self = self()] { owner_.on_released(self); });
    }

    void read() {
        stream_.async_read_some(frames_.space(),
                                [this, self = self()](error_code error, std::size_t size) {
                                    if (closed_) return;
                                    if (error) return close(explain(error));
                                    frames_.commit(size);
                                    take_frames();
                                });
    }

    void take_frames() {
        while (!closed_) {
            const auto frame = frames_.next();
            if (!frame) return close(frame.error());
            if (!frame->has_value()) return read();
            last_received_ms_ = steady_now_ms();
            if (!up_) return take_greeting(**frame);
            if (!(*frame)->empty()) owner_.on_frame(session_, **frame);
        }
    }

    void take_greeting(ByteView frame) {
        const auto greeting = ledger::decode<Greeting>(frame);
        if (!greeting) {
            return close(refuse(codes::peer_hello_malformed, greeting.error().message()).value());
        }
        const Status checked = check_greeting(*greeting);
        if (!checked) return close(checked.error());
        up_ = true;
        deadline_.cancel();
        frames_.set_max_frame_bytes(k_max_frame_bytes);
        // Posted: a session that this one replaces must be reported as down before.
        asio::post(stream_.get_executor(), [this, self = self()] {
            if (closed_) return;
            owner_.on_up(self);
            take_frames();
        });
    }

    Status check_greeting(const Greeting& greeting) const {
        if (greeting.version != k_protocol_version) {
            return refuse(codes::peer_wrong_version, "version " + std::to_string(greeting.version));
        }
        if (greeting.refusal != 0) {
            return tl::unexpected<Error>(refused_by_peer(greeting.refusal));
        }
        if (greeting.chain_id != settings_.chain_id) {
            return refuse(codes::peer_wrong_chain, to_hex(greeting.chain_id));
        }
        if (greeting.index != *peer_) {
            return refuse(codes::peer_wrong_index,
                          std::to_string(greeting.index) + " instead of " + std::to_string(*peer_));
        }
        return {};
    }

    Session& session_;
    SessionOwner& owner_;
    SessionSettings settings_;
    std::optional<ValidatorIndex> dialled_;
    std::optional<ValidatorIndex> peer_;
    std::string certificate_;
    asio::ssl::context context_;
    TlsStream stream_;
    asio::steady_timer deadline_;
    FrameBuffer frames_;
    std::deque<std::shared_ptr<const Bytes>> queue_;
    std::size_t queued_bytes_ = 0;
    Bytes output_;
    std::array<std::uint8_t, 4096> discarded_;
    std::string remote_;
    std::uint64_t last_received_ms_ = 0;
    std::uint64_t last_sent_ms_ = 0;
    bool up_ = false;
    bool writing_ = false;
    bool flush_posted_ = false;
    bool closed_ = false;
    bool lingering_ = false;
};

Session::Session(asio::ip::tcp::socket socket, SessionOwner& owner, const SessionSettings& settings,
                 std::optional<ValidatorIndex> dialled)
    : impl_(std::make_unique<Impl>(*this, std::move(socket), owner, settings, dialled)) {}
Session::~Session() = default;

void Session::start() { impl_->start(); }
void Session::send(std::shared_ptr<const Bytes> frame) { impl_->send(std::move(frame)); }
void Session::send_keep_alive() {
    static const auto empty = std::make_shared<const Bytes>();
    impl_->send(empty);
}
void Session::close(const Error& reason) { impl_->close(reason); }
std::optional<ValidatorIndex> Session::dialled() const { return impl_->dialled(); }
std::optional<ValidatorIndex> Session::peer() const { return impl_->peer(); }
const std::string& Session::certificate() const { return impl_->certificate(); }
bool Session::is_up() const { return impl_->is_up(); }
bool Session::lingers() const { return impl_->lingers(); }
std::uint64_t Session::last_received_ms() const { return impl_->last_received_ms(); }
std::uint64_t Session::last_sent_ms() const { return impl_->last_sent_ms(); }
std::string Session::remote_address() const { return impl_->remote(); }

}  // namespace cityledger::io
