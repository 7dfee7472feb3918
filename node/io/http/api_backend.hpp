#pragma once
// What the HTTP routes need of a node. In production the replica and the transport on the
// replica's thread, asked by posts (node/io/daemon/daemon_backend.hpp); in tests a stand-in.

#include <prometheus/metric_family.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/api/answers.hpp"
#include "node/api/condition.hpp"
#include "node/replica/replica.hpp"

namespace cityledger::io {

/// The node at one moment.
struct NodeView {
    api::StatusView status;
    node::Counters counters;
    /// Why the node does not take transactions; nothing if it does.
    std::optional<std::string> unready_because;
    api::ConditionView condition;
    std::vector<prometheus::MetricFamily> measured;  ///< for /metrics, beside the counters
};

/// A final block with all that the log holds of it.
struct StoredBlock {
    Digest digest;
    ledger::Block block;
    std::optional<ledger::Certificate> finalization;  ///< its own, where one was made
    std::vector<ledger::Batch> batches;               ///< in its order; all, once it is executed
    std::uint64_t bytes = 0;                          ///< read from the log
};

/// Headers from the one that names a covered state to a final one, and its certificate.
struct Cover {
    std::vector<ledger::BlockHeader> headers;  ///< none: no final header covers the height yet
    ledger::Certificate certificate;
};

/// Called on the HTTP thread, and answers there: `done` comes once, perhaps within the call, or
/// never if the node stops meanwhile.
class ApiBackend {
public:
    virtual ~ApiBackend() = default;
    virtual void submit(std::shared_ptr<const ledger::Transaction> transaction,
                        std::function<void(Result<Digest>)> done) = 0;
    /// As Replica::on_receipt: after execution and the applied write; never within the call.
    virtual std::uint64_t on_receipt(const Digest& transaction,
                                     std::function<void(const ledger::StoredReceipt&)> done) = 0;
    /// From here on `done` of this handle is not called.
    virtual void forget_receipt(std::uint64_t handle) = 0;
    virtual void describe(std::function<void(const NodeView&)> done) = 0;
    /// block_not_found above the final height, log_damaged if it cannot be read any more.
    virtual void read_block(std::uint64_t height,
                            std::function<void(const Result<StoredBlock>&)> done) = 0;
    /// Covers the smallest covered height at or above `height`; without one, the newest that a
    /// single header proves. Errors as of read_block.
    virtual void read_cover(std::optional<std::uint64_t> height,
                            std::function<void(const Result<Cover>&)> done) = 0;
    /// As Executor::prove_under; the key has at most k_max_key_bytes, the space is hashed.
    virtual void prove_under(ledger::Space space, std::string key, const Digest& root,
                             std::function<void(const Result<ledger::StateClaim>&)> done) = 0;
    /// Cuts the links to these peers and restores all others.
    virtual void set_blocked(std::vector<std::string> peers,
                             std::function<void(const Status&)> done) = 0;

    /// state() holds at least this height, and so did every receipt that was told.
    [[nodiscard]] virtual std::uint64_t executed_height() const = 0;
    [[nodiscard]] virtual const ledger::StateReader& state() const = 0;
    [[nodiscard]] virtual const ledger::Genesis& genesis() const = 0;
    /// The node's name in the genesis: read passes are for one node.
    [[nodiscard]] virtual const std::string& node_name() const = 0;
    /// The time of day, which read passes are measured by: milliseconds since 1970.
    [[nodiscard]] virtual std::uint64_t wall_clock_ms() const = 0;
    /// What a request must carry to use the fault controls; empty: the node has none.
    [[nodiscard]] virtual const std::string& control_token() const = 0;
};

}  // namespace cityledger::io
