#pragma once
// One real validator in the test's process, on a folder that is gone at the end.

#include <catch2/catch.hpp>
#include <ctime>
#include <filesystem>
#include <thread>

#include "crypto/x509_identity.hpp"
#include "node/io/config_files.hpp"
#include "node/io/daemon/daemon.hpp"
#include "node/io/daemon/daemon_home.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/log/block_log.hpp"

namespace cityledger::io::test {

namespace fs = std::filesystem;

/// A folder that is gone at the end of the test.
class TestFolder {
public:
    TestFolder() {
        std::string pattern = (fs::temp_directory_path() / "cityledger-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~TestFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// The home of the only validator of a chain with two members.
struct TestHome {
    static constexpr std::int64_t k_day_s = 86'400;

    explicit TestHome(ledger::SuiteName suite = ledger::SuiteName::standard) {
        const std::int64_t now = static_cast<std::int64_t>(std::time(nullptr));
        const crypto::Validity validity{now - k_day_s, now + k_day_s};
        authority = crypto::create_authority("test", validity);
        const bool standard = suite == ledger::SuiteName::standard;
        const crypto::PrivateKey validator =
            standard ? crypto::PrivateKey::generate() : crypto::PrivateKey::for_simulation({});
        genesis.name = "test";
        genesis.suite = suite;
        genesis.authority = crypto::certificate_digest(authority.certificate_pem).value();
        genesis.validators = {{"node0", validator.public_key().bytes()}};
        if (standard) {
            genesis.keys = {{"AK", member.public_key().bytes()},
                            {"BK", other_member.public_key().bytes()}};
        }
        genesis.business = "{}";
        const crypto::NodeName name{to_hex(ledger::chain_id_of(genesis)), "node0"};
        const auto node = crypto::issue_node_certificate(authority, name, validity).value();
        config.name = "node0";
        write(home.genesis(), ledger::genesis_to_text(genesis));
        write(home.authority(), authority.certificate_pem);
        write(home.certificate(), node.certificate_pem);
        write(home.certificate_key(), node.private_key_pem, 0600);
        if (standard) write(home.validator_key(), validator.to_pem(), 0600);
        REQUIRE(write_node_config(home.config(), config));
    }

    static void write(const std::string& path, const std::string& text,
                      unsigned permissions = 0644) {
        REQUIRE(write_text_file(path, text, permissions));
    }
    void make_log() const {
        PosixFileSystem files;
        REQUIRE(node::initialise_log(files, home.log(config), genesis, {},
                                     node::LogOrigin::with_network));
    }
    Code refusal() const {
        const auto contents = read_home(home);
        REQUIRE_FALSE(contents);
        return contents.error().code;
    }

    TestFolder folder;
    NodeHome home{folder.path()};
    NodeConfig config;
    ledger::Genesis genesis;
    crypto::IssuedIdentity authority;
    crypto::PrivateKey member = crypto::PrivateKey::generate();  ///< of AK
    crypto::PrivateKey other_member = crypto::PrivateKey::generate();
};

/// Runs the node on a thread until it goes out of scope.
class RunningDaemon {
public:
    explicit RunningDaemon(const DaemonOptions& options) {
        auto daemon = Daemon::start(options);
        INFO((daemon ? "" : daemon.error().message()));
        REQUIRE(daemon);
        daemon_ = *std::move(daemon);
        thread_ = std::thread([this] { daemon_->run(); });
    }
    ~RunningDaemon() {
        daemon_->stop();
        thread_.join();
    }
    std::uint16_t http_port() const { return daemon_->ports().http_port; }

private:
    std::unique_ptr<Daemon> daemon_;
    std::thread thread_;
};

inline ledger::Transaction call(const TestHome& home, std::uint8_t nonce) {
    ledger::TransactionBody body;
    body.chain_id = ledger::chain_id_of(home.genesis);
    body.sender = "AK";
    body.sender_key = home.member.public_key().bytes();
    body.nonce.bytes[0] = nonce;
    body.expires_at_height = 100;
    body.operations = {{"calendar", "no_such_method", {}}};
    return ledger::sign_transaction(std::move(body), home.member);
}

}  // namespace cityledger::io::test
