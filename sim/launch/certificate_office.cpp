#include "sim/launch/certificate_office.hpp"

#include <algorithm>
#include <filesystem>

#include "crypto/certificate_end.hpp"
#include "crypto/certificate_renewal.hpp"
#include "crypto/revocation_list.hpp"
#include "node/io/config_files.hpp"
#include "sim/launch/launch_codes.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t k_seconds_per_day = 24 * 60 * 60;
constexpr std::int64_t k_clock_tolerance_s = 3600;
constexpr unsigned k_key_permissions = 0600;
constexpr std::string_view k_pem_end = "-----END CERTIFICATE-----\n";

/// The text of a file; empty if there is none.
Result<std::string> text_if_there(const std::string& path) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return std::string();
    return io::read_text_file(path);
}

/// The PEM blocks of a text, each with its end.
std::vector<std::string> blocks_of(const std::string& text) {
    std::vector<std::string> blocks;
    std::size_t begin = 0;
    for (std::size_t end = text.find(k_pem_end); end != std::string::npos;
         end = text.find(k_pem_end, begin)) {
        blocks.push_back(text.substr(begin, end + k_pem_end.size() - begin));
        begin = end + k_pem_end.size();
    }
    return blocks;
}

}  // namespace

crypto::Validity validity_of_days(std::int64_t now_unix_s, std::int64_t days) {
    return {now_unix_s - k_clock_tolerance_s, now_unix_s + days * k_seconds_per_day};
}

Result<CertificateOffice> CertificateOffice::open(const HeldNetwork& network,
                                                  std::int64_t now_unix_s) {
    CertificateOffice office(network, now_unix_s);
    const auto certificate = io::read_text_file(network.folder.authority());
    if (!certificate) return propagate(certificate);
    const auto key = io::read_key_file(network.folder.authority_key());
    if (!key) return propagate(key);
    office.authority_ = {*certificate, *key};
    auto revoked = text_if_there(network.folder.revocations());
    if (!revoked) return propagate(revoked);
    office.revoked_pem_ = *std::move(revoked);
    const auto issued = text_if_there(network.folder.issued());
    if (!issued) return propagate(issued);
    office.issued_ = blocks_of(*issued);
    return office;
}

Result<CertificateFacts> CertificateOffice::renew(const io::NodeHome& home, std::int64_t days) {
    const auto validity = this->validity(days);
    if (!validity) return propagate(validity);
    const auto old = io::read_text_file(home.certificate());
    if (!old) return propagate(old);
    if (!revoked_pem_.empty()) {
        const auto list = crypto::RevocationList::read(revoked_pem_, authority_.certificate_pem);
        if (!list) return propagate(list);
        if (const Status kept = list->check(*old); !kept) return propagate(kept);
    }
    const auto renewed = crypto::renew_node_certificate(authority_, *old, *validity);
    if (!renewed) return propagate(renewed);
    const Status done[] = {remember(*old), remember(*renewed),
                           io::write_text_file(home.certificate(), *renewed)};
    for (const Status& step : done) {
        if (!step) return propagate(step);
    }
    return facts_of(*renewed);
}

Result<CertificateFacts> CertificateOffice::rotate(const io::NodeHome& home, std::int64_t days) {
    const auto validity = this->validity(days);
    if (!validity) return propagate(validity);
    const auto config = io::read_node_config(home.config());
    if (!config) return propagate(config);
    const auto made = crypto::issue_node_certificate(
        authority_, {to_hex(network_->file.chain_id), config->name}, *validity);
    if (!made) return propagate(made);
    if (const auto old = remember_current(home); !old) return propagate(old);
    const Status done[] = {
        remember(made->certificate_pem),
        io::write_text_file(home.certificate_key(), made->private_key_pem, k_key_permissions),
        io::write_text_file(home.certificate(), made->certificate_pem)};
    for (const Status& step : done) {
        if (!step) return propagate(step);
    }
    return facts_of(made->certificate_pem);
}

Result<std::vector<CertificateFacts>> CertificateOffice::revoke(
    const std::vector<io::NodeHome>& homes, Revoked which) {
    std::vector<std::string> chosen;
    for (const io::NodeHome& home : homes) {
        const auto config = io::read_node_config(home.config());
        if (!config) return propagate(config);
        const auto current = remember_current(home);
        if (!current) return propagate(current);
        const std::string kept = which == Revoked::all_older ? *current : std::string();
        for (const std::string& issued : issued_) {
            const auto wanted = is_to_revoke(issued, config->name, kept);
            if (!wanted) return propagate(wanted);
            if (*wanted) chosen.push_back(issued);
        }
    }
    std::vector<CertificateFacts> revoked;
    for (const std::string& certificate : chosen) {
        const auto facts = facts_of(certificate);
        if (!facts) return propagate(facts);
        revoked.push_back(*facts);
    }
    if (chosen.empty()) return revoked;
    auto list = crypto::revoke_certificates(authority_, revoked_pem_, chosen, now_unix_s_);
    if (!list) return propagate(list);
    revoked_pem_ = *std::move(list);
    if (const Status handed = hand_out(); !handed) return propagate(handed);
    return revoked;
}

Result<std::int64_t> CertificateOffice::renew_authority(std::int64_t days) {
    const auto renewed = crypto::renew_authority(authority_, validity_of_days(now_unix_s_, days));
    if (!renewed) return propagate(renewed);
    authority_.certificate_pem += *renewed;
    if (const Status handed = hand_out(); !handed) return propagate(handed);
    return crypto::certificate_end_unix_s(*renewed);
}

Result<std::int64_t> CertificateOffice::authority_end_unix_s() const {
    return crypto::authority_end_unix_s(authority_.certificate_pem);
}

Result<crypto::Validity> CertificateOffice::validity(std::int64_t days) const {
    const auto end = authority_end_unix_s();
    if (!end) return propagate(end);
    if (*end <= now_unix_s_) return refuse(codes::authority_ended, network_->folder.authority());
    crypto::Validity validity = validity_of_days(now_unix_s_, days);
    // A certificate that outlives its authority would not warn of its end in time.
    validity.not_after_unix_s = std::min(validity.not_after_unix_s, *end);
    return validity;
}

Status CertificateOffice::remember(const std::string& certificate_pem) {
    if (std::find(issued_.begin(), issued_.end(), certificate_pem) != issued_.end()) return {};
    issued_.push_back(certificate_pem);
    std::string text;
    for (const std::string& issued : issued_) text += issued;
    return io::write_text_file(network_->folder.issued(), text);
}

Result<std::string> CertificateOffice::remember_current(const io::NodeHome& home) {
    const auto current = text_if_there(home.certificate());
    if (!current) return current;
    if (!crypto::check_issued(*current, authority_.certificate_pem)) return std::string();
    if (const Status kept = remember(*current); !kept) return propagate(kept);
    return current;
}

Result<bool> CertificateOffice::is_to_revoke(const std::string& issued, const std::string& node,
                                             const std::string& kept) const {
    const auto facts = facts_of(issued);
    if (!facts) return propagate(facts);
    if (facts->node != node || issued == kept || facts->ends_unix_s <= now_unix_s_) return false;
    if (revoked_pem_.empty()) return true;
    const auto list = crypto::RevocationList::read(revoked_pem_, authority_.certificate_pem);
    if (!list) return propagate(list);
    return list->check(issued).has_value();
}

Status CertificateOffice::hand_out() const {
    const auto write = [this](const std::string& authority, const std::string& revocations) {
        const Status written = io::write_text_file(authority, authority_.certificate_pem);
        if (!written || revoked_pem_.empty()) return written;
        return io::write_text_file(revocations, revoked_pem_);
    };
    const NetworkFolder& folder = network_->folder;
    if (const Status own = write(folder.authority(), folder.revocations()); !own) return own;
    for (const NodeAddress& node : network_->file.nodes) {
        const io::NodeHome home{folder.home(node.name)};
        std::error_code ignored;
        if (!fs::is_directory(home.folder, ignored)) continue;  // moved to its own host
        const Status written = write(home.authority(), home.revocations());
        if (!written) return written;
    }
    return {};
}

Result<CertificateFacts> facts_of(const std::string& certificate_pem) {
    const auto name = crypto::node_name_of(certificate_pem);
    if (!name) return propagate(name);
    const auto serial = crypto::certificate_serial(certificate_pem);
    if (!serial) return propagate(serial);
    const auto end = crypto::certificate_end_unix_s(certificate_pem);
    if (!end) return propagate(end);
    return CertificateFacts{name->node, *serial, *end};
}

Status check_certificate_of(const NetworkFile& network, const std::string& node,
                            const io::NodeHome& home, std::int64_t now_unix_s) {
    const auto certificate = io::read_text_file(home.certificate());
    if (!certificate) return propagate(certificate);
    const auto authority = io::read_text_file(home.authority());
    if (!authority) return propagate(authority);
    Status checked = crypto::check_node_certificate(*certificate, *authority,
                                                    {to_hex(network.chain_id), node}, now_unix_s);
    if (!checked) return checked;
    const auto revoked = text_if_there(home.revocations());
    if (!revoked) return propagate(revoked);
    if (revoked->empty()) return {};
    const auto list = crypto::RevocationList::read(*revoked, *authority);
    if (!list) return propagate(list);
    return list->check(*certificate);
}

}  // namespace cityledger::sim
