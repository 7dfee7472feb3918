#pragma once
// The reader behind read_scenario: the top level of a file. The parts of the language have readers
// of their own; they share the ValueReader, which keeps the problems, and the scenario.

#include <string>

#include "sim/scenario/network_reader.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/value_reader.hpp"

namespace cityledger::sim {

class ScenarioReader {
public:
    ScenarioReader(std::string file, const Vocabulary& vocabulary, std::optional<Register> secrets);

    [[nodiscard]] ScenarioOrProblems read(const YamlValue& root);

private:
    void read_version(const YamlValue& root);
    void read_worlds(const YamlValue& value);
    void read_network(const YamlValue& value);
    void read_defaults(const YamlValue& value);
    void read_genesis(const YamlValue& value);
    void check_genesis(const YamlValue& root);
    void read_end(const YamlValue& root);

    const Vocabulary& vocabulary_;
    std::optional<Register> secrets_;
    Scenario scenario_;
    ValueReader in_;
    NetworkReader network_;
};

}  // namespace cityledger::sim
