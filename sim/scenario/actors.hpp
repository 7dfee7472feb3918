#pragma once
// Actors that one line of a scenario makes: the departments of Beijing, made-up enterprises with
// valid codes, consumers.

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace cityledger::sim {

/// One line of scenarios/data/beijing_departments.tsv.
struct Department {
    std::string code;  ///< two letters
    std::string name_zh;
    std::string name_en;
    bool is_operator = false;
};

/// All departments, in the order of the table.
[[nodiscard]] const std::vector<Department>& beijing_departments();

/// The department as an actor: its code is name and id.
[[nodiscard]] Actor department_actor(const Department& department);

/// A unified social credit code (GB 32100-2015) of an enterprise in Shenzhen that does not exist:
/// its organisation code begins with YY, which is not given out. `number` is 0 to 99,999.
[[nodiscard]] std::string made_up_uscc(std::uint32_t number);
/// The code around the first 8 characters of an organisation code, with both check characters.
[[nodiscard]] std::string uscc_in_shenzhen(const std::string& organisation);

/// `count` enterprises named prefix_001, ...; `first` is the number of the first code.
[[nodiscard]] std::vector<Actor> made_up_enterprises(const std::string& prefix, std::uint32_t first,
                                                     std::uint32_t count);

/// `count` consumers named prefix_001, ... with ids P-PREFIX-001, ...
[[nodiscard]] std::vector<Actor> made_up_consumers(const std::string& prefix, std::uint32_t count);

}  // namespace cityledger::sim
