// CSV of sales lines.

#include <catch2/catch.hpp>

#include "sim/documents/exporting.hpp"
#include "tests/documents/samples.hpp"

namespace cityledger::documents {
namespace {

const std::string k_table =
    "\xEF\xBB\xBF"
    "document,date,buyer,buyer_name,category,name,quantity,gross,rate,discount\r\n"
    "T-1,2024-03-31,9144030071526726XG,Buyer,retail,\"tea, \"\"green\"\"\",2.5 KGM,100.00,13,\r\n"
    "T-1,2024-03-31,9144030071526726XG,Buyer,retail,spinach,1,12.50,exempt,0.50\r\n"
    "\r\n"
    "T-2,2024-03-31,,,catering,晚餐,,198,6%,20\r\n";

TEST_CASE("a table of sales gives an invoice for each document", "[documents]") {
    const auto documents = test::imported(k_table, "sales.csv");
    REQUIRE(documents.size() == 2);
    const Document& first = documents[0];
    REQUIRE(first.lines.size() == 3);
    CHECK(first.lines[0].name == "*retail*tea, \"green\"");
    CHECK(first.lines[0].quantity == "2.5 KGM");
    CHECK(first.lines[0].amount_fen + first.lines[0].tax_fen == 10'000);
    CHECK(first.lines[2].amount_fen == -50);
    CHECK(sums_of(first).total_fen() == 11'200);
    CHECK(sums_of(documents[1]).total_fen() == 17'800);
    CHECK(documents[1].buyer.id.empty());
    for (const Document& document : documents) {
        CHECK(test::imported(ubl_text(document), "again.xml").at(0) == document);
    }
}

TEST_CASE("whatever the customer pays, the invoice has that total and is accepted", "[documents]") {
    for (const char* rate : {"1", "3", "6", "9", "13", "0"}) {
        for (int discount = 0; discount < 60; discount += 7) {
            std::string table = "document,date,category,name,gross,rate,discount\n";
            for (int gross = 61; gross < 2'000; gross += 33) {
                table += "D" + std::to_string(gross) + ",2024-03-31,market,thing," +
                         fen_text(gross) + "," + rate + "," + fen_text(discount) + "\n";
            }
            int gross = 61;
            for (const Document& document : test::imported(table, "sales.csv")) {
                REQUIRE(sums_of(document).total_fen() == gross - discount);
                REQUIRE(test::imported(ubl_text(document), "again.xml").at(0).lines ==
                        document.lines);
                gross += 33;
            }
        }
    }
}

TEST_CASE("net prices are taxed line by line", "[documents]") {
    const auto documents = test::imported(
        "document,category,name,net,rate,discount\nA,catering,dinner,186.79,6,6.79\n", "a.csv");
    REQUIRE(documents.at(0).lines.size() == 2);
    CHECK(documents[0].lines[0].tax_fen == 1'121);
    CHECK(sums_of(documents[0]).amount_fen == 18'000);
    CHECK(sums_of(documents[0]).tax_fen == 1'080);
}

}  // namespace
}  // namespace cityledger::documents
