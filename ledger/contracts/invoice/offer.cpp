#include "crypto/hash.hpp"
#include "ledger/contracts/invoice/internal.hpp"

namespace cityledger::ledger::invoice {
namespace {

constexpr std::string_view k_view_key_tag = "cityledger.invoice.view-key.v1";

Result<Nothing> offer(Context& context, const OfferArguments& arguments) {
    auto record = held_invoice(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    record->offer = arguments.commitment;
    store_invoice(context, *record);
    context.emit("invoice.offered", name_of(record->content));
    return Nothing{};
}

Result<Nothing> accept(Context& context, const AcceptArguments& arguments) {
    const auto receiver = membership::require_member(context, context.sender());
    if (!receiver) return propagate(receiver);
    auto record = find_invoice(context, arguments.code, arguments.number);
    if (!record) return propagate(record);
    const std::string name = name_of(record->content);
    if (!is_free(*record)) return refuse_status(*record);
    if (!record->offer) return refuse(codes::invoice_not_offered, name);
    if (*record->offer != view_key_commitment(arguments.view_key, receiver->id)) {
        return refuse(codes::view_key_wrong, name);
    }
    pass_on(*record, receiver->id);
    store_invoice(context, *record);
    context.emit("invoice.transferred", name);
    return Nothing{};
}

}  // namespace

Digest view_key_commitment(const Digest& view_key, const MemberId& receiver) {
    Bytes bytes = to_bytes(view_key.view());
    bytes.insert(bytes.end(), receiver.begin(), receiver.end());
    return crypto::tagged_hash(k_view_key_tag, bytes);
}

void add_offer_operations(std::vector<Method>& operations) {
    operations.push_back(make_closed_method(
        "offer", "The holder offers an invoice to whoever shows a one-time view key.",
        acting<OfferArguments, Nothing, offer>));
    operations.push_back(make_closed_method(
        "accept", "The receiver of an offer shows the view key and holds the invoice.",
        acting<AcceptArguments, Nothing, accept>));
}

}  // namespace cityledger::ledger::invoice
