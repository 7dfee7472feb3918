#include "node/io/http/http_framing.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

constexpr std::string_view k_head_end = "\r\n\r\n";

tl::unexpected<Error> broken(std::string detail) {
    return tl::unexpected<Error>(framing_error(std::move(detail)));
}

std::string to_lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

std::vector<std::string> values_of(const HttpHead& head, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& [key, value] : head.headers) {
        if (key == name) values.push_back(value);
    }
    return values;
}

/// The announced length: digits only, no sign, no list, no leading zero (some readers take it for
/// the mark of an octal number).
Result<std::uint64_t> parse_length(const std::string& text) {
    std::uint64_t length = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, length);
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    const bool padded = text.size() > 1 && text.front() == '0';
    if (!digits || padded || stop != end || error != std::errc()) {
        return broken("Content-Length is no number");
    }
    if (length > k_max_http_body_bytes) {
        return tl::unexpected<Error>(too_large_error("a body of " + text + " bytes"));
    }
    return length;
}

Status check_transfer_encoding(const HttpHead& head, const std::vector<std::string>& values) {
    if (values.size() > 1) return broken("several Transfer-Encoding headers");
    if (to_lower(values.front()) != "chunked") {
        return broken("Transfer-Encoding other than chunked");
    }
    if (head.version < 11) return broken("Transfer-Encoding on HTTP/1.0");
    return {};
}

/// "[::1]:8080" and "example.org:8080" without port and brackets.
std::string host_name(const std::string& host) {
    const std::size_t bracket = host.find(']');
    if (host.starts_with("[") && bracket != std::string::npos) return host.substr(1, bracket - 1);
    return host.substr(0, host.find(':'));
}

}  // namespace

Error framing_error(std::string detail) {
    return refuse(codes::http_framing, std::move(detail)).value();
}

Error too_large_error(std::string detail) {
    return refuse(codes::http_too_large, std::move(detail)).value();
}

Result<std::optional<std::size_t>> find_head_end(std::string_view input) {
    const std::size_t end = input.find(k_head_end);
    const bool whole = end != input.npos;
    const std::string_view head = input.substr(0, whole ? end : input.npos);
    for (std::size_t line = head.find('\n'); line != head.npos; line = head.find('\n', line + 1)) {
        if (line == 0 || head[line - 1] != '\r') return broken("a line feed alone ends a line");
        const char next = line + 1 < head.size() ? head[line + 1] : '\0';
        if (next == ' ' || next == '\t') return broken("a header continues on the next line");
    }
    if (head.size() > k_max_http_header_bytes) {
        return tl::unexpected<Error>(too_large_error("the head of the request"));
    }
    if (!whole) return std::optional<std::size_t>();
    return std::optional<std::size_t>(end + k_head_end.size());
}

Result<HttpFraming> check_framing(const HttpHead& head) {
    if (head.version != 10 && head.version != 11) return broken("neither HTTP/1.0 nor HTTP/1.1");
    if (head.headers.size() > k_max_http_headers) {
        return tl::unexpected<Error>(too_large_error("more than 64 headers"));
    }
    const auto encodings = values_of(head, "transfer-encoding");
    const auto lengths = values_of(head, "content-length");
    const auto hosts = values_of(head, "host");
    if (hosts.size() > 1) return broken("several Host headers");
    if (head.version == 11 && hosts.empty()) return broken("no Host header");
    if (!encodings.empty() && !lengths.empty()) {
        return broken("both Transfer-Encoding and Content-Length");
    }
    if (lengths.size() > 1) return broken("several Content-Length headers");

    HttpFraming framing;
    if (!encodings.empty()) {
        const Status checked = check_transfer_encoding(head, encodings);
        if (!checked) return propagate(checked);
        framing.has_body = true;
    }
    if (!lengths.empty()) {
        const auto length = parse_length(lengths.front());
        if (!length) return propagate(length);
        framing.has_body = *length > 0;
    }
    if (framing.has_body && head.method != "POST") return broken("a body on " + head.method);
    for (const std::string& expectation : values_of(head, "expect")) {
        if (to_lower(expectation) != "100-continue") return broken("an unknown Expect header");
        framing.expects_continue = framing.has_body && head.version == 11;
    }
    const auto upgrades = values_of(head, "upgrade");
    if (!upgrades.empty()) {
        framing.asks_web_socket = upgrades.size() == 1 && to_lower(upgrades.front()) == "websocket";
        if (!framing.asks_web_socket || head.method != "GET" || head.version < 11) {
            return broken("an Upgrade header to anything but a WebSocket");
        }
    }
    return framing;
}

Status check_origin(const HttpHead& head, const std::vector<std::string>& names) {
    const auto origins = values_of(head, "origin");
    if (origins.empty()) return {};  // no browser
    const std::string origin = to_lower(origins.front());
    const std::size_t scheme = origin.find("://");
    const std::string site = scheme == origin.npos ? "" : origin.substr(scheme + 3);
    const auto hosts = values_of(head, "host");
    const bool own = !hosts.empty() && site == to_lower(hosts.front());
    const bool named = std::find(names.begin(), names.end(), host_name(site)) != names.end();
    if (origins.size() == 1 && (own || named)) return {};
    return refuse(codes::http_wrong_origin, "'" + origins.front() + "'");
}

Status check_host(const HttpHead& head, const std::vector<std::string>& names) {
    const auto hosts = values_of(head, "host");
    if (hosts.empty()) return {};  // HTTP/1.0; no browser speaks it
    const std::string name = host_name(to_lower(hosts.front()));
    boost::system::error_code no_address;
    boost::asio::ip::make_address(name, no_address);
    const bool known = name == "localhost" || !no_address ||
                       std::find(names.begin(), names.end(), name) != names.end();
    if (!known) return refuse(codes::http_wrong_host, "'" + hosts.front() + "'");
    return {};
}

}  // namespace cityledger::io
