// Bugs planted into the invoice contract: the books of the next block tell of each.

#include <catch2/catch.hpp>
#include <functional>

#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/invoice/invoice.hpp"
#include "sim/runner/runner.hpp"
#include "sim/simulator/virtual_world.hpp"

namespace cityledger::sim {
namespace {

namespace invoice = ledger::invoice;
using ledger::Context;
using ledger::Space;

constexpr std::string_view k_story = R"(version: 1
name: planted
genesis: {calendar: {first_day: "2019-11-08"}}
actors:
  - {name: tax_bureau, id: SZTAX, kind: authority, roles: [tax_bureau, operator]}
  - {enterprises: 2, name: firm}
steps:
  - as: tax_bureau
    do: invoice.admit
    with:
      enterprise: ${firm_001.id}
      categories: [catering]
      quota: {per_invoice_fen: "1000.00", monthly_count: 10, monthly_amount_fen: "1000.00"}
  - repeat: {times: 2, var: i}
    steps:
      - as: firm_001
        do: invoice.issue
        with:
          buyer: ${firm_002.id}
          category: catering
          lines:
            - {name: "*catering*", amount_fen: 10000, rate_basis_points: 600, tax_fen: 600}
            - {name: "*steel*", amount_fen: 10000, rate_basis_points: 1300, tax_fen: 1300}
          total_fen: 21900
          tax_fen: 1900
          payment_reference: TABLE-${i}
        save: sold_${i}
  - as: firm_002
    do: invoice.lock
    with:
      code: ${sold_1.code}
      number: ${sold_1.number}
      content_digest: ${sold_1.arguments.content_digest}
  - {as: firm_002, do: invoice.book, with: {code: "${sold_1.code}", number: "${sold_1.number}"}}
  - as: firm_001
    do: invoice.red_letter
    with: {code: "${sold_2.code}", number: "${sold_2.number}", reason: return,
           lines: [{line: 2, amount_fen: 10000, tax_fen: 1300}]}
)";

using Bug = std::function<void(Context&)>;

/// The contracts of the city, of which one operation of invoices does more than it should.
ledger::ContractRegistry contracts_with(const std::string& operation, const Bug& bug) {
    ledger::ContractRegistry planted;
    for (const ledger::Contract* original : ledger::city_contracts().all()) {
        ledger::Contract contract = *original;
        for (ledger::Method& method : contract.operations) {
            if (contract.name != "invoice" || method.name != operation) continue;
            method.call = [call = method.call, bug](Context& context, ByteView bytes) {
                auto result = call(context, bytes);
                if (result) bug(context);
                return result;
            };
        }
        planted.add(std::move(contract));
    }
    return planted;
}

/// What the run of the story under these contracts broke; empty if nothing.
std::string broken_by(const ledger::ContractRegistry& contracts) {
    const auto scenario = read_scenario(k_story, "planted.yaml");
    REQUIRE(scenario);
    VirtualOptions options;
    options.contracts = &contracts;
    VirtualWorld world(make_plan(*scenario), options);
    const Report report = run(*scenario, world);
    CHECK((report.exit_code() == 0) == !world.cluster().broken());
    return world.cluster().checker().broken().value_or("");
}

std::string broken_by(const std::string& operation, const Bug& bug) {
    return broken_by(contracts_with(operation, bug));
}

/// Changes the first invoice of the chain, or the third, which is the red-letter one.
template <class Change>
void change_invoice(Context& context, const std::string& number, Change change) {
    const std::string key = "invoice/record/144031909110/" + number;
    auto record = context.load<invoice::Invoice>(key);
    if (!record) return;
    change(*record);
    context.store(key, *record);
}

template <class Change>
void change_usage(Context& context, Change change) {
    const std::string prefix = "invoice/usage/";
    for (const auto& [key, value] : context.scan(Space::business, prefix, prefix, 1)) {
        auto usage = Context::decode_record<invoice::Usage>(value);
        change(usage);
        context.store(key, usage);
    }
}

TEST_CASE("the story of the planted bugs breaks nothing without them", "[virtual]") {
    CHECK(broken_by(ledger::city_contracts()) == "");
}

TEST_CASE("a planted bug in the quota of a firm and month is found", "[virtual]") {
    const std::string uncounted = broken_by("issue", [](Context& context) {
        change_usage(context, [](invoice::Usage& usage) { usage.amount_fen -= 1; });
    });
    CHECK(uncounted.find("the used quota ") != std::string::npos);
    const std::string returned = broken_by("red_letter", [](Context& context) {
        change_usage(context, [](invoice::Usage& usage) { --usage.count; });
    });
    CHECK(returned.find("the used quota ") != std::string::npos);
}

TEST_CASE("a planted bug in the rates of a firm is found", "[virtual]") {
    const std::string broken = broken_by("red_letter", [](Context& context) {
        // The letter takes back the line at 6 %, the blue invoice says the one at 13 %. The city's
        // totals do not see it.
        change_invoice(context, "00000003",
                       [](invoice::Invoice& letter) { letter.reversals[0].line = 1; });
    });
    CHECK(broken.find("basis points, charged is not reversed") != std::string::npos);
}

}  // namespace
}  // namespace cityledger::sim
