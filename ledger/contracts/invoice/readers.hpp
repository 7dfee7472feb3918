#pragma once
// Who may ask what of the invoice contract. A firm's trade is its own; a service provider reads for
// whom it may act for; the tax bureau and auditors read all.

#include "ledger/contracts/invoice/internal.hpp"

namespace cityledger::ledger::invoice {

/// Derived key that `disclose` leaves: this reader may ask for the invoice's record.
[[nodiscard]] std::string disclosure_key(const std::string& code, const std::string& number,
                                         const MemberId& reader);

/// Seller, buyer and holder, who acts for them by mandate, who it was disclosed to, tax bureau and
/// auditors. Nobody else learns even whether there is such an invoice.
[[nodiscard]] Readers parties_of_invoice();
/// The enterprise that the arguments name, who acts for it, tax bureau and auditors.
template <class Arguments>
[[nodiscard]] Readers the_enterprise();
/// Both sides of a mandate, tax bureau and auditors.
[[nodiscard]] Readers sides_of_mandate();
[[nodiscard]] Readers supervisors();
/// Tax bureau, auditors and operators: totals of the city name nobody.
[[nodiscard]] Readers offices();

/// Whether the sender is this member, acts for it by mandate, or supervises.
[[nodiscard]] bool reads_for(Context& context, const MemberId& member);

template <class Arguments>
Readers the_enterprise() {
    return readers_by<Arguments>("the enterprise, who has its mandate, the tax bureau and auditors",
                                 [](Context& context, const Arguments& arguments) {
                                     if constexpr (requires { arguments.enterprise; }) {
                                         return reads_for(context, arguments.enterprise);
                                     } else {
                                         return reads_for(context, arguments.seller);
                                     }
                                 });
}

}  // namespace cityledger::ledger::invoice
