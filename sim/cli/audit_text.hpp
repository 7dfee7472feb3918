#pragma once
// An audit in words.

#include "node/io/audit/audit.hpp"

namespace cityledger::sim {

/// What holds, what was not read and why that does not matter, and the first damage.
[[nodiscard]] std::string audit_text(const std::string& home, const io::AuditReport& report);

}  // namespace cityledger::sim
