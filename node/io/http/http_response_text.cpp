#include "node/io/http/http_response_text.hpp"

#include <boost/beast/http/status.hpp>
#include <ostream>  // Boost's string_view wants it

namespace cityledger::io {
namespace {

namespace http = boost::beast::http;

constexpr unsigned k_no_content = 204;

std::string_view reason_of(unsigned status) {
    const auto words = http::obsolete_reason(static_cast<http::status>(status));
    return {words.data(), words.size()};
}

}  // namespace

std::string write_response(const HttpResponse& response, bool keep_alive, bool with_body) {
    std::string text = "HTTP/1.1 " + std::to_string(response.status) + " ";
    text += reason_of(response.status);
    if (response.status != k_no_content) {  // RFC 9110, 8.6: not even a length of 0
        text += "\r\nContent-Type: " + response.content_type;
        text += "\r\nContent-Length: " + std::to_string(response.body.size());
    }
    text += keep_alive ? "\r\nConnection: keep-alive" : "\r\nConnection: close";
    for (const auto& [name, value] : response.headers) text += "\r\n" + name + ": " + value;
    text += "\r\n\r\n";
    if (with_body) text += response.body;
    return text;
}

}  // namespace cityledger::io
