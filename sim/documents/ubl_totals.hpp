#pragma once
// The amounts of a UBL document: read, compared with its totals, and brought to lines that the
// chain takes: no line below 0, allowances of the document as discounts of lines, a tax for each.

#include "sim/documents/ubl_elements.hpp"

namespace cityledger::documents {

using ledger::invoice::TaxRate;

/// A line as it is read. Amounts without tax.
struct UblLine {
    Element element;
    Line line;           ///< name and quantity
    std::string reason;  ///< of a charge of the document, which becomes a line
    TaxRate rate;
    std::int64_t base = 0;  ///< before discounts
    std::int64_t net = 0;   ///< after them
    std::optional<std::int64_t> tax;
    bool merged = false;  ///< below 0 and now the discount of another line
};

/// Values of elements, with findings where they are wrong.
class UblValues {
public:
    UblValues(const XmlFile& file, Findings& findings) : file_(file), findings_(findings) {}

    [[nodiscard]] Findings& findings() { return findings_; }
    [[nodiscard]] std::string place(const Element& element) const { return file_.place(element); }
    void missing(const Element& parent, std::string_view path);
    std::string needed(const Element& parent, std::string_view path);
    std::int64_t number(const Element& element, int decimals, const std::string& form);
    /// In fen; the currency must be the yuan.
    std::int64_t amount(const Element& parent, std::string_view path);
    /// The same, with a finding if it is below 0.
    std::int64_t amount_above_0(const Element& parent, std::string_view path);
    bool is_charge(const Element& allowance);
    void check_currency(const Element& place, const std::string& currency);
    /// `parent` and `path` tell where it should be if it is not there.
    TaxRate rate_of(const Element& category, const Element& parent, std::string_view path);

private:
    const XmlFile& file_;
    Findings& findings_;
};

class UblTotals {
public:
    UblTotals(UblValues& values, const Element& root, std::vector<UblLine>& lines)
        : values_(values), root_(root), lines_(lines) {}

    /// False if there are findings.
    bool settle();

private:
    void read_allowances();
    void merge_negative_lines();
    void spread_allowances();
    void settle_taxes();
    void settle_tax(const Element& subtotal, const TaxRate& rate);
    /// Compares a total below LegalMonetaryTotal; one that need not be there counts as 0.
    void check_total(std::string_view path, std::int64_t computed, bool needed);
    void check_totals();
    [[nodiscard]] std::vector<UblLine*> lines_of(const TaxRate& rate);

    UblValues& values_;
    Element root_;
    std::vector<UblLine>& lines_;
    std::int64_t line_sum_ = 0;
    std::int64_t allowances_ = 0;
    std::int64_t charges_ = 0;
    std::int64_t tax_ = 0;
    std::vector<std::pair<Element, std::pair<TaxRate, std::int64_t>>> open_allowances_;
};

}  // namespace cityledger::documents
