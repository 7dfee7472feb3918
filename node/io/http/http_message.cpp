#include "node/io/http/http_message.hpp"

#include <map>

#include "ledger/ledger_codes.hpp"
#include "node/api/answers.hpp"
#include "node/io/http/http_framing.hpp"
#include "node/io/http/read_codes.hpp"
#include "node/io/http/verification_codes.hpp"
#include "node/io/io_codes.hpp"
#include "node/replica/replica_codes.hpp"

namespace cityledger::io {
namespace {

constexpr const char* k_height_header = "X-Executed-Height";

std::optional<int> hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return std::nullopt;
}

/// `plus_is_blank` holds in queries only.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const auto high = hex_digit(text[i + 1]);
            const auto low = hex_digit(text[i + 2]);
            if (!high || !low) return std::nullopt;
            c = static_cast<char>(*high * 16 + *low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
        decoded += c;
    }
    return decoded;
}

/// Takes the text up to the separator off the front.
std::string_view take_until(std::string_view& text, char separator) {
    const std::size_t end = text.find(separator);
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return taken;
}

}  // namespace

std::optional<std::string_view> HttpRequest::parameter(std::string_view name) const {
    for (const auto& [key, value] : query) {
        if (key == name) return value;
    }
    return std::nullopt;
}

unsigned http_status(const Code& code) {
    static const std::map<std::uint16_t, unsigned> k_own_status = {
        {codes::controls_disabled.number, 403},
        {codes::control_token_wrong.number, 403},
        {ledger::codes::read_not_permitted.number, 403},
        {codes::read_proof_not_permitted.number, 403},
        {codes::http_wrong_method.number, 405},
        {codes::http_too_late.number, 408},
        {codes::http_too_large.number, 413},
        {codes::http_wrong_media_type.number, 415},
        {codes::http_wrong_host.number, 421},
        {codes::verify_caller_limited.number, 429},
        {codes::verify_invoice_limited.number, 429},
        {codes::http_budget_spent.number, 429},
        {codes::http_wrong_origin.number, 403},
        {codes::events_need_web_socket.number, 426},
    };
    const auto own = k_own_status.find(code.number);
    if (own != k_own_status.end()) return own->second;
    switch (code.kind) {
        case RefusalKind::invalid: return 400;
        case RefusalKind::refused: return 422;
        case RefusalKind::not_found: return 404;
        case RefusalKind::busy: return 503;
        case RefusalKind::unreachable: return 504;
        case RefusalKind::broken: return 500;
    }
    return 500;
}

void tell_height(HttpResponse& response, std::uint64_t height) {
    response.headers.emplace_back(k_height_header, std::to_string(height));
}

bool has_height(const HttpResponse& response) {
    for (const auto& [name, value] : response.headers) {
        if (name == k_height_header) return true;
    }
    return false;
}

HttpResponse error_response(const Error& error) {
    HttpResponse response;
    response.status = http_status(error.code);
    response.body = ledger::compact_json(ledger::to_json(api::error_view(error)));
    return response;
}

Status parse_target(std::string_view target, HttpRequest& request) {
    const std::string_view path = take_until(target, '?');
    const auto decoded = percent_decode(path, false);
    bool good = decoded && decoded->starts_with('/');
    if (good) request.path = *decoded;
    while (good && !target.empty()) {
        std::string_view value = take_until(target, '&');
        const auto name = percent_decode(take_until(value, '='), true);
        const auto text = percent_decode(value, true);
        good = name && text;
        if (good) request.query.emplace_back(*name, *text);
    }
    if (!good) return tl::unexpected<Error>(framing_error("the target is malformed"));
    return {};
}

}  // namespace cityledger::io
