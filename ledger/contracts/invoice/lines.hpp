#pragma once
// The lines of an invoice and of a red-letter invoice, and their arithmetic.
//
// Trade leads by the price with tax, so a line's tax may differ from amount * rate by more than the
// rounding. Tax-control software is believed to allow 0.06 yuan a line and 1.27 yuan a document;
// both are parameters of the genesis. A line below 0 is a discount (折扣行) on the line above it.
//
// A reversal names lines. It takes at most what is left of a line; with the last of the amount it
// takes the rest of the tax, and before that both what it takes and what it leaves keep the
// tolerance. So each line ends at 0/0, whatever the parts, and nobody can take back the tax alone.

#include <optional>
#include <string>
#include <vector>

#include "ledger/codec/codec.hpp"
#include "ledger/contracts/invoice/invoice_codes.hpp"
#include "ledger/contracts/invoice/tax_rates.hpp"

namespace cityledger::ledger::invoice {

inline constexpr std::uint32_t k_max_lines = 100;
/// Ten billion yuan: the exact tax of all lines of a document then fits in 63 bits.
inline constexpr std::int64_t k_max_line_fen = 1'000'000'000'000;

struct Line {
    std::string name;  ///< the tax category's short name (税收分类简称): "*catering*"
    std::optional<std::string> quantity;  ///< text, not calculated with
    std::int64_t amount_fen = 0;          ///< without tax; below 0: a discount on the line above
    std::uint32_t rate_basis_points = 0;  ///< 600 is 6 %
    std::int64_t tax_fen = 0;             ///< amount * rate, within the tolerance
    std::optional<bool> exempt = {};      ///< free of tax (免税); then the rate is 0

    bool operator==(const Line&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<128>("name", name), limited<32>("quantity", quantity),
                field("amount_fen", amount_fen), field("rate_basis_points", rate_basis_points),
                field("tax_fen", tax_fen), field("exempt", exempt));
    }
};

/// What one line of an invoice charged, with the discount below it. A discount's own charge is 0.
struct Charge {
    std::int64_t amount_fen = 0;  ///< without tax, 0 or more
    std::int64_t tax_fen = 0;     ///< 0 or more
    std::uint16_t rate_basis_points = 0;
    bool exempt = false;

    bool operator==(const Charge&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("amount_fen", amount_fen), field("tax_fen", tax_fen),
                field("rate_basis_points", rate_basis_points), field("exempt", exempt));
    }
};

/// What is taken back of one line.
struct Reversal {
    std::uint32_t line = 0;       ///< of the blue invoice, from 1 in the order of its issue
    std::int64_t amount_fen = 0;  ///< without tax, above 0
    std::int64_t tax_fen = 0;     ///< 0 or more

    bool operator==(const Reversal&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("line", line), field("amount_fen", amount_fen), field("tax_fen", tax_fen));
    }
};

/// Record: how far a tax may be from amount * rate. Both at least 1 fen, for the rounding.
struct Tolerance {
    std::uint32_t line_fen = 6;
    std::uint32_t document_fen = 127;

    bool operator==(const Tolerance&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("line_fen", line_fen), field("document_fen", document_fen));
    }
};

/// Sums of lines.
struct Sums {
    std::int64_t amount_fen = 0;  ///< without tax
    std::int64_t tax_fen = 0;

    bool operator==(const Sums&) const = default;
    [[nodiscard]] std::int64_t total_fen() const { return amount_fen + tax_fen; }
};

/// What the lines of a new invoice charge, one for each line: their names, rates, taxes and
/// discounts are right on this day. Each refusal of lines has its own code and names the line.
[[nodiscard]] Result<std::vector<Charge>> charges_of(const std::vector<Line>& lines,
                                                     const std::string& date,
                                                     const Tolerance& tolerance);

/// Of charges, or of reversals.
template <class Part>
[[nodiscard]] Sums sums_of(const std::vector<Part>& parts) {
    Sums sums;
    for (const Part& part : parts) {
        sums.amount_fen += part.amount_fen;
        sums.tax_fen += part.tax_fen;
    }
    return sums;
}

/// All that `earlier` reversals have left of the charges.
[[nodiscard]] std::vector<Reversal> rest_of(const std::vector<Charge>& charges,
                                            const std::vector<Reversal>& earlier);

/// The earlier reversals with the new ones added, both by line in ascending order. Refuses
/// red_line_unknown, red_amount_not_positive, red_exceeds_blue and red_tax_wrong.
[[nodiscard]] Result<std::vector<Reversal>> with_reversals(const std::vector<Charge>& charges,
                                                           const std::vector<Reversal>& earlier,
                                                           const std::vector<Reversal>& added,
                                                           const Tolerance& tolerance);

}  // namespace cityledger::ledger::invoice
