#pragma once
// What a scenario expects of the network: one chain, equal roots, heights, receipts, evidence.

#include "sim/scenario/scenario.hpp"
#include "sim/scenario/value_reader.hpp"

namespace cityledger::sim {

class NetworkReader {
public:
    NetworkReader(ValueReader& in, Scenario& scenario, const Vocabulary& vocabulary)
        : in_(in), scenario_(scenario), vocabulary_(vocabulary) {}

    [[nodiscard]] std::vector<NetworkExpectation> read_network_expectations(const YamlValue& value);

private:
    void read_network_expectation(const YamlEntry& entry, NetworkExpectation& expectation,
                                  std::string& words);
    void read_receipt_counts(const YamlValue& value, NetworkExpectation& expectation);

    ValueReader& in_;
    Scenario& scenario_;
    const Vocabulary& vocabulary_;
};

}  // namespace cityledger::sim
