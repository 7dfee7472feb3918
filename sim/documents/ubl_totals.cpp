#include "sim/documents/ubl_totals.hpp"

#include <algorithm>

#include "sim/documents/documents_codes.hpp"

namespace cityledger::documents {
namespace {

constexpr std::int64_t k_basis_points_of_one = 10'000;

/// As far as the contract lets the tax of a document be from the exact one.
bool is_near(std::int64_t tax, std::int64_t net, const TaxRate& rate) {
    const std::int64_t deviation =
        tax * k_basis_points_of_one - net * static_cast<std::int64_t>(rate.basis_points);
    const std::int64_t tolerance =
        ledger::invoice::Tolerance{}.document_fen * k_basis_points_of_one;
    return deviation <= tolerance && deviation >= -tolerance;
}

std::int64_t net_of(const std::vector<UblLine*>& lines) {
    std::int64_t sum = 0;
    for (const UblLine* line : lines) sum += line->net;
    return sum;
}

std::vector<std::int64_t> weights_of(const std::vector<UblLine*>& lines) {
    std::vector<std::int64_t> weights;
    for (const UblLine* line : lines) weights.push_back(line->net);
    return weights;
}

}  // namespace

bool UblTotals::settle() {
    for (const UblLine& line : lines_) line_sum_ += line.net;
    read_allowances();
    if (values_.findings().empty()) merge_negative_lines();
    if (values_.findings().empty()) spread_allowances();
    if (values_.findings().empty()) settle_taxes();
    check_totals();
    return values_.findings().empty();
}

std::vector<UblLine*> UblTotals::lines_of(const TaxRate& rate) {
    std::vector<UblLine*> found;
    for (UblLine& line : lines_) {
        if (!line.merged && line.rate == rate) found.push_back(&line);
    }
    return found;
}

void UblTotals::read_allowances() {
    for (const Element& allowance : root_.children("AllowanceCharge")) {
        const std::int64_t amount = values_.amount_above_0(allowance, "Amount");
        const TaxRate rate =
            values_.rate_of(allowance.child("TaxCategory"), allowance, "TaxCategory");
        if (!values_.is_charge(allowance)) {
            allowances_ += amount;
            open_allowances_.push_back({allowance, {rate, amount}});
            continue;
        }
        charges_ += amount;
        UblLine line;
        line.element = allowance;
        line.reason = allowance.child("AllowanceChargeReason").text();
        if (line.reason.empty()) line.reason = "charge";
        line.rate = rate;
        line.base = line.net = amount;
        if (amount > 0) lines_.push_back(std::move(line));
    }
}

void UblTotals::merge_negative_lines() {
    for (UblLine& line : lines_) {
        if (line.net >= 0 && line.net <= line.base) continue;
        const auto lowered = std::find_if(lines_.begin(), lines_.end(), [&](const UblLine& other) {
            return line.net < 0 && &other != &line && other.line.name == line.line.name &&
                   other.rate == line.rate && other.net >= -line.net;
        });
        if (lowered == lines_.end()) {
            values_.findings().add(
                Error{codes::document_negative_line,
                      values_.place(line.element) + ": " + fen_text(line.net) + " yuan"});
            continue;
        }
        lowered->net += line.net;
        if (lowered->tax) *lowered->tax += line.tax.value_or(0);
        line.merged = true;
    }
}

void UblTotals::spread_allowances() {
    for (const auto& [element, rate_and_amount] : open_allowances_) {
        const auto& [rate, amount] = rate_and_amount;
        const std::vector<UblLine*> lines = lines_of(rate);
        if (amount > net_of(lines)) {
            values_.findings().discount_too_large(values_.place(element), amount);
            continue;
        }
        const std::vector<std::int64_t> parts = spread(amount, weights_of(lines));
        for (std::size_t i = 0; i < lines.size(); ++i) {
            lines[i]->net -= parts[i];
            // What the line told of its tax was before this discount.
            if (parts[i] != 0) lines[i]->tax.reset();
        }
    }
}

void UblTotals::settle_tax(const Element& subtotal, const TaxRate& rate) {
    const std::int64_t tax = values_.amount(subtotal, "TaxAmount");
    const std::int64_t taxable = values_.amount(subtotal, "TaxableAmount");
    const std::vector<UblLine*> lines = lines_of(rate);
    const std::int64_t net = net_of(lines);
    tax_ += tax;
    if (taxable != net) {
        values_.findings().total_wrong(values_.place(subtotal.child("TaxableAmount")), taxable,
                                       net);
    }
    if (!is_near(tax, net, rate) || tax < 0) {
        return values_.findings().total_wrong(values_.place(subtotal.child("TaxAmount")), tax,
                                              tax_on(net, rate.basis_points));
    }
    std::int64_t told = 0;
    bool all_told = true;
    for (const UblLine* line : lines) {
        told += line->tax.value_or(0);
        all_told = all_told && line->tax.has_value();
    }
    if (all_told && told == tax) return;
    const std::vector<std::int64_t> parts = spread(tax, weights_of(lines));
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i]->tax = parts[i];
}

void UblTotals::settle_taxes() {
    std::vector<TaxRate> rates;
    const Element total = root_.child("TaxTotal");
    for (const Element& subtotal : total.children("TaxSubtotal")) {
        rates.push_back(values_.rate_of(subtotal.child("TaxCategory"), subtotal, "TaxCategory"));
        settle_tax(subtotal, rates.back());
    }
    for (const UblLine& line : lines_) {
        if (line.merged || std::find(rates.begin(), rates.end(), line.rate) != rates.end())
            continue;
        rates.push_back(line.rate);
        values_.findings().missing(values_.place(root_) + "/TaxTotal/TaxSubtotal",
                                   "the subtotal at " + ledger::invoice::to_text(line.rate));
    }
    const std::int64_t told = values_.amount(root_, "TaxTotal/TaxAmount");
    if (total && told != tax_) {
        values_.findings().total_wrong(values_.place(total.child("TaxAmount")), told, tax_);
    }
}

void UblTotals::check_total(std::string_view path, std::int64_t computed, bool needed) {
    const Element totals = root_.child("LegalMonetaryTotal");
    const Element element = totals.child(path);
    if (!element && !needed && computed == 0) return;
    const std::size_t before = values_.findings().size();
    const std::int64_t told = values_.amount(totals ? totals : root_, path);
    const bool read = values_.findings().size() == before;
    if (element && read && told != computed) {
        values_.findings().total_wrong(values_.place(element), told, computed);
    }
}

void UblTotals::check_totals() {
    const Element totals = root_.child("LegalMonetaryTotal");
    const auto extra = [&](std::string_view path) {
        return totals.child(path) ? values_.amount(totals, path) : 0;
    };
    check_total("LineExtensionAmount", line_sum_, true);
    check_total("AllowanceTotalAmount", allowances_, false);
    check_total("ChargeTotalAmount", charges_, false);
    const std::int64_t net = line_sum_ - allowances_ + charges_;
    check_total("TaxExclusiveAmount", net, true);
    // Without sound taxes these two would only repeat what was found.
    if (!values_.findings().empty()) return;
    check_total("TaxInclusiveAmount", net + tax_, true);
    check_total("PayableAmount",
                net + tax_ - extra("PrepaidAmount") + extra("PayableRoundingAmount"), true);
}

}  // namespace cityledger::documents
