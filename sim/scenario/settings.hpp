#pragma once
// `--set key=value`: changes one value of a scenario's tree before it is read and checked.

#include <string>

#include "sim/scenario/yaml.hpp"

namespace cityledger::sim {

/// `setting` is "dotted.path=value", e.g. "network.validators=7" or "steps.3.repeat.times=10":
/// items of lists count from 1, as `explain` numbers steps. The value is YAML, so `7` is an integer
/// and `"7"` text. A key that a mapping lacks is added; the reader then says whether it is known.
[[nodiscard]] Status apply_setting(YamlValue& root, const std::string& setting);

}  // namespace cityledger::sim
