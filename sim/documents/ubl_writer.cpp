#include <map>
#include <pugixml.hpp>
#include <sstream>

#include "sim/documents/amounts.hpp"
#include "sim/documents/exporting.hpp"

namespace cityledger::documents {
namespace {

using Node = pugi::xml_node;

const std::string k_schema = "urn:oasis:names:specification:ubl:schema:xsd:";

Node add(Node parent, const std::string& name, const std::string& text) {
    Node node = parent.append_child(("cbc:" + name).c_str());
    node.text().set(text.c_str());
    return node;
}

Node add(Node parent, const std::string& name) {
    return parent.append_child(("cac:" + name).c_str());
}

Node add_amount(Node parent, const std::string& name, std::int64_t fen) {
    Node node = add(parent, name, fen_text(fen));
    node.append_attribute("currencyID") = "CNY";
    return node;
}

void add_tax_category(Node parent, const std::string& name, const Line& line) {
    Node category = add(parent, name);
    const char* id = line.rate_basis_points != 0 ? "S" : rate_of(line).exempt ? "E" : "Z";
    add(category, "ID", id);
    add(category, "Percent", per_cent_text(line.rate_basis_points));
    if (rate_of(line).exempt && name == "TaxCategory") {
        add(category, "TaxExemptionReason", "免税");
    }
    add(add(category, "TaxScheme"), "ID", "VAT");
}

void add_party(Node root, const std::string& name, const Party& party) {
    Node node = add(add(root, name), "Party");
    if (!party.id.empty()) {
        Node scheme = add(node, "PartyTaxScheme");
        add(scheme, "CompanyID", party.id);
        add(add(scheme, "TaxScheme"), "ID", "VAT");
    }
    const std::string& shown = party.name.empty() ? party.id : party.name;
    if (!shown.empty()) add(add(node, "PartyLegalEntity"), "RegistrationName", shown);
}

void add_head(Node root, const Document& document) {
    add(root, "CustomizationID", "urn:cen.eu:en16931:2017");
    add(root, "ID", document.reference);
    if (!document.date.empty()) add(root, "IssueDate", document.date);
    add(root, document.red ? "CreditNoteTypeCode" : "InvoiceTypeCode",
        document.red ? "381" : "380");
    if (!document.red_reason.empty()) add(root, "Note", document.red_reason);
    add(root, "DocumentCurrencyCode", "CNY");
    if (document.red) {
        add(add(add(root, "BillingReference"), "InvoiceDocumentReference"), "ID", document.red_of);
    }
    if (document.issued) {
        Node reference = add(root, "AdditionalDocumentReference");
        add(reference, "ID", document.issued->code + "-" + document.issued->number);
        add(reference, "DocumentDescription", "check code " + document.issued->check_code);
    }
    add_party(root, "AccountingSupplierParty", document.seller);
    add_party(root, "AccountingCustomerParty", document.buyer);
}

void add_taxes(Node root, const std::vector<NetLine>& lines, std::int64_t tax) {
    std::map<std::pair<std::uint32_t, bool>, Line> sums;
    for (const NetLine& net : lines) {
        const auto key = std::pair(net.line.rate_basis_points, rate_of(net.line).exempt);
        const auto [found, fresh] = sums.try_emplace(key, net.line);
        if (fresh) continue;
        found->second.amount_fen += net.line.amount_fen;
        found->second.tax_fen += net.line.tax_fen;
    }
    Node total = add(root, "TaxTotal");
    add_amount(total, "TaxAmount", tax);
    for (const auto& [key, sum] : sums) {
        Node subtotal = add(total, "TaxSubtotal");
        add_amount(subtotal, "TaxableAmount", sum.amount_fen);
        add_amount(subtotal, "TaxAmount", sum.tax_fen);
        add_tax_category(subtotal, "TaxCategory", sum);
    }
}

void add_totals(Node root, const Document& document) {
    const auto sums = sums_of(document);
    Node totals = add(root, "LegalMonetaryTotal");
    add_amount(totals, "LineExtensionAmount", sums.amount_fen);
    add_amount(totals, "TaxExclusiveAmount", sums.amount_fen);
    add_amount(totals, "TaxInclusiveAmount", sums.total_fen());
    add_amount(totals, "PayableAmount", sums.total_fen());
}

void add_quantity(Node node, const Document& document, const Line& line) {
    if (!line.quantity) return;
    const std::size_t space = line.quantity->find(' ');
    Node quantity = add(node, document.red ? "CreditedQuantity" : "InvoicedQuantity",
                        line.quantity->substr(0, space));
    if (space != std::string::npos) {
        quantity.append_attribute("unitCode") = line.quantity->substr(space + 1).c_str();
    }
}

void add_line(Node root, const Document& document, const NetLine& net, std::size_t index) {
    Node node = add(root, document.red ? "CreditNoteLine" : "InvoiceLine");
    add(node, "ID", std::to_string(index + 1));
    add_quantity(node, document, net.line);
    add_amount(node, "LineExtensionAmount", net.line.amount_fen);
    if (document.red && index < document.red_lines.size()) {
        add(add(add(node, "BillingReference"), "BillingReferenceLine"), "ID",
            std::to_string(document.red_lines[index]));
    }
    add_amount(add(node, "TaxTotal"), "TaxAmount", net.line.tax_fen);
    if (net.discount_fen != 0) {
        Node allowance = add(node, "AllowanceCharge");
        add(allowance, "ChargeIndicator", "false");
        add(allowance, "AllowanceChargeReason", "折扣");
        add_amount(allowance, "Amount", net.discount_fen);
    }
    Node item = add(node, "Item");
    const std::string name = item_name(net.line.name);
    const std::string category = category_name(net.line.name);
    const std::string plain = category.size() > 2 ? category.substr(1, category.size() - 2) : "";
    add(item, "Name", name.empty() ? plain : name);
    Node code = add(add(item, "CommodityClassification"), "ItemClassificationCode", plain);
    code.append_attribute("listID") = "ZZZ";
    add_tax_category(item, "ClassifiedTaxCategory", net.line);
    // EN 16931 wants a price: that of the line as a whole.
    add_amount(add(node, "Price"), "PriceAmount", net.line.amount_fen + net.discount_fen);
}

}  // namespace

std::string ubl_text(const Document& document) {
    pugi::xml_document xml;
    const std::string kind = document.red ? "CreditNote" : "Invoice";
    Node declaration = xml.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    Node root = xml.append_child(kind.c_str());
    root.append_attribute("xmlns") = (k_schema + kind + "-2").c_str();
    root.append_attribute("xmlns:cac") = (k_schema + "CommonAggregateComponents-2").c_str();
    root.append_attribute("xmlns:cbc") = (k_schema + "CommonBasicComponents-2").c_str();
    const std::vector<NetLine> lines = net_lines(document.lines);
    add_head(root, document);
    add_taxes(root, lines, sums_of(document).tax_fen);
    add_totals(root, document);
    for (std::size_t i = 0; i < lines.size(); ++i) add_line(root, document, lines[i], i);
    std::ostringstream text;
    xml.save(text, "  ", pugi::format_indent, pugi::encoding_utf8);
    return text.str();
}

}  // namespace cityledger::documents
