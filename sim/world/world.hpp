#pragma once
// The three worlds behind one interface: virtual (sim/simulator), local and remote (sim/worlds).
// The scenario runner knows nothing else.

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <vector>

#include "crypto/keys.hpp"
#include "ledger/genesis.hpp"
#include "node/api/answers.hpp"

namespace cityledger::sim {

/// What a world needs to begin: made by the scenario reader.
struct WorldPlan {
    std::string name;  ///< of the scenario
    std::uint64_t seed = 1;
    std::size_t validators = 4;
    boost::json::object business;           ///< sections per contract; equal in every world
    std::vector<ledger::MemberId> members;  ///< those whose keys the genesis installs
    /// Of the register that gave the members their tags; a network's folder keeps it. None: the
    /// folder gets a fresh one.
    std::optional<Digest> register_secret = {};
};

enum class FaultKind : std::uint8_t {
    kill,     ///< the process dies at once; what was not synced is lost
    restart,  ///< starts a killed node again
    pause,    ///< stops without dying (SIGSTOP)
    resume,
    partition,  ///< only nodes of one group can speak to each other
    heal,       ///< ends every partition
    byzantine,  ///< the node behaves as named; virtual world only
};

struct Fault {
    FaultKind kind = FaultKind::kill;
    std::vector<std::size_t> nodes;
    std::vector<std::vector<std::size_t>> groups;  ///< of a partition
    std::string behaviour;                         ///< of a byzantine node: "equivocate"
};

/// A node as the world sees it.
struct NodeView {
    std::size_t index = 0;
    bool running = false;
    bool honest = true;
    std::optional<api::StatusView> status;  ///< nothing while it does not answer
};

/// A running network. All calls block (in virtual time: they run the event queue).
class World {
public:
    virtual ~World() = default;
    [[nodiscard]] virtual std::string kind() const = 0;  ///< "virtual", "local" or "remote"
    [[nodiscard]] virtual Digest chain_id() const = 0;
    /// Height up to which transactions signed now may be included: current height + lifetime.
    [[nodiscard]] virtual Result<std::uint64_t> expiry_height() = 0;
    /// The member's key; made by the world for members of the plan.
    [[nodiscard]] virtual Result<const crypto::PrivateKey*> key_of(
        const ledger::MemberId& member) = 0;
    /// A key for a member that a step enrols; kept under this id from then on.
    [[nodiscard]] virtual Result<crypto::PublicKeyBytes> make_key(
        const ledger::MemberId& member) = 0;
    [[nodiscard]] virtual ledger::Nonce nonce() = 0;

    /// Sends the transaction and waits for its receipt; re-sends the same bytes, to other nodes
    /// too, until it is there or `timeout_ms` have passed (refused with `timed_out`).
    [[nodiscard]] virtual Result<api::ReceiptView> submit(const ledger::Transaction& transaction,
                                                          std::uint64_t timeout_ms) = 0;
    /// Sends without waiting for a receipt.
    [[nodiscard]] virtual Result<Digest> send(const ledger::Transaction& transaction) = 0;
    /// The receipt on each running honest node, as anybody reads it: heights and codes, perhaps no
    /// more. Nothing where it is not executed yet.
    [[nodiscard]] virtual std::vector<std::optional<api::ReceiptView>> receipts(
        const Digest& transaction) = 0;
    /// The receipt on any node, or nothing: for asking often. Read with the reader's key, which the
    /// world holds; an empty reader reads as anybody.
    [[nodiscard]] virtual std::optional<api::ReceiptView> find_receipt(
        const Digest& transaction, const ledger::MemberId& /*reader*/) {
        for (auto& receipt : receipts(transaction)) {
            if (receipt) return std::move(receipt);
        }
        return std::nullopt;
    }
    /// A query on one node (any running one if none is named), signed with the asker's key, which
    /// the world holds; an empty asker asks as anybody.
    [[nodiscard]] virtual Result<boost::json::value> query(std::string_view contract,
                                                           std::string_view method,
                                                           const boost::json::value& arguments,
                                                           std::optional<std::size_t> node,
                                                           const ledger::MemberId& asker) = 0;
    [[nodiscard]] virtual Status inject(const Fault& fault) = 0;
    /// Milliseconds from any start, in the world's own time.
    [[nodiscard]] virtual std::uint64_t now_ms() = 0;
    /// Lets time pass.
    virtual void wait(std::uint64_t milliseconds) = 0;
    [[nodiscard]] virtual std::vector<NodeView> nodes() = 0;
    /// A hash over everything that happened (virtual world only).
    [[nodiscard]] virtual std::optional<Digest> trace_hash() const { return std::nullopt; }
    /// Worlds differ in what faults they can do; says why not.
    [[nodiscard]] virtual Status can(FaultKind kind) const = 0;
};

}  // namespace cityledger::sim
