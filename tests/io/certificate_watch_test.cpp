// What a running node takes over of its home's certificates, and what it does not.

#include "node/io/daemon/certificate_watch.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "crypto/certificate_end.hpp"
#include "crypto/certificate_renewal.hpp"
#include "crypto/crypto_codes.hpp"
#include "node/io/io_codes.hpp"
#include "tests/io/daemon_fixtures.hpp"

namespace cityledger::io::test {
namespace {

constexpr std::int64_t k_day_s = 86'400;

TransportSettings settings_of(const HomeContents& home) {
    TransportSettings settings;
    settings.identity = home.identity;
    settings.revocations = home.revocations;
    settings.chain_id = home.chain_id;
    settings.network = to_hex(home.chain_id);
    settings.validators = {"node0"};
    return settings;
}

/// The watch of a node's home, with all that it tells.
struct Watched {
    /// So often that whatever has changed is taken.
    void look_twice() {
        watch.look(now);
        watch.look(now);
    }
    std::int64_t shown_end() { return condition.view({}, now).certificate_ends_unix_s; }
    std::size_t told(std::string_view what) {
        logger->flush();
        const std::string log = read_text_file(home.home.node_log()).value();
        std::size_t count = 0;
        for (std::size_t at = log.find(what); at != std::string::npos;
             at = log.find(what, at + 1)) {
            ++count;
        }
        return count;
    }
    crypto::IssuedIdentity issue(const std::string& node = "node0") const {
        const crypto::NodeName name{to_hex(contents.chain_id), node};
        return crypto::issue_node_certificate(home.authority, name,
                                              {now - k_day_s, now + 100 * k_day_s})
            .value();
    }
    std::string list_after(const std::string& former, const std::string& certificate) const {
        return crypto::revoke_certificates(home.authority, former, {certificate}, now).value();
    }

    TestHome home;
    HomeContents contents = read_home(home.home).value();
    std::int64_t now = static_cast<std::int64_t>(std::time(nullptr));
    std::unique_ptr<Logger> logger =
        Logger::open(home.home.node_log(), "node0", LogLevel::info).value();
    PosixFileSystem files;
    NodeCondition condition{contents.validators, files, home.folder.path(), 4096};
    boost::asio::io_context context{1};
    std::unique_ptr<TcpTransport> transport =
        TcpTransport::create(context, settings_of(contents), *logger).value();
    CertificateWatch watch{home.home, contents, *transport, condition, *logger};
};

TEST_CASE("a renewed certificate is taken when it has stood still for a look, and told once",
          "[watch]") {
    Watched of;
    of.look_twice();
    CHECK(of.told("_taken") == 0);
    const std::string renewed =
        crypto::renew_node_certificate(of.home.authority, of.contents.identity.certificate_pem,
                                       {of.now - k_day_s, of.now + 100 * k_day_s})
            .value();
    TestHome::write(of.home.home.certificate(), renewed);
    of.watch.look(of.now);
    CHECK(of.told("certificate_taken") == 0);
    of.watch.look(of.now);
    CHECK(of.told("certificate_taken") == 1);
    CHECK(of.told(crypto::certificate_serial(renewed).value()) == 1);
    CHECK(of.shown_end() == of.now + 100 * k_day_s);
    of.look_twice();
    CHECK(of.told("certificate_taken") == 1);
}

TEST_CASE("a new key is taken when its certificate has come too", "[watch]") {
    Watched of;
    of.look_twice();
    const crypto::IssuedIdentity rotated = of.issue();
    TestHome::write(of.home.home.certificate_key(), rotated.private_key_pem, 0600);
    of.watch.look(of.now);
    TestHome::write(of.home.home.certificate(), rotated.certificate_pem);
    of.look_twice();
    CHECK(of.told("certificate_refused") == 0);
    CHECK(of.told("certificate_taken") == 1);
}

TEST_CASE("a certificate that does not fit is refused once, with its reason", "[watch]") {
    Watched of;
    of.look_twice();
    SECTION("of another node") {
        TestHome::write(of.home.home.certificate(), of.issue("node9").certificate_pem);
        of.look_twice();
        CHECK(of.told("code=certificate_wrong_node") == 1);
    }
    SECTION("without its key") {
        TestHome::write(of.home.home.certificate(), of.issue().certificate_pem);
        of.look_twice();
        CHECK(of.told("code=tls_settings_unusable") == 1);
    }
    SECTION("gone") {
        fs::remove(of.home.home.certificate());
        of.look_twice();
        CHECK(of.told("code=file_unreadable") == 1);
    }
    of.look_twice();
    CHECK(of.told("certificate_refused") == 1);
    CHECK(of.told("certificate_taken") == 0);
}

TEST_CASE("a revocation list is taken; no older one, no other's, and not its absence", "[watch]") {
    Watched of;
    of.look_twice();
    const std::string first = of.list_after("", of.issue().certificate_pem);
    const std::string second = of.list_after(first, of.contents.identity.certificate_pem);
    TestHome::write(of.home.home.revocations(), second);
    of.look_twice();
    CHECK(of.told("trust_taken") == 1);
    // The node's own is on it.
    CHECK(of.told("own_certificate") == 1);
    CHECK(of.told(crypto::codes::certificate_revoked.name) == 1);
    SECTION("older") {
        TestHome::write(of.home.home.revocations(), first);
        of.look_twice();
        CHECK(of.told("code=" + std::string(codes::revocation_list_older.name)) == 1);
    }
    SECTION("gone") {
        fs::remove(of.home.home.revocations());
        of.look_twice();
        CHECK(of.told("code=revocation_list_older") == 1);
    }
    SECTION("another authority's") {
        const auto other = crypto::create_authority("test", {of.now - k_day_s, of.now + k_day_s});
        TestHome::write(of.home.home.revocations(),
                        crypto::revoke_certificates(other, "", {}, of.now).value());
        of.look_twice();
        CHECK(of.told("code=revocation_list_foreign") == 1);
    }
    CHECK(of.told("trust_refused") == 1);
    // What the certificate says is taken all the same.
    const crypto::IssuedIdentity rotated = of.issue();
    TestHome::write(of.home.home.certificate_key(), rotated.private_key_pem, 0600);
    TestHome::write(of.home.home.certificate(), rotated.certificate_pem);
    of.look_twice();
    CHECK(of.told("certificate_taken") == 1);
    CHECK(of.told("own_certificate") == 1);
}

TEST_CASE("a new certificate of the authority is taken with what it has signed", "[watch]") {
    Watched of;
    of.look_twice();
    const std::string renewed =
        crypto::renew_authority(of.home.authority, {of.now - k_day_s, of.now + 200 * k_day_s})
            .value();
    TestHome::write(of.home.home.authority(), of.home.authority.certificate_pem + renewed);
    of.look_twice();
    CHECK(of.told("trust_taken") == 1);
    CHECK(read_home(of.home.home)->own_certificate);
    SECTION("a stranger's is not") {
        const auto stranger =
            crypto::create_authority("test authority", {of.now - k_day_s, of.now + k_day_s});
        TestHome::write(of.home.home.authority(),
                        of.home.authority.certificate_pem + stranger.certificate_pem);
        of.look_twice();
        CHECK(of.told("code=authority_succession_broken") == 1);
        CHECK(of.home.refusal() == crypto::codes::authority_succession_broken);
    }
}

TEST_CASE("a node starts with its revocation list, and says if it is on it itself", "[watch]") {
    TestHome home;
    const auto own = read_text_file(home.home.certificate()).value();
    const std::string list =
        crypto::revoke_certificates(home.authority, "", {own}, std::time(nullptr)).value();
    TestHome::write(home.home.revocations(), list);
    const auto contents = read_home(home.home);
    REQUIRE(contents);
    CHECK(contents->revocations.size() == 1);
    REQUIRE_FALSE(contents->own_certificate);
    CHECK(contents->own_certificate.error().code == crypto::codes::certificate_revoked);
    TestHome::write(home.home.revocations(), list.substr(0, list.size() / 2));
    CHECK(home.refusal() == crypto::codes::revocation_list_unreadable);
}

}  // namespace
}  // namespace cityledger::io::test
