// A table of sales and a credit note, from files to the chain and back to files.

#include <catch2/catch.hpp>
#include <fstream>

#include "sim/documents/documents_codes.hpp"
#include "tests/end_to_end/network.hpp"

namespace cityledger::sim::test {
namespace {

const std::string k_seller = "91440300YY1000011B";
const std::string k_buyer = "9144030071526726XG";

class TradingNetwork {
public:
    TradingNetwork() {
        REQUIRE(run_command("up --dir " + folder_.network()).exit_code == 0);
        const std::string enrol =
            "tx membership enrol --as OPERATOR --kind enterprise --roles enterprise --name ";
        done(enrol + "Shop --id " + k_seller);
        done(enrol + "Buyer --id " + k_buyer);
        done("tx invoice admit --as TAXBUREAU --categories retail --enterprise " + k_seller +
             " --quota '{\"per_invoice_fen\": 1000000, \"monthly_count\": 100, "
             "\"monthly_amount_fen\": 10000000}'");
    }
    ~TradingNetwork() { run_command("down --dir " + folder_.network()); }

    CommandResult type(const std::string& command) {
        return run_command(command + " --network " + folder_.network());
    }
    CommandResult done(const std::string& command) {
        const CommandResult result = type(command);
        INFO(command << "\n" << result.output);
        REQUIRE(result.exit_code == 0);
        return result;
    }
    /// The path of a new file.
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(folder_.path() + "/" + name) << text;
        return folder_.path() + "/" + name;
    }

private:
    TemporaryFolder folder_;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

TEST_CASE("sales are imported, issued, exported, taken back and exported again", "[files]") {
    TradingNetwork network;
    const std::string sales =
        network.file("sales.csv",
                     "document,buyer,buyer_name,category,name,quantity,gross,rate,discount\n"
                     "S-1," +
                         k_buyer +
                         ",A <b>,retail,tea,2,116.00,16,16.00\n"
                         "S-1," +
                         k_buyer + ",A <b>,retail,milk,1,11.00,10,\n");
    network.done("import " + sales + " --issue --as Shop");
    const CommandResult again = network.type("import " + sales + " --issue --as Shop");
    CHECK(again.exit_code == 1);
    CHECK(contains(again.output, "payment_already_invoiced"));

    const std::string exported = "export 144031809110 00000001 --as Shop --document " + sales;
    const std::string page = network.done(exported + " --format html").output;
    CHECK(contains(page, "壹佰壹拾壹元整"));
    CHECK(contains(page, "A &lt;b&gt;"));
    CHECK(
        contains(network.done("export 144031809110 00000001 --as Shop").output, "\"check_code\""));
    const CommandResult anybody = network.type("export 144031809110 00000001");
    CHECK(anybody.exit_code == 1);
    CHECK(contains(anybody.output, "read_not_permitted"));
    CHECK_FALSE(contains(anybody.output, "check_code"));
    const std::string ubl = network.done(exported + " --format ubl").output;

    std::string credit = replaced(ubl, "Invoice-2", "CreditNote-2");
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"InvoiceTypeCode>380", "CreditNoteTypeCode>381"},
             {"InvoiceTypeCode", "CreditNoteTypeCode"},
             {"<Invoice ", "<CreditNote "},
             {"</Invoice>", "</CreditNote>"},
             {"InvoiceLine", "CreditNoteLine"},
             {"InvoicedQuantity", "CreditedQuantity"},
             {"<cbc:DocumentCurrencyCode>",
              "<cbc:Note>return</cbc:Note><cac:BillingReference><cac:InvoiceDocumentReference>"
              "<cbc:ID>144031809110-00000001</cbc:ID></cac:InvoiceDocumentReference>"
              "</cac:BillingReference><cbc:DocumentCurrencyCode>"}}) {
        credit = replaced(credit, from, to);
    }
    const std::string note = network.file("credit.xml", credit);
    network.done("import " + note + " --issue --as Shop");
    const std::string red =
        network.done("export 144031809110 00000002 --as Shop --format html --document " + note)
            .output;
    CHECK(contains(red, "红字"));
    CHECK(contains(red, "负壹佰壹拾壹元整"));
    CHECK(contains(red, "*retail*milk"));
    const CommandResult other =
        network.type("export 144031809110 00000001 --as Shop --document " + note);
    CHECK(other.exit_code == 1);
    CHECK(contains(other.output, documents::codes::document_not_of_invoice.name));
    CHECK(network.type("export 144031809110 00000009 --as Shop").exit_code == 1);
}

TEST_CASE("a file with mistakes is not issued, and each is told in both languages", "[files]") {
    const TemporaryFolder folder;
    const std::string path = folder.path() + "/bad.csv";
    std::ofstream(path) << "document,category,name,gross,rate\nA,retail,tea,1.005,13\n"
                           "A,retail,,1.00,13\n";
    const CommandResult english = run_command("import " + path + " --issue --as Shop");
    CHECK(english.exit_code == 2);
    CHECK(contains(english.output, "bad.csv:2:14: gross"));
    CHECK(contains(english.output, "bad.csv:3:10: name"));
    CHECK(contains(run_command("--lang zh import " + path).output, "必需的字段缺失或为空"));
    CHECK(run_command("import " + folder.path() + "/none.csv").exit_code == 2);
}

}  // namespace
}  // namespace cityledger::sim::test
