#include "sim/bench/bench_network.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "sim/bench/bench_codes.hpp"
#include "sim/simulator/virtual_world.hpp"
#include "sim/worlds/local_world.hpp"

namespace cityledger::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_departments_enrolled = 53;
constexpr std::uint64_t k_poll_ms = 20;
constexpr std::string_view k_debug_mark = "debug";

std::uint64_t bytes_in(const std::string& folder) {
    std::uint64_t bytes = 0;
    std::error_code problem;
    for (auto entry = fs::recursive_directory_iterator(folder, problem);
         !problem && entry != fs::recursive_directory_iterator(); entry.increment(problem)) {
        std::error_code gone;  // compaction removes files at any time
        if (entry->is_regular_file(gone)) {
            const auto size = entry->file_size(gone);
            if (!gone) bytes += size;
        }
    }
    return bytes;
}

bool uses_departments(const MixPart& part) {
    return part.workload == Workload::directory_request ||
           (part.workload == Workload::call && part.call.sender == k_departments);
}

bool uses_enterprises(const MixPart& part) {
    return !uses_departments(part) &&
           (part.workload != Workload::call || part.call.sender == k_enterprises);
}

}  // namespace

BenchNetwork::BenchNetwork(std::unique_ptr<sim::World> world, sim::NetworkFolder folder,
                           std::vector<sim::NodeAddress> nodes)
    : world_(std::move(world)), folder_(std::move(folder)), nodes_(std::move(nodes)) {}

Result<std::unique_ptr<BenchNetwork>> BenchNetwork::launch(const std::string& folder,
                                                           const std::string& daemon,
                                                           std::size_t validators, bool keep) {
    sim::LocalOptions options;
    options.folder = folder;
    options.keep = keep;
    options.network = {sim::default_validity()};
    options.launch.daemon = daemon;
    auto world = sim::LocalWorld::create(sim::default_plan(validators), std::move(options));
    if (!world) return propagate(world);
    const auto network = sim::read_network({folder});
    if (!network) return propagate(network);
    return std::unique_ptr<BenchNetwork>(
        new BenchNetwork(*std::move(world), {folder}, network->nodes));
}

std::unique_ptr<BenchNetwork> BenchNetwork::simulate(std::size_t validators, std::uint64_t seed) {
    sim::WorldPlan plan = sim::default_plan(validators);
    plan.seed = seed;
    std::vector<sim::NodeAddress> nodes;
    for (std::size_t i = 0; i < validators; ++i) {
        nodes.push_back({"node" + std::to_string(i), "", 0, 0});
    }
    return std::unique_ptr<BenchNetwork>(
        new BenchNetwork(sim::make_virtual_world(plan), {}, std::move(nodes)));
}

Result<std::unique_ptr<BenchNetwork>> BenchNetwork::join(const std::string& folder) {
    auto world = sim::make_remote_world(folder, "");
    if (!world) return propagate(world);
    const auto network = sim::read_network({folder});
    if (!network) return propagate(network);
    return std::unique_ptr<BenchNetwork>(
        new BenchNetwork(*std::move(world), {folder}, network->nodes));
}

Status BenchNetwork::enrol(const std::vector<MixPart>& mix, std::uint64_t senders,
                           const Progress& progress) {
    for (const MixPart& part : mix) {
        if (uses_departments(part) && population_.departments.members.empty()) {
            auto enrolled = enrol_departments(*world_, k_departments_enrolled, progress);
            if (!enrolled) return propagate(enrolled);
            population_.departments = *std::move(enrolled);
        }
        if (uses_enterprises(part) && population_.enterprises.members.size() < senders) {
            // Their buyers are enterprises too, so one seller needs two more.
            const std::size_t count = std::max<std::size_t>(senders, 3);
            auto enrolled = enrol_enterprises(*world_, count, progress);
            if (!enrolled) return propagate(enrolled);
            population_.enterprises = *std::move(enrolled);
        }
        const bool other = !uses_departments(part) && !uses_enterprises(part);
        if (other && !population_.others.contains(part.call.sender)) {
            const auto key = world_->key_of(part.call.sender);
            if (!key) return propagate(key);
            auto copy = crypto::PrivateKey::from_pem((*key)->to_pem());
            if (!copy) return propagate(copy);
            population_.others[part.call.sender].push_back({part.call.sender, *std::move(copy)});
        }
    }
    return {};
}

Result<std::uint64_t> settled_height(sim::World& world, std::uint64_t timeout_ms) {
    const std::uint64_t start_ms = world.now_ms();
    while (true) {
        std::set<std::uint64_t> heights;
        for (const sim::NodeView& node : world.nodes()) {
            if (!node.status) continue;
            heights.insert(node.status->executed_height);
            heights.insert(node.status->final_height);
        }
        if (heights.size() == 1) return *heights.begin();
        if (world.now_ms() - start_ms >= timeout_ms) {
            return refuse(codes::bench_not_settled,
                          heights.empty() ? "no node answers" : "heights differ");
        }
        world.wait(k_poll_ms);
    }
}

std::vector<std::uint64_t> BenchNetwork::folder_bytes() const {
    std::vector<std::uint64_t> bytes;
    for (const sim::NodeAddress& node : nodes_) {
        bytes.push_back(folder_.path.empty() ? 0 : bytes_in(folder_.home(node.name)));
    }
    return bytes;
}

Status check_builds(sim::World& world) {
    for (const sim::NodeView& node : world.nodes()) {
        if (!node.status) continue;
        if (node.status->version.find(k_debug_mark) == std::string::npos) continue;
        return refuse(codes::bench_debug_build, node.status->node + " is " + node.status->version);
    }
    return {};
}

}  // namespace cityledger::bench
