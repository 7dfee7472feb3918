#pragma once
// A request for a WebSocket together with its connection, which changes hands.

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "node/io/http/http_message.hpp"

namespace cityledger::io {

struct WebSocketRequest {
    HttpRequest request;
    boost::asio::ip::tcp::socket socket;
    /// As the parser read it; the handshake answers to its key.
    boost::beast::http::request<boost::beast::http::string_body> head;
};

}  // namespace cityledger::io
