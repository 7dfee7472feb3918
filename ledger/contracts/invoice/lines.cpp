#include "ledger/contracts/invoice/lines.hpp"

#include <algorithm>
#include <cstdlib>

#include "ledger/contracts/values/money.hpp"

namespace cityledger::ledger::invoice {
namespace {

constexpr std::int64_t k_basis_points_of_one = 10'000;

/// How far the tax is from amount * rate, exactly: in ten-thousandths of a fen. Fits in 63 bits
/// for the sums of all lines of a document, since each is at most k_max_line_fen.
std::int64_t deviation(std::int64_t amount_fen, std::int64_t tax_fen, std::uint32_t basis_points) {
    return tax_fen * k_basis_points_of_one - amount_fen * static_cast<std::int64_t>(basis_points);
}

bool is_within(std::int64_t deviation, std::uint32_t tolerance_fen) {
    return std::abs(deviation) <= k_basis_points_of_one * static_cast<std::int64_t>(tolerance_fen);
}

std::string place_of(std::size_t index) { return "lines[" + std::to_string(index) + "]"; }

/// "*catering*": what was sold stands in the sealed body, not here.
bool is_category_name(std::string_view name) {
    return name.size() > 2 && name.front() == '*' && name.find('*', 1) == name.size() - 1;
}

Status check_tax(std::int64_t amount_fen, std::int64_t tax_fen, const TaxRate& rate,
                 std::uint32_t tolerance_fen, const std::string& place) {
    const bool signs_differ = amount_fen > 0 ? tax_fen < 0 : tax_fen > 0;
    const bool taxed_though_free = rate.basis_points == 0 && tax_fen != 0;
    if (signs_differ || taxed_though_free ||
        !is_within(deviation(amount_fen, tax_fen, rate.basis_points), tolerance_fen)) {
        return refuse(codes::line_tax_wrong, place + ": " + std::to_string(tax_fen) + " fen on " +
                                                 std::to_string(amount_fen) + " at " +
                                                 to_text(rate));
    }
    return {};
}

TaxRate rate_of(const Line& line) { return {line.rate_basis_points, line.exempt.value_or(false)}; }

Status check_line(const Line& line, const std::string& place, const std::string& date,
                  std::uint32_t tolerance_fen) {
    if (!is_category_name(line.name)) return refuse(codes::line_name_malformed, place);
    if (line.amount_fen == 0) return refuse(codes::line_amount_zero, place);
    const auto is_too_large = [](std::int64_t fen) {
        return fen > k_max_line_fen || fen < -k_max_line_fen;
    };
    if (is_too_large(line.amount_fen) || is_too_large(line.tax_fen)) {
        return refuse(codes::line_amount_too_large, place);
    }
    const std::string_view category = std::string_view(line.name).substr(1, line.name.size() - 2);
    if (const auto status = check_tax_rate(rate_of(line), category, date); !status) return status;
    return check_tax(line.amount_fen, line.tax_fen, rate_of(line), tolerance_fen, place);
}

/// A discount belongs to the line above it and takes at most what that charged.
Status check_discount(const Line& discount, const Line* above, const std::string& place) {
    if (above == nullptr || above->amount_fen < 0 || above->name != discount.name ||
        rate_of(*above) != rate_of(discount)) {
        return refuse(codes::discount_misplaced, place);
    }
    const std::int64_t amount = above->amount_fen + discount.amount_fen;
    const std::int64_t tax = above->tax_fen + discount.tax_fen;
    if (amount < 0 || tax < 0 || (amount == 0 && tax != 0)) {
        return refuse(codes::discount_too_large, place);
    }
    return {};
}

Charge charge_of(const Line& line) {
    return {line.amount_fen, line.tax_fen, static_cast<std::uint16_t>(line.rate_basis_points),
            line.exempt.value_or(false)};
}

/// The lines are right each by itself; the document as a whole.
Status check_document(const std::vector<Charge>& charges, std::uint32_t tolerance_fen) {
    std::int64_t sum = 0;
    for (const Charge& charge : charges) {
        sum += deviation(charge.amount_fen, charge.tax_fen, charge.rate_basis_points);
    }
    if (!is_within(sum, tolerance_fen)) {
        return refuse(codes::document_tax_wrong,
                      "by " + std::to_string(sum / k_basis_points_of_one) + " fen");
    }
    if (sums_of(charges).amount_fen == 0) return refuse(codes::total_not_positive);
    return {};
}

Reversal rest_of_line(const std::vector<Charge>& charges, const std::vector<Reversal>& earlier,
                      std::uint32_t line) {
    const Charge& charge = charges[line - 1];
    Reversal rest{line, charge.amount_fen, charge.tax_fen};
    for (const Reversal& reversal : earlier) {
        if (reversal.line != line) continue;
        rest.amount_fen -= reversal.amount_fen;
        rest.tax_fen -= reversal.tax_fen;
    }
    return rest;
}

/// Something of the line is left, and the reversal takes at most that, with the tax that belongs
/// to it.
Status check_reversal(const Reversal& added, const Reversal& rest, const Charge& charge,
                      std::uint32_t tolerance_fen) {
    const std::string place = "line " + std::to_string(added.line);
    if (added.amount_fen <= 0 || added.tax_fen < 0) {
        return refuse(codes::red_amount_not_positive, place);
    }
    if (added.amount_fen > rest.amount_fen || added.tax_fen > rest.tax_fen) {
        return refuse(codes::red_exceeds_blue, place + " has left " +
                                                   std::to_string(rest.amount_fen) + " fen and " +
                                                   std::to_string(rest.tax_fen) + " fen of tax");
    }
    const std::int64_t amount_left = rest.amount_fen - added.amount_fen;
    const std::int64_t tax_left = rest.tax_fen - added.tax_fen;
    const bool is_whole = amount_left == 0;
    const std::uint32_t rate = charge.rate_basis_points;
    const bool is_right =
        is_whole ? tax_left == 0
                 : is_within(deviation(added.amount_fen, added.tax_fen, rate), tolerance_fen) &&
                       is_within(deviation(amount_left, tax_left, rate), tolerance_fen);
    if (!is_right) {
        const std::string due = is_whole ? "all that is left, " + std::to_string(rest.tax_fen)
                                         : "near " + to_text(TaxRate{rate, charge.exempt});
        return refuse(codes::red_tax_wrong,
                      place + ": for " + std::to_string(added.amount_fen) + " fen it is " + due);
    }
    return {};
}

}  // namespace

Result<std::vector<Charge>> charges_of(const std::vector<Line>& lines, const std::string& date,
                                       const Tolerance& tolerance) {
    if (lines.empty()) return refuse(codes::invoice_without_lines);
    std::vector<Charge> charges;
    charges.reserve(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const Line& line = lines[i];
        const std::string place = place_of(i);
        if (const auto status = check_line(line, place, date, tolerance.line_fen); !status) {
            return propagate(status);
        }
        if (line.amount_fen > 0) {
            charges.push_back(charge_of(line));
            continue;
        }
        const Line* above = i == 0 ? nullptr : &lines[i - 1];
        if (const auto status = check_discount(line, above, place); !status) {
            return propagate(status);
        }
        Charge& charge = charges.back();
        charge.amount_fen += line.amount_fen;
        charge.tax_fen += line.tax_fen;
        if (const auto status = check_tax(charge.amount_fen, charge.tax_fen, rate_of(line),
                                          tolerance.line_fen, place + " with the line above it");
            !status) {
            return propagate(status);
        }
        charges.push_back({0, 0, charge.rate_basis_points, charge.exempt});
    }
    if (const auto status = check_document(charges, tolerance.document_fen); !status) {
        return propagate(status);
    }
    return charges;
}

std::vector<Reversal> rest_of(const std::vector<Charge>& charges,
                              const std::vector<Reversal>& earlier) {
    std::vector<Reversal> rest;
    for (std::uint32_t line = 1; line <= charges.size(); ++line) {
        const Reversal left = rest_of_line(charges, earlier, line);
        if (left.amount_fen != 0) rest.push_back(left);
    }
    return rest;
}

Result<std::vector<Reversal>> with_reversals(const std::vector<Charge>& charges,
                                             const std::vector<Reversal>& earlier,
                                             const std::vector<Reversal>& added,
                                             const Tolerance& tolerance) {
    std::vector<Reversal> all = earlier;
    std::uint32_t last_line = 0;
    for (const Reversal& reversal : added) {
        const bool exists = reversal.line >= 1 && reversal.line <= charges.size();
        if (!exists || reversal.line <= last_line || charges[reversal.line - 1].amount_fen == 0) {
            return refuse(codes::red_line_unknown, "line " + std::to_string(reversal.line));
        }
        last_line = reversal.line;
        const Reversal rest = rest_of_line(charges, earlier, reversal.line);
        const Charge& charge = charges[reversal.line - 1];
        if (const auto status = check_reversal(reversal, rest, charge, tolerance.line_fen);
            !status) {
            return propagate(status);
        }
        const auto place =
            std::lower_bound(all.begin(), all.end(), reversal.line,
                             [](const Reversal& r, std::uint32_t line) { return r.line < line; });
        if (place != all.end() && place->line == reversal.line) {
            place->amount_fen += reversal.amount_fen;
            place->tax_fen += reversal.tax_fen;
        } else {
            all.insert(place, reversal);
        }
    }
    return all;
}

}  // namespace cityledger::ledger::invoice
