#pragma once
// The loops of a scenario, and how many rounds are around what is read.

#include "sim/scenario/names_reader.hpp"

namespace cityledger::sim {

/// The keys by which a loop is known.
[[nodiscard]] const Words& loop_kinds();

class LoopsReader {
public:
    LoopsReader(ValueReader& in, NamesReader& names, References& references)
        : in_(in), names_(names), references_(references) {}

    [[nodiscard]] Loop read_loop(const YamlValue& value);
    /// Enters a loop: its variable is known, and its rounds count; and leaves it.
    void enter(const Loop& loop, Place place);
    void leave(const Loop& loop);

    /// Of all loops around the current step together.
    [[nodiscard]] std::uint64_t rounds() const { return rounds_; }

private:
    ValueReader& in_;
    NamesReader& names_;
    References& references_;
    std::uint64_t rounds_ = 1;
};

}  // namespace cityledger::sim
