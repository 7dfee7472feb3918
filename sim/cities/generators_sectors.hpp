#pragma once
// The sectors of Shenzhen's invoices. They are those that the newspapers named; their shares and
// means are a suggestion that meets the published mean of some 675 yuan an invoice.

#include <array>
#include <cstdint>
#include <string_view>

#include "ledger/contracts/invoice/tax_rates.hpp"
#include "sim/simulator/random.hpp"

namespace cityledger::sim {

struct Sector {
    std::string_view name;
    std::uint64_t per_mille;  ///< share of all invoices
    std::int64_t mean_fen;
    std::uint32_t rate_basis_points;  ///< since April 2019; rate_on_day has the one before

    [[nodiscard]] std::uint32_t rate_on(std::string_view date) const {
        return ledger::invoice::rate_on_day(rate_basis_points, date);
    }
};

inline constexpr std::array<Sector, 8> k_sectors = {{
    {"parking", 300, 25'00, 900},
    {"catering", 200, 220'00, 600},
    {"retail", 150, 260'00, 1300},
    {"transport", 150, 8'00, 300},
    {"property", 80, 600'00, 600},
    {"finance", 50, 9'500'00, 600},
    {"pharmacy", 40, 350'00, 1300},
    {"internet", 30, 1'500'00, 600},
}};

/// Half up.
[[nodiscard]] inline std::int64_t tax_of(std::int64_t amount_fen, std::uint32_t rate_basis_points) {
    return (amount_fen * rate_basis_points + 5'000) / 10'000;
}

/// 50 to 150 per cent of the sector's mean.
[[nodiscard]] inline std::int64_t draw_amount(const Sector& sector, SimulatedRandom& dice) {
    const auto spread = static_cast<std::uint64_t>(sector.mean_fen);
    return sector.mean_fen / 2 + static_cast<std::int64_t>(dice.below(spread + 1));
}

/// By the shares.
[[nodiscard]] inline std::size_t draw_sector(SimulatedRandom& dice) {
    std::uint64_t drawn = dice.below(1'000);
    for (std::size_t i = 0; i + 1 < k_sectors.size(); ++i) {
        if (drawn < k_sectors[i].per_mille) return i;
        drawn -= k_sectors[i].per_mille;
    }
    return k_sectors.size() - 1;
}

}  // namespace cityledger::sim
