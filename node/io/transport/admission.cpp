#include "node/io/transport/admission.hpp"

#include "crypto/x509_identity.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {

std::optional<ValidatorIndex> Admission::index_of(const std::string& validator) const {
    for (std::size_t i = 0; i < settings_.validators.size(); ++i) {
        if (settings_.validators[i] == validator) return static_cast<ValidatorIndex>(i);
    }
    return std::nullopt;
}

std::optional<ValidatorIndex> Admission::claimed_index(const Session& session,
                                                       const std::string& pem) const {
    if (session.dialled()) return session.dialled();
    const auto claimed = crypto::node_name_of(pem);
    return claimed ? index_of(claimed->node) : std::nullopt;
}

Result<ValidatorIndex> Admission::check(const Session& session, const std::string& pem) const {
    const auto claimed = claimed_index(session, pem);
    const auto shown = crypto::node_name_of(pem);
    // Whoever dials may be any validator; whoever was dialled must be the one meant.
    const std::string expected =
        session.dialled() ? settings_.validators[*session.dialled()] : (shown ? shown->node : "");
    const Status checked = crypto::check_node_certificate(
        pem, trust_.authority_pem, {settings_.network, expected}, settings_.now_unix_s());
    if (!checked) return propagate(checked);
    if (const Status kept = check_not_revoked(pem); !kept) return propagate(kept);
    if (!claimed) return refuse(codes::peer_unknown, expected);
    if (!session.dialled() && *claimed >= settings_.own_index) {
        return refuse(codes::peer_unexpected,
                      expected + " dialled " + settings_.validators[settings_.own_index]);
    }
    return *claimed;
}

}  // namespace cityledger::io
