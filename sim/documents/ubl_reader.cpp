// UBL 2.1 Invoice and CreditNote in the shape of EN 16931.

#include <algorithm>
#include <map>

#include "sim/documents/documents_codes.hpp"
#include "sim/documents/importing.hpp"
#include "sim/documents/ubl_elements.hpp"
#include "sim/documents/ubl_totals.hpp"

namespace cityledger::documents {
namespace {

constexpr std::size_t k_code_and_number = 12 + 1 + 8;

bool is_code_and_number(const std::string& text) {
    if (text.size() != k_code_and_number || text[12] != '-') return false;
    return std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) ==
           static_cast<std::ptrdiff_t>(k_code_and_number) - 1;
}

class UblReader {
public:
    UblReader(const XmlFile& file, const ImportOptions& options, Findings& findings)
        : values_(file, findings), options_(options), findings_(findings) {}

    std::vector<Document> read(const Element& root) {
        if (!is_known_kind(root)) return {};
        read_head(root);
        const auto lines = root.children(document_.red ? "CreditNoteLine" : "InvoiceLine");
        // Bounded before anything is summed up: the sums then fit in 63 bits.
        const std::size_t count = std::max(lines.size(), root.children("AllowanceCharge").size());
        if (count > ledger::invoice::k_max_lines) {
            findings_.too_many_lines(values_.place(root), count);
            return {};
        }
        for (const Element& line : lines) read_line(line);
        if (lines_.empty()) {
            values_.missing(root, document_.red ? "CreditNoteLine" : "InvoiceLine");
        }
        if (!findings_.empty()) return {};
        UblTotals totals(values_, root, lines_);
        if (totals.settle()) add_lines();
        if (!findings_.empty()) return {};
        return {std::move(document_)};
    }

private:
    bool is_known_kind(const Element& root) {
        const std::string space = root.node.attribute("xmlns").as_string();
        const std::string kind = root.name();
        std::string type = root.child(kind + "TypeCode").text();
        const std::string expected = kind == "CreditNote" ? "381" : "380";
        if (type.empty()) type = expected;
        const bool known = (kind == "Invoice" || kind == "CreditNote") && type == expected;
        // Another prefix than none is allowed, and then there is no default namespace.
        const bool ubl = space.empty() || space.starts_with(k_ubl_namespace);
        if (!known || !ubl) {
            findings_.add(Error{codes::document_kind_unknown,
                                values_.place(root) + ": " + kind + " " + type});
        }
        document_.red = kind == "CreditNote";
        return known && ubl;
    }

    void read_head(const Element& root) {
        document_.reference = values_.needed(root, "ID");
        document_.date = root.child("IssueDate").text();
        if (document_.date.empty()) document_.date = options_.date;
        if (!document_.date.empty()) findings_.check_date(values_.place(root), document_.date);
        values_.check_currency(root.child("DocumentCurrencyCode"),
                               values_.needed(root, "DocumentCurrencyCode"));
        document_.seller = party_of(root.at("AccountingSupplierParty/Party"));
        document_.buyer = party_of(root.at("AccountingCustomerParty/Party"));
        if (document_.red) read_credit(root);
    }

    void read_credit(const Element& root) {
        const Element reference = root.at("BillingReference/InvoiceDocumentReference/ID");
        document_.red_of = reference.text();
        document_.red_reason = root.child("Note").text();
        if (!is_code_and_number(document_.red_of)) {
            findings_.add(Error{
                codes::document_credit_unnamed,
                values_.place(reference ? reference : root) + ": `" + document_.red_of + "`"});
        }
    }

    /// The tax number: of the tax scheme, or of the legal entity. A name for people before that of
    /// the register.
    static Party party_of(const Element& party) {
        Party found;
        found.id = party.at("PartyTaxScheme/CompanyID").text();
        if (found.id.empty()) found.id = party.at("PartyLegalEntity/CompanyID").text();
        found.name = party.at("PartyLegalEntity/RegistrationName").text();
        if (found.name.empty()) found.name = party.at("PartyName/Name").text();
        return found;
    }

    void read_line(const Element& element) {
        UblLine read;
        read.element = element;
        const Element item = element.child("Item");
        std::string category = item.at("CommodityClassification/ItemClassificationCode").text();
        if (!options_.category.empty()) category = options_.category;
        if (category.empty()) {
            values_.missing(element, "Item/CommodityClassification/ItemClassificationCode");
        }
        if (document_.category.empty()) document_.category = category;
        read.line.name = "*" + category + "*" + values_.needed(element, "Item/Name");
        read_quantity(element, read.line);
        read.rate = values_.rate_of(item.child("ClassifiedTaxCategory"), element,
                                    "Item/ClassifiedTaxCategory");
        read.net = values_.amount(element, "LineExtensionAmount");
        read.base = read.net;
        for (const Element& allowance : element.children("AllowanceCharge")) {
            const std::int64_t amount = values_.amount_above_0(allowance, "Amount");
            // A charge is part of the line's price already.
            if (!values_.is_charge(allowance)) read.base += amount;
            if (read.base > ledger::invoice::k_max_line_fen) {
                return findings_.too_large(values_.place(allowance), fen_text(read.base));
            }
        }
        if (const Element tax = element.child("TaxTotal")) {
            read.tax = values_.amount(tax, "TaxAmount");
        }
        if (read.base == 0) findings_.zero_line(values_.place(element));
        read_red_line(element);
        lines_.push_back(std::move(read));
    }

    void read_quantity(const Element& element, Line& line) {
        const Element quantity =
            element.child(document_.red ? "CreditedQuantity" : "InvoicedQuantity");
        if (!quantity) return;
        std::string text = quantity.text();
        const std::string unit = quantity.attribute("unitCode");
        if (!unit.empty()) text += " " + unit;
        line.quantity = findings_.quantity(values_.place(quantity), text);
    }

    void read_red_line(const Element& element) {
        const Element named = element.at("BillingReference/BillingReferenceLine/ID");
        auto place = static_cast<std::int64_t>(lines_.size() + 1);
        if (named) place = values_.number(named, 0, "the number of a line of the invoice");
        if (place < 1 || place > static_cast<std::int64_t>(ledger::invoice::k_max_lines)) place = 0;
        red_lines_.push_back(static_cast<std::uint32_t>(place));
    }

    void add_lines() {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            UblLine& read = lines_[i];
            if (read.merged) continue;
            Line line = read.line;
            line.rate_basis_points = read.rate.basis_points;
            if (read.rate.exempt) line.exempt = true;
            if (line.name.empty()) line.name = "*" + document_.category + "*" + read.reason;
            add_line(document_.lines, std::move(line), read.base, read.net, *read.tax);
            if (document_.red) {
                document_.red_lines.push_back(i < red_lines_.size() ? red_lines_[i] : 0);
            }
        }
    }

    UblValues values_;
    const ImportOptions& options_;
    Findings& findings_;
    Document document_;
    std::vector<UblLine> lines_;
    std::vector<std::uint32_t> red_lines_;
};

}  // namespace

std::vector<Document> read_ubl(const std::string& text, const std::string& file,
                               const ImportOptions& options, Findings& findings) {
    const XmlFile xml(text, file, findings);
    if (!findings.empty()) return {};
    return UblReader(xml, options, findings).read(xml.root());
}

}  // namespace cityledger::documents
