// Fifty firms claim one invoice in ten thousand transactions that reach all nodes at once.

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <vector>

#include "ledger/contracts/invoice/invoice.hpp"
#include "node/api/answers.hpp"
#include "sim/runner/runner.hpp"
#include "sim/simulator/virtual_world.hpp"
#include "sim/world/signing.hpp"

namespace cityledger::sim {
namespace {

namespace invoice = ledger::invoice;

constexpr std::size_t k_claims = 10'000;
constexpr std::size_t k_firms = 50;

constexpr std::string_view k_code = "144031909110";
constexpr std::string_view k_number = "00000001";

/// One invoice to firm_001, who claims it with 49 others.
constexpr std::string_view k_story = R"(version: 1
name: ten-thousand-claims
seed: 10000
genesis: {calendar: {first_day: "2019-11-08"}}
actors:
  - {name: tax_bureau, id: SZTAX, kind: authority, roles: [tax_bureau, operator]}
  - {enterprises: 51, name: firm}
steps:
  - as: tax_bureau
    do: invoice.admit
    with:
      enterprise: ${firm_051.id}
      categories: [catering]
      quota: {per_invoice_fen: "1000.00", monthly_count: 10, monthly_amount_fen: "1000.00"}
  - as: firm_051
    do: invoice.issue
    with:
      buyer: ${firm_001.id}
      category: catering
      lines: [{name: "*catering*", amount_fen: 10000, rate_basis_points: 600, tax_fen: 600}]
      total_fen: 10600
      tax_fen: 600
      payment_reference: TABLE-1
    expect: {result: {code: "144031909110", number: "00000001"}}
)";

/// How often each code came; "ok" is success.
using Codes = std::map<std::string, std::size_t>;

/// All claims, and what every node has told of each.
struct Claims {
    std::map<Digest, std::size_t> firm_of;                   ///< by transaction
    std::map<Digest, std::vector<ledger::Receipt>> answers;  ///< one of each node
    std::size_t heard = 0;

    void send_to_all(VirtualWorld& world, const ledger::Transaction& claim, std::size_t firm) {
        const Digest id = ledger::transaction_id(claim.body);
        firm_of[id] = firm;
        const auto shared = std::make_shared<const ledger::Transaction>(claim);
        for (std::size_t node = 0; node < world.cluster().size(); ++node) {
            world.cluster().submit(node, shared, {}, [this, id](const auto& stored) {
                answers[id].push_back(stored.receipt);
                ++heard;
            });
        }
    }
    [[nodiscard]] std::map<std::size_t, Codes> codes_by_firm() const {
        std::map<std::size_t, Codes> codes;
        for (const auto& [id, receipts] : answers) {
            ++codes[firm_of.at(id)][code_of(receipts.front())];
        }
        return codes;
    }
    /// The codes of the block in which the one claim succeeded.
    [[nodiscard]] Codes codes_beside_success() const {
        std::map<std::uint64_t, Codes> blocks;
        for (const auto& [id, receipts] : answers) {
            ++blocks[receipts.front().height][code_of(receipts.front())];
        }
        for (const auto& [height, codes] : blocks) {
            if (codes.contains("ok")) return codes;
        }
        return {};
    }

private:
    static std::string code_of(const ledger::Receipt& receipt) {
        const bool executed = !receipt.operations.empty();
        const std::uint16_t number = executed ? receipt.operations.front().code : receipt.code;
        if (number == 0) return "ok";
        const auto known = api::find_code(number);
        return known ? std::string(known->name) : std::to_string(number);
    }
};

/// The claim that the buyer would send, with the digest as everybody on the chain can read it.
Bytes claim_arguments(VirtualWorld& world) {
    const boost::json::value name = {{"code", k_code}, {"number", k_number}};
    const auto issued = world.query("invoice", "invoice", name, 0, "SZTAX");
    REQUIRE(issued);
    const auto digest = digest_from_hex(std::string(issued->at("content_digest").as_string()));
    REQUIRE(digest);
    return ledger::encode(
        invoice::LockArguments{std::string(k_code), std::string(k_number), *digest, std::nullopt});
}

TEST_CASE("of ten thousand claims by fifty firms at all nodes at once exactly one succeeds",
          "[virtual]") {
    const auto scenario = read_scenario(k_story, "ten-thousand-claims.yaml");
    REQUIRE(scenario);
    VirtualWorld world(make_plan(*scenario), {});
    const Report story = run(*scenario, world);
    INFO(report_text(story));
    REQUIRE(story.exit_code() == 0);

    const Bytes arguments = claim_arguments(world);
    Claims claims;
    for (std::size_t i = 0; i < k_claims; ++i) {
        const std::size_t firm = 1 + i % k_firms;
        const Actor* actor = scenario->find_actor("firm_0" + std::string(firm < 10 ? "0" : "") +
                                                  std::to_string(firm));
        REQUIRE(actor != nullptr);
        const auto claim = signed_transaction(world, actor->id, {{"invoice", "lock", arguments}});
        REQUIRE(claim);
        claims.send_to_all(world, *claim, firm);
    }
    REQUIRE(claims.firm_of.size() == k_claims);  // all different
    const std::size_t nodes = world.cluster().size();
    REQUIRE(world.cluster().run_until([&] { return claims.heard == nodes * k_claims; }, 600'000));
    CHECK_FALSE(world.cluster().report());

    for (const auto& [id, receipts] : claims.answers) {
        REQUIRE(receipts.size() == nodes);
        for (const ledger::Receipt& receipt : receipts) REQUIRE(receipt == receipts.front());
    }
    constexpr std::size_t k_of_each = k_claims / k_firms;
    for (const auto& [firm, codes] : claims.codes_by_firm()) {
        INFO("firm " << firm);
        CHECK(codes == (firm == 1 ? Codes{{"ok", 1}, {"invoice_locked", k_of_each - 1}}
                                  : Codes{{"not_buyer", k_of_each}}));
    }
    // It was a race: others claimed in the same block.
    CHECK(claims.codes_beside_success().contains("not_buyer"));
}

}  // namespace
}  // namespace cityledger::sim
