#pragma once
// The HTTP routes' view of the running node: questions are posted to the replica's thread, answers
// come back as values. Blocks are read from the log's files here, on the HTTP thread.

#include <atomic>
#include <map>

#include "node/io/daemon/daemon_home.hpp"
#include "node/io/daemon/execution_thread.hpp"
#include "node/io/daemon/node_condition.hpp"
#include "node/io/daemon/node_metrics.hpp"
#include "node/io/http/api_backend.hpp"
#include "node/io/post.hpp"
#include "node/io/stages.hpp"
#include "node/io/transport/transport.hpp"
#include "node/log/log_reader.hpp"

namespace cityledger::io {

/// Why a load balancer should not send clients here: the node does not vote, or takes no
/// transactions. An observer does neither and is ready while it follows.
[[nodiscard]] std::optional<std::string> unready_reason(const node::ReplicaStatus& status);

/// The parts of the node that it asks, all of which outlive it.
struct NodeParts {
    const HomeContents& home;
    node::Replica& replica;
    TcpTransport& transport;
    const ledger::StateReader& state;
    node::FileSystem& files;
    ExecutionThread& execution;
    NodeMetrics& metrics;
    const NodeCondition& condition;
    std::string log_folder;
    std::string control_token;
};

/// Made and destroyed on the replica's thread, while the HTTP thread does not run: what is under
/// way then is dropped. In between its methods are for the HTTP thread.
class DaemonBackend : public ApiBackend {
public:
    DaemonBackend(NodeParts node, Post to_replica, Post to_http);
    ~DaemonBackend() override;

    void submit(std::shared_ptr<const ledger::Transaction> transaction,
                std::function<void(Result<Digest>)> done) override;
    std::uint64_t on_receipt(const Digest& transaction,
                             std::function<void(const ledger::StoredReceipt&)> done) override;
    void forget_receipt(std::uint64_t handle) override;
    void describe(std::function<void(const NodeView&)> done) override;
    void read_block(std::uint64_t height,
                    std::function<void(const Result<StoredBlock>&)> done) override;
    void read_cover(std::optional<std::uint64_t> height,
                    std::function<void(const Result<Cover>&)> done) override;
    void prove_under(ledger::Space space, std::string key, const Digest& root,
                     std::function<void(const Result<ledger::StateClaim>&)> done) override;
    void set_blocked(std::vector<std::string> peers,
                     std::function<void(const Status&)> done) override;
    std::uint64_t executed_height() const override { return executed_height_; }
    const ledger::StateReader& state() const override { return node_.state; }
    const ledger::Genesis& genesis() const override { return node_.home.genesis; }
    const std::string& node_name() const override { return node_.home.config.name; }
    std::uint64_t wall_clock_ms() const override;
    const std::string& control_token() const override { return node_.control_token; }

    /// On the replica's thread, before anybody is told of what this height did.
    void reached(std::uint64_t height);

private:
    using Told = std::function<void(const ledger::StoredReceipt&)>;

    /// Runs on the replica's thread while this is there.
    void to_replica(Stage stage, std::function<void()> work) const;
    /// From the replica's thread, with values.
    void to_http(Stage stage, std::function<void()> work) const;
    template <class Question, class Done>
    void ask(Question question, Done done) const;

    [[nodiscard]] NodeView view() const;
    [[nodiscard]] api::StatusView status_view(const node::ReplicaStatus& status) const;
    [[nodiscard]] Status block_links(const std::vector<std::string>& peers) const;
    [[nodiscard]] std::vector<node::FinalEntry> cover_entries(
        std::optional<std::uint64_t> height) const;
    [[nodiscard]] Result<Cover> read_headers(const std::vector<node::FinalEntry>& entries,
                                             std::uint64_t height);
    void tell(std::uint64_t handle, const ledger::StoredReceipt& stored);
    [[nodiscard]] bool is_last(const node::FinalEntry& entry) const;
    void read_batches(StoredBlock block, const std::vector<node::LogPosition>& positions,
                      const std::function<void(const Result<StoredBlock>&)>& done);

    NodeParts node_;
    Post to_replica_;
    Post to_http_;
    node::LogReader reader_;  // HTTP thread only
    /// The block that was read last: who asks for one receipt of a block asks for the others, too.
    std::optional<Result<StoredBlock>> last_;                     // HTTP thread only
    std::map<std::uint64_t, Told> receipts_;                      // HTTP thread only
    std::uint64_t last_receipt_ = 0;                              // HTTP thread only
    std::map<std::uint64_t, std::uint64_t> replica_handles_;      // replica's thread only
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // replica's thread only
    std::atomic<std::uint64_t> executed_height_;
};

}  // namespace cityledger::io
