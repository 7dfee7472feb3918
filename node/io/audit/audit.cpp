#include "node/io/audit/audit.hpp"

#include <algorithm>
#include <filesystem>

#include "crypto/base64.hpp"
#include "crypto/crypto_codes.hpp"
#include "crypto/x509_identity.hpp"
#include "ledger/contracts/contracts.hpp"
#include "node/io/audit/audit_codes.hpp"
#include "node/io/audit/block_audit.hpp"
#include "node/io/audit/untouched_files.hpp"
#include "node/io/config_files.hpp"
#include "node/io/storage/posix_file_system.hpp"
#include "node/io/storage/rocksdb_state_store.hpp"
#include "node/replica/replica.hpp"

namespace cityledger::io {
namespace {

namespace fs = std::filesystem;

/// The log's recovery asks for syncs; nothing is written.
class NoSyncer : public node::Syncer {
public:
    void sync(std::shared_ptr<node::File>, std::function<void(Status)> done) override { done({}); }
};

/// A key file can be cut so that it still holds the right public key: only a signature shows.
Status check_signs(const crypto::PrivateKey& key, const crypto::PublicKeyBytes& expected,
                   const std::string& path) {
    const auto public_key = crypto::PublicKey::decode(expected);
    if (!public_key) return propagate(public_key);
    const ByteView message = as_bytes("audit");
    if (public_key->verify(message, key.sign(message))) return {};
    return refuse(codes::audit_key_mismatch, path);
}

Status check_certificate_key(const HomeContents& contents, const NodeHome& home) {
    const auto key = crypto::PrivateKey::from_pem(contents.identity.private_key_pem);
    if (!key) {
        return tl::unexpected<Error>(
            Error{key.error().code, home.certificate_key() + ": " + key.error().detail});
    }
    const auto certified = crypto::certificate_key(contents.identity.certificate_pem);
    if (!certified) return propagate(certified);
    return check_signs(*key, *certified, home.certificate_key());
}

/// Every other validator of the genesis is a peer, and nobody else.
Status check_peers(const HomeContents& contents) {
    std::vector<std::string> expected;
    for (const auto& validator : contents.genesis.validators) {
        if (validator.name != contents.config.name) expected.push_back(validator.name);
    }
    std::vector<std::string> named;
    for (const auto& peer : contents.config.peers) named.push_back(peer.name);
    std::sort(expected.begin(), expected.end());
    std::sort(named.begin(), named.end());
    if (named == expected) return {};
    return tl::unexpected<Error>(
        invalid_config("peers: they are not the other validators of the genesis"));
}

bool is_about_age(const Error& error) {
    return error.code == crypto::codes::certificate_expired ||
           error.code == crypto::codes::certificate_not_yet_valid;
}

/// Names in a folder, ascending; none if it is not there.
std::vector<std::string> names_in(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        names.push_back(entry->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// Of RocksDB: an identity, options as text, locks and logs that nobody reads again.
bool is_read(const std::string& state_file) {
    return state_file == "CURRENT" || state_file.starts_with("MANIFEST-") ||
           state_file.ends_with(".sst");
}

std::vector<std::string> unread_files(const NodeHome& home, const NodeConfig& config) {
    const auto read = {home.config(),      home.genesis(),         home.authority(),
                       home.certificate(), home.certificate_key(), home.validator_key(),
                       home.revocations()};
    std::vector<std::string> unread;
    for (const std::string& name : names_in(home.folder)) {
        const std::string path = home.folder + "/" + name;
        const bool is_file = fs::is_regular_file(path);
        if (is_file && std::find(read.begin(), read.end(), path) == read.end()) {
            unread.push_back(name);
        }
    }
    for (const std::string& name : names_in(home.log(config))) {
        const bool is_segment = name.starts_with("log-") && name.size() >= 10;
        if (!is_segment) unread.push_back("log/" + name);
    }
    for (const std::string& name : names_in(home.state(config))) {
        if (!is_read(name)) unread.push_back("state/" + name);
    }
    return unread;
}

/// The form in which a PEM block is written: RFC 7468, 64 characters a line.
std::string plain_block(const std::string& text) {
    constexpr std::size_t k_line = 64;
    const std::size_t begin = text.find('\n');
    const std::size_t end = text.rfind("\n-----END");
    if (begin == std::string::npos || end == std::string::npos || end <= begin) return {};
    constexpr std::string_view k_begin = "-----BEGIN ";
    const std::string first = text.substr(0, begin);
    if (!first.starts_with(k_begin)) return {};
    if (text.substr(end + 1) != "-----END " + first.substr(k_begin.size()) + "\n") return {};
    std::string body = text.substr(begin, end - begin);
    std::erase(body, '\n');
    const auto bytes = decode_base64(body);
    if (!bytes) return {};
    const std::string exact = encode_base64(*bytes);
    std::string plain = text.substr(0, begin) + "\n";
    for (std::size_t at = 0; at < exact.size(); at += k_line) {
        plain += exact.substr(at, k_line) + "\n";
    }
    return plain + text.substr(end + 1);
}

/// The same of a file, which may have several.
std::string plain_pem(const std::string& text) {
    std::string plain;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t last_line = text.find("\n-----END", begin);
        if (last_line == std::string::npos) return {};
        const std::size_t end = std::min(text.find('\n', last_line + 1), text.size() - 1) + 1;
        const std::string block = plain_block(text.substr(begin, end - begin));
        if (block.empty()) return {};
        plain += block;
        begin = end;
    }
    return plain;
}

/// Readable files that were not written so: a damaged byte that changes nothing shows here.
std::vector<std::string> rewritten_files(const NodeHome& home, const ledger::Genesis& genesis) {
    std::vector<std::string> rewritten;
    for (const std::string& path : {home.authority(), home.certificate(), home.certificate_key(),
                                    home.validator_key(), home.genesis(), home.revocations()}) {
        if (path == home.revocations() && !fs::exists(path)) continue;
        const auto text = read_text_file(path);
        const bool is_genesis = path == home.genesis();
        if (text && *text == (is_genesis ? ledger::genesis_to_text(genesis) : plain_pem(*text))) {
            continue;
        }
        rewritten.push_back(fs::path(path).filename().string());
    }
    return rewritten;
}

/// One audit: each step says in `report` what it found, and fails with what is damaged.
class HomeAudit {
public:
    HomeAudit(const NodeHome& home, const AuditOptions& options) : home_(home), options_(options) {}

    Result<AuditReport> run() {
        const bool sound = read_files() && read_log() && read_state();
        if (!sound) return report_;
        if (options_.at && *options_.at > log_->final_height()) {
            return refuse(codes::audit_height_unreached, std::to_string(*options_.at) + " above " +
                                                             std::to_string(log_->final_height()));
        }
        if (const Status opened = make_state(); !opened) return propagate(opened);
        execute();
        return report_;
    }

private:
    /// Notes the damage, if it is one; whether all is well.
    bool holds(AuditPart part, const Status& status) {
        if (!status) report_.damage = Damage{part, status.error()};
        return status.has_value();
    }

    bool read_files() {
        auto contents = read_home(home_);
        if (!contents) return holds(AuditPart::home, propagate(contents));
        contents_.emplace(*std::move(contents));
        report_.node = contents_->config.name;
        report_.unread = unread_files(home_, contents_->config);
        report_.rewritten = rewritten_files(home_, contents_->genesis);
        const Status& certificate = contents_->own_certificate;
        if (!certificate && is_about_age(certificate.error())) {
            report_.certificate_age = certificate.error();
        } else if (!holds(AuditPart::home, certificate)) {
            return false;
        }
        const auto& own = contents_->genesis.validators[contents_->own_index];
        return holds(AuditPart::home, check_peers(*contents_)) &&
               holds(AuditPart::home, check_signs(contents_->validator_key, own.public_key,
                                                  home_.validator_key())) &&
               holds(AuditPart::home, check_certificate_key(*contents_, home_));
    }

    /// What a starting node does first, then what it need not do.
    bool read_log() {
        const std::string folder = home_.log(contents_->config);
        auto log = node::BlockLog::open(files_, syncer_, folder, contents_->chain_id,
                                        node::ReplicaOptions().log_segment_bytes, recovered_);
        if (!log) return holds(AuditPart::log, propagate(log));
        log_ = *std::move(log);
        report_.final_height = log_->final_height();
        report_.certified_height = certified_height(*log_);
        const auto tally = audit_log(
            posix_, folder, contents_->validators,
            [this](std::uint64_t done, std::uint64_t all) { tell(AuditStage::log, done, all); });
        if (!tally) return holds(AuditPart::log, propagate(tally));
        report_.log = *tally;
        return true;
    }

    /// An empty store is made from the log when the node starts.
    bool read_state() {
        if (!posix_.exists(home_.state(contents_->config))) return true;
        auto store = RocksDbStateStore::open(files_, home_.state(contents_->config));
        if (!store) return holds(AuditPart::state, propagate(store));
        stored_ = *std::move(store);
        report_.state_height = stored_->applied_height();
        if (!report_.state_height) return true;
        const auto executor =
            ledger::Executor::open(contents_->genesis, ledger::city_contracts(), *stored_);
        if (!executor) return holds(AuditPart::state, propagate(executor));
        if (*report_.state_height <= log_->final_height()) return true;
        return holds(AuditPart::log, refuse(codes::audit_state_ahead,
                                            std::to_string(*report_.state_height) + " above " +
                                                std::to_string(log_->final_height())));
    }

    Status make_state() {
        auto made = RocksDbStateStore::open(posix_, options_.work_folder + "/state");
        if (!made) return propagate(made);
        made_ = *std::move(made);
        auto executor =
            ledger::Executor::open(contents_->genesis, ledger::city_contracts(), *made_);
        if (!executor) return propagate(executor);
        executor_ = *std::move(executor);
        return {};
    }

    void execute() {
        const std::uint64_t end = options_.at.value_or(log_->final_height());
        BlockAudit blocks(*log_, contents_->validators, *executor_, *made_);
        bool sound = compare_at(0);
        while (sound && blocks.height() < end) {
            if (!blocks.is_next_whole()) {
                sound = is_still_to_come(blocks.height() + 1);
                break;
            }
            const Status next = blocks.next();
            const bool differs = !next && next.error().code == codes::audit_root_differs;
            sound = holds(differs ? AuditPart::execution : AuditPart::log, next) &&
                    compare_at(blocks.height());
            tell(AuditStage::blocks, blocks.height(), end);
        }
        report_.reached = executor_->state();
    }

    /// At the height that the state store has reached.
    bool compare_at(std::uint64_t height) {
        if (report_.state_height != height) return true;
        const auto compared = compare_states(*made_, *stored_);
        if (!compared) return holds(AuditPart::state, propagate(compared));
        report_.state = *compared;
        return true;
    }

    bool is_still_to_come(std::uint64_t height) {
        report_.blocks_without_batches = log_->final_height() + 1 - height;
        if (report_.state_height.value_or(0) < height) return true;
        return holds(AuditPart::log,
                     refuse(codes::audit_batch_missing, "block " + std::to_string(height)));
    }

    void tell(AuditStage stage, std::uint64_t done, std::uint64_t all) const {
        if (options_.progress) options_.progress(stage, done, all);
    }

    const NodeHome& home_;
    const AuditOptions& options_;
    AuditReport report_;
    PosixFileSystem posix_;
    UntouchedFiles files_{posix_};
    NoSyncer syncer_;
    std::optional<HomeContents> contents_;
    node::RecoveredLog recovered_;
    std::unique_ptr<node::BlockLog> log_;
    std::unique_ptr<RocksDbStateStore> stored_;
    std::unique_ptr<RocksDbStateStore> made_;
    std::unique_ptr<ledger::Executor> executor_;
};

}  // namespace

/// The process's own number goes from the file at once: whatever ends an audit, the file still says
/// how the node ended.
Result<HeldHome> HeldHome::hold(const NodeHome& home) {
    const std::string before = read_text_file(home.process_id()).value_or("");
    auto lock = lock_home(home);
    if (!lock) return propagate(lock);
    lock->clear();
    if (!before.empty()) {
        PosixFileSystem files;
        const auto file = files.open(home.process_id(), false);
        if (!file) return propagate(file);
        if (const Status put = (*file)->write_at(0, as_bytes(before)); !put) return propagate(put);
    }
    return HeldHome(home, *std::move(lock), before.empty());
}

Result<AuditReport> audit_home(const HeldHome& home, const AuditOptions& options) {
    return HomeAudit(home.home(), options).run();
}

}  // namespace cityledger::io
