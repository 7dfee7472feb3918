#include "node/io/http/page.hpp"

#include "crypto/base64.hpp"
#include "crypto/check.hpp"
#include "crypto/hash.hpp"

namespace cityledger::io {
namespace {

/// As a policy names the text between two marks of the page.
std::string hash_between(std::string_view page, std::string_view begin, std::string_view end) {
    const std::size_t at = page.find(begin);
    CHECK_INVARIANT(at != page.npos);
    const std::string_view text = page.substr(at + begin.size());
    const Digest digest = crypto::sha256(as_bytes(text.substr(0, text.find(end))));
    return "'sha256-" + encode_base64(digest.bytes) + "'";
}

}  // namespace

HttpResponse page_response() {
    const std::string_view page = page_text();
    const std::string policy =
        "default-src 'none'; script-src " + hash_between(page, "<script>", "</script>") +
        "; style-src " + hash_between(page, "<style>", "</style>") +
        "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'";
    HttpResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.body = std::string(page);
    response.headers = {{"Content-Security-Policy", policy},
                        {"X-Content-Type-Options", "nosniff"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cache-Control", "no-cache"}};
    return response;
}

}  // namespace cityledger::io
