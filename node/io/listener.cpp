#include "node/io/listener.hpp"

#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

/// Without it a full table of file descriptors would make the accept loop spin.
constexpr std::chrono::milliseconds k_pause_after_failure{100};

error_code open_acceptor(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
    error_code error;
    if (acceptor.open(endpoint.protocol(), error)) return error;
    if (acceptor.set_option(tcp::acceptor::reuse_address(true), error)) return error;
    if (acceptor.bind(endpoint, error)) return error;
    acceptor.listen(tcp::acceptor::max_listen_connections, error);
    return error;
}

}  // namespace

Status TcpListener::start(const std::string& address, std::uint16_t port,
                          std::function<void(tcp::socket)> accepted) {
    error_code error;
    const auto numeric = boost::asio::ip::make_address(address, error);
    if (!error) error = open_acceptor(acceptor_, {numeric, port});
    if (error) {
        return refuse(codes::listen_failed,
                      address + ":" + std::to_string(port) + ": " + error.message());
    }
    port_ = acceptor_.local_endpoint().port();
    accepted_ = std::move(accepted);
    accept();
    return {};
}

void TcpListener::stop() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void TcpListener::accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
        if (error == boost::asio::error::operation_aborted) return;
        if (!error) {
            accepted_(std::move(socket));
            accept();
            return;
        }
        pause_.expires_after(k_pause_after_failure);
        pause_.async_wait([this](error_code cancelled) {
            if (!cancelled) accept();
        });
    });
}

}  // namespace cityledger::io
