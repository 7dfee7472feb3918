#pragma once
// The parts of one run of a scenario, each owning its own state.

#include "sim/runner/calls.hpp"
#include "sim/runner/choices.hpp"
#include "sim/runner/node_watch.hpp"
#include "sim/runner/run_record.hpp"
#include "sim/runner/run_story.hpp"
#include "sim/runner/sent_transactions.hpp"

namespace cityledger::sim {

struct RunParts {
    RunParts(const Scenario& of, World& in, std::optional<std::size_t> invert,
             RunStory::Listener listener)
        : scenario(of),
          world(in),
          watch(in),
          record(of, in, invert),
          sent(in, watch, record),
          story(std::move(listener)),
          choices(of.seed),
          calls(of, in, watch, record, sent, story) {}

    const Scenario& scenario;
    World& world;
    NodeWatch watch;
    RunRecord record;
    SentTransactions sent;
    RunStory story;
    Choices choices;
    Calls calls;
};

}  // namespace cityledger::sim
