// Certificates that live on: nodes and authorities with new dates and the same keys, and what was
// taken back.

#include "crypto/certificate_renewal.hpp"

#include <catch2/catch.hpp>

#include "crypto/certificate_end.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/revocation_list.hpp"

using namespace cityledger;
using namespace cityledger::crypto;

namespace {

constexpr std::int64_t k_now_unix_s = 1'800'000'000;
constexpr std::int64_t k_day_s = 86'400;
constexpr Validity k_around{k_now_unix_s - 10 * k_day_s, k_now_unix_s + 10 * k_day_s};
constexpr Validity k_past{k_now_unix_s - 10 * k_day_s, k_now_unix_s - k_day_s};
constexpr Validity k_longer{k_now_unix_s - k_day_s, k_now_unix_s + 100 * k_day_s};

const NodeName k_node0{"ab12", "node0"};

template <class T>
Code code_of(const Result<T>& result) {
    REQUIRE_FALSE(result);
    return result.error().code;
}

Status check(const std::string& certificate, const std::string& authority,
             std::int64_t now_unix_s = k_now_unix_s) {
    return check_node_certificate(certificate, authority, k_node0, now_unix_s);
}

struct Issued {
    IssuedIdentity authority = create_authority("ab12", k_around);
    IssuedIdentity node = issue_node_certificate(authority, k_node0, k_around).value();
};

TEST_CASE("a renewed certificate is of the same node and key, with new dates and another number",
          "[renewal]") {
    const IssuedIdentity authority = create_authority("ab12", k_longer);
    const IssuedIdentity node = issue_node_certificate(authority, k_node0, k_past).value();
    CHECK(code_of(check(node.certificate_pem, authority.certificate_pem)) ==
          codes::certificate_expired);
    const auto renewed = renew_node_certificate(authority, node.certificate_pem, k_longer);
    REQUIRE(renewed);
    CHECK(check(*renewed, authority.certificate_pem));
    CHECK(certificate_key(*renewed).value() == certificate_key(node.certificate_pem).value());
    CHECK(certificate_end_unix_s(*renewed).value() == k_longer.not_after_unix_s);
    CHECK(certificate_serial(*renewed).value() != certificate_serial(node.certificate_pem).value());
}

TEST_CASE("an authority renews only what it has issued, and for a time that is one", "[renewal]") {
    const Issued of;
    const IssuedIdentity other = create_authority("ab12", k_around);  // the same name
    CHECK(code_of(renew_node_certificate(other, of.node.certificate_pem, k_longer)) ==
          codes::certificate_wrong_authority);
    CHECK(code_of(renew_node_certificate(of.authority, of.node.certificate_pem, {9, 9})) ==
          codes::validity_malformed);
    CHECK(code_of(renew_node_certificate(of.authority, "none", k_longer)) ==
          codes::certificate_unreadable);
    CHECK(code_of(renew_authority(of.authority, {9, 8})) == codes::validity_malformed);
    CHECK(code_of(check_issued(of.node.certificate_pem, other.certificate_pem)) ==
          codes::certificate_wrong_authority);
    CHECK(check_issued(of.node.certificate_pem, of.authority.certificate_pem));
}

TEST_CASE("an ended authority comes back under its key, and its older certificates with it",
          "[renewal]") {
    const IssuedIdentity ended = create_authority("ab12", k_past);
    const IssuedIdentity node = issue_node_certificate(ended, k_node0, k_longer).value();
    CHECK(code_of(check(node.certificate_pem, ended.certificate_pem)) ==
          codes::certificate_expired);
    const auto renewed = renew_authority(ended, k_longer);
    REQUIRE(renewed);
    const std::string both = ended.certificate_pem + *renewed;
    CHECK(check_authorities(both));
    CHECK(check(node.certificate_pem, both));
    // What the genesis names is the first, whatever follows.
    CHECK(certificate_digest(both).value() == certificate_digest(ended.certificate_pem).value());
    CHECK(authority_end_unix_s(both).value() == k_longer.not_after_unix_s);
    const IssuedIdentity holder{both, ended.private_key_pem};
    const IssuedIdentity later = issue_node_certificate(holder, k_node0, k_around).value();
    CHECK(check(later.certificate_pem, both));
    CHECK(code_of(check(later.certificate_pem, both, k_now_unix_s + 200 * k_day_s)) ==
          codes::certificate_expired);
}

TEST_CASE("an authority has no successor but under its own name and key", "[renewal]") {
    const Issued of;
    const IssuedIdentity namesake = create_authority("ab12", k_around);
    const IssuedIdentity thief = issue_node_certificate(namesake, k_node0, k_around).value();
    const std::string forged = of.authority.certificate_pem + namesake.certificate_pem;
    CHECK(code_of(check_authorities(forged)) == codes::authority_succession_broken);
    CHECK(code_of(check(thief.certificate_pem, forged)) == codes::authority_succession_broken);
    CHECK(code_of(check(of.node.certificate_pem, forged)) == codes::authority_succession_broken);
    CHECK(code_of(check_authorities(of.authority.certificate_pem + of.node.certificate_pem)) ==
          codes::authority_succession_broken);
    CHECK(code_of(check_authorities(of.authority.certificate_pem +
                                    "-----BEGIN CERTIFICATE-----\nAAAA\n")) ==
          codes::certificate_unreadable);
}

TEST_CASE("a certificate on the list is revoked, and no other", "[revocation]") {
    const Issued of;
    const IssuedIdentity other = issue_node_certificate(of.authority, k_node0, k_around).value();
    CHECK(RevocationList().check(of.node.certificate_pem));
    const auto pem = revoke_certificates(of.authority, "", {of.node.certificate_pem}, k_now_unix_s);
    REQUIRE(pem);
    const auto list = RevocationList::read(*pem, of.authority.certificate_pem);
    REQUIRE(list);
    CHECK(list->size() == 1);
    CHECK(list->number() == 1);
    CHECK(code_of(list->check(of.node.certificate_pem)) == codes::certificate_revoked);
    CHECK(list->check(of.node.certificate_pem)
              .error()
              .detail.find(certificate_serial(of.node.certificate_pem).value()) !=
          std::string::npos);
    CHECK(list->check(other.certificate_pem));
}

TEST_CASE("the next list keeps what is on the one before, each once, with a higher number",
          "[revocation]") {
    const Issued of;
    const IssuedIdentity other = issue_node_certificate(of.authority, k_node0, k_around).value();
    const std::string first =
        revoke_certificates(of.authority, "", {of.node.certificate_pem}, k_now_unix_s).value();
    const std::string second =
        revoke_certificates(of.authority, first, {of.node.certificate_pem, other.certificate_pem},
                            k_now_unix_s + k_day_s)
            .value();
    const auto list = RevocationList::read(second, of.authority.certificate_pem).value();
    CHECK(list.number() == 2);
    CHECK(list.size() == 2);
    CHECK(code_of(list.check(of.node.certificate_pem)) == codes::certificate_revoked);
    CHECK(code_of(list.check(other.certificate_pem)) == codes::certificate_revoked);
}

TEST_CASE("a list is the authority's, also after its renewal, or none", "[revocation]") {
    const Issued of;
    const IssuedIdentity namesake = create_authority("ab12", k_around);
    const std::string pem =
        revoke_certificates(of.authority, "", {of.node.certificate_pem}, k_now_unix_s).value();
    CHECK(code_of(RevocationList::read(pem, namesake.certificate_pem)) ==
          codes::revocation_list_foreign);
    CHECK(code_of(RevocationList::read("no list", of.authority.certificate_pem)) ==
          codes::revocation_list_unreadable);
    CHECK(code_of(RevocationList::read(of.node.certificate_pem, of.authority.certificate_pem)) ==
          codes::revocation_list_unreadable);
    CHECK(code_of(revoke_certificates(namesake, pem, {}, k_now_unix_s)) ==
          codes::revocation_list_foreign);
    CHECK(code_of(revoke_certificates(namesake, "", {of.node.certificate_pem}, k_now_unix_s)) ==
          codes::certificate_wrong_authority);
    const std::string both =
        of.authority.certificate_pem + renew_authority(of.authority, k_longer).value();
    CHECK(RevocationList::read(pem, both));
}

TEST_CASE("no byte of a list can change", "[revocation]") {
    const Issued of;
    const std::string pem =
        revoke_certificates(of.authority, "", {of.node.certificate_pem}, k_now_unix_s).value();
    const std::size_t begin = pem.find('\n') + 1;
    const std::size_t end = pem.rfind("-----END");
    std::size_t taken = 0;
    for (std::size_t at = begin; at < end; ++at) {
        if (pem[at] == '\n' || pem[at] == '=') continue;
        std::string changed = pem;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        const auto list = RevocationList::read(changed, of.authority.certificate_pem);
        // The last character before the padding has bits that mean nothing.
        if (list && list->check(of.node.certificate_pem)) ++taken;
    }
    CHECK(taken == 0);
}

}  // namespace
