#pragma once
// The local world: a network of real processes on this machine, made for a scenario, with faults.
// Everything else is the remote world.

#include <memory>

#include "sim/launch/network_maker.hpp"
#include "sim/launch/node_process.hpp"
#include "sim/worlds/remote_world.hpp"

namespace cityledger::sim {

struct LocalOptions {
    std::string folder;  ///< of the new network
    bool keep = false;   ///< leaves the network on disk when the world ends
    NetworkOptions network;
    LaunchOptions launch;
    std::uint64_t ready_timeout_ms = 30'000;
};

class LocalWorld : public RemoteWorld {
public:
    /// Makes the network in `options.folder` and launches it.
    static Result<std::unique_ptr<LocalWorld>> create(const WorldPlan& plan, LocalOptions options);
    /// Starts the processes of a network that was just made; none is left if one does not start.
    static Result<std::unique_ptr<LocalWorld>> launch(HeldNetwork network, LocalOptions options);
    ~LocalWorld() override;

    [[nodiscard]] std::string kind() const override { return "local"; }
    /// A fresh one, also for a member that has a key: all members are this world's own.
    [[nodiscard]] Result<crypto::PublicKeyBytes> make_key(const ledger::MemberId& member) override;
    [[nodiscard]] Status can(FaultKind kind) const override;
    [[nodiscard]] Status inject(const Fault& fault) override;
    [[nodiscard]] std::vector<NodeView> nodes() override;

    /// For tests: the processes and the folder.
    [[nodiscard]] NodeProcess& process(std::size_t node) { return processes_.at(node).process; }
    [[nodiscard]] const NetworkFolder& network_folder() const { return folder(); }
    [[nodiscard]] client::ApiClient& node_client(std::size_t node) { return client(node); }
    /// Waits until the node takes transactions.
    [[nodiscard]] Status wait_ready(std::size_t node, std::uint64_t timeout_ms);

protected:
    [[nodiscard]] bool may_answer(std::size_t node) override;

private:
    struct LocalNode {
        NodeProcess process;
        bool paused = false;
    };

    LocalWorld(HeldNetwork network, LocalOptions options);
    [[nodiscard]] Status set_blocked_links(std::size_t node);
    /// Waits until the HTTP interface of a started node answers.
    Status wait_until_answering(std::size_t node);
    Status inject_into_process(FaultKind kind, std::size_t node);
    Status cut_links(const std::vector<std::vector<std::size_t>>& groups);

    io::FileLock lock_;  ///< of the folder: it is this world's alone
    LocalOptions options_;
    std::vector<LocalNode> processes_;
    std::vector<std::vector<std::string>> blocked_;  ///< by node: peers that it is cut off from
};

}  // namespace cityledger::sim
