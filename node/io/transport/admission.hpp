#pragma once
// Who is let in, and as which validator: by its certificate, which the network's authority judges.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/revocation_list.hpp"
#include "node/io/transport/transport_session.hpp"

namespace cityledger::io {

/// By what a node judges the certificates of others: authority.pem, and what it has taken back.
struct Trust {
    std::string authority_pem;
    crypto::RevocationList revocations;
};

/// What an admission knows beside whom it trusts.
struct AdmissionSettings {
    std::string network;                  ///< as certificates name it
    std::vector<std::string> validators;  ///< names by index
    ValidatorIndex own_index = 0;
    std::function<std::int64_t()> now_unix_s;
};

class Admission {
public:
    Admission(AdmissionSettings settings, Trust trust)
        : settings_(std::move(settings)), trust_(std::move(trust)) {}

    void set_trust(Trust trust) { trust_ = std::move(trust); }

    [[nodiscard]] std::optional<ValidatorIndex> index_of(const std::string& validator) const;
    /// Which validator this certificate says it is, checked or not.
    [[nodiscard]] std::optional<ValidatorIndex> claimed_index(const Session& session,
                                                              const std::string& pem) const;
    /// Which validator it is; refused as by check_node_certificate, if it is revoked, or if no
    /// validator with this name dials this node.
    [[nodiscard]] Result<ValidatorIndex> check(const Session& session,
                                               const std::string& pem) const;
    /// certificate_revoked, for a session that was let in before.
    [[nodiscard]] Status check_not_revoked(const std::string& pem) const {
        return trust_.revocations.check(pem);
    }

private:
    const AdmissionSettings settings_;
    Trust trust_;
};

}  // namespace cityledger::io
