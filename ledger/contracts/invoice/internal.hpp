#pragma once
// Invoice: keys and helpers that its source files share. Not for other folders.

#include <string>
#include <vector>

#include "ledger/contracts/calendar/calendar.hpp"
#include "ledger/contracts/closed_words.hpp"
#include "ledger/contracts/forwarding_context.hpp"
#include "ledger/contracts/invoice/invoice.hpp"
#include "ledger/contracts/membership/membership.hpp"
#include "ledger/contracts/values/money.hpp"

namespace cityledger::ledger::invoice {

/// Which number comes next. `year` is 0 until the first invoice.
struct Series {
    std::string region;
    std::uint32_t year = 0;
    std::uint32_t batch = 1;
    std::uint64_t next_number = 1;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<4>("region", region), field("year", year), field("batch", batch),
                field("next_number", next_number));
    }
};

inline constexpr std::string_view k_series_key = "invoice/series";
inline constexpr std::string_view k_rules_key = "invoice/rules";

/// "code/number": names an invoice in keys and events.
[[nodiscard]] std::string name_of(const Content& content);
[[nodiscard]] std::string invoice_key(const std::string& code, const std::string& number);
[[nodiscard]] std::string admission_key(const MemberId& enterprise);
/// `month` is "YYYYMM".
[[nodiscard]] std::string usage_key(const MemberId& enterprise, const std::string& month);
[[nodiscard]] std::string payment_key(const MemberId& seller, const std::string& reference);
/// Derived: the invoices of a seller, of a buyer.
[[nodiscard]] std::string sales_prefix(const MemberId& seller);
[[nodiscard]] std::string purchases_prefix(const MemberId& buyer);

[[nodiscard]] Result<Admission> find_admission(Context& context, const MemberId& enterprise);
[[nodiscard]] Result<Invoice> find_invoice(Context& context, const std::string& code,
                                           const std::string& number);
void store_invoice(Context& context, const Invoice& record);

[[nodiscard]] Rules load_rules(Context& context);
/// A chain names enterprises in one form, or one firm could have two quotas: on a closed chain by
/// registration tags (open codes were judged before the call), else openly (else tag_refused).
[[nodiscard]] Status check_name_form(const Rules& rules, const std::string& enterprise);

/// The next code and number of the series, into the content, for its date.
[[nodiscard]] Status assign_number(Context& context, Content& content);
/// Stores a new blue or red invoice with its check code and its indexes.
[[nodiscard]] IssueResult record_new(Context& context, Invoice& record);

/// What is left of a blue invoice after its reversals, with tax.
[[nodiscard]] std::int64_t remaining_fen(const Invoice& record);

/// Locked or booked: a reversal then needs the buyer's confirm_red.
[[nodiscard]] bool needs_confirmation(const Invoice& record);

/// enterprise_frozen if the tax bureau has frozen it.
[[nodiscard]] Status check_not_frozen(const Admission& admission);

/// Neither claimed nor reversed: it may be passed on.
[[nodiscard]] bool is_free(const Invoice& record);
/// The free invoice that the sender holds.
[[nodiscard]] Result<Invoice> held_invoice(Context& context, const std::string& code,
                                           const std::string& number);
/// The receiver becomes the holder.
void pass_on(Invoice& record, const MemberId& receiver);

/// not_issuer unless the sender is the seller, not_buyer unless it is the buyer.
[[nodiscard]] Status check_issuer(Context& context, const Invoice& record);
[[nodiscard]] Status check_buyer(Context& context, const Invoice& record);
/// Why an invoice in this status cannot take the step: invoice_not_locked, invoice_locked,
/// invoice_already_booked or invoice_reversed.
[[nodiscard]] tl::unexpected<Error> refuse_status(const Invoice& record);

[[nodiscard]] Statistics load_statistics(Context& context);
void store_statistics(Context& context, const Statistics& statistics);

/// mandate_missing unless the sender, a service provider, may act for this member.
[[nodiscard]] Status check_mandate(Context& context, const MemberId& principal);

/// A context in which somebody else is the sender.
class PrincipalContext final : public ForwardingContext {
public:
    PrincipalContext(Context& context, const MemberId& principal)
        : ForwardingContext(context), principal_(principal) {}
    [[nodiscard]] const MemberId& sender() const override { return principal_; }

private:
    const MemberId& principal_;
};

/// The handler, for the sender or for the principal that gave it a mandate.
template <class Arguments, class R, Result<R> (*handler)(Context&, const Arguments&)>
Result<R> acting(Context& context, const Arguments& arguments) {
    if (!arguments.principal) return handler(context, arguments);
    if (const auto status = check_mandate(context, *arguments.principal); !status) {
        return propagate(status);
    }
    PrincipalContext principal(context, *arguments.principal);
    return handler(principal, arguments);
}

// The risk signals, by what may raise them (invoice_risk.cpp).
void watch_issue(Context& context, const Admission& admission, const IssueArguments& arguments,
                 const Invoice& record);
/// `warned`: this invoice brought the month's use above 80 %. Changes the counts near the cap.
void watch_quota(Context& context, const Admission& admission, std::int64_t total_fen,
                 const std::string& date, bool warned, Usage& usage);
[[nodiscard]] bool is_abnormal(Context& context, const MemberId& enterprise);
void watch_booking(Context& context, const Invoice& record);
void watch_red(Context& context, const Invoice& blue, const std::string& today);

/// Month's use of the quota after one more invoice; refuses what is over, warns from 80 % on.
[[nodiscard]] Status use_quota(Context& context, const Admission& admission, std::int64_t total_fen,
                               const std::string& date);
/// After a reversal, if the blue invoice was issued in the month of `today`.
void give_quota_back(Context& context, const Invoice& blue, std::int64_t reversed_fen,
                     const std::string& today);

// The handlers, by file.
void add_admission_operations(std::vector<Method>& operations);
void add_issue_operations(std::vector<Method>& operations);
void add_claim_operations(std::vector<Method>& operations);
void add_red_operations(std::vector<Method>& operations);
void add_offer_operations(std::vector<Method>& operations);
void add_mandate_operations(std::vector<Method>& operations);
void add_disclosure_operations(std::vector<Method>& operations);
void add_risk_operations(std::vector<Method>& operations);
[[nodiscard]] Result<Mandate> query_mandate(Context& context, const MandateQuery& arguments);
[[nodiscard]] Result<RisksResult> query_risks(Context& context, const RisksArguments& arguments);
[[nodiscard]] std::vector<Method> invoice_queries();

}  // namespace cityledger::ledger::invoice
