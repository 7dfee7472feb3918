#pragma once
// The chain as the data plane sees it, through any world's network.

#include "ledger/contracts/directory/directory.hpp"
#include "node/data/channel.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

class ChainGrants : public data::GrantBook {
public:
    /// Acts as this department, whose key the world holds.
    ChainGrants(World& world, ledger::MemberId self) : world_(world), self_(std::move(self)) {}

    [[nodiscard]] const ledger::MemberId& self() const override { return self_; }
    [[nodiscard]] Result<ledger::directory::Request> request(const std::string& id) override;
    [[nodiscard]] Result<std::vector<ledger::directory::Table>> tables_of(
        const std::string& entry) override;
    [[nodiscard]] Result<std::string> today() override;
    [[nodiscard]] Result<crypto::PublicKeyBytes> key_of(const ledger::MemberId& member) override;
    [[nodiscard]] Result<std::uint32_t> record_delivery(const std::string& request,
                                                        const Digest& digest,
                                                        std::uint64_t rows) override;
    [[nodiscard]] Result<bool> acknowledge(const std::string& request, std::uint32_t sequence,
                                           const Digest& digest) override;
    /// Tells the chain what a probe found (operation `report_schema`).
    [[nodiscard]] Result<ledger::directory::ReportSchemaResult> report_schema(
        const std::string& table, const Digest& found);

private:
    template <class Record>
    [[nodiscard]] Result<Record> ask(const char* contract, const char* query,
                                     const boost::json::object& arguments);
    /// Signs, sends and waits: the operation's result, or its refusal as an error.
    [[nodiscard]] Result<Bytes> perform(const char* operation, Bytes arguments);
    /// The deliveries of a request after this one, a page.
    [[nodiscard]] Result<ledger::directory::DeliveriesResult> deliveries(const std::string& request,
                                                                         std::uint32_t after);

    World& world_;
    ledger::MemberId self_;
};

}  // namespace cityledger::sim
