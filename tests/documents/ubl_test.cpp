// UBL documents: in, to lines that the contract takes, out, and in again.

#include <catch2/catch.hpp>

#include "sim/documents/exporting.hpp"
#include "tests/documents/samples.hpp"

namespace cityledger::documents {
namespace {

namespace invoice = ledger::invoice;
using test::sample;

TEST_CASE("each sample has lines that the contract takes, and comes back from its export",
          "[documents]") {
    for (const char* name : test::k_samples) {
        INFO(name);
        const Document document = sample(name);
        const auto charges =
            invoice::charges_of(chain_lines(document.lines), document.date, invoice::Tolerance{});
        REQUIRE(charges);
        CHECK(invoice::sums_of(*charges) == sums_of(document));
        const auto again = test::imported(ubl_text(document), "again.xml");
        CHECK(again.at(0) == document);
    }
}

TEST_CASE("a discount of a line stands below it", "[documents]") {
    const Document document = sample("02-line-discount");
    REQUIRE(document.lines.size() == 3);
    CHECK(document.lines[0].amount_fen == 100'000);
    CHECK(document.lines[1].amount_fen == -10'000);
    CHECK(document.lines[1].tax_fen == -1'300);
    CHECK(document.lines[1].name == "*retail*printer");
    CHECK(document.lines[2].quantity == "1 C62");
}

TEST_CASE("an allowance of the document is spread over the lines of its rate", "[documents]") {
    const Document document = sample("03-document-allowance");
    REQUIRE(document.lines.size() == 6);
    CHECK(document.lines[1].amount_fen == -333);
    CHECK(document.lines[3].amount_fen == -333);
    CHECK(document.lines[5].amount_fen == -334);
    CHECK(sums_of(document).amount_fen == 9'000);
    CHECK(sums_of(document).tax_fen == 1'170);
}

TEST_CASE("rates, exemption, rounding, charges and lines below 0", "[documents]") {
    CHECK(rate_of(sample("05-zero-rate").lines[0]) == invoice::TaxRate{0, false});
    CHECK(rate_of(sample("06-exempt").lines[0]) == invoice::TaxRate{0, true});
    CHECK(sums_of(sample("07-rounding")).tax_fen == 138);
    CHECK(sample("10-charge-and-prepaid").lines.back().name == "*retail*freight");
    const Document merged = sample("11-negative-line");
    REQUIRE(merged.lines.size() == 3);
    CHECK(merged.lines[1].amount_fen == -2'400);
    CHECK(sample("12-other-prefixes").buyer.id.empty());
}

TEST_CASE("a credit note becomes the arguments of a red letter", "[documents]") {
    const auto arguments = arguments_of(sample("08-credit-note"));
    CHECK(arguments.at("code").as_string() == "144032409110");
    CHECK(arguments.at("number").as_string() == "00000007");
    CHECK(arguments.at("reason").as_string() == "return");
    const auto& first = arguments.at("lines").as_array().at(0).as_object();
    CHECK(first.at("line").as_uint64() == 2);
    CHECK(first.at("amount_fen").as_int64() == 45'000);
    CHECK(first.at("tax_fen").as_int64() == 5'850);
}

TEST_CASE("the arguments of an issue and what is sealed with it", "[documents]") {
    const Document document = sample("01-one-line");
    const auto arguments = arguments_of(document);
    CHECK(arguments.at("total_fen").as_int64() == 19'800);
    CHECK(arguments.at("tax_fen").as_int64() == 1'121);
    CHECK(arguments.at("buyer").as_string() == "9144030071526726XG");
    CHECK(arguments.at("category").as_string() == "catering");
    CHECK(sealed_fields(document).at("seller").as_string() == "Made-up Shop & Sons");
}

}  // namespace
}  // namespace cityledger::documents
