#include "node/io/data/data_channel.hpp"

#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <ctime>
#include <thread>

#include "crypto/x509_identity.hpp"
#include "node/data/messages.hpp"
#include "node/io/listener.hpp"
#include "node/io/transport/shared_tls.hpp"
#include "node/io/transport/tls_context.hpp"

namespace cityledger::io {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t k_size_bytes = 4;
constexpr std::int64_t k_day_s = 24 * 3600;
constexpr std::int64_t k_certificate_days = 3650;

tl::unexpected<Error> lost(const std::string& words) {
    return refuse(data::codes::exchange_lost, words);
}

/// TLS settings whose certificate the key has signed.
Result<std::shared_ptr<ssl_ctx_st>> settings_for(const crypto::PrivateKey& key) {
    const auto now = static_cast<std::int64_t>(std::time(nullptr));
    // The other side looks at the key alone, so a clock that is off changes nothing.
    const auto identity = crypto::self_signed_certificate(
        key, "CityLedger member", {now - k_day_s, now + k_certificate_days * k_day_s});
    return make_tls_settings({identity.certificate_pem, identity.private_key_pem, {}});
}

/// Both calls block, by running an event loop of the channel's own, since only asynchronous
/// operations of Asio can be given a time.
class TlsChannel : public data::Channel {
public:
    TlsChannel(const std::shared_ptr<ssl_ctx_st>& settings, const DataLimits& limits)
        : limits_(limits), settings_(share_settings(settings)), stream_(context_, settings_) {}

    Status connect(const DataAddress& address) {
        error_code error;
        tcp::resolver resolver(context_);
        const auto found = resolver.resolve(address.host, std::to_string(address.port), error);
        if (error) return lost(address.host + ": " + error.message());
        const auto op = [&](auto done) {
            asio::async_connect(
                stream_.next_layer(), found,
                [done](error_code result, const tcp::endpoint&) mutable { done(result, 0); });
        };
        if (const Status connected = run(op, limits_.handshake_ms); !connected) return connected;
        return shake_hands(asio::ssl::stream_base::client);
    }

    /// Takes over a socket of another event loop.
    Status accept(tcp::socket socket) {
        error_code error;
        const auto version = socket.local_endpoint(error).protocol();
        if (!error) {
            const auto handle = socket.release(error);
            if (!error) stream_.next_layer().assign(version, handle, error);
        }
        if (error) return lost(error.message());
        return shake_hands(asio::ssl::stream_base::server);
    }

    Status send(const Bytes& message) override {
        if (message.size() > data::k_max_message_bytes) return too_large(message.size());
        std::array<std::uint8_t, k_size_bytes> size{};
        for (std::size_t i = 0; i < size.size(); ++i) {
            size[i] = static_cast<std::uint8_t>(message.size() >> (8 * i));
        }
        const std::array<asio::const_buffer, 2> buffers{asio::buffer(size), asio::buffer(message)};
        return run([&](auto done) { asio::async_write(stream_, buffers, done); },
                   limits_.message_ms);
    }

    Result<Bytes> receive() override {
        std::array<std::uint8_t, k_size_bytes> size_bytes{};
        if (const Status read = fill(asio::buffer(size_bytes)); !read) return propagate(read);
        std::size_t size = 0;
        for (std::size_t i = 0; i < k_size_bytes; ++i) {
            size |= std::size_t{size_bytes[i]} << (8 * i);
        }
        if (size > data::k_max_message_bytes) return propagate(too_large(size));
        Bytes message(size);
        if (const Status read = fill(asio::buffer(message)); !read) return propagate(read);
        has_received_ = true;
        return message;
    }

    const crypto::PublicKeyBytes& peer_key() const override { return peer_key_; }

    void close() {
        error_code ignored;
        stream_.next_layer().close(ignored);
    }

    /// From another thread: whatever is waited for ends.
    void interrupt() {
        asio::post(context_, [this] { close(); });
    }

private:
    static Status too_large(std::size_t bytes) {
        return refuse(data::codes::exchange_too_large, std::to_string(bytes) + " bytes");
    }

    Status fill(asio::mutable_buffer buffer) {
        return run([&](auto done) { asio::async_read(stream_, buffer, done); },
                   has_received_ || !is_server_ ? limits_.message_ms : limits_.first_message_ms);
    }

    Status shake_hands(asio::ssl::stream_base::handshake_type side) {
        is_server_ = side == asio::ssl::stream_base::server;
        error_code ignored;
        stream_.next_layer().set_option(tcp::no_delay(true), ignored);
        const Status done = run(
            [&](auto finish) {
                stream_.async_handshake(side,
                                        [finish](error_code error) mutable { finish(error, 0); });
            },
            limits_.handshake_ms);
        if (!done) return done;
        const auto key = crypto::certificate_key(peer_certificate(stream_.native_handle()));
        if (!key) return propagate(key);
        peer_key_ = *key;
        return {};
    }

    template <class Operation>
    Status run(const Operation& operation, std::uint64_t time_ms) {
        std::optional<error_code> result;
        operation([&result](error_code error, std::size_t) { result = error; });
        context_.restart();
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(time_ms);
        while (!result && context_.run_one_until(end) > 0) {
        }
        if (!result) {
            close();
            context_.restart();
            context_.run();  // the operation ends, and with it its use of `result`
            return lost("nothing came for " + std::to_string(time_ms / 1000) + " s");
        }
        if (*result) return lost(result->message());
        return {};
    }

    DataLimits limits_;
    asio::io_context context_;
    asio::ssl::context settings_;
    asio::ssl::stream<tcp::socket> stream_;
    crypto::PublicKeyBytes peer_key_;
    bool is_server_ = false;
    bool has_received_ = false;
};

}  // namespace

Result<std::unique_ptr<data::Channel>> connect_data(const DataAddress& address,
                                                    const crypto::PrivateKey& key,
                                                    const DataLimits& limits) {
    const auto settings = settings_for(key);
    if (!settings) return propagate(settings);
    auto channel = std::make_unique<TlsChannel>(*settings, limits);
    if (const Status connected = channel->connect(address); !connected) return propagate(connected);
    return channel;
}

class DataServer::Impl {
public:
    Impl(std::shared_ptr<ssl_ctx_st> settings, Serve serve, DataLimits limits)
        : settings_(std::move(settings)),
          serve_(std::move(serve)),
          limits_(limits),
          listener_(context_) {}

    ~Impl() {
        context_.stop();
        if (thread_.joinable()) thread_.join();
        listener_.stop();
        for (const auto& session : sessions_) session->channel.interrupt();
        sessions_.clear();  // waits for each
    }

    Status start(const DataAddress& address) {
        const Status listening = listener_.start(
            address.host, address.port, [this](tcp::socket socket) { accept(std::move(socket)); });
        if (listening) {
            thread_ = std::thread([this] { context_.run(); });
        }
        return listening;
    }

    std::uint16_t port() const { return listener_.port(); }

private:
    struct Session {
        Session(const std::shared_ptr<ssl_ctx_st>& settings, const DataLimits& limits)
            : channel(settings, limits) {}
        ~Session() {
            if (thread.joinable()) thread.join();
        }
        Session(const Session&) = delete;
        Session& operator=(const Session&) = delete;

        TlsChannel channel;
        asio::ip::address address;
        std::atomic<bool> ended = false;
        std::thread thread;
    };

    /// On the listener's thread, as all of sessions_ is.
    void accept(tcp::socket socket) {
        std::erase_if(sessions_, [](const auto& session) { return session->ended.load(); });
        error_code error;
        const auto address = socket.remote_endpoint(error).address();
        const auto of_address = static_cast<std::size_t>(
            std::count_if(sessions_.begin(), sessions_.end(),
                          [&](const auto& session) { return session->address == address; }));
        const bool busy =
            sessions_.size() >= limits_.sessions || of_address >= limits_.sessions_per_address;
        // As many again are told so; beyond that, nothing is said.
        if (error || sessions_.size() >= 2 * limits_.sessions) return;
        auto& session = *sessions_.emplace_back(std::make_unique<Session>(settings_, limits_));
        session.address = address;
        session.thread = std::thread([this, &session, busy, socket = std::move(socket)]() mutable {
            serve_session(session.channel, std::move(socket), busy);
            session.channel.close();  // the other side hears now that this is the end
            session.ended = true;
        });
    }

    void serve_session(TlsChannel& channel, tcp::socket socket, bool busy) {
        if (!channel.accept(std::move(socket))) return;  // who it was nobody knows
        if (busy) {
            const auto refusal = data::refusal_of(Error{data::codes::exchange_busy, ""});
            static_cast<void>(channel.send(data::write_message(refusal)));
            return;
        }
        serve_(channel);
    }

    std::shared_ptr<ssl_ctx_st> settings_;
    Serve serve_;
    DataLimits limits_;
    asio::io_context context_;
    TcpListener listener_;
    std::thread thread_;
    std::vector<std::unique_ptr<Session>> sessions_;
};

DataServer::DataServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DataServer::~DataServer() = default;
std::uint16_t DataServer::port() const { return impl_->port(); }

Result<std::unique_ptr<DataServer>> DataServer::start(const DataAddress& address,
                                                      const crypto::PrivateKey& key, Serve serve,
                                                      const DataLimits& limits) {
    const auto settings = settings_for(key);
    if (!settings) return propagate(settings);
    auto impl = std::make_unique<Impl>(*settings, std::move(serve), limits);
    if (const Status started = impl->start(address); !started) return propagate(started);
    return std::unique_ptr<DataServer>(new DataServer(std::move(impl)));
}
}  // namespace cityledger::io
