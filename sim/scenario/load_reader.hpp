#pragma once
// Loads: how fast, how many, and what is drawn.

#include "sim/scenario/calls_reader.hpp"
#include "sim/scenario/loops_reader.hpp"

namespace cityledger::sim {

class LoadReader {
public:
    LoadReader(ValueReader& in, NamesReader& names, CallsReader& calls, References& references)
        : in_(in), names_(names), calls_(calls), references_(references) {}

    /// `rounds`: of all loops around it.
    [[nodiscard]] LoadStep read_load(const YamlValue& value, std::uint64_t rounds);

private:
    [[nodiscard]] Rate read_rate(const YamlValue& value);
    [[nodiscard]] MixEntry read_mix_entry(const YamlValue& value);

    ValueReader& in_;
    NamesReader& names_;
    CallsReader& calls_;
    References& references_;
};

}  // namespace cityledger::sim
