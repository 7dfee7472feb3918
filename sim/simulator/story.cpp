#include "sim/simulator/story.hpp"

#include <algorithm>

#include "node/replica/trace_text.hpp"

namespace cityledger::sim {
namespace {

std::string milliseconds(std::uint64_t at_us) {
    std::string fraction = std::to_string(at_us % 1000);
    fraction.insert(0, 3 - fraction.size(), '0');
    return std::to_string(at_us / 1000) + "." + fraction + " ms";
}

std::string node_name(std::size_t node) { return "node" + std::to_string(node); }

/// Mermaid ends a statement at a semicolon and begins an entity at a hash.
std::string plain(std::string words) {
    std::replace(words.begin(), words.end(), ';', ',');
    std::replace(words.begin(), words.end(), '#', ' ');
    return words;
}

}  // namespace

void Story::tell(std::uint64_t now_us, std::size_t node, const node::ReplicaEvent& event) {
    lines_.push_back({now_us, node, event});
    if (lines_.size() <= max_events_) return;
    lines_.pop_front();
    ++left_out_;
}

std::string Story::text(std::size_t lines) const {
    std::string text;
    const std::size_t first = lines_.size() - std::min(lines, lines_.size());
    for (std::size_t i = first; i < lines_.size(); ++i) {
        const Line& line = lines_[i];
        const std::string time = milliseconds(line.at_us);
        text += std::string(14 - std::min<std::size_t>(time.size(), 14), ' ') + time + "  " +
                node_name(line.node) + " " + node::words_of(line.event) + "\n";
    }
    return text;
}

std::string Story::mermaid(std::size_t nodes) const {
    std::string text = "sequenceDiagram\n";
    for (std::size_t node = 0; node < nodes; ++node) {
        text += "    participant " + node_name(node) + "\n";
    }
    for (const Line& line : lines_) {
        const std::string who = node_name(line.node);
        const std::string words = plain(node::words_of(line.event));
        if (std::holds_alternative<node::BlockProposed>(line.event)) {
            for (std::size_t other = 0; other < nodes; ++other) {
                if (other == line.node) continue;
                text += "    " + who + "->>" + node_name(other) + ": " + words + "\n";
            }
        } else if (const auto* asked = std::get_if<node::BlocksAsked>(&line.event)) {
            text += "    " + who + "->>" + node_name(asked->peer) + ": " + words + "\n";
        } else {
            text += "    Note over " + who + ": " + words + "\n";
        }
    }
    return text;
}

}  // namespace cityledger::sim
