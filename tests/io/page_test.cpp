// The page as a node sends it; tests/page/page_test.py reads it in a browser.

#include "node/io/http/page.hpp"

#include <catch2/catch.hpp>

#include "crypto/base64.hpp"
#include "crypto/hash.hpp"

namespace cityledger::io::test {
namespace {

TEST_CASE("the page's policy names its one script and its one style and nothing else", "[http]") {
    const HttpResponse response = page_response();
    CHECK(response.content_type == "text/html; charset=utf-8");
    const std::string& page = response.body;
    const auto between = [&page](const std::string& begin, const std::string& end) {
        const std::size_t at = page.find(begin) + begin.size();
        CHECK(page.find(begin, at) == page.npos);  // the only one
        return page.substr(at, page.find(end, at) - at);
    };
    const auto hash = [](const std::string& text) {
        return "'sha256-" + encode_base64(crypto::sha256(as_bytes(text)).bytes) + "'";
    };
    REQUIRE(response.headers.front().first == "Content-Security-Policy");
    const std::string& policy = response.headers.front().second;
    CHECK(policy.starts_with("default-src 'none'; script-src 'sha256-"));
    CHECK(policy.find("script-src " + hash(between("<script>", "</script>")) + ";") != policy.npos);
    CHECK(policy.find("style-src " + hash(between("<style>", "</style>")) + ";") != policy.npos);
    CHECK(policy.find("unsafe") == policy.npos);
}

TEST_CASE("the page is one file and writes no markup", "[http]") {
    const std::string_view page = page_text();
    for (const char* none : {"@PAGE_", "@CODES_", "src=", "innerHTML", "outerHTML",
                             "insertAdjacentHTML", "document.write", "style=\"", "https://"}) {
        INFO(none);
        CHECK(page.find(none) == page.npos);
    }
    CHECK(page.find("链上有此发票") != page.npos);
    CHECK(page.find("http_wrong_origin\t") != page.npos);
}

}  // namespace
}  // namespace cityledger::io::test
