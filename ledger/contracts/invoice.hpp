#pragma once
// Invoice (深圳区块链电子发票): admission with a quota, issue, transfer, claim (lock, then book once),
// reversal by red-letter invoice (红字发票). Nothing is ever voided.
//
// Code and number are given by the chain (announcement 2018 No. 11 of Shenzhen's tax bureau). The
// 12-digit code is 1, the region (4 digits), the year (2), 0, 9, the batch, the copy (1) and 0; for
// 2018 in Shenzhen 144031809110. The 8-digit number counts through the whole city, blue and red
// invoices alike. Rule of the series: it starts at the genesis' first_batch and first_number; after
// number 99,999,999 the batch goes up by one and the number starts at 1; after batch 9 issuing is
// refused (series_exhausted); the first invoice of a new year starts batch 1 with number 1.
//
// Money is integer fen (分). `amount_fen` is without tax, `total_fen` with tax (价税合计).
// Business state keeps what rules need: ids, totals, status, holder, the digest of the sealed body.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contract.hpp"
#include "ledger/contracts/civil_date.hpp"
#include "ledger/contracts/invoice_codes.hpp"

namespace cityledger::ledger {
namespace invoice {

/// issued -> transferred -> locked -> booked; locked -> issued or transferred (unlock);
/// issued, transferred -> part_red -> red; locked, booked -> red_after_book (after confirm_red).
enum class InvoiceStatus : std::uint8_t {
    issued,
    transferred,
    locked,          ///< claimed by the buyer, on the way into its books
    booked,          ///< in the buyer's books, for good
    part_red,        ///< reversed in part
    red,             ///< reversed in whole; final
    red_after_book,  ///< reversed in part or whole after a lock or booking; the buyer corrects
    red_letter,      ///< is itself a red-letter invoice
};

}  // namespace invoice

template <>
struct EnumNames<invoice::InvoiceStatus> {
    static constexpr std::string_view names[] = {"issued",   "transferred", "locked",
                                                 "booked",   "part_red",    "red",
                                                 "red_after_book", "red_letter"};
};

namespace invoice {

inline constexpr std::uint32_t k_code_digits = 12;
inline constexpr std::uint32_t k_number_digits = 8;
inline constexpr std::uint32_t k_check_code_characters = 5;
inline constexpr std::uint64_t k_last_number = 99'999'999;
inline constexpr std::uint32_t k_last_batch = 9;
inline constexpr std::uint32_t k_uscc_bytes = 18;
inline constexpr std::uint32_t k_max_categories = 32;
inline constexpr std::uint32_t k_max_category_bytes = 32;
inline constexpr std::uint32_t k_max_lines = 100;
inline constexpr std::uint32_t k_max_payment_reference_bytes = 64;
inline constexpr std::uint32_t k_max_sealed_body_bytes = 8 * 1024;
inline constexpr std::uint32_t k_max_reason_bytes = 256;

// ---- admission --------------------------------------------------------------------------------

/// What an enterprise may issue. All values are at least 1; totals count with tax.
struct Quota {
    std::int64_t per_invoice_fen = 0;
    std::uint32_t monthly_count = 0;
    std::int64_t monthly_amount_fen = 0;

    bool operator==(const Quota&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("per_invoice_fen", per_invoice_fen), field("monthly_count", monthly_count),
                field("monthly_amount_fen", monthly_amount_fen));
    }
};

/// Operation `admit`, by the tax bureau.
struct AdmitArguments {
    MemberId enterprise;
    std::vector<std::string> categories;  ///< e.g. "catering"
    Quota quota;
    std::optional<std::string> valid_until;  ///< last day, "YYYY-MM-DD"

    bool operator==(const AdmitArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("enterprise", enterprise),
                limited<k_max_categories>("categories", categories), field("quota", quota),
                limited<k_date_bytes>("valid_until", valid_until));
    }
};

/// Operation `set_quota`, by the tax bureau; counts for the running month too.
struct SetQuotaArguments {
    MemberId enterprise;
    Quota quota;

    bool operator==(const SetQuotaArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("enterprise", enterprise), field("quota", quota));
    }
};

/// Operations `freeze` and `unfreeze`, by the tax bureau; query `admission`.
struct EnterpriseArguments {
    MemberId enterprise;

    bool operator==(const EnterpriseArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("enterprise", enterprise));
    }
};

/// Record, and result of the query `admission`.
struct Admission {
    MemberId enterprise;
    std::vector<std::string> categories;
    Quota quota;
    std::optional<std::string> valid_until;
    bool frozen = false;

    bool operator==(const Admission&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("enterprise", enterprise),
                limited<k_max_categories>("categories", categories), field("quota", quota),
                limited<k_date_bytes>("valid_until", valid_until), field("frozen", frozen));
    }
};

// ---- issue ------------------------------------------------------------------------------------

struct Line {
    std::string name;                     ///< goods or service, e.g. "*catering*dinner"
    std::optional<std::string> quantity;  ///< text, not calculated with
    std::int64_t amount_fen = 0;          ///< without tax, above 0
    std::uint32_t rate_basis_points = 0;  ///< 600 is 6 %
    std::int64_t tax_fen = 0;             ///< amount * rate, rounded half up

    bool operator==(const Line&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<128>("name", name), limited<32>("quantity", quantity),
                field("amount_fen", amount_fen), field("rate_basis_points", rate_basis_points),
                field("tax_fen", tax_fen));
    }
};

/// Operation `issue`, by an admitted enterprise for itself. The lines are checked and not stored.
struct IssueArguments {
    std::string buyer;  ///< USCC; empty: a natural person
    std::string category;
    std::vector<Line> lines;
    std::int64_t total_fen = 0;  ///< with tax
    std::int64_t tax_fen = 0;
    std::string payment_reference;   ///< the seller's own; one live invoice for each
    std::optional<MemberId> holder;  ///< a consumer; none: the buyer, if it is an enterprise
    Digest content_digest;           ///< commitment to the sealed body
    Bytes sealed_body;               ///< for those who may read it; never in state

    bool operator==(const IssueArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_uscc_bytes>("buyer", buyer),
                limited<k_max_category_bytes>("category", category),
                limited<k_max_lines>("lines", lines), field("total_fen", total_fen),
                field("tax_fen", tax_fen),
                limited<k_max_payment_reference_bytes>("payment_reference", payment_reference),
                limited<k_max_member_id_bytes>("holder", holder),
                field("content_digest", content_digest),
                limited<k_max_sealed_body_bytes>("sealed_body", sealed_body));
    }
};

/// Result of `issue` and `red_letter`.
struct IssueResult {
    std::string code;        ///< 12 digits
    std::string number;      ///< 8 digits
    std::string check_code;  ///< 5 lower-case hexadecimal characters
    std::string date;        ///< the business day

    bool operator==(const IssueResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_check_code_characters>("check_code", check_code),
                limited<k_date_bytes>("date", date));
    }
};

/// Names an invoice: operations `unlock`, `book`, `confirm_red`, `void`; query `invoice`.
struct InvoiceArguments {
    std::string code;
    std::string number;

    bool operator==(const InvoiceArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number));
    }
};

/// What never changes about an invoice; the check code is the start of its hash.
struct Content {
    std::string code;
    std::string number;
    std::string date;
    MemberId seller;
    std::string buyer;
    std::string category;
    std::int64_t total_fen = 0;  ///< with tax; negative for a red-letter invoice
    std::int64_t tax_fen = 0;
    std::string payment_reference;
    Digest content_digest;
    std::optional<InvoiceArguments> red_of;  ///< the blue invoice that this one reverses
    std::string red_reason;

    bool operator==(const Content&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_date_bytes>("date", date),
                limited<k_max_member_id_bytes>("seller", seller),
                limited<k_uscc_bytes>("buyer", buyer),
                limited<k_max_category_bytes>("category", category),
                field("total_fen", total_fen), field("tax_fen", tax_fen),
                limited<k_max_payment_reference_bytes>("payment_reference", payment_reference),
                field("content_digest", content_digest), field("red_of", red_of),
                limited<k_max_reason_bytes>("red_reason", red_reason));
    }
};

/// The first 5 hexadecimal characters of the content's hash.
[[nodiscard]] std::string check_code_of(const Content& content);

/// Record, and result of the query `invoice`. In JSON the content's fields stand beside the others.
struct Invoice {
    Content content;
    std::string check_code;
    InvoiceStatus status = InvoiceStatus::issued;
    MemberId holder;  ///< empty: nobody on the chain
    std::uint32_t transfers = 0;
    bool booked = false;           ///< was booked, also if reversed later
    bool red_confirmed = false;    ///< the buyer agrees to the next red-letter invoice
    std::int64_t red_total_fen = 0;  ///< reversed so far, with tax, as a positive amount
    std::int64_t red_tax_fen = 0;

    bool operator==(const Invoice&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        content.serialize(archive);
        archive(limited<k_check_code_characters>("check_code", check_code),
                field("status", status), limited<k_max_member_id_bytes>("holder", holder),
                field("transfers", transfers), field("booked", booked),
                field("red_confirmed", red_confirmed), field("red_total_fen", red_total_fen),
                field("red_tax_fen", red_tax_fen));
    }
};

// ---- transfer, claim, reversal ----------------------------------------------------------------

/// Operation `transfer`, by the holder.
struct TransferArguments {
    std::string code;
    std::string number;
    MemberId to;

    bool operator==(const TransferArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_max_member_id_bytes>("to", to));
    }
};

/// Operation `lock`, by the buyer: claims the invoice exactly as it was issued.
struct LockArguments {
    std::string code;
    std::string number;
    Digest content_digest;

    bool operator==(const LockArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                field("content_digest", content_digest));
    }
};

/// Operation `red_letter`, by the issuer: reverses a part or all of a blue invoice. A locked or
/// booked invoice needs the buyer's confirm_red before each reversal.
struct RedLetterArguments {
    std::string code;
    std::string number;
    std::int64_t amount_fen = 0;  ///< without tax, positive or 0
    std::int64_t tax_fen = 0;     ///< positive or 0, not both 0
    std::string reason;

    bool operator==(const RedLetterArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                field("amount_fen", amount_fen), field("tax_fen", tax_fen),
                limited<k_max_reason_bytes>("reason", reason));
    }
};

// ---- queries ----------------------------------------------------------------------------------

/// Query `verify` (查验): what is printed on the invoice.
struct VerifyArguments {
    std::string code;
    std::string number;
    std::string seller;
    std::string check_code;

    bool operator==(const VerifyArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_max_member_id_bytes>("seller", seller),
                limited<k_check_code_characters>("check_code", check_code));
    }
};

struct VerifyResult {
    bool matches = false;
    std::optional<InvoiceStatus> status;  ///< only if it matches

    bool operator==(const VerifyResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("matches", matches), field("status", status));
    }
};

/// Query `quota`: the use of a month, "YYYY-MM".
struct QuotaArguments {
    MemberId enterprise;
    std::string month;

    bool operator==(const QuotaArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("enterprise", enterprise),
                limited<7>("month", month));
    }
};

/// Record per enterprise and month.
struct Usage {
    std::uint32_t count = 0;
    std::int64_t amount_fen = 0;

    bool operator==(const Usage&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("count", count), field("amount_fen", amount_fen));
    }
};

struct QuotaResult {
    Quota quota;
    Usage used;

    bool operator==(const QuotaResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("quota", quota), field("used", used));
    }
};

/// Query `payment`: the live invoice for a payment, if there is one.
struct PaymentArguments {
    MemberId seller;
    std::string payment_reference;

    bool operator==(const PaymentArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("seller", seller),
                limited<k_max_payment_reference_bytes>("payment_reference", payment_reference));
    }
};

struct PaymentResult {
    std::optional<InvoiceArguments> invoice;

    bool operator==(const PaymentResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("invoice", invoice));
    }
};

/// Queries `sales` and `purchases`: invoices of a seller or a buyer in the order of code and
/// number, above `after` ("code/number"). `limit` is 1 to 100, 100 if absent.
struct InvoicesArguments {
    MemberId enterprise;
    std::optional<std::string> after;
    std::optional<std::uint32_t> limit;

    bool operator==(const InvoicesArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("enterprise", enterprise),
                limited<21>("after", after), field("limit", limit));
    }
};

struct InvoiceSummary {
    std::string code;
    std::string number;
    std::string date;
    std::int64_t total_fen = 0;
    InvoiceStatus status = InvoiceStatus::issued;

    bool operator==(const InvoiceSummary&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_date_bytes>("date", date), field("total_fen", total_fen),
                field("status", status));
    }
};

struct InvoicesResult {
    std::vector<InvoiceSummary> invoices;
    std::optional<std::string> next;

    bool operator==(const InvoicesResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("invoices", invoices), field("next", next));
    }
};

/// Record, and result of the query `statistics`. Conservation, in fen and in invoices:
/// issued = red + booked + outstanding. Counts are of blue invoices: `red` is reversed in whole,
/// `booked` is booked and not reversed in whole, `outstanding` is the rest. A reversal moves its
/// amount from booked or outstanding to red.
struct Statistics {
    std::uint64_t issued_count = 0;
    std::uint64_t red_count = 0;
    std::uint64_t booked_count = 0;
    std::uint64_t outstanding_count = 0;
    std::int64_t issued_fen = 0;
    std::int64_t red_fen = 0;
    std::int64_t booked_fen = 0;
    std::int64_t outstanding_fen = 0;
    std::uint64_t red_letter_count = 0;  ///< red-letter invoices issued

    bool operator==(const Statistics&) const = default;
    [[nodiscard]] bool conserved() const;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("issued_count", issued_count), field("red_count", red_count),
                field("booked_count", booked_count),
                field("outstanding_count", outstanding_count), field("issued_fen", issued_fen),
                field("red_fen", red_fen), field("booked_fen", booked_fen),
                field("outstanding_fen", outstanding_fen),
                field("red_letter_count", red_letter_count));
    }
};

/// The genesis section. What is absent has its default.
struct GenesisSection {
    std::optional<std::string> region;          ///< default "4403", Shenzhen
    std::optional<std::uint32_t> first_batch;   ///< 1 to 9, default 1
    std::optional<std::uint32_t> first_number;  ///< 1 to 99,999,999, default 1

    bool operator==(const GenesisSection&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<4>("region", region), field("first_batch", first_batch),
                field("first_number", first_number));
    }
};

}  // namespace invoice
}  // namespace cityledger::ledger
