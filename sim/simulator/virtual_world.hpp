#pragma once
// The World of scenarios in virtual time.

#include "ledger/read_pass.hpp"
#include "sim/simulator/cluster.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

class VirtualWorld : public World {
public:
    VirtualWorld(const WorldPlan& plan, VirtualOptions options);

    [[nodiscard]] std::string kind() const override { return "virtual"; }
    [[nodiscard]] Digest chain_id() const override { return cluster_.chain_id(); }
    [[nodiscard]] Result<std::uint64_t> expiry_height() override;
    [[nodiscard]] Result<const crypto::PrivateKey*> key_of(const ledger::MemberId& member) override;
    [[nodiscard]] Result<crypto::PublicKeyBytes> make_key(const ledger::MemberId& member) override;
    [[nodiscard]] ledger::Nonce nonce() override;

    [[nodiscard]] Result<api::ReceiptView> submit(const ledger::Transaction& transaction,
                                                  std::uint64_t timeout_ms) override;
    [[nodiscard]] Result<Digest> send(const ledger::Transaction& transaction) override;
    [[nodiscard]] std::vector<std::optional<api::ReceiptView>> receipts(
        const Digest& transaction) override;
    [[nodiscard]] Result<boost::json::value> query(std::string_view contract,
                                                   std::string_view method,
                                                   const boost::json::value& arguments,
                                                   std::optional<std::size_t> node,
                                                   const ledger::MemberId& asker) override;
    [[nodiscard]] Status inject(const Fault& fault) override;
    [[nodiscard]] std::uint64_t now_ms() override {
        return cluster_.queue().now_us() / k_millisecond_us;
    }
    void wait(std::uint64_t milliseconds) override { cluster_.run_for(milliseconds); }
    [[nodiscard]] std::vector<NodeView> nodes() override;
    [[nodiscard]] std::optional<Digest> trace_hash() const override {
        return cluster_.trace().hash();
    }
    [[nodiscard]] Status can(FaultKind) const override { return {}; }

    /// What lies under the World: for tests and for the storm.
    [[nodiscard]] VirtualCluster& cluster() { return cluster_; }

private:
    using TransactionPointer = std::shared_ptr<const ledger::Transaction>;

    [[nodiscard]] Result<std::size_t> next_node();
    [[nodiscard]] Status check_unbroken() const;
    [[nodiscard]] Status inject_on(FaultKind kind, std::size_t node, const std::string& behaviour);
    [[nodiscard]] Status show_asker(const ledger::MemberId& asker, std::size_t node,
                                    const ledger::ReadQuestion& question);
    [[nodiscard]] api::StatusView status_of(std::size_t node);

    VirtualCluster cluster_;
    std::string name_;
    std::map<ledger::MemberId, crypto::PrivateKey> keys_;
    std::map<ledger::MemberId, std::uint64_t> made_keys_;  ///< how many make_key made
    SimulatedRandom nonces_;
    std::size_t last_node_ = 0;
    std::map<Digest, TransactionPointer> sent_;  ///< for the words of receipts
};

[[nodiscard]] std::unique_ptr<World> make_virtual_world(const WorldPlan& plan,
                                                        VirtualOptions options = {});

}  // namespace cityledger::sim
