#pragma once
// How one contract hears of another: an alert is told of every event of every operation, at once,
// in the same operation. It may read any state and emit events; it writes nothing and refuses
// nothing, so no contract can stand in another one's way.

#include "ledger/contract.hpp"

namespace cityledger::ledger {

using Alert = void (*)(Context& context, std::string_view event, std::string_view subject);

/// The contract, its operations watched by these alerts.
[[nodiscard]] Contract with_alerts(Contract contract, const std::vector<Alert>& alerts);

}  // namespace cityledger::ledger
