// certs: what the authority of a network does with its nodes' certificates.

#include "sim/cli/certs.hpp"

#include <cstdio>
#include <ctime>
#include <filesystem>

#include "node/io/config_files.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/launch/certificate_office.hpp"
#include "sim/launch/launch_codes.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr int k_exit_findings = 1;
constexpr std::int64_t k_seconds_per_day = 24 * 60 * 60;

std::int64_t now_unix_s() { return static_cast<std::int64_t>(std::time(nullptr)); }

void tell(const char* id, std::initializer_list<std::string> arguments) {
    std::printf("%s\n", said(id, arguments).c_str());
}

std::string day_of(std::int64_t unix_s) {
    const std::time_t time = unix_s;
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    char text[16] = {};
    std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
    return text;
}

std::string days_until(std::int64_t unix_s) {
    return std::to_string((unix_s - now_unix_s()) / k_seconds_per_day);
}

/// What a command works on: the network whose folder has the authority's key, and homes of nodes.
struct Subject {
    HeldNetwork network;
    std::vector<io::NodeHome> homes;
    bool whole_network = false;
};

/// A path is the folder of a network, or the home of one node in it or elsewhere.
Result<Subject> subject_of(const CertsOptions& options) {
    const NetworkFolder named = folder_at(options.path);
    std::error_code ignored;
    const bool is_home = !fs::exists(named.file(), ignored) &&
                         fs::exists(io::NodeHome{named.path}.config(), ignored);
    NetworkFolder authority = is_home ? folder_at(named.path + "/..") : named;
    if (!options.authority.empty()) authority = folder_at(options.authority);
    auto network = hold_network(authority);
    if (!network) return propagate(network);
    Subject subject{*std::move(network), {}, !is_home};
    if (is_home) {
        subject.homes = {{named.path}};
        return subject;
    }
    for (const NodeAddress& node : subject.network.file.nodes) {
        subject.homes.push_back({named.home(node.name)});
    }
    return subject;
}

using Issue = Result<CertificateFacts> (CertificateOffice::*)(const io::NodeHome&, std::int64_t);

int issue(const CertsOptions& options, Issue make, const char* told) {
    const auto subject = subject_of(options);
    if (!subject) return fail(subject.error());
    auto office = CertificateOffice::open(subject->network, now_unix_s());
    if (!office) return fail(office.error());
    for (const io::NodeHome& home : subject->homes) {
        const auto made = ((*office).*make)(home, options.days.value_or(k_certificate_days));
        if (!made) return fail(made.error());
        tell(told,
             {made->node, made->serial, day_of(made->ends_unix_s), days_until(made->ends_unix_s)});
    }
    tell("certs.taken", {});
    return 0;
}

/// Whether the certificate of a home is good; prints its line.
Result<bool> show_one(const NetworkFile& network, const io::NodeHome& home) {
    const auto config = io::read_node_config(home.config());
    if (!config) return propagate(config);
    const auto pem = io::read_text_file(home.certificate());
    if (!pem) return propagate(pem);
    const auto facts = facts_of(*pem);
    if (!facts) return propagate(facts);
    const Status good = check_certificate_of(network, config->name, home, now_unix_s());
    tell("certs.node",
         {config->name, facts->serial, day_of(facts->ends_unix_s), days_until(facts->ends_unix_s),
          good ? said("certs.good") : message_of(good.error())});
    return good.has_value();
}

}  // namespace

int run_certs_show(const CertsOptions& options) {
    const auto subject = subject_of(options);
    if (!subject) return fail(subject.error());
    auto office = CertificateOffice::open(subject->network, now_unix_s());
    if (!office) return fail(office.error());
    const auto end = office->authority_end_unix_s();
    if (!end) return fail(end.error());
    tell("certs.authority", {day_of(*end), days_until(*end)});
    bool all_good = *end > now_unix_s();
    for (const io::NodeHome& home : subject->homes) {
        const auto good = show_one(subject->network.file, home);
        if (!good) return fail(good.error());
        all_good = all_good && *good;
    }
    return all_good ? 0 : k_exit_findings;
}

int run_certs_renew(const CertsOptions& options) {
    return issue(options, &CertificateOffice::renew, "certs.renewed");
}

int run_certs_rotate(const CertsOptions& options) {
    return issue(options, &CertificateOffice::rotate, "certs.rotated");
}

int run_certs_revoke(const CertsOptions& options) {
    const auto subject = subject_of(options);
    if (!subject) return fail(subject.error());
    if (subject->whole_network && !options.old) {
        return fail(refuse(codes::certificates_of_all, subject->network.folder.path).value());
    }
    auto office = CertificateOffice::open(subject->network, now_unix_s());
    if (!office) return fail(office.error());
    const auto revoked =
        office->revoke(subject->homes, options.old ? Revoked::all_older : Revoked::all);
    if (!revoked) return fail(revoked.error());
    for (const CertificateFacts& facts : *revoked) {
        tell("certs.revoked", {facts.node, facts.serial, day_of(facts.ends_unix_s)});
    }
    if (revoked->empty()) {
        tell("certs.none_revoked", {});
        return 0;
    }
    tell("certs.list", {subject->network.folder.revocations()});
    if (!options.old) tell("certs.out", {own_name(), quoted_path(subject->homes.front().folder)});
    return 0;
}

int run_certs_authority(const CertsOptions& options) {
    const auto subject = subject_of(options);
    if (!subject) return fail(subject.error());
    auto office = CertificateOffice::open(subject->network, now_unix_s());
    if (!office) return fail(office.error());
    const auto end = office->renew_authority(options.days.value_or(k_authority_days));
    if (!end) return fail(end.error());
    tell("certs.authority", {day_of(*end), days_until(*end)});
    tell("certs.authority_next", {subject->network.folder.authority(), own_name(),
                                  quoted_path(subject->network.folder.path)});
    return 0;
}

}  // namespace cityledger::sim
