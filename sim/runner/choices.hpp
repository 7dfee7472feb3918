#pragma once
// What a scenario leaves to the seed: who acts next, and which entry of a mix.

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"
#include "sim/simulator/random.hpp"

namespace cityledger::sim {

class Choices {
public:
    explicit Choices(std::uint64_t seed) : dice_(SimulatedRandom(seed).fork("choices")) {}

    /// The name of an actor.
    [[nodiscard]] std::string draw(const std::vector<WeightedActors>& choices) {
        const WeightedActors& drawn = draw_weighted(choices);
        return drawn.actors[dice_.below(drawn.actors.size())];
    }
    [[nodiscard]] const MixEntry& draw(const std::vector<MixEntry>& mix) {
        return draw_weighted(mix);
    }
    /// What the variable of a loop is in this round (from 0): a drawn actor, one in turn, or the
    /// number of the round from 1.
    [[nodiscard]] boost::json::value loop_value(const Loop& loop, std::size_t round) {
        if (!loop.choices.empty()) return boost::json::value(draw(loop.choices));
        if (!loop.actors.empty()) return boost::json::value(loop.actors[round]);
        return round + 1;
    }

private:
    template <class Weighted>
    const Weighted& draw_weighted(const std::vector<Weighted>& entries) {
        std::uint64_t weights = 0;
        for (const Weighted& entry : entries) weights += entry.weight;
        std::uint64_t drawn = dice_.below(weights);
        auto entry = entries.begin();
        while (drawn >= entry->weight) drawn -= (entry++)->weight;
        return *entry;
    }

    SimulatedRandom dice_;
};

}  // namespace cityledger::sim
