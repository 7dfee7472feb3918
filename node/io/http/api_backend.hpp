#pragma once
// What the HTTP routes need of a node. In production the replica and the transport
// (daemon.cpp); in tests a stand-in.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/api/answers.hpp"
#include "node/replica/replica.hpp"

namespace cityledger::io {

/// Everything happens on the replica's thread.
class ApiBackend {
public:
    virtual ~ApiBackend() = default;
    virtual void submit(std::shared_ptr<const ledger::Transaction> transaction,
                        std::function<void(Result<Digest>)> done) = 0;
    /// As Replica::on_receipt: after execution and the applied write.
    virtual std::uint64_t on_receipt(const Digest& transaction,
                                     std::function<void(const ledger::StoredReceipt&)> done) = 0;
    virtual void forget_receipt(std::uint64_t handle) = 0;
    [[nodiscard]] virtual api::StatusView status() const = 0;
    [[nodiscard]] virtual std::uint64_t executed_height() const = 0;
    /// Why the node does not take transactions; nothing if it does.
    [[nodiscard]] virtual std::optional<std::string> unready_because() const = 0;
    [[nodiscard]] virtual node::Counters counters() const = 0;
    [[nodiscard]] virtual std::optional<node::FinalBlock> final_block(
        std::uint64_t height) const = 0;
    [[nodiscard]] virtual std::shared_ptr<const ledger::Batch> batch(
        const Digest& digest) const = 0;
    [[nodiscard]] virtual const ledger::StateReader& state() const = 0;
    [[nodiscard]] virtual const ledger::Genesis& genesis() const = 0;
    /// What a request must carry to use the fault controls; empty: the node has none.
    [[nodiscard]] virtual const std::string& control_token() const = 0;
    /// Cuts the links to these peers and restores all others.
    virtual Status set_blocked(const std::vector<std::string>& peers) = 0;
};

}  // namespace cityledger::io
