#include "node/io/daemon/certificate_watch.hpp"

#include <sys/stat.h>

#include "crypto/certificate_end.hpp"
#include "crypto/x509_identity.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {

CertificateWatch::CertificateWatch(const NodeHome& folder, const HomeContents& home,
                                   TcpTransport& transport, NodeCondition& condition,
                                   Logger& logger)
    : folder_(folder),
      home_(home),
      transport_(transport),
      condition_(condition),
      logger_(logger),
      trust_{home.identity.authority_pem, home.revocations},
      certificate_pem_(home.identity.certificate_pem),
      private_key_pem_(home.identity.private_key_pem) {}

void CertificateWatch::look(std::int64_t now_unix_s) {
    const Stamps now = stamps();
    const bool still = std::exchange(seen_, now) == now;
    if (!still || now == taken_) return;
    taken_ = now;
    const auto trust = take_trust();
    if (!trust) tell_refused("trust", trust.error());
    const auto identity = take_identity(now_unix_s);
    if (!identity) tell_refused("certificate", identity.error());
    if ((trust && *trust) || (identity && *identity)) tell_own_revoked();
}

CertificateWatch::Stamps CertificateWatch::stamps() const {
    const std::string paths[] = {folder_.certificate(), folder_.certificate_key(),
                                 folder_.authority(), folder_.revocations()};
    Stamps stamps{};
    for (std::size_t i = 0; i < stamps.size(); ++i) {
        struct stat file {};
        if (::stat(paths[i].c_str(), &file) != 0) continue;
        stamps[i] = {static_cast<std::int64_t>(file.st_ino), std::int64_t{file.st_size},
                     std::int64_t{file.st_ctim.tv_sec}, std::int64_t{file.st_ctim.tv_nsec}};
    }
    return stamps;
}

Result<bool> CertificateWatch::take_trust() {
    auto trust = read_trust(folder_, home_.genesis);
    if (!trust) return propagate(trust);
    const std::uint64_t number = trust->revocations.number();
    if (number < trust_.revocations.number()) {
        return refuse(codes::revocation_list_older,
                      "number " + std::to_string(number) + " after " +
                          std::to_string(trust_.revocations.number()));
    }
    if (number == trust_.revocations.number() && trust->authority_pem == trust_.authority_pem) {
        return false;
    }
    trust_ = *std::move(trust);
    transport_.set_trust(trust_);
    logger_.info("trust_taken", {{"list", std::to_string(number)},
                                 {"revoked", std::to_string(trust_.revocations.size())}});
    return true;
}

Result<bool> CertificateWatch::take_identity(std::int64_t now_unix_s) {
    auto identity = read_identity(folder_);
    if (!identity) return propagate(identity);
    if (identity->certificate_pem == certificate_pem_ &&
        identity->private_key_pem == private_key_pem_) {
        return false;
    }
    const Status good =
        crypto::check_node_certificate(identity->certificate_pem, trust_.authority_pem,
                                       {to_hex(home_.chain_id), home_.config.name}, now_unix_s);
    if (!good) return propagate(good);
    const auto end = crypto::certificate_end_unix_s(identity->certificate_pem);
    if (!end) return propagate(end);
    const auto serial = crypto::certificate_serial(identity->certificate_pem);
    if (!serial) return propagate(serial);
    if (const Status set = transport_.set_identity(*identity); !set) return propagate(set);
    certificate_pem_ = identity->certificate_pem;
    private_key_pem_ = identity->private_key_pem;
    condition_.set_certificate_end(*end);
    logger_.info("certificate_taken",
                 {{"serial", *serial}, {"days_left", std::to_string(days_left(*end, now_unix_s))}});
    return true;
}

void CertificateWatch::tell_refused(const std::string& what, const Error& why) {
    logger_.warning(what + "_refused", {{"code", std::string(why.code.name)},
                                        {"why", why.message()},
                                        {"what", "the one that was there before stays in force"}});
}

void CertificateWatch::tell_own_revoked() {
    const Status kept = trust_.revocations.check(certificate_pem_);
    if (!kept) logger_.warning("own_certificate", {{"why", kept.error().message()}});
}

}  // namespace cityledger::io
