#include "ledger/contracts/invoice/internal.hpp"
#include "ledger/contracts/invoice/readers.hpp"

namespace cityledger::ledger::invoice {
namespace {

Result<Invoice> query_invoice(Context& context, const InvoiceArguments& arguments) {
    return find_invoice(context, arguments.code, arguments.number);
}

Result<VerifyResult> query_verify(Context& context, const VerifyArguments& arguments) {
    const auto record = context.load<Invoice>(invoice_key(arguments.code, arguments.number));
    const bool matches = record && record->content.seller == arguments.seller &&
                         record->check_code == arguments.check_code;
    return VerifyResult{matches};
}

Result<Admission> query_admission(Context& context, const EnterpriseArguments& arguments) {
    return find_admission(context, arguments.enterprise);
}

Result<QuotaResult> query_quota(Context& context, const QuotaArguments& arguments) {
    const auto admission = find_admission(context, arguments.enterprise);
    if (!admission) return propagate(admission);
    const std::string first_day = arguments.month + "-01";
    if (!parse_date(first_day)) return refuse(codes::month_malformed, arguments.month);
    const auto usage = context.load<Usage>(usage_key(arguments.enterprise, month_key(first_day)));
    return QuotaResult{admission->quota, usage.value_or(Usage{})};
}

Result<PaymentResult> query_payment(Context& context, const PaymentArguments& arguments) {
    return PaymentResult{
        context.load<InvoiceArguments>(payment_key(arguments.seller, arguments.payment_reference))};
}

/// A page of an index; its keys end in "code/number".
Result<InvoicesResult> read_page(Context& context, const std::string& prefix,
                                 const InvoicesArguments& arguments) {
    const auto limit = membership::check_page_limit(arguments.limit);
    if (!limit) return propagate(limit);
    std::string from = prefix;
    if (arguments.after) from += *arguments.after + '\0';
    InvoicesResult page;
    for (const auto& [key, value] : context.scan(Space::derived, prefix, from, *limit + 1)) {
        if (page.invoices.size() == *limit) {
            page.next = page.invoices.back().code + "/" + page.invoices.back().number;
            break;
        }
        const std::string name = key.substr(prefix.size());
        const auto record =
            find_invoice(context, name.substr(0, k_code_digits), name.substr(k_code_digits + 1));
        if (!record) return propagate(record);
        page.invoices.push_back({record->content.code, record->content.number, record->content.date,
                                 record->content.total_fen, record->status});
    }
    return page;
}

Result<InvoicesResult> query_sales(Context& context, const InvoicesArguments& arguments) {
    return read_page(context, sales_prefix(arguments.enterprise), arguments);
}

Result<InvoicesResult> query_purchases(Context& context, const InvoicesArguments& arguments) {
    return read_page(context, purchases_prefix(arguments.enterprise), arguments);
}

Result<Statistics> query_statistics(Context& context, const Nothing&) {
    return load_statistics(context);
}

Result<Rules> query_rules(Context& context, const Nothing&) { return load_rules(context); }

}  // namespace

std::vector<Method> invoice_queries() {
    Method verify = make_query("verify", "Whether what is printed on an invoice is on the chain.",
                               anybody(), query_verify);
    verify.limited_by = {"code", "number"};  // a check code is short, and anybody may ask
    return {
        make_query("invoice", "An invoice by code and number.", parties_of_invoice(),
                   query_invoice),
        std::move(verify),
        make_query("admission", "The admission of an enterprise.",
                   the_enterprise<EnterpriseArguments>(), query_admission),
        make_query("quota", "The quota of an enterprise and its use in a month.",
                   the_enterprise<QuotaArguments>(), query_quota),
        make_query("payment", "The live invoice for a payment.", the_enterprise<PaymentArguments>(),
                   query_payment),
        make_query("sales", "Invoices that an enterprise issued.",
                   the_enterprise<InvoicesArguments>(), query_sales),
        make_query("purchases", "Invoices that name an enterprise as buyer.",
                   the_enterprise<InvoicesArguments>(), query_purchases),
        make_query("mandate", "The mandate of a service provider, if it stands.",
                   sides_of_mandate(), query_mandate),
        make_query("risks", "The risk signals of a business day.", supervisors(), query_risks),
        make_query("rules", "What the genesis has set: names, tolerances of taxes, quota returns.",
                   anybody(), query_rules),
        make_query("statistics", "Totals of the city: issued = red + booked + outstanding.",
                   offices(), query_statistics),
    };
}

}  // namespace cityledger::ledger::invoice
