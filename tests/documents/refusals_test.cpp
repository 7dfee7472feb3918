// Files that are wrong: each mistake by its name and place, all at once.

#include <catch2/catch.hpp>

#include "sim/documents/documents_codes.hpp"
#include "tests/documents/samples.hpp"

namespace cityledger::documents {
namespace {

using test::changed;

const std::string k_header = "document,date,category,name,gross,rate\n";

/// The only problem; its detail has `place`.
void refused(const std::string& text, const std::string& file, const Code& code,
             const std::string& place = "") {
    const Imported result = import_text(text, file);
    INFO(file << " " << code.name);
    for (const Error& problem : result.problems) UNSCOPED_INFO(problem.message());
    REQUIRE(result.problems.size() == 1);
    CHECK(result.problems[0].code.name == code.name);
    CHECK(result.problems[0].detail.find(place) != std::string::npos);
}

TEST_CASE("files that are no documents", "[documents]") {
    refused(std::string(k_max_file_bytes + 1, ' '), "a.csv", codes::document_too_large);
    refused("{}", "a.json", codes::document_format_unknown);
    refused("document\n\xC3\x28\n", "a.csv", codes::document_not_utf8, "a.csv:2");
    refused("\xED\xA0\x80", "a.csv", codes::document_not_utf8);
    refused(k_header, "a.csv", codes::document_empty);
    refused("", "a.csv", codes::document_empty);
}

TEST_CASE("CSV with bad quotes, rows and columns", "[documents]") {
    refused(k_header + "A,,retail,\"tea,1.00,13\n", "a.csv", codes::csv_malformed, "a.csv:2:11");
    refused(k_header + "A,,retail,\"tea\"x,1.00,13\n", "a.csv", codes::csv_malformed, "2:16");
    refused(k_header + "A,,retail,t\"ea,1.00,13\n", "a.csv", codes::csv_malformed, "2:12");
    refused(k_header + "A,,retail,tea,1.00\n", "a.csv", codes::csv_malformed, "5 cells");
    refused("document,category,name,gross,rate,colour\n", "a.csv", codes::csv_column_unknown,
            "a.csv:1:35");
    refused("document,category,name,rate\n", "a.csv", codes::csv_column_missing, "`gross`");
}

TEST_CASE("values of a table", "[documents]") {
    const auto row = [](const std::string& cells) { return k_header + cells + "\n"; };
    refused(row("A,,retail,tea,1.005,13"), "a.csv", codes::document_value_malformed, "2:15: gross");
    refused(row("A,,retail,tea,-1.00,13"), "a.csv", codes::document_value_malformed);
    refused(row("A,,retail,tea,1.00,130"), "a.csv", codes::document_value_malformed, "rate");
    refused(row("A,2024-02-30,retail,tea,1.00,13"), "a.csv", codes::document_value_malformed);
    refused(row("A,,retail,tea," + std::string(300, '9') + ",13"), "a.csv",
            codes::document_number_too_large, "2:15");
    refused(row("A,,retail,,1.00,13"), "a.csv", codes::document_field_missing, "name");
    refused(row("A,,retail,tea,0.00,13"), "a.csv", codes::document_line_zero);
    refused(row("A,,retail," + std::string(130, 't') + ",1.00,13"), "a.csv",
            codes::document_text_too_long);
    refused(row("A,,retail,tea,1.00,13\nA,2024-03-31,retail,tea,1.00,13"), "a.csv",
            codes::document_rows_differ, "3:3: date");
    refused(row("A,2024-03-31,retail,tea,100.00,7"), "a.csv", codes::document_lines_refused,
            "tax_rate_not_in_force");
    refused("document,category,name,gross,rate,discount\nA,retail,tea,1.00,13,1.01\n", "a.csv",
            codes::document_discount_too_large, "2:22");
}

TEST_CASE("XML that is no document", "[documents]") {
    const std::string text = test::sample_text("01-one-line");
    refused(changed(text, "</Invoice>", ""), "a.xml", codes::xml_malformed, "a.xml:");
    const std::string bomb =
        "<!DOCTYPE Invoice [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]>\n<Invoice";
    refused(changed(text, "<Invoice", bomb), "a.xml", codes::xml_doctype, "a.xml:2:1");
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "<a>";
    for (int i = 0; i < 100'000; ++i) deep += "</a>";
    refused(deep, "a.xml", codes::xml_too_deep);
    refused("<Order/>", "a.xml", codes::document_kind_unknown);
    refused(changed(text, ">380<", ">384<"), "a.xml", codes::document_kind_unknown, "384");
}

TEST_CASE("fields and totals of UBL", "[documents]") {
    const std::string text = test::sample_text("01-one-line");
    refused(changed(text, "Code>CNY<", "Code>EUR<"), "a.xml", codes::document_currency_unknown);
    refused(changed(text, "<cbc:Name>dinner</cbc:Name>", ""), "a.xml",
            codes::document_field_missing, "/Invoice/InvoiceLine/Item/Name");
    refused(changed(text, "PayableAmount currencyID=\"CNY\">198.00", "PayableAmount>199.00"),
            "a.xml", codes::document_total_wrong, "/Invoice/LegalMonetaryTotal/PayableAmount");
    refused(changed(text, "LineExtensionAmount currencyID=\"CNY\">186.79",
                    "LineExtensionAmount currencyID=\"CNY\">1e9"),
            "a.xml", codes::document_value_malformed, "`1e9`");
    refused(changed(text, "PayableAmount currencyID=\"CNY\">198.00",
                    "PayableAmount currencyID=\"CNY\">" + std::string(400, '9')),
            "a.xml", codes::document_number_too_large);
    const std::string two = changed(text, "ID>S<", "ID>AE<");
    const Imported result = import_text(two, "a.xml");
    REQUIRE_FALSE(result.problems.empty());
    CHECK(result.problems[0].code.name == codes::document_tax_category_unknown.name);
}

TEST_CASE("lines, discounts and credit notes of UBL that cannot be invoiced", "[documents]") {
    const std::string negative = test::sample_text("11-negative-line");
    refused(changed(negative, "<cbc:Name>cable", "<cbc:Name>wire"), "a.xml",
            codes::document_negative_line, "InvoiceLine[2]: -24.00 yuan");
    const std::string allowance = test::sample_text("03-document-allowance");
    const Imported large = import_text(
        changed(allowance, "Amount currencyID=\"CNY\">10.00", "Amount currencyID=\"CNY\">1000.00"),
        "a.xml");
    REQUIRE_FALSE(large.problems.empty());
    CHECK(large.problems[0].code.name == codes::document_discount_too_large.name);
    const std::string credit = test::sample_text("08-credit-note");
    refused(changed(credit, "144032409110-00000007", "INV 7"), "a.xml",
            codes::document_credit_unnamed, "`INV 7`");
}

TEST_CASE("sums cannot overflow", "[documents]") {
    const std::string text = test::sample_text("02-line-discount");
    const std::string most = "Amount currencyID=\"CNY\">10000000000.00";
    const std::size_t at = text.rfind("<cac:AllowanceCharge>");
    const std::size_t end = text.find("</cac:AllowanceCharge>", at);
    const std::string allowance = changed(text.substr(at, end - at) + "</cac:AllowanceCharge>",
                                          "Amount currencyID=\"CNY\">100.00", most);
    std::string many = text;
    for (int i = 0; i < 1'000; ++i) many.insert(at, allowance);
    refused(many, "a.xml", codes::document_number_too_large);
    refused(changed(text, "Amount currencyID=\"CNY\">100.00", "Amount>-100.00"), "a.xml",
            codes::document_value_malformed, "InvoiceLine[1]/AllowanceCharge/Amount");
    std::string lines = text;
    const std::size_t line = text.find("<cac:InvoiceLine>");
    const std::size_t next = text.find("<cac:InvoiceLine>", line + 1);
    for (int i = 0; i < 200; ++i) lines.insert(line, text.substr(line, next - line));
    refused(lines, "a.xml", codes::document_lines_refused, "202 lines");
}

TEST_CASE("all mistakes of a file are told at once", "[documents]") {
    const Imported result = import_text(
        k_header + "A,,retail,tea,x,13\nA,,retail,,1.00,13\nB,,retail,cup,1.00,much\n", "a.csv");
    CHECK(result.problems.size() == 3);
}

}  // namespace
}  // namespace cityledger::documents
