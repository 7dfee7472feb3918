#pragma once
// A network of CometBFT nodes on this machine as a world, made for a scenario. It can do no fault:
// those are of the built-in engine.

#include <map>

#include "sim/launch/comet_launch.hpp"
#include "sim/worlds/remote_world.hpp"

namespace cityledger::sim {

class CometWorld : public RemoteWorld {
public:
    /// Starts the processes of a network that was just made; none is left if one does not start.
    /// Unless `keep`, the network's folder goes with the world.
    static Result<std::unique_ptr<CometWorld>> launch(HeldNetwork network,
                                                      const CometPrograms& programs, bool keep);
    ~CometWorld() override;

    [[nodiscard]] std::string kind() const override { return "local"; }
    [[nodiscard]] Result<std::uint64_t> expiry_height() override;
    [[nodiscard]] Result<api::ReceiptView> submit(const ledger::Transaction& transaction,
                                                  std::uint64_t timeout_ms) override;
    [[nodiscard]] Result<Digest> send(const ledger::Transaction& transaction) override;
    [[nodiscard]] std::vector<std::optional<api::ReceiptView>> receipts(
        const Digest& transaction) override;
    [[nodiscard]] std::optional<api::ReceiptView> find_receipt(
        const Digest& transaction, const ledger::MemberId& reader) override;
    [[nodiscard]] Result<boost::json::value> query(std::string_view contract,
                                                   std::string_view method,
                                                   const boost::json::value& arguments,
                                                   std::optional<std::size_t> node,
                                                   const ledger::MemberId& asker) override;
    [[nodiscard]] std::vector<NodeView> nodes() override;
    [[nodiscard]] Status can(FaultKind kind) const override;

private:
    CometWorld(HeldNetwork network, bool keep);
    /// Into one node's mempool; remembers what was sent, for the words of its receipt.
    Status broadcast(const ledger::Transaction& transaction);
    Result<Bytes> signed_query(client::CometClient& node, const ledger::MemberId& asker,
                               const std::string& names, const ledger::ReadQuestion& question);
    std::optional<api::ReceiptView> receipt_at(client::CometClient& node, const Digest& id);

    HeldNetwork held_;
    bool keep_;
    std::vector<NodeProcess> processes_;
    std::vector<client::CometClient> comets_;
    std::map<Digest, ledger::Transaction> sent_;
};

}  // namespace cityledger::sim
