#include "crypto/x509_identity.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "crypto/crypto_codes.hpp"
#include "tests/paths.hpp"

using namespace cityledger;
using namespace cityledger::crypto;

namespace {

constexpr std::int64_t k_now_unix_s = 1'800'000'000;
constexpr std::int64_t k_day_s = 86'400;
constexpr Validity k_long{k_now_unix_s - 10 * k_day_s, k_now_unix_s + 10 * k_day_s};
constexpr Validity k_short{k_now_unix_s - k_day_s, k_now_unix_s + k_day_s};
// The certificates in data/ hold for a hundred years from when make.sh was last run.
constexpr std::int64_t k_2060_unix_s = 2'840'140'800;

const NodeName k_node0{"ab12", "node0"};

/// A certificate that the openssl command made (data/make.sh).
std::string read_data(const std::string& name) {
    std::ifstream file(source_dir() + "/tests/crypto/data/" + name + ".pem");
    REQUIRE(file.good());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

IssuedIdentity issue(const IssuedIdentity& authority, const NodeName& name, Validity validity) {
    auto issued = issue_node_certificate(authority, name, validity);
    REQUIRE(issued.has_value());
    return *std::move(issued);
}

template <class T>
Code code_of(const Result<T>& result) {
    REQUIRE_FALSE(result.has_value());
    INFO(result.error().message());
    return result.error().code;
}

/// The check of one of data/'s certificates, for node0 of network ab12.
Status check_data(const std::string& name) {
    return check_node_certificate(read_data(name), read_data("authority"), k_node0, k_2060_unix_s);
}

}  // namespace

TEST_CASE("a node's certificate holds for its network, name and time") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const IssuedIdentity node = issue(authority, k_node0, k_short);
    const auto check_at = [&](std::int64_t time) {
        return check_node_certificate(node.certificate_pem, authority.certificate_pem, k_node0,
                                      time);
    };
    CHECK(check_at(k_now_unix_s).has_value());
    CHECK(check_at(k_short.not_before_unix_s).has_value());
    CHECK(check_at(k_short.not_after_unix_s - 1).has_value());
    CHECK(code_of(check_at(k_short.not_before_unix_s - 1)) == codes::certificate_not_yet_valid);
    CHECK(code_of(check_at(k_short.not_after_unix_s + 1)) == codes::certificate_expired);
    CHECK(node_name_of(node.certificate_pem).value() == k_node0);
}

TEST_CASE("the key of an identity is that of its certificate, and can sign") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const IssuedIdentity node = issue(authority, k_node0, k_short);
    const auto key = PrivateKey::from_pem(node.private_key_pem);
    REQUIRE(key.has_value());
    CHECK(key->public_key().verify(as_bytes("x"), key->sign(as_bytes("x"))));
}

TEST_CASE("a node's certificate is refused when its authority is out of time") {
    const IssuedIdentity authority = create_authority("ab12", k_short);
    const IssuedIdentity node = issue(authority, k_node0, k_long);
    const auto late = check_node_certificate(node.certificate_pem, authority.certificate_pem,
                                             k_node0, k_now_unix_s + 5 * k_day_s);
    CHECK(code_of(late) == codes::certificate_expired);
    CHECK(late.error().detail.starts_with("authority's"));
    const auto early = check_node_certificate(node.certificate_pem, authority.certificate_pem,
                                              k_node0, k_now_unix_s - 5 * k_day_s);
    CHECK(code_of(early) == codes::certificate_not_yet_valid);
}

TEST_CASE("another authority's certificate is refused, even under the same name") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const IssuedIdentity namesake = create_authority("ab12", k_long);
    const IssuedIdentity stranger = create_authority("cd34", k_long);
    for (const IssuedIdentity& other : {namesake, stranger}) {
        const IssuedIdentity node = issue(other, k_node0, k_short);
        CHECK(code_of(check_node_certificate(node.certificate_pem, authority.certificate_pem,
                                             k_node0, k_now_unix_s)) ==
              codes::certificate_wrong_authority);
    }
}

TEST_CASE("a node cannot issue certificates") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const IssuedIdentity node = issue(authority, k_node0, k_long);
    const IssuedIdentity forged = issue(node, {"ab12", "node1"}, k_short);
    for (const IssuedIdentity& trusted : {authority, node}) {
        CHECK(code_of(check_node_certificate(forged.certificate_pem, trusted.certificate_pem,
                                             {"ab12", "node1"}, k_now_unix_s)) ==
              codes::certificate_wrong_authority);
    }
}

TEST_CASE("a changed certificate is refused") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const IssuedIdentity node = issue(authority, k_node0, k_short);
    // The end of the encoding is the signature; the letter before the last line's end is in it.
    std::string changed = node.certificate_pem;
    const std::size_t place = changed.find("\n-----END") - 8;
    changed[place] = changed[place] == 'A' ? 'B' : 'A';
    CHECK(code_of(check_node_certificate(changed, authority.certificate_pem, k_node0,
                                         k_now_unix_s)) == codes::certificate_wrong_authority);
}

TEST_CASE("a certificate of another network or node is refused") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const auto check_name = [&authority](const NodeName& name) {
        const IssuedIdentity node = issue(authority, name, k_short);
        return check_node_certificate(node.certificate_pem, authority.certificate_pem, k_node0,
                                      k_now_unix_s);
    };
    CHECK(check_name(k_node0).has_value());
    CHECK(code_of(check_name({"ab1", "node0"})) == codes::certificate_wrong_network);
    CHECK(code_of(check_name({"cd34", "node1"})) == codes::certificate_wrong_network);
    CHECK(code_of(check_name({"ab12", "node1"})) == codes::certificate_wrong_node);
    CHECK(code_of(check_name({"ab12", "NODE0"})) == codes::certificate_wrong_node);
    CHECK(code_of(check_name({"ab12", "node00"})) == codes::certificate_wrong_node);
}

TEST_CASE("an authority's own certificate is no node certificate") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    CHECK(code_of(check_node_certificate(authority.certificate_pem, authority.certificate_pem,
                                         k_node0, k_now_unix_s)) == codes::certificate_wrong_usage);
    CHECK(code_of(node_name_of(authority.certificate_pem)) == codes::certificate_without_name);
}

TEST_CASE("bytes that are no certificate are refused, and said whose they are") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const IssuedIdentity node = issue(authority, k_node0, k_short);
    const std::string half = node.certificate_pem.substr(0, node.certificate_pem.size() / 2);
    for (const std::string& text :
         {std::string(), std::string("text"), half, node.private_key_pem}) {
        INFO(text);
        CHECK(code_of(node_name_of(text)) == codes::certificate_unreadable);
        const auto bad_node =
            check_node_certificate(text, authority.certificate_pem, k_node0, k_now_unix_s);
        CHECK(code_of(bad_node) == codes::certificate_unreadable);
        CHECK(bad_node.error().detail == "node's certificate");
        const auto bad_authority =
            check_node_certificate(node.certificate_pem, text, k_node0, k_now_unix_s);
        CHECK(code_of(bad_authority) == codes::certificate_unreadable);
        CHECK(bad_authority.error().detail == "authority's certificate");
    }
}

TEST_CASE("an authority issues only with its own certificate and key") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const IssuedIdentity other = create_authority("ab12", k_long);
    const auto issue_with = [](const std::string& certificate, const std::string& key) {
        return issue_node_certificate({certificate, key}, k_node0, k_short);
    };
    CHECK(code_of(issue_with("", authority.private_key_pem)) == codes::certificate_unreadable);
    CHECK(code_of(issue_with(authority.certificate_pem, "")) == codes::private_key_unreadable);
    CHECK(code_of(issue_with(authority.certificate_pem, other.private_key_pem)) ==
          codes::private_key_mismatch);
}

TEST_CASE("a name that cannot stand in a certificate is refused") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const std::vector<NodeName> bad = {{"", "node0"},
                                       {"AB12", "node0"},
                                       {"xy", "node0"},
                                       {"ab12", ""},
                                       {"ab12", "a/b"},
                                       {"ab12", "a,DNS:b"},
                                       {"ab12", "a b"},
                                       {"ab12", "税务局"},
                                       {std::string(65, 'a'), "node0"},
                                       {"ab12", std::string(64, 'n')},
                                       {"ab12", std::string("a\0b", 3)}};
    for (const NodeName& name : bad) {
        INFO(name.network << "/" << name.node);
        CHECK(code_of(issue_node_certificate(authority, name, k_short)) ==
              codes::node_name_malformed);
    }
    const NodeName longest{std::string(64, 'a'), std::string(63, 'n')};
    CHECK(node_name_of(issue(authority, longest, k_short).certificate_pem).value() == longest);
}

TEST_CASE("a period of validity that is empty or out of the calendar is refused") {
    const IssuedIdentity authority = create_authority("ab12", k_long);
    const auto issue_for = [&authority](std::int64_t from, std::int64_t to) {
        return issue_node_certificate(authority, k_node0, {from, to});
    };
    CHECK(code_of(issue_for(5, 5)) == codes::validity_malformed);
    CHECK(code_of(issue_for(6, 5)) == codes::validity_malformed);
    CHECK(code_of(issue_for(-1, 5)) == codes::validity_malformed);
    CHECK(code_of(issue_for(0, 253'402'300'800)) == codes::validity_malformed);
    CHECK(issue_for(0, 253'402'300'799).has_value());
}

TEST_CASE("an authority takes any name, also one that X.509 has no room for") {
    for (const std::string& name :
         {std::string("深圳税务"), std::string(), std::string(500, 'x'), std::string("\xff\xfe")}) {
        const IssuedIdentity authority = create_authority(name, k_long);
        const IssuedIdentity node = issue(authority, k_node0, k_short);
        CHECK(check_node_certificate(node.certificate_pem, authority.certificate_pem, k_node0,
                                     k_now_unix_s)
                  .has_value());
    }
}

TEST_CASE("a good certificate made by another program is accepted") {
    const Status status = check_data("good");
    INFO((status ? std::string() : status.error().message()));
    CHECK(status.has_value());
}

TEST_CASE("a certificate for another use is refused") {
    CHECK(code_of(check_data("only_server")) == codes::certificate_wrong_usage);
    CHECK(code_of(check_data("only_client")) == codes::certificate_wrong_usage);
    CHECK(code_of(check_data("only_encryption")) == codes::certificate_wrong_usage);
    CHECK(code_of(check_data("second_authority")) == codes::certificate_wrong_usage);
}

TEST_CASE("a certificate without exactly one well-formed name is refused") {
    CHECK(code_of(check_data("without_name")) == codes::certificate_without_name);
    CHECK(code_of(check_data("two_names")) == codes::certificate_without_name);
    CHECK(code_of(check_data("name_without_node")) == codes::certificate_without_name);
    CHECK(code_of(check_data("name_in_capitals")) == codes::certificate_without_name);
}

TEST_CASE("a certificate that a member's key has signed shows that key") {
    const PrivateKey key = PrivateKey::generate();
    const IssuedIdentity identity = self_signed_certificate(key, "AK", k_long);
    const auto shown = certificate_key(identity.certificate_pem);
    REQUIRE(shown.has_value());
    CHECK(*shown == key.public_key().bytes());
    CHECK(certificate_key("no certificate").error().code == codes::certificate_unreadable);
    for (const char* other : {"certificate_of_rsa", "certificate_of_p384"}) {
        CHECK(certificate_key(read_data(other)).error().code == codes::certificate_key_unusable);
    }
}
