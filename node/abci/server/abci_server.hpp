#pragma once
// The socket of an ABCI application: frames in, answers out, in the order of each connection. One
// thread serves all connections, so the application never sees two requests at once.

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "node/abci/application.hpp"

namespace cityledger::abci {

/// The engine opens four connections; the rest is for a second one by mistake, which is told so.
inline constexpr std::size_t k_max_connections = 16;

class AbciServer {
public:
    using Log = std::function<void(std::string_view)>;

    /// Listens on tcp://IP:PORT, loopback only since nobody is authenticated (port 0: the system
    /// chooses), or on unix://PATH. abci_address_unusable if it cannot. All must outlive the
    /// server.
    static Result<std::unique_ptr<AbciServer>> listen(boost::asio::io_context& context,
                                                      Application& application,
                                                      const std::string& address, Log log);
    ~AbciServer();

    /// As given to `listen`, with the port that was chosen.
    [[nodiscard]] const std::string& address() const { return address_; }

private:
    using Protocol = boost::asio::generic::stream_protocol;
    class Connection;

    AbciServer(boost::asio::io_context& context, Application& application, Log log)
        : acceptor_(context), application_(application), log_(std::move(log)) {}

    [[nodiscard]] Status open(const std::string& address);
    [[nodiscard]] Status open_at(const Protocol::endpoint& endpoint, const std::string& address);
    void accept();

    boost::asio::basic_socket_acceptor<Protocol> acceptor_;
    Application& application_;
    Log log_;
    std::string address_;
    std::string unix_path_;
    /// Shared, since connections end with the context, after the server.
    std::shared_ptr<std::size_t> connections_ = std::make_shared<std::size_t>(0);
};

}  // namespace cityledger::abci
