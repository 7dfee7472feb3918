#pragma once
// The HTTP routes' view of the running node.

#include "node/io/daemon/daemon_home.hpp"
#include "node/io/http/api_backend.hpp"
#include "node/io/transport/transport.hpp"

namespace cityledger::io {

/// Why a load balancer should not send clients here: the node does not vote, or takes no
/// transactions. An observer does neither and is ready while it follows.
[[nodiscard]] std::optional<std::string> unready_reason(const node::ReplicaStatus& status);

class DaemonBackend : public ApiBackend {
public:
    /// All must outlive the backend.
    DaemonBackend(const HomeContents& home, node::Replica& replica, TcpTransport& transport,
                  const ledger::StateReader& state, std::string control_token)
        : home_(home),
          replica_(replica),
          transport_(transport),
          state_(state),
          control_token_(std::move(control_token)) {}

    void submit(std::shared_ptr<const ledger::Transaction> transaction,
                std::function<void(Result<Digest>)> done) override;
    std::uint64_t on_receipt(const Digest& transaction,
                             std::function<void(const ledger::StoredReceipt&)> done) override;
    void forget_receipt(std::uint64_t handle) override;
    api::StatusView status() const override;
    std::uint64_t executed_height() const override;
    std::optional<std::string> unready_because() const override;
    node::Counters counters() const override;
    std::optional<node::FinalBlock> final_block(std::uint64_t height) const override;
    std::shared_ptr<const ledger::Batch> batch(const Digest& digest) const override;
    const ledger::StateReader& state() const override { return state_; }
    const ledger::Genesis& genesis() const override { return home_.genesis; }
    const std::string& control_token() const override { return control_token_; }
    Status set_blocked(const std::vector<std::string>& peers) override;

private:
    const HomeContents& home_;
    node::Replica& replica_;
    TcpTransport& transport_;
    const ledger::StateReader& state_;
    std::string control_token_;
};

}  // namespace cityledger::io
