#pragma once
// Who asks: the pass in a request's Authorization header, taken by this node, now, and once.

#include <deque>
#include <string>
#include <unordered_set>

#include "ledger/read_pass.hpp"
#include "node/io/http/http_limits.hpp"

namespace cityledger::io {

/// How the header begins; the pass follows in hexadecimal digits of its canonical bytes.
inline constexpr std::string_view k_pass_scheme = "CityLedger ";

/// The pass of an Authorization header; read_pass_malformed.
[[nodiscard]] Result<ledger::ReadPass> read_pass_of(const std::string& authorization);

/// Judges when and where a pass may be taken; its signature is ledger::check_read_pass's.
class ReadAskers {
public:
    /// read_other_node, read_expired, read_expires_late (more than k_read_pass_lifetime_ms ahead).
    [[nodiscard]] static Status check_window(const ledger::ReadPass& pass, const std::string& node,
                                             std::uint64_t now_ms);
    /// Remembers a good pass until it expires. read_replayed if it was taken before;
    /// read_passes_full while k_max_read_passes are remembered.
    [[nodiscard]] Status take(const ledger::ReadPass& pass, std::uint64_t now_ms);

    [[nodiscard]] std::size_t size() const { return taken_.size(); }

private:
    struct Taken {
        std::string name;
        std::uint64_t forget_ms = 0;
    };

    std::unordered_set<std::string> taken_;  // looked up, never iterated
    std::deque<Taken> by_age_;
};

}  // namespace cityledger::io
