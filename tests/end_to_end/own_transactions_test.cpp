// A person's own transactions from the command line, against a real network.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>

#include "ledger/codec/json.hpp"
#include "ledger/contracts/contracts.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

namespace fs = std::filesystem;

const std::string k_restaurant = "91440300YY1000011B";
const std::string k_employer = "9144030071526726XG";

/// A running network of the default plan, typed as a person types it.
class TypedNetwork {
public:
    TypedNetwork() { REQUIRE(run_command("up --dir " + folder_.network()).exit_code == 0); }
    ~TypedNetwork() { run_command("down --dir " + folder_.network()); }

    CommandResult type(const std::string& command) {
        return run_command(command + " --network " + folder_.network());
    }
    void done(const std::string& command) {
        const CommandResult result = type(command);
        INFO(command << "\n" << result.output);
        REQUIRE(result.exit_code == 0);
    }
    void enrol(const std::string& id, const std::string& name) {
        done("tx membership enrol --as OPERATOR --kind enterprise --roles enterprise --id " + id +
             " --name " + name);
    }
    std::size_t pending() {
        const std::string path = folder_.network() + "/pending";
        if (!fs::exists(path)) return 0;
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }
    [[nodiscard]] const std::string& place() const { return folder_.path(); }
    [[nodiscard]] std::string folder() const { return folder_.network(); }

private:
    TemporaryFolder folder_;
};

boost::json::value parsed(const CommandResult& result) {
    INFO(result.output);
    const auto json = ledger::parse_json(result.output);
    REQUIRE(json);
    return *json;
}

const std::string k_issue =
    "tx invoice issue --as Restaurant --category catering --total_fen 106.00 --tax_fen 600 "
    "--payment_reference TABLE-1 --lines '[{\"name\": \"*catering*dinner\", \"amount_fen\": "
    "\"100.00\", \"rate_basis_points\": 600, \"tax_fen\": 600}]' --buyer ";

TEST_CASE("a person enrols firms, admits one and issues an invoice, once", "[tx]") {
    TypedNetwork network;
    CHECK(contains(network.type("actors").output, "TAXBUREAU"));
    CHECK(contains(network.type("tx calendar propose_close --date 2018-08-10 --as OPERATR").output,
                   "did you mean `OPERATOR`?"));
    network.enrol(k_restaurant, "Restaurant");
    network.enrol(k_employer, "Employer");
    const boost::json::value actors = parsed(network.type("actors --json"));
    CHECK(actors.as_array().size() == 5);
    CHECK(actors.as_array()[0].at("name").as_string() == "Employer");
    std::ofstream(network.place() + "/quota.json")
        << R"({"quota": {"per_invoice_fen": "10000.00", "monthly_count": 100,
               "monthly_amount_fen": 10000000}})";
    network.done("tx invoice admit --as TAXBUREAU --enterprise " + k_restaurant +
                 " --categories catering --json-arguments " + network.place() + "/quota.json");

    const boost::json::value issued = parsed(network.type(k_issue + k_employer + " --json"));
    CHECK(issued.at("outcome").as_string() == "executed");
    const boost::json::value& operation = issued.at("operations").as_array().at(0);
    CHECK(operation.at("result").at("number").as_string() == "00000001");
    CHECK(operation.at("events").as_array().at(0).at("name").as_string() == "invoice.issued");
    const std::string id(issued.at("transaction").as_string());
    const CommandResult anybodys = network.type("receipt " + id);
    CHECK(contains(anybodys.output, "invoice.issue: done"));
    CHECK(contains(anybodys.output, "its sender, the tax bureau"));
    CHECK_FALSE(contains(anybodys.output, "00000001"));
    CHECK_FALSE(contains(network.type("receipt --as Employer " + id).output, "00000001"));
    for (const char* reader : {"Restaurant", "TAXBUREAU"}) {
        const CommandResult whole = network.type("receipt --as " + std::string(reader) + " " + id);
        INFO(whole.output);
        CHECK(contains(whole.output, "00000001"));
    }

    const CommandResult again = network.type(k_issue + k_employer);
    CHECK(again.exit_code == 1);
    CHECK(contains(again.output, "payment_already_invoiced"));
    CHECK(contains(again.output, "Next:"));
    CHECK(contains(network.type("--lang zh " + k_issue + k_employer).output, "被拒绝"));

    const CommandResult stranger = network.type(k_issue + "91440300YY100002X3");
    CHECK(contains(stranger.output, "cannot be opened by 91440300YY100002X3"));

    const std::string ask_sales = " --enterprise " + k_restaurant;
    for (const char* other : {"", " --as Employer"}) {
        const CommandResult refused =
            network.type("query invoice sales" + std::string(other) + ask_sales);
        CHECK(refused.exit_code == 1);
        CHECK(contains(refused.output, "read_not_permitted"));
        CHECK(contains(refused.output, "the tax bureau"));
    }
    const CommandResult sales = network.type("query invoice sales --as Restaurant" + ask_sales);
    CHECK(sales.exit_code == 0);
    CHECK(contains(sales.output, "106.00 yuan"));
    const CommandResult rows =
        network.type("query invoice sales --as Restaurant --csv" + ask_sales);
    CHECK(rows.output ==
          "code,number,date,total_fen,status\r\n"
          "144031809110,00000001,2018-08-10,10600,issued\r\n");
    const CommandResult members =
        network.type("query membership members --as OPERATOR --limit 2 --csv");
    INFO(members.output);
    CHECK(std::count(members.output.begin(), members.output.end(), '\n') == 6);  // three pages
    CHECK(contains(members.output, k_restaurant + ",Restaurant,enterprise,"));
    const boost::json::value sum =
        parsed(network.type("query invoice statistics --as TAXBUREAU --json"));
    CHECK(sum.at("issued_fen").as_int64() == 10'600);
    CHECK(network.type("query membership member --as OPERATOR --id NOBODY").exit_code == 1);
    CHECK(network.type("receipt " + std::string(64, '0')).exit_code == 1);
    CHECK(network.pending() == 0);
}

TEST_CASE("watch tells two blocks and ends", "[tx]") {
    TypedNetwork network;
    auto watched = std::async(
        std::launch::async, [&] { return network.type("watch --as OPERATOR --blocks 2 --json"); });
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    network.enrol(k_restaurant, "Restaurant");
    network.enrol(k_employer, "Employer");
    // In case it began to look only after the first one.
    const std::string role = "tx membership grant_role --as OPERATOR --role service_provider --id ";
    network.done(role + k_restaurant);
    const CommandResult result = watched.get();
    INFO(result.output);
    CHECK(result.exit_code == 0);
    CHECK(std::count(result.output.begin(), result.output.end(), '\n') == 2);
    CHECK(contains(result.output, "\"name\":\"membership.enrolled\""));
}

TEST_CASE("without a quorum the outcome is unknown, and repeated it is the same transaction",
          "[tx]") {
    TypedNetwork network;
    for (const char* node : {"node2", "node3"}) {
        REQUIRE(run_command("kill " + std::string(node) + " --dir " + network.folder()).exit_code ==
                0);
    }
    const std::string enrol =
        "tx membership enrol --as OPERATOR --kind enterprise --roles enterprise --name R --id " +
        k_restaurant + " --json";
    const CommandResult late = network.type(enrol + " --timeout-ms 1500");
    CHECK(late.exit_code == 4);
    const boost::json::value unknown = parsed(late);
    CHECK(unknown.at("outcome").as_string() == "unknown");
    CHECK(network.pending() == 1);
    REQUIRE(run_command("up --dir " + network.folder()).exit_code == 0);
    const boost::json::value done = parsed(network.type(enrol));
    CHECK(done.at("outcome").as_string() == "executed");
    CHECK(done.at("transaction") == unknown.at("transaction"));
    CHECK(network.pending() == 0);
    std::ofstream(network.folder() + "/pending/0.hex") << "00";
    CHECK(run_command("down --purge --dir " + network.folder()).exit_code == 0);
    CHECK_FALSE(fs::exists(network.folder()));
}

TEST_CASE("no field of a contract is called as an option is", "[tx]") {
    const std::set<std::string> options = {
        "as",  "json",    "json-arguments", "wait", "no-wait", "node",
        "dir", "network", "timeout-ms",     "lang", "help",    "version"};
    for (const ledger::Contract* contract : ledger::city_contracts().all()) {
        for (const auto& methods : {contract->operations, contract->queries}) {
            for (const ledger::Method& method : methods) {
                for (const ledger::FieldDescription& field : method.arguments) {
                    INFO(contract->name << "." << method.name << " " << field.name);
                    CHECK(options.count(field.name) == 0);
                }
            }
        }
    }
}

TEST_CASE("wrong calls are told with what may have been meant", "[tx]") {
    const auto refused = [](const std::string& command, const std::string& words) {
        const CommandResult result = run_command(command);
        INFO(command << "\n" << result.output);
        CHECK(result.exit_code == 2);
        CHECK(contains(result.output, words));
    };
    refused("tx invoce issue --as x", "did you mean `invoice`?");
    refused("tx invoice isue --as x", "invoice has no operation `isue`; did you mean `issue`?");
    refused("tx invoice sales --as x", "is a query: use `query`");
    refused("query invoice issue", "is an operation: use `tx`");
    refused("tx invoice issue --as x --buyr y", "issue has no field `buyr`; did you mean `buyer`?");
    refused("tx invoice issue --as x --buyer y", "lacks --category");
    refused("tx invoice issue --as x --total_fen 1.234", "1.234");
    refused("tx invoice issue --as x --total_fen many", "--total_fen must be integer");
    refused("tx invoice issue --as x --buyer y --buyer z", "--buyer is given twice");
    refused("tx invoice issue --as x --buyer", "--buyer has no value");
    refused("receipt abc", "no id of a transaction");
    CHECK(run_command("query invoice statistics --network /nowhere").exit_code == 3);
    const std::string help = run_command("tx invoice issue --help").output;
    CHECK(contains(help, "--payment_reference   text(64); required"));
    CHECK(contains(help, "hex; filled in for you"));
    CHECK(contains(run_command("query invoice --help").output, "statistics"));
}

}  // namespace
}  // namespace cityledger::sim::test
