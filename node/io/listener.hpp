#pragma once
// Listens on a TCP port; shared by the transport between nodes and the HTTP server.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

#include "crypto/result.hpp"

namespace cityledger::io {

class TcpListener {
public:
    explicit TcpListener(boost::asio::io_context& context) : acceptor_(context), pause_(context) {}

    /// Refused with listen_failed, naming address and port. Port 0: the system chooses.
    [[nodiscard]] Status start(const std::string& address, std::uint16_t port,
                               std::function<void(boost::asio::ip::tcp::socket)> accepted);
    void stop();
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    void accept();

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    std::function<void(boost::asio::ip::tcp::socket)> accepted_;
    std::uint16_t port_ = 0;
};

}  // namespace cityledger::io
