#include "sim/scenario/faults_reader.hpp"

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

const Words k_behaviours = {
    "equivocate",   "double_vote", "silent_leader", "withhold_votes", "false_roots",
    "forge_header", "flood_votes", "flood_batches", "lie_in_sync",    "withhold_certificates"};

}  // namespace

std::vector<std::size_t> FaultsReader::node_list(const YamlValue& value) {
    std::vector<std::size_t> nodes;
    const auto add = [&](const YamlValue& node) {
        if (!in_.is_a(node, YamlKind::integer)) return;
        if (node.integer < 0 || node.integer >= static_cast<std::int64_t>(scenario_.validators)) {
            return in_.fail(
                problem::unknown_node(in_.at(node), node.integer, scenario_.validators));
        }
        nodes.push_back(static_cast<std::size_t>(node.integer));
    };
    if (value.kind == YamlKind::sequence) {
        for (const YamlValue& node : in_.list_of(value, 1)) add(node);
    } else {
        add(value);
    }
    if (nodes.empty()) nodes.push_back(0);  // a problem is recorded; callers may use front()
    return nodes;
}

void FaultsReader::read_fault_nodes(const YamlValue& value, FaultStep& fault) {
    if (value.kind != YamlKind::text) {
        fault.nodes = node_list(value);
        return;
    }
    Words words;
    if (fault.kind == FaultKind::kill || fault.kind == FaultKind::pause) words = {"leader", "all"};
    if (fault.kind == FaultKind::restart) words = {"killed"};
    if (fault.kind == FaultKind::resume) words = {"paused"};
    const std::string word = in_.choice_of(value, words);
    if (word == "leader") fault.choice = NodeChoice::leader;
    if (word == "all") fault.choice = NodeChoice::all;
    if (word == "killed") fault.choice = NodeChoice::killed;
    if (word == "paused") fault.choice = NodeChoice::paused;
}

FaultStep FaultsReader::read_fault(const YamlValue& value) {
    FaultStep fault;
    if (!in_.check_mapping(value, {"fault"}, {})) return fault;
    const YamlValue& inner = *value.find("fault");
    if (inner.kind == YamlKind::text) {
        static_cast<void>(in_.choice_of(inner, {"heal"}));
        fault.kind = FaultKind::heal;
        return fault;
    }
    const Words kinds = {"kill", "restart", "pause", "resume", "partition", "byzantine"};
    if (!in_.check_mapping(inner, kinds, {})) return fault;
    if (inner.entries.size() != 1) {
        in_.fail(problem::step_kind(in_.at(inner), said("problem.one_fault")));
        return fault;
    }
    const std::string& kind = inner.entries.front().key;
    const YamlValue& what = inner.entries.front().value;
    if (kind == "partition") {
        fault.kind = FaultKind::partition;
        for (const YamlValue& group : in_.list_of(what, 2)) {
            if (in_.is_a(group, YamlKind::sequence)) fault.groups.push_back(node_list(group));
        }
    } else if (kind == "byzantine") {
        fault.kind = FaultKind::byzantine;
        const Words keys = {"node", "behaviour"};
        if (!in_.check_mapping(what, keys, keys)) return fault;
        const YamlValue& node = *what.find("node");
        if (in_.is_a(node, YamlKind::integer)) fault.nodes = node_list(node);
        fault.behaviour = in_.choice_of(*what.find("behaviour"), k_behaviours);
    } else {
        if (kind == "kill") fault.kind = FaultKind::kill;
        if (kind == "restart") fault.kind = FaultKind::restart;
        if (kind == "pause") fault.kind = FaultKind::pause;
        if (kind == "resume") fault.kind = FaultKind::resume;
        read_fault_nodes(what, fault);
    }
    return fault;
}

}  // namespace cityledger::sim
