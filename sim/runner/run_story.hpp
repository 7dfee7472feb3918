#pragma once
// The story of a run, as it happens: who did what and what came of it, faults, given-up views.

#include <functional>
#include <string>
#include <vector>

#include "sim/runner/outcome.hpp"
#include "sim/runner/prepared_call.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

class RunStory {
public:
    using Listener = std::function<void(Place, const std::string& sentence)>;

    /// Without a listener nothing is told.
    explicit RunStory(Listener listener) : listener_(std::move(listener)) {}

    void tell_transaction(const Actor& sender, const std::vector<PreparedCall>& calls,
                          const std::vector<CallOutcome>& outcomes) const;
    void tell_fault(Place place, const Fault& fault) const;
    /// Tells of the views that were given up since it was last called.
    void tell_views(Place place, const std::vector<NodeView>& nodes);

private:
    void tell(Place place, const std::string& sentence) const;

    Listener listener_;
    std::uint64_t views_given_up_ = 0;  ///< as told so far
};

}  // namespace cityledger::sim
