#include "ledger/contracts/invoice/readers.hpp"

#include "ledger/contracts/membership/readers.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::asks_as;
using membership::asks_as_supervisor;
using membership::Role;

bool reads_invoice(Context& context, const InvoiceArguments& arguments) {
    if (asks_as_supervisor(context)) return true;
    const auto record = find_invoice(context, arguments.code, arguments.number);
    if (!record || !membership::asking_member(context)) return false;
    const Content& content = record->content;
    for (const MemberId& party : {content.seller, content.buyer, record->holder}) {
        if (!party.empty() && reads_for(context, party)) return true;
    }
    const std::string disclosed =
        disclosure_key(arguments.code, arguments.number, context.sender());
    return context.get(Space::derived, disclosed).has_value();
}

bool reads_mandate(Context& context, const MandateQuery& arguments) {
    return reads_for(context, arguments.principal) || reads_for(context, arguments.provider);
}

}  // namespace

std::string disclosure_key(const std::string& code, const std::string& number,
                           const MemberId& reader) {
    return "invoice/disclosed/" + code + "/" + number + "/" + reader;
}

bool reads_for(Context& context, const MemberId& member) {
    const auto asker = membership::asking_member(context);
    if (!asker) return false;
    return asker->id == member || asks_as_supervisor(context) ||
           check_mandate(context, member).has_value();
}

Readers parties_of_invoice() {
    return readers_by<InvoiceArguments>(
        "its seller, buyer and holder, who has their mandate, who it was disclosed to, the tax "
        "bureau and auditors",
        reads_invoice);
}

Readers sides_of_mandate() {
    return readers_by<MandateQuery>("principal and provider, the tax bureau and auditors",
                                    reads_mandate);
}

Readers supervisors() {
    return {"the tax bureau and auditors",
            [](Context& context, ByteView) { return asks_as_supervisor(context); }};
}

Readers offices() {
    return {"the tax bureau, auditors and operators", [](Context& context, ByteView) {
                return asks_as(context, {Role::tax_bureau, Role::auditor, Role::chain_operator});
            }};
}

}  // namespace cityledger::ledger::invoice
