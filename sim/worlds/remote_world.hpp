#pragma once
// A running network as a world: everything by HTTP, members' keys from a folder. The local world
// is the same with processes of its own below.

#include <map>
#include <memory>

#include "client/api_client.hpp"
#include "sim/launch/network_folder.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

class RemoteWorld : public World {
public:
    /// `folder` holds the members' keys.
    RemoteWorld(NetworkFolder folder, NetworkFile network);

    /// Whether the plan's story can be told on this network: network_made_otherwise if its genesis
    /// is another one, network_used (unless `used` is fine) if anything was executed on it.
    [[nodiscard]] Status check_fits(const WorldPlan& plan, bool used);
    /// Enrols, by an operator whose key is at hand, the plan's members that the chain lacks.
    [[nodiscard]] Status enrol_missing_members(const WorldPlan& plan);

    [[nodiscard]] std::string kind() const override { return "remote"; }
    [[nodiscard]] Digest chain_id() const override { return network_.chain_id; }
    [[nodiscard]] Result<std::uint64_t> expiry_height() override;
    [[nodiscard]] Result<const crypto::PrivateKey*> key_of(const ledger::MemberId& member) override;
    [[nodiscard]] Result<crypto::PublicKeyBytes> make_key(const ledger::MemberId& member) override;
    [[nodiscard]] ledger::Nonce nonce() override;
    [[nodiscard]] Result<api::ReceiptView> submit(const ledger::Transaction& transaction,
                                                  std::uint64_t timeout_ms) override;
    [[nodiscard]] Result<Digest> send(const ledger::Transaction& transaction) override;
    [[nodiscard]] std::vector<std::optional<api::ReceiptView>> receipts(
        const Digest& transaction) override;
    [[nodiscard]] std::optional<api::ReceiptView> find_receipt(
        const Digest& transaction, const ledger::MemberId& reader) override;
    /// The same at one node, with what is wrong.
    [[nodiscard]] Result<api::ReceiptView> receipt_from(client::ApiClient& node,
                                                        const Digest& transaction,
                                                        const ledger::MemberId& reader);
    [[nodiscard]] Result<boost::json::value> query(std::string_view contract,
                                                   std::string_view method,
                                                   const boost::json::value& arguments,
                                                   std::optional<std::size_t> node,
                                                   const ledger::MemberId& asker) override;
    [[nodiscard]] Status inject(const Fault& fault) override;
    [[nodiscard]] std::uint64_t now_ms() override;
    void wait(std::uint64_t milliseconds) override;
    [[nodiscard]] std::vector<NodeView> nodes() override;
    [[nodiscard]] Status can(FaultKind kind) const override;

protected:
    /// Whether it makes sense to speak to this node.
    [[nodiscard]] virtual bool may_answer(std::size_t) { return true; }
    [[nodiscard]] client::ApiClient& client(std::size_t node) { return clients_.at(node); }
    [[nodiscard]] const NetworkFile& network() const { return network_; }
    [[nodiscard]] const NetworkFolder& folder() const { return folder_; }
    /// Connections to the addresses of network.json as it is now.
    void connect();

private:
    /// Does `ask` with one node after the other, the preferred one first, until one answers.
    template <class T, class Ask>
    Result<T> ask_any(const Ask& ask);
    [[nodiscard]] Status enrol(const ledger::MemberId& operator_id,
                               const std::vector<boost::json::object>& members);
    /// The transaction that enrols these members, signed by the operator.
    Result<ledger::Transaction> enrolment(const ledger::MemberId& operator_id,
                                          const std::vector<boost::json::object>& members);

    NetworkFolder folder_;
    NetworkFile network_;
    std::vector<client::ApiClient> clients_;
    std::size_t preferred_ = 0;  ///< the node that answered last: it has what was asked for
    std::map<ledger::MemberId, crypto::PrivateKey> keys_;
};

/// The world of a network's folder, or of one node's address "http://HOST:PORT" with the folder of
/// the members' keys.
[[nodiscard]] Result<std::unique_ptr<RemoteWorld>> make_remote_world(
    const std::string& folder_or_url, const std::string& actors_folder);

}  // namespace cityledger::sim
