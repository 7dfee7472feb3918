#pragma once
// What the log tells of closed connections, at a bounded rate: whoever can open connections must
// not be able to fill the disk. What is left out is counted, and told in one line.

#include <string>
#include <vector>

#include "node/io/logging.hpp"
#include "node/replica/ration.hpp"
#include "node/replica/replica.hpp"

namespace cityledger::io {

/// Lines at level warning, for each validator and for all strangers together.
inline constexpr node::RationBound k_closed_warnings = {"closed_warnings", 1, 10};

class ClosedLog {
public:
    /// `validators`: names by index.
    ClosedLog(Logger& logger, const std::vector<std::string>& validators);

    /// `known`: the same reason as the last time.
    void write(std::optional<node::ValidatorIndex> peer, const std::string& address,
               const Error& reason, bool known, std::uint64_t now_ms);
    /// One line for each validator of which something was left out, and one for the strangers.
    void tell_left_out();

private:
    /// Each validator has its own: strangers do not hide what happens to one.
    struct Limit {
        std::string name;
        node::TokenBucket bucket{k_closed_warnings};
        std::uint64_t left_out = 0;
    };

    Logger& logger_;
    std::vector<Limit> limits_;  ///< by index, and then that of the strangers
};

}  // namespace cityledger::io
