#pragma once
// What the genesis sets for the invoices of a chain.

#include <optional>
#include <string>

#include "ledger/contract.hpp"
#include "ledger/contracts/invoice/lines.hpp"

namespace cityledger::ledger {
namespace invoice {

/// What of a reversal counts as quota of the month again; only in the month of the blue invoice.
enum class QuotaReturn : std::uint8_t {
    full,   ///< an invoice that is reversed in whole
    parts,  ///< each reversal its amount, the last one the invoice
    never,
};

}  // namespace invoice

template <>
struct EnumNames<invoice::QuotaReturn> {
    static constexpr std::string_view names[] = {"full", "parts", "never"};
};

namespace invoice {

/// The genesis section. What is absent has its default.
struct GenesisSection {
    std::optional<std::string> region;                    ///< default "4403", Shenzhen
    std::optional<std::uint32_t> first_batch;             ///< 1 to 9, default 1
    std::optional<std::uint32_t> first_number;            ///< 1 to 99,999,999, default 1
    std::optional<bool> tags_only;                        ///< refuse USCCs in the open; default yes
    std::optional<QuotaReturn> quota_return;              ///< default full
    std::optional<std::uint32_t> line_tolerance_fen;      ///< 1 to 100, default 6
    std::optional<std::uint32_t> document_tolerance_fen;  ///< 1 to 10,000, default 127

    bool operator==(const GenesisSection&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<4>("region", region), field("first_batch", first_batch),
                field("first_number", first_number), field("tags_only", tags_only),
                field("quota_return", quota_return),
                field("line_tolerance_fen", line_tolerance_fen),
                field("document_tolerance_fen", document_tolerance_fen));
    }
};

/// Record, and result of the query `rules`: the parameters that are looked at again.
struct Rules {
    bool tags_only = true;
    Tolerance tolerance;
    QuotaReturn quota_return = QuotaReturn::full;

    bool operator==(const Rules&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("tags_only", tags_only), field("tolerance", tolerance),
                field("quota_return", quota_return));
    }
};

}  // namespace invoice
}  // namespace cityledger::ledger
