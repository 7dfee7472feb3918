#pragma once
// The network that a bench loads, and who acts on it.

#include <memory>

#include "sim/bench/operation_maker.hpp"
#include "sim/worlds/remote_world.hpp"

namespace cityledger::bench {

class BenchNetwork {
public:
    /// A new local network in this folder, which must not exist; it ends and goes with the object
    /// unless `keep` is set.
    static Result<std::unique_ptr<BenchNetwork>> launch(const std::string& folder,
                                                        const std::string& daemon,
                                                        std::size_t validators, bool keep);
    /// One in virtual time.
    static std::unique_ptr<BenchNetwork> simulate(std::size_t validators, std::uint64_t seed);
    /// A running one, by its folder.
    static Result<std::unique_ptr<BenchNetwork>> join(const std::string& folder);

    [[nodiscard]] sim::World& world() { return *world_; }
    [[nodiscard]] bool is_virtual() const { return world_->kind() == "virtual"; }
    [[nodiscard]] const std::vector<sim::NodeAddress>& nodes() const { return nodes_; }
    [[nodiscard]] const Population& population() const { return population_; }

    /// Enrols whom these rounds need and the network lacks.
    [[nodiscard]] Status enrol(const std::vector<MixPart>& mix, std::uint64_t senders,
                               const Progress& progress);

    /// Bytes in the folder of each node; 0 where it is elsewhere.
    [[nodiscard]] std::vector<std::uint64_t> folder_bytes() const;

    /// Invoices that this bench has issued on it.
    std::uint64_t invoices = 0;
    /// Operations that were drawn for it; the next round's numbers begin here.
    std::uint64_t drawn = 0;

private:
    BenchNetwork(std::unique_ptr<sim::World> world, sim::NetworkFolder folder,
                 std::vector<sim::NodeAddress> nodes);

    std::unique_ptr<sim::World> world_;
    sim::NetworkFolder folder_;
    std::vector<sim::NodeAddress> nodes_;
    Population population_;
};

/// Waits until all nodes that answer have executed the same height, and returns it. Refused with
/// bench_not_settled when the time is over.
[[nodiscard]] Result<std::uint64_t> settled_height(sim::World& world, std::uint64_t timeout_ms);

/// Refuses nodes whose program was built without optimisation.
[[nodiscard]] Status check_builds(sim::World& world);

}  // namespace cityledger::bench
