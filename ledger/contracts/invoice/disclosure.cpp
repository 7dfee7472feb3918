#include "ledger/contracts/invoice/internal.hpp"
#include "ledger/contracts/invoice/readers.hpp"

namespace cityledger::ledger::invoice {
namespace {

using membership::require_any_role;
using membership::Role;

Result<Nothing> order_disclosure(Context& context, const OrderDisclosureArguments& arguments) {
    const auto sender = require_any_role(context, {Role::auditor, Role::court});
    if (!sender) return propagate(sender);
    const auto record = find_invoice(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    const std::string name = name_of(record->content);
    context.emit("invoice.disclosure_ordered", sender->id + "/" + name);
    return Nothing{};
}

Result<Nothing> disclose(Context& context, const DiscloseArguments& arguments) {
    const auto sender = membership::require_member(context, context.sender());
    if (!sender) return propagate(sender);
    const auto record = find_invoice(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    const Content& content = record->content;
    const bool is_party = sender->id == content.seller || sender->id == content.buyer ||
                          sender->has_role(Role::tax_bureau);
    if (!is_party) return refuse(codes::not_a_party, name_of(content));
    const auto reader = membership::require_member(context, arguments.reader);
    if (!reader) return propagate(reader);
    context.put(Space::derived, disclosure_key(arguments.code, arguments.number, reader->id), {});
    context.emit("invoice.disclosed", reader->id + "/" + name_of(content));
    return Nothing{};
}

}  // namespace

void add_disclosure_operations(std::vector<Method>& operations) {
    operations.push_back(make_closed_method(
        "order_disclosure", "An auditor or a court asks the parties to show an invoice.",
        order_disclosure));
    operations.push_back(make_closed_method(
        "disclose", "Seller, buyer or tax bureau hands the key of the body to one more reader.",
        disclose));
}

}  // namespace cityledger::ledger::invoice
