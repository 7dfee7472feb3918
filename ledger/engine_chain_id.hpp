#pragma once
// The name of this chain in an engine that knows chains by text.

#include <string>

#include "ledger/genesis.hpp"

namespace cityledger::ledger {

/// The chain_id in the genesis of CometBFT, which takes at most 50 bytes.
[[nodiscard]] inline std::string engine_chain_id(const ChainId& chain) {
    constexpr std::size_t digits = 32;
    return "cityledger-" + to_hex(chain).substr(0, digits);
}

}  // namespace cityledger::ledger
