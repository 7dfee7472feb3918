#pragma once
// What the nodes of a virtual run did, in order: as text, and as a sequence diagram in Mermaid.

#include <deque>
#include <string>

#include "node/replica/trace.hpp"

namespace cityledger::sim {

/// Events that a story keeps; the oldest leave first.
inline constexpr std::size_t k_story_events_default = 512;

class Story {
public:
    explicit Story(std::size_t max_events = k_story_events_default) : max_events_(max_events) {}

    void tell(std::uint64_t now_us, std::size_t node, const node::ReplicaEvent& event);
    void set_max_events(std::size_t max_events) { max_events_ = max_events; }
    [[nodiscard]] std::size_t left_out() const { return left_out_; }

    /// A line for each event: virtual time in ms, node, words. At most the newest `lines`.
    [[nodiscard]] std::string text(std::size_t lines) const;
    /// "sequenceDiagram ...": proposals and questions as arrows, all else as notes.
    [[nodiscard]] std::string mermaid(std::size_t nodes) const;

private:
    struct Line {
        std::uint64_t at_us = 0;
        std::size_t node = 0;
        node::ReplicaEvent event;
    };
    std::size_t max_events_;
    std::deque<Line> lines_;
    std::size_t left_out_ = 0;
};

}  // namespace cityledger::sim
