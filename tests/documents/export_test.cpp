// Issued invoices: from the chain's record, with the words of the imported file, to a page.

#include <catch2/catch.hpp>

#include "sim/documents/documents_codes.hpp"
#include "sim/documents/exporting.hpp"
#include "tests/documents/samples.hpp"

namespace cityledger::documents {
namespace {

namespace invoice = ledger::invoice;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// As the contract keeps it.
invoice::Invoice record_of(const Document& document) {
    invoice::Invoice record;
    record.content.code = "144032409110";
    record.content.number = "00000007";
    record.content.date = document.date;
    record.content.seller = document.seller.id;
    record.content.buyer = document.buyer.id;
    record.content.category = document.category;
    record.content.payment_reference = document.reference;
    record.check_code = "1c834";
    const auto charges = invoice::charges_of(chain_lines(document.lines), document.date, {});
    REQUIRE(charges);
    record.charges = *charges;
    return record;
}

TEST_CASE("the record alone has categories; the imported file adds the words", "[documents]") {
    for (const char* name : test::k_samples) {
        INFO(name);
        const Document imported = test::sample(name);
        if (imported.red) continue;
        Document issued = document_of(record_of(imported), nullptr);
        CHECK(sums_of(issued) == sums_of(imported));
        REQUIRE(add_words(issued, imported));
        CHECK(issued.lines == imported.lines);
        CHECK(contains(ubl_text(issued), "144032409110-00000007"));
    }
    Document issued = document_of(record_of(test::sample("01-one-line")), nullptr);
    const Status other = add_words(issued, test::sample("06-exempt"));
    REQUIRE_FALSE(other);
    CHECK(other.error().code == codes::document_not_of_invoice);
}

TEST_CASE("a page has what the law wants on it, and nothing from outside", "[documents]") {
    Document issued = document_of(record_of(test::sample("01-one-line")), nullptr);
    REQUIRE(add_words(issued, test::sample("01-one-line")));
    issued.lines[0].name = "*catering*<script>alert('x')</script>";
    const std::string page = html_page(issued);
    for (const char* part : {"144032409110", "00000007", "1c834", "2024-03-31", "壹佰玖拾捌元整",
                             "¥198.00", "Made-up Shop &amp; Sons", "9144030071526726XG",
                             "&lt;script&gt;alert(&#39;x&#39;)", "6%", "<svg"}) {
        INFO(part);
        CHECK(contains(page, part));
    }
    CHECK_FALSE(contains(page, "<script"));
    CHECK_FALSE(contains(page, "src="));
    CHECK_FALSE(contains(page, "href="));
    CHECK(qr_text(issued) == "01,10,144032409110,00000007,186.79,20240331,1c834,");
    CHECK(qr_svg(std::string(5'000, 'x')).empty());
}

TEST_CASE("a red-letter invoice is marked, below 0, and names what it reverses", "[documents]") {
    const invoice::Invoice blue = record_of(test::sample("02-line-discount"));
    invoice::Invoice record;
    record.content = blue.content;
    record.content.number = "00000008";
    record.content.red_of = invoice::InvoiceArguments{"144032409110", "00000007"};
    record.content.red_reason = invoice::RedReason::goods_returned;
    record.reversals = {{1, 45'000, 5'850}};
    const Document red = document_of(record, &blue);
    REQUIRE(red.lines.size() == 1);
    CHECK(red.red_lines == std::vector<std::uint32_t>{1});
    // The discount between them is a line of the chain.
    CHECK(chain_line(blue, 2) == 3);
    CHECK(chain_line(blue, 3) == 0);
    CHECK(numbered_for(blue, test::sample("08-credit-note")).red_lines ==
          std::vector<std::uint32_t>{3, 0});
    const std::string page = html_page(red);
    for (const char* part :
         {"红字电子普通发票", "负伍佰零捌元伍角整", "-450.00", "144032409110-00000007", "return"}) {
        INFO(part);
        CHECK(contains(page, part));
    }
    CHECK(contains(ubl_text(red), "<CreditNote "));
    CHECK(chain_lines(test::imported(ubl_text(red), "red.xml").at(0).lines) == red.lines);
}

}  // namespace
}  // namespace cityledger::documents
