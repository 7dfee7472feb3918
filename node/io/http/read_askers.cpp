#include "node/io/http/read_askers.hpp"

#include "node/io/http/read_codes.hpp"

namespace cityledger::io {

Result<ledger::ReadPass> read_pass_of(const std::string& authorization) {
    std::optional<Bytes> bytes;
    if (authorization.starts_with(k_pass_scheme)) {
        bytes = from_hex(std::string_view(authorization).substr(k_pass_scheme.size()));
    }
    const auto pass = ledger::decode<ledger::ReadPass>(bytes.value_or(Bytes()));
    if (!pass) return refuse(codes::read_pass_malformed, pass.error().message());
    return *pass;
}

Status ReadAskers::check_window(const ledger::ReadPass& pass, const std::string& node,
                                std::uint64_t now_ms) {
    if (pass.node != node) {
        return refuse(codes::read_other_node, "for " + pass.node + ", this is " + node);
    }
    const std::string times =
        "expires " + std::to_string(pass.expires) + ", this node has " + std::to_string(now_ms);
    if (pass.expires < now_ms) return refuse(codes::read_expired, times);
    if (pass.expires - now_ms > k_read_pass_lifetime_ms) {
        return refuse(codes::read_expires_late, times);
    }
    return {};
}

Status ReadAskers::take(const ledger::ReadPass& pass, std::uint64_t now_ms) {
    while (!by_age_.empty() && by_age_.front().forget_ms < now_ms) {
        taken_.erase(by_age_.front().name);
        by_age_.pop_front();
    }
    const std::string name = pass.member + "/" + std::string(as_text(pass.nonce.bytes));
    if (taken_.contains(name)) return refuse(codes::read_replayed, pass.member);
    if (taken_.size() >= k_max_read_passes) {
        return refuse(codes::read_passes_full, std::to_string(taken_.size()) + " are remembered");
    }
    taken_.insert(name);
    // All are kept for a whole lifetime, so that the oldest is always the first to go.
    by_age_.push_back({name, now_ms + k_read_pass_lifetime_ms});
    return {};
}

}  // namespace cityledger::io
