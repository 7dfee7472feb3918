#include "node/abci/server/abci_server.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

#include "node/abci/abci_codes.hpp"
#include "node/abci/frame_codec.hpp"

namespace cityledger::abci {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t k_read_bytes = 64 * 1024;
/// Answers are sent when they take so much, or when no whole request is left.
constexpr std::size_t k_write_bytes = 1024 * 1024;
constexpr std::string_view k_tcp = "tcp://";
constexpr std::string_view k_unix = "unix://";

Error unusable(const std::string& address, const std::string& why) {
    return refuse(codes::abci_address_unusable, address + ": " + why).value();
}

Result<asio::ip::tcp::endpoint> tcp_endpoint(const std::string& address) {
    const std::string_view place = std::string_view(address).substr(k_tcp.size());
    const std::size_t colon = place.rfind(':');
    if (colon == std::string_view::npos) return tl::unexpected(unusable(address, "no port"));
    const std::string_view digits = place.substr(colon + 1);
    std::uint16_t port = 0;
    const auto end = digits.data() + digits.size();
    if (const auto parsed = std::from_chars(digits.data(), end, port);
        parsed.ec != std::errc() || parsed.ptr != end) {
        return tl::unexpected(unusable(address, "no port"));
    }
    error_code failed;
    const auto ip = asio::ip::make_address(std::string(place.substr(0, colon)), failed);
    if (failed) return tl::unexpected(unusable(address, "no IP address"));
    if (!ip.is_loopback()) return tl::unexpected(unusable(address, "not a loopback address"));
    return asio::ip::tcp::endpoint(ip, port);
}

}  // namespace

/// One connection: reads, answers what is whole, writes, and reads again.
class AbciServer::Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(AbciServer& server, Protocol::socket socket)
        : server_(server), count_(server.connections_), socket_(std::move(socket)) {
        ++*count_;
    }
    ~Connection() { --*count_; }

    void read() {
        socket_.async_read_some(asio::buffer(input_),
                                [self = shared_from_this()](error_code failed, std::size_t bytes) {
                                    if (failed) return;
                                    self->frames_.append(ByteView(self->input_).first(bytes));
                                    self->work();
                                });
    }

private:
    void work() {
        while (!broken_ && output_.size() < k_write_bytes) {
            auto frame = frames_.next();
            if (!frame) {
                end_with(frame.error());
            } else if (*frame) {
                answer(**frame);
            } else {
                break;
            }
        }
        if (output_.empty()) return read();
        write();
    }

    void answer(ByteView message) {
        wire::Request request;
        if (!request.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
            return end_with(malformed_frame("no protobuf message of ABCI"));
        }
        const wire::Response response = server_.application_.answer(request);
        if (response.has_exception()) server_.log_(response.exception().error());
        send(response);
    }

    void send(const wire::Response& response) {
        append_frame(output_, as_bytes(response.SerializeAsString()));
    }

    /// The last answer of this connection says why it ends.
    void end_with(const Error& error) {
        broken_ = true;
        server_.log_("connection closed: " + error.message());
        wire::Response response;
        response.mutable_exception()->set_error(error.message());
        send(response);
    }

    void write() {
        asio::async_write(socket_, asio::buffer(output_),
                          [self = shared_from_this()](error_code failed, std::size_t) {
                              self->output_.clear();
                              if (!failed && !self->broken_) self->work();
                          });
    }

    AbciServer& server_;
    std::shared_ptr<std::size_t> count_;
    Protocol::socket socket_;
    std::array<std::uint8_t, k_read_bytes> input_;
    FrameReader frames_;
    Bytes output_;
    bool broken_ = false;
};

Result<std::unique_ptr<AbciServer>> AbciServer::listen(asio::io_context& context,
                                                       Application& application,
                                                       const std::string& address, Log log) {
    std::unique_ptr<AbciServer> server(new AbciServer(context, application, std::move(log)));
    const Status opened = server->open(address);
    if (!opened) return propagate(opened);
    server->accept();
    return server;
}

AbciServer::~AbciServer() {
    if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
}

Status AbciServer::open(const std::string& address) {
    if (address.starts_with(k_unix)) {
        const std::string path = address.substr(k_unix.size());
        try {
            const Status opened = open_at(asio::local::stream_protocol::endpoint(path), address);
            if (opened) unix_path_ = path;
            return opened;
        } catch (const boost::system::system_error& problem) {  // the path is too long
            return tl::unexpected(unusable(address, problem.what()));
        }
    }
    if (!address.starts_with(k_tcp)) {
        return tl::unexpected(unusable(address, "neither tcp:// nor unix://"));
    }
    const auto endpoint = tcp_endpoint(address);
    if (!endpoint) return propagate(endpoint);
    const Status opened = open_at(*endpoint, address);
    if (!opened || endpoint->port() != 0) return opened;
    asio::ip::tcp::endpoint chosen;
    const Protocol::endpoint local = acceptor_.local_endpoint();
    chosen.resize(local.size());
    std::memcpy(chosen.data(), local.data(), local.size());
    address_ = address.substr(0, address.rfind(':') + 1) + std::to_string(chosen.port());
    return {};
}

Status AbciServer::open_at(const Protocol::endpoint& endpoint, const std::string& address) {
    error_code failed;
    acceptor_.open(endpoint.protocol(), failed);
    if (!failed) acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
    if (!failed) acceptor_.bind(endpoint, failed);
    if (!failed) acceptor_.listen(asio::socket_base::max_listen_connections, failed);
    if (failed) return tl::unexpected(unusable(address, failed.message()));
    address_ = address;
    return {};
}

void AbciServer::accept() {
    acceptor_.async_accept([this](error_code failed, Protocol::socket socket) {
        if (failed == asio::error::operation_aborted) return;
        if (!failed && *connections_ < k_max_connections) {
            std::make_shared<Connection>(*this, std::move(socket))->read();
        } else {
            log_(failed ? failed.message() : "connection closed: there are too many");
        }
        accept();
    });
}

}  // namespace cityledger::abci
