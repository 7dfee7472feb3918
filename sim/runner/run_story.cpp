#include "sim/runner/run_story.hpp"

#include <algorithm>
#include <map>

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

/// The id of the sentence that tells a fault.
std::string_view fault_sentence(FaultKind kind) {
    switch (kind) {
        case FaultKind::kill: return "story.kill";
        case FaultKind::restart: return "story.restart";
        case FaultKind::pause: return "story.pause";
        case FaultKind::resume: return "story.resume";
        case FaultKind::partition: return "story.partition";
        case FaultKind::heal: return "story.heal";
        case FaultKind::byzantine: return "story.byzantine";
    }
    return {};
}

std::string list_of(const std::vector<std::size_t>& nodes) {
    std::string text;
    for (const std::size_t node : nodes) {
        text += (text.empty() ? "" : " ") + ("node" + std::to_string(node));
    }
    return text;
}

std::string name_of(const PreparedCall& call) {
    return call.operation.contract + "." + call.operation.method;
}

}  // namespace

void RunStory::tell(Place place, const std::string& sentence) const {
    if (listener_) listener_(place, sentence);
}

void RunStory::tell_transaction(const Actor& sender, const std::vector<PreparedCall>& calls,
                                const std::vector<CallOutcome>& outcomes) const {
    if (!listener_ || calls.empty()) return;
    if (calls.size() == 1) {
        return tell(calls.front().place, said("story.did", {sender.name, name_of(calls.front()),
                                                            outcomes.front().words()}));
    }
    std::map<std::string, std::size_t> counts;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        ++counts[name_of(calls[i]) + " " + outcomes[i].code_name];
    }
    std::string words;
    for (const auto& [what, count] : counts) {
        words += (words.empty() ? "" : ", ") + std::to_string(count) + " " + what;
    }
    tell(calls.front().place, said("story.bundle", {sender.name, words}));
}

void RunStory::tell_fault(Place place, const Fault& fault) const {
    std::string nodes = list_of(fault.nodes);
    for (const std::vector<std::size_t>& group : fault.groups) {
        nodes += (nodes.empty() ? "" : " | ") + list_of(group);
    }
    tell(place, said(fault_sentence(fault.kind), {nodes}));
}

void RunStory::tell_views(Place place, const std::vector<NodeView>& nodes) {
    std::uint64_t view = 0;
    std::uint64_t height = 0;
    for (const NodeView& node : nodes) {
        if (!node.status) continue;
        view = std::max(view, node.status->view);
        height = std::max(height, node.status->final_height);
    }
    // Each view ends with a block or is given up; the newest one is still open, and its block.
    const std::uint64_t given_up = view > height + 2 ? view - height - 2 : 0;
    if (given_up <= views_given_up_) return;
    tell(place,
         said("story.views", {std::to_string(given_up - views_given_up_), std::to_string(view)}));
    views_given_up_ = given_up;
}

}  // namespace cityledger::sim
