#pragma once
// The nodes that a scenario names, and what it does to them.

#include "sim/scenario/scenario.hpp"
#include "sim/scenario/value_reader.hpp"

namespace cityledger::sim {

class FaultsReader {
public:
    FaultsReader(ValueReader& in, const Scenario& scenario) : in_(in), scenario_(scenario) {}

    [[nodiscard]] FaultStep read_fault(const YamlValue& value);
    /// One node or a list; never empty.
    [[nodiscard]] std::vector<std::size_t> node_list(const YamlValue& value);

private:
    void read_fault_nodes(const YamlValue& value, FaultStep& fault);

    ValueReader& in_;
    const Scenario& scenario_;
};

}  // namespace cityledger::sim
