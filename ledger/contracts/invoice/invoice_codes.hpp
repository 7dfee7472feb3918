#pragma once
// Codes of the invoice contract: 2400 to 2599.

#include "crypto/result.hpp"

// clang-format off
#define CITYLEDGER_INVOICE_CODES(X) \
    X(not_an_enterprise, 2400, refused, "the member is not an enterprise", "admit members with the role enterprise only") \
    X(already_admitted, 2401, refused, "the enterprise is admitted already", "use renew, set_quota, freeze or unfreeze") \
    X(not_admitted, 2402, refused, "the tax bureau has not admitted the enterprise to invoicing", "let the tax bureau send admit first") \
    X(admission_expired, 2403, refused, "the last day of the admission is over", "ask the tax bureau to send renew") \
    X(enterprise_frozen, 2404, refused, "the tax bureau has frozen the enterprise's invoicing", "ask the tax bureau why") \
    X(enterprise_not_frozen, 2405, refused, "the enterprise's invoicing is not frozen", "nothing is to be done") \
    X(category_malformed, 2406, refused, "a category is empty or too long, or there is none, or it is named twice", "name 1 to 32 categories of 1 to 32 bytes") \
    X(category_not_admitted, 2407, refused, "the enterprise is not admitted to this category", "use a category of its admission") \
    X(quota_malformed, 2408, refused, "a quota is not above 0", "give each quota a value of at least 1") \
    X(valid_until_past, 2409, refused, "the last day of the admission would be over already", "give a later day or none") \
    X(over_quota_invoice, 2410, refused, "the total is above the enterprise's limit for one invoice", "ask the tax bureau for a higher limit") \
    X(over_quota_count, 2411, refused, "the enterprise has issued its number of invoices for this month", "ask the tax bureau for a higher quota or wait for the next month") \
    X(over_quota_amount, 2412, refused, "the total is above what is left of the enterprise's monthly amount", "ask the tax bureau for a higher quota or wait for the next month") \
    X(enterprise_not_abnormal, 2413, refused, "the enterprise is not marked abnormal", "send mark_abnormal first") \
    X(open_code_refused, 2414, refused, "this chain names enterprises and persons by tags only", "ask the tax bureau for the tag; `cityledger tx` puts it in the place of the code") \
    X(buyer_abnormal, 2415, refused, "the tax bureau has marked the buyer abnormal", "ask the tax bureau why") \
    X(tag_refused, 2416, refused, "this chain names enterprises by their unified social credit codes", "give the code instead of the tag") \
    X(claim_not_held, 2417, refused, "the buyer does not hold the invoice", "let the holder transfer or offer it to the buyer first") \
    X(open_text_refused, 2418, refused, "on this chain the argument holds a code, and no words", "put words into the sealed body; give an invoice code, a date, or a category of a-z, '_' and '-'") \
    X(open_payment_refused, 2419, refused, "on this chain a payment reference is the commitment of the payment platform", "send 64 lower-case hexadecimal digits; the reference itself stands in the sealed body") \
    X(invoice_without_lines, 2420, refused, "the invoice has no line", "give at least one line") \
    X(line_name_malformed, 2421, refused, "the name of a line is not a tax category between two stars", "write it as *catering*; what was sold goes into the sealed body") \
    X(line_amount_zero, 2422, refused, "the amount of a line is 0", "leave the line out") \
    X(tax_rate_not_in_force, 2423, refused, "the law knows no such tax rate on this day", "give a rate of the day in basis points: 600 is 6 per cent") \
    X(line_tax_wrong, 2424, refused, "the tax of a line is further from its amount times its rate than this chain allows", "calculate the tax per line, in fen") \
    X(tax_total_wrong, 2425, refused, "tax_fen is not the sum of the lines' taxes", "add up the lines") \
    X(total_wrong, 2426, refused, "total_fen is not the sum of the lines' amounts and taxes", "add up the lines; the total includes tax") \
    X(money_overflow, 2427, refused, "an amount is larger than the ledger can count", "check the amounts: they are in fen") \
    X(payment_reference_malformed, 2428, refused, "the payment reference is empty or has a character that cannot stand in it", "use 1 to 64 letters, digits, '-', '_', '.' and ':'") \
    X(payment_already_invoiced, 2429, refused, "a live invoice of this seller exists for the payment", "reverse that invoice fully by red letter first") \
    X(holder_not_consumer, 2430, refused, "the holder is not a consumer", "name a member with the role consumer, or none") \
    X(series_exhausted, 2431, refused, "all numbers of this year are used; the last ones are for red-letter invoices", "wait for the next year") \
    X(tax_rate_not_of_category, 2432, refused, "this kind of goods or service does not have this tax rate", "use a rate of the category, or the category of what was sold") \
    X(exempt_with_rate, 2433, refused, "a line free of tax has a tax rate", "give rate 0 and tax 0 with exempt, or leave exempt out") \
    X(discount_misplaced, 2434, refused, "a line below 0 does not follow the line that it discounts, with the same name and rate", "put the discount right below its line; use a red-letter invoice for returns") \
    X(discount_too_large, 2435, refused, "a discount takes more than the line above it charges", "discount at most the amount and the tax of the line") \
    X(document_tax_wrong, 2436, refused, "the taxes of all lines together are further from amounts times rates than this chain allows", "calculate the taxes line by line") \
    X(total_not_positive, 2437, refused, "nothing is left to charge after the discounts", "issue no invoice for it") \
    X(line_amount_too_large, 2438, refused, "the amount or tax of a line is above ten billion yuan", "check the amounts: they are in fen") \
    X(invoice_unknown, 2440, refused, "no invoice has this code and number", "check the 12-digit code and the 8-digit number") \
    X(not_issuer, 2441, refused, "the sender did not issue the invoice", "let the seller send it") \
    X(not_buyer, 2442, refused, "the sender is not the buyer that the invoice names", "only the enterprise in the header may claim it") \
    X(not_holder, 2443, refused, "the sender does not hold the invoice", "let the holder send it") \
    X(transfer_to_holder, 2444, refused, "the receiver holds the invoice already", "name another member") \
    X(claim_differs, 2445, refused, "the content digest differs from the issued one", "claim the invoice as it was issued") \
    X(invoice_not_locked, 2446, refused, "the invoice is not locked", "lock it first") \
    X(invoice_locked, 2447, refused, "the invoice is locked by its buyer", "wait until it is booked or unlocked") \
    X(invoice_already_booked, 2448, refused, "the invoice is booked already", "an invoice is booked once") \
    X(invoice_reversed, 2449, refused, "the invoice is reversed in whole, or is itself a red-letter invoice", "use an invoice that stands") \
    X(invoice_not_offered, 2450, refused, "nothing offers the invoice: the view key was used, or a transfer or claim came first", "let the holder offer it again") \
    X(view_key_wrong, 2451, refused, "the view key is not the one of the offer, or it was made for somebody else", "use the key that the holder gave to you") \
    X(mandate_missing, 2452, refused, "no mandate of the principal stands for the service provider", "let the principal send mandate first") \
    X(mandate_exists, 2453, refused, "the service provider has the mandate already", "nothing is to be done") \
    X(not_a_service_provider, 2454, refused, "the member is not a service provider", "name a member with the role service_provider") \
    X(not_a_party, 2456, refused, "the sender is neither seller nor buyer of the invoice nor the tax bureau", "let one of them send it") \
    X(body_not_for_reader, 2457, refused, "the sealed body holds no key for this reader", "ask seller, buyer or tax bureau to disclose it") \
    X(body_field_unknown, 2458, refused, "the body has no field of this name", "look at the names in the body") \
    X(red_differs_from_agreed, 2459, refused, "the reversal is not the one that the buyer has agreed to", "reverse exactly the agreed total, or let the buyer send confirm_red with another") \
    X(red_of_red, 2460, refused, "a red-letter invoice cannot be reversed", "issue a new invoice") \
    X(red_amount_not_positive, 2461, refused, "the amount of a reversal is not above 0, or its tax is below 0", "give amount and tax as positive fen") \
    X(red_exceeds_blue, 2462, refused, "the red-letter invoices would exceed the invoice", "reverse at most what is left of it") \
    X(red_needs_confirmation, 2463, refused, "the buyer has locked or booked the invoice and has not confirmed the reversal", "let the buyer send confirm_red first") \
    X(red_confirmation_not_needed, 2464, refused, "the buyer has not locked or booked the invoice, or all of it is reversed", "the seller can reverse it without confirmation") \
    X(agreed_total_wrong, 2465, refused, "the agreed total is not above 0, or more than what is left of the invoice", "give the total of the reversal with tax, in fen") \
    X(no_void_use_red, 2467, refused, "an electronic invoice cannot be voided", "reverse it by a red-letter invoice") \
    X(red_tax_wrong, 2468, refused, "the tax is not that of the amount, or the last reversal of a line leaves a rest", "give the amount times the rate; with the last of the amount, all tax that is left") \
    X(red_line_unknown, 2469, refused, "the invoice has no such line, or it is a discount, or the lines are not named once each in ascending order", "name the lines from 1 as they were issued; a discount goes with the line above it") \
    X(month_malformed, 2470, refused, "the text is not a month", "write it as YYYY-MM") \
    X(region_malformed, 2471, refused, "the region code is not four digits", "correct region in the genesis, e.g. 4403") \
    X(series_start_out_of_range, 2472, refused, "the series starts at a batch of 1 to 9 and a number of 1 to 99,999,999", "correct first_batch or first_number in the genesis") \
    X(tolerance_out_of_range, 2473, refused, "the tolerance of a line is 1 to 100 fen and that of a document 1 to 10,000", "correct line_tolerance_fen or document_tolerance_fen in the genesis")
// clang-format on

namespace cityledger::ledger {
CITYLEDGER_DEFINE_CODES(invoice_codes, CITYLEDGER_INVOICE_CODES)
}  // namespace cityledger::ledger
