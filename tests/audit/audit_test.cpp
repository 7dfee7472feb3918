// A node's home, sound and damaged at any byte: the audit names the first damage, or why the byte
// does not matter.

#include <algorithm>
#include <catch2/catch.hpp>
#include <ctime>
#include <fstream>

#include "client/api_client.hpp"
#include "crypto/certificate_renewal.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/revocation_list.hpp"
#include "node/api/answers.hpp"
#include "node/io/audit/audit_codes.hpp"
#include "node/io/audit/recovery.hpp"
#include "node/io/audit/untouched_files.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/storage/rocksdb_state_store.hpp"
#include "node/io/storage/storage_codes.hpp"
#include "node/log/log_codes.hpp"
#include "tests/io/daemon_fixtures.hpp"

namespace cityledger::io::test {
namespace {

Bytes file_bytes(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write_bytes(const std::string& path, const Bytes& bytes) {
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    REQUIRE(stream.good());
}

/// The home of a validator that has executed a few blocks and ended in order.
struct UsedHome : TestHome {
    UsedHome() {
        make_log();
        DaemonOptions options;
        options.home = home.folder;
        RunningDaemon daemon(options);
        client::ApiClient client("127.0.0.1", daemon.http_port());
        for (std::uint8_t nonce = 1; nonce <= 3; ++nonce) {
            const auto answer = client.submit(call(*this, nonce), 20'000);
            REQUIRE(answer);
            REQUIRE(answer->receipt);
        }
    }

    [[nodiscard]] std::string log() const { return home.log(config) + "/log-000001"; }

    AuditReport audit(std::optional<std::uint64_t> at = {}) const {
        const TestFolder work;
        auto held = HeldHome::hold(home);
        REQUIRE(held);
        AuditOptions options;
        options.at = at;
        options.work_folder = work.path();
        auto report = audit_home(*held, options);
        INFO((report ? "" : report.error().message()));
        REQUIRE(report);
        return *std::move(report);
    }
};

/// One byte of a file is another one until the end of the scope.
class FlippedByte {
public:
    FlippedByte(std::string path, std::size_t offset)
        : path_(std::move(path)), before_(file_bytes(path_)) {
        Bytes damaged = before_;
        damaged.at(offset) ^= 0x01;
        write_bytes(path_, damaged);
    }
    ~FlippedByte() { write_bytes(path_, before_); }
    FlippedByte(const FlippedByte&) = delete;
    FlippedByte& operator=(const FlippedByte&) = delete;

private:
    std::string path_;
    Bytes before_;
};

bool names(const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

Code damage_of(const UsedHome& used) {
    const AuditReport report = used.audit();
    REQUIRE(report.damage);
    UNSCOPED_INFO(report.damage->error.message());
    return report.damage->error.code;
}

TEST_CASE("the audit of a sound home tells what holds and changes nothing", "[audit]") {
    const UsedHome used;
    const Bytes log = file_bytes(used.log());
    const AuditReport report = used.audit();
    INFO((report.damage ? report.damage->error.message() : ""));
    REQUIRE_FALSE(report.damage);
    CHECK(report.log.transactions == 3);
    CHECK(report.log.blocks >= 3);
    CHECK(report.final_height >= 3);
    CHECK(report.certified_height == report.final_height);
    CHECK(report.reached.height == report.final_height);
    CHECK(report.state_height == report.final_height);
    REQUIRE(report.state);
    CHECK(report.state->entries > 6);
    CHECK(report.rewritten.empty());
    CHECK(file_bytes(used.log()) == log);
    CHECK(file_bytes(used.home.process_id()).empty());

    const AuditReport earlier = used.audit(1);
    CHECK(earlier.reached.height == 1);
    CHECK(earlier.reached.receipts_root != report.reached.receipts_root);
    CHECK_FALSE(earlier.state);

    const TestFolder work;
    const auto held = HeldHome::hold(used.home);
    REQUIRE(held);
    AuditOptions beyond;
    beyond.at = 1'000;
    beyond.work_folder = work.path();
    const auto refused = audit_home(*held, beyond);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == codes::audit_height_unreached);
    const auto twice = HeldHome::hold(used.home);
    REQUIRE_FALSE(twice);
    CHECK(twice.error().code == codes::home_in_use);
}

TEST_CASE("a flipped byte of a key, a certificate or the genesis is named, or means nothing",
          "[audit]") {
    const UsedHome used;
    const NodeHome& home = used.home;
    const std::int64_t now = static_cast<std::int64_t>(std::time(nullptr));
    const crypto::Validity longer{now - TestHome::k_day_s, now + 9 * TestHome::k_day_s};
    TestHome::write(home.authority(), used.authority.certificate_pem +
                                          crypto::renew_authority(used.authority, longer).value());
    TestHome::write(home.revocations(),
                    crypto::revoke_certificates(used.authority, "", {}, now).value());
    CHECK(used.audit().rewritten.empty());
    std::size_t named = 0;
    for (const std::string& path :
         {home.genesis(), home.authority(), home.certificate(), home.certificate_key(),
          home.validator_key(), home.revocations()}) {
        const std::size_t size = file_bytes(path).size();
        for (std::size_t offset = 0; offset < size; offset += size / 40 + 1) {
            INFO(path << " byte " << offset);
            const FlippedByte flipped(path, offset);
            fs::permissions(home.certificate_key(), fs::perms::owner_read | fs::perms::owner_write);
            const AuditReport report = used.audit();
            named += report.damage ? 1 : 0;
            const std::string name = fs::path(path).filename().string();
            CHECK((report.damage || names(report.rewritten, name)));
        }
    }
    CHECK(named > 100);
}

TEST_CASE("a byte of node.json that is no setting of this machine is named", "[audit]") {
    const UsedHome used;
    const std::string path = used.home.config();
    const std::size_t size = file_bytes(path).size();
    std::size_t named = 0;
    for (std::size_t offset = 0; offset < size; ++offset) {
        INFO("byte " << offset);
        const FlippedByte flipped(path, offset);
        const AuditReport report = used.audit();
        if (report.damage) {
            ++named;
            continue;
        }
        // What is left are other addresses, ports and levels, and other blanks.
        const auto config = read_node_config(path);
        REQUIRE(config);
        CHECK(config->name == used.config.name);
        CHECK(used.home.data(*config) == used.home.data(used.config));
    }
    CHECK(named > size / 2);
}

TEST_CASE("a flipped byte of the log is named in its head, its middle, its end and behind it",
          "[audit]") {
    const UsedHome used;
    const Bytes bytes = file_bytes(used.log());
    const auto last =
        std::find_if(bytes.rbegin(), bytes.rend(), [](auto byte) { return byte != 0; });
    const auto end = static_cast<std::size_t>(bytes.rend() - last);
    std::vector<std::size_t> offsets = {0, 8, 44, 60, end - 1, end, end + 1, bytes.size() - 1};
    for (std::size_t offset = 100; offset < end; offset += end / 40) offsets.push_back(offset);
    for (const std::size_t offset : offsets) {
        INFO("byte " << offset << " of " << end);
        const FlippedByte flipped(used.log(), offset);
        const AuditReport report = used.audit();
        REQUIRE(report.damage);
        CHECK(report.damage->part == AuditPart::log);
    }
    CHECK_FALSE(used.audit().damage);
    const FlippedByte behind(used.log(), bytes.size() - 1);
    CHECK(damage_of(used) == codes::audit_log_tail);
}

TEST_CASE("a flipped byte of the state store is named, or its file is named as not read",
          "[audit]") {
    const UsedHome used;
    const std::string folder = used.home.state(used.config);
    std::size_t named = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string path = entry.path().string();
        const std::string name = "state/" + entry.path().filename().string();
        const std::size_t size = file_bytes(path).size();
        for (std::size_t offset = 0; offset < size; offset += size / 24 + 1) {
            INFO(name << " byte " << offset << " of " << size);
            const FlippedByte flipped(path, offset);
            const AuditReport report = used.audit();
            if (report.damage) {
                CHECK(report.damage->part == AuditPart::state);
                ++named;
                continue;
            }
            // Every entry was compared: the byte changes nothing that is read.
            const bool older = report.state_height != report.final_height;
            CHECK((report.state || older || names(report.unread, name)));
        }
    }
    CHECK(named > 24);
}

TEST_CASE("a state store with another receipt than the blocks give is named with the key",
          "[audit]") {
    const UsedHome used;
    {
        PosixFileSystem files;
        const auto store = RocksDbStateStore::open(files, used.home.state(used.config));
        REQUIRE(store);
        const std::uint64_t height = (*store)->applied_height().value();
        REQUIRE((*store)->apply(height, {{ledger::Space::derived, "receipt/x", Bytes{1}}},
                                (*store)->applied_summary()));
    }
    const AuditReport report = used.audit();
    REQUIRE(report.damage);
    CHECK(report.damage->error.code == codes::audit_state_differs);
    CHECK(report.damage->part == AuditPart::state);
    CHECK(report.damage->error.detail.find("receipt/x") != std::string::npos);
}

/// Appends a record to the log as the node does.
void append(const UsedHome& used, const std::function<void(node::BlockLog&)>& what) {
    PosixFileSystem files;
    class Prompt : public node::Syncer {
        void sync(std::shared_ptr<node::File> file, std::function<void(Status)> done) override {
            done(file->sync());
        }
    } syncer;
    node::RecoveredLog recovered;
    auto log = node::BlockLog::open(files, syncer, used.home.log(used.config),
                                    ledger::chain_id_of(used.genesis), 1 << 20, recovered);
    REQUIRE(log);
    what(**log);
}

TEST_CASE("a whole record that does not hold is named", "[audit]") {
    const UsedHome used;
    append(used, [](node::BlockLog& log) {
        ledger::Certificate forged = log.finalization(log.final_height()).value();
        forged.content.kind = ledger::VoteKind::notarize;
        log.append_certificate(forged);
    });
    CHECK(damage_of(used) == codes::audit_record_invalid);
}

TEST_CASE("final blocks that break a rule, name another state or lack a batch are named",
          "[audit]") {
    const UsedHome used;
    const ledger::ChainId chain = ledger::chain_id_of(used.genesis);
    ledger::Block block;
    append(used, [&](node::BlockLog& log) {
        block = log.final_block(log.final_height()).value();
        block.header.parent = ledger::block_digest(block.header, chain);
        block.header.height += 1;
    });
    const auto damage_with = [&](const ledger::Block& last) {
        append(used, [&](node::BlockLog& log) {
            log.append_block(last);
            const Digest digest = ledger::block_digest(last.header, chain);
            log.append_final({last.header.height, digest, 1'000}, 0);
        });
        return damage_of(used);
    };
    SECTION("a rule") {
        block.header.executed.height = block.header.height;
        CHECK(damage_with(block) == codes::audit_block_invalid);
    }
    block.batches.clear();
    block.header.batch_count = 0;
    block.header.batches_root = ledger::batches_root({});
    SECTION("another state") {
        block.header.executed.height = block.header.height - 1;
        append(used, [&](node::BlockLog& log) {
            block.covering_certificate = log.finalization(block.header.height - 1);
        });
        block.header.covering_certificate =
            ledger::certificate_digest(block.covering_certificate.value(), chain);
        CHECK(damage_with(block) == codes::audit_root_differs);
    }
    SECTION("a batch that the state has executed") {
        block.batches = {Digest{}};
        block.header.batch_count = 1;
        block.header.batches_root = ledger::batches_root(block.batches);
        PosixFileSystem files;
        {
            const auto store = RocksDbStateStore::open(files, used.home.state(used.config));
            REQUIRE(store);
            auto state = ledger::decode<ledger::ExecutedState>((*store)->applied_summary()).value();
            state.height = block.header.height;
            REQUIRE((*store)->apply(state.height, {}, ledger::encode(state)));
        }
        CHECK(damage_with(block) == codes::audit_batch_missing);
    }
}

TEST_CASE("a log that lost its end, and one whose executed batch is gone, are named", "[audit]") {
    const UsedHome used;
    const Bytes bytes = file_bytes(used.log());
    // The last record but a few is cut off with all behind it: nothing durable follows it.
    const auto last =
        std::find_if(bytes.rbegin(), bytes.rend(), [](auto byte) { return byte != 0; });
    const auto end = static_cast<std::size_t>(bytes.rend() - last);
    Bytes cut = bytes;
    std::fill(cut.begin() + static_cast<std::ptrdiff_t>(end / 2), cut.end(), std::uint8_t{0});
    write_bytes(used.log(), cut);
    const AuditReport report = used.audit();
    REQUIRE(report.damage);
    const Code code = report.damage->error.code;
    CHECK((code == codes::audit_state_ahead || code == codes::audit_log_tail));
    const Remedy remedy = remedy_for(report, false);
    CHECK(remedy == Remedy::start);
}

TEST_CASE("a key file with the right public key that signs for another one is named", "[audit]") {
    const UsedHome used;
    const crypto::PrivateKey other = crypto::PrivateKey::generate();
    TestHome::write(used.home.certificate_key(), other.to_pem(), 0600);
    CHECK(damage_of(used) == codes::audit_key_mismatch);
    CHECK(remedy_for(used.audit(), true) == Remedy::by_hand);
}

TEST_CASE("what was damaged is set aside and nothing is deleted", "[audit]") {
    const UsedHome used;
    const std::string data = used.home.data(used.config);
    SECTION("the state") {
        for (const auto& entry : fs::directory_iterator(used.home.state(used.config))) {
            if (entry.path().extension() != ".sst") continue;
            Bytes bytes = file_bytes(entry.path().string());
            bytes[bytes.size() / 2] ^= 0xff;
            bytes[10] ^= 0xff;
            write_bytes(entry.path().string(), bytes);
        }
        const AuditReport report = used.audit();
        REQUIRE(report.damage);
        CHECK(report.damage->error.code == codes::store_unusable);
        const Remedy remedy = remedy_for(report, true);
        REQUIRE(remedy == Remedy::new_state);
        const auto held = HeldHome::hold(used.home);
        const auto aside = set_aside(*held, remedy);
        REQUIRE(aside);
        CHECK(fs::exists(*aside + "/state/CURRENT"));
        CHECK_FALSE(fs::exists(data + "/state"));
        CHECK(fs::exists(used.log()));
    }
    SECTION("the log") {
        Bytes damaged = file_bytes(used.log());
        damaged.at(200) ^= 0x01;
        write_bytes(used.log(), damaged);
        const AuditReport report = used.audit();
        REQUIRE(report.damage);
        CHECK(report.damage->error.code == node::codes::log_damaged);
        const Remedy remedy = remedy_for(report, true);
        REQUIRE(remedy == Remedy::new_log);
        const auto held = HeldHome::hold(used.home);
        const auto aside = set_aside(*held, remedy);
        REQUIRE(aside);
        CHECK(file_bytes(*aside + "/log/log-000001") == damaged);
        CHECK(fs::exists(*aside + "/state"));
        const auto again = set_aside(*held, remedy);
        REQUIRE(again);
        CHECK(*again != *aside);
    }
    const AuditReport after = used.audit();
    INFO((after.damage ? after.damage->error.message() : ""));
    CHECK_FALSE(after.damage);
}

TEST_CASE("what is written over untouched files is seen above and not beneath", "[audit]") {
    const TestFolder folder;
    PosixFileSystem posix;
    const std::string path = folder.path() + "/file";
    write_bytes(path, Bytes(200'000, 7));
    UntouchedFiles files(posix);
    const auto file = files.open(path, false);
    REQUIRE(file);
    REQUIRE((*file)->write_at(65'530, Bytes(20, 9)));
    REQUIRE((*file)->truncate(131'080));
    REQUIRE((*file)->preallocate(140'000));
    const Bytes read = (*file)->read_at(0, 300'000).value();
    REQUIRE(read.size() == 140'000);
    CHECK(read[65'529] == 7);
    CHECK(read[65'530] == 9);
    CHECK(read[65'549] == 9);
    CHECK(read[65'550] == 7);
    CHECK(read[131'079] == 7);
    CHECK(read[131'080] == 0);
    REQUIRE(files.rename(path, path + ".new"));
    CHECK_FALSE(files.exists(path));
    CHECK(files.list(folder.path()).value() == std::vector<std::string>{"file.new"});
    REQUIRE(files.remove(path + ".new"));
    CHECK(files.list(folder.path()).value().empty());
    CHECK(file_bytes(path) == Bytes(200'000, 7));
}

}  // namespace
}  // namespace cityledger::io::test
