// Plays a scenario file without a network and prints, a line of JSON each, what an auditor could
// read of the chain, and at last what the contract counted:
//   {"calendar": {...}}                                        the genesis section
//   {"sender": ID, "operations": [{"contract", "method", "ok", "arguments", "result", "events"}]}
//   {"month": "2019-10", "scores": [...]}                      the query `scores`, for each month

#include <iostream>

#include "ledger/codec/json.hpp"
#include "sim/runner/runner.hpp"
#include "tests/sim/scenario_direct_world.hpp"

namespace cityledger::sim {
namespace {

class ToldWorld : public DirectWorld {
public:
    using DirectWorld::DirectWorld;

    [[nodiscard]] Result<api::ReceiptView> submit(const ledger::Transaction& transaction,
                                                  std::uint64_t timeout_ms) override {
        auto receipt = DirectWorld::submit(transaction, timeout_ms);
        if (receipt) print(transaction.body, *receipt);
        return receipt;
    }

private:
    static void print(const ledger::TransactionBody& body, const api::ReceiptView& receipt) {
        boost::json::array operations;
        for (std::size_t i = 0; i < receipt.operations.size(); ++i) {
            operations.push_back(told(body.operations[i], receipt.operations[i]));
        }
        std::cout << ledger::compact_json(
                         boost::json::object{{"sender", body.sender}, {"operations", operations}})
                  << "\n";
    }

    static boost::json::value told(const ledger::Operation& sent, const api::OperationView& done) {
        boost::json::object line{{"contract", sent.contract},
                                 {"method", sent.method},
                                 {"ok", done.code == 0},
                                 {"events", boost::json::array{}}};
        for (const ledger::Event& event : done.events) {
            line["events"].as_array().push_back(boost::json::array{
                boost::json::string(event.name), boost::json::string(event.subject)});
        }
        const auto method = ledger::city_contracts().operation(sent.contract, sent.method);
        if (!method || done.code != 0) return line;
        line["arguments"] = (*method)->arguments_to_json(sent.arguments).value();
        line["result"] = (*method)->result_to_json(done.result).value();
        return line;
    }
};

int play(const std::string& path, const std::vector<std::string>& months) {
    auto scenario = read_scenario_file(path);
    if (!scenario) {
        std::cerr << scenario.error().message() << "\n";
        return 1;
    }
    scenario->validators = 1;
    std::cout << ledger::compact_json(
                     boost::json::object{{"calendar", scenario->genesis.at("calendar")}})
              << "\n";
    ToldWorld world(make_plan(*scenario));
    const Report report = run(*scenario, world);
    if (report.exit_code() != 0) {
        std::cerr << report_text(report);
        return 1;
    }
    for (const std::string& month : months) {
        const auto page = world.query("directory", "scores", {{"month", month}}, std::nullopt,
                                      narrator_of(*scenario));
        if (!page) {
            std::cerr << page.error().message() << "\n";
            return 1;
        }
        std::cout << ledger::compact_json(boost::json::object{
                         {"month", month}, {"scores", page->as_object().at("scores")}})
                  << "\n";
    }
    return 0;
}

}  // namespace
}  // namespace cityledger::sim

int main(int count, char** arguments) {
    if (count < 3) {
        std::cerr << "usage: score_driver SCENARIO MONTH...\n";
        return 2;
    }
    return cityledger::sim::play(arguments[1], {arguments + 2, arguments + count});
}
