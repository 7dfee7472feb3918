#pragma once
// Records and arguments of the invoice contract; invoice.hpp describes the rules.

#include <optional>
#include <string>
#include <vector>

#include "ledger/contract.hpp"
#include "ledger/contracts/invoice/invoice_codes.hpp"
#include "ledger/contracts/invoice/lines.hpp"
#include "ledger/contracts/values/civil_date.hpp"

namespace cityledger::ledger {
namespace invoice {

/// issued -> transferred -> locked -> booked; locked -> issued or transferred (unlock). A reversal
/// in part leaves the status, and what is left can be passed on, claimed and booked. Reversed in
/// whole: issued, transferred -> red; locked, booked -> red_after_book (after confirm_red).
enum class InvoiceStatus : std::uint8_t {
    issued,
    transferred,
    locked,          ///< claimed by the buyer, on the way into its books
    booked,          ///< in the buyer's books, for good
    red,             ///< reversed in whole; final
    red_after_book,  ///< reversed in whole after a lock or booking; the buyer corrects; final
    red_letter,      ///< is itself a red-letter invoice
};

/// Why an invoice is reversed. The words that belong to it stand in documents, not on the chain.
enum class RedReason : std::uint8_t {
    goods_returned,  ///< 销货退回
    discount,        ///< 销售折让
    error,           ///< 开票有误
    service_ended,   ///< 服务中止
};

}  // namespace invoice

template <>
struct EnumNames<invoice::InvoiceStatus> {
    static constexpr std::string_view names[] = {"issued", "transferred",    "locked",    "booked",
                                                 "red",    "red_after_book", "red_letter"};
};
template <>
struct EnumNames<invoice::RedReason> {
    static constexpr std::string_view names[] = {"return", "discount", "error", "service_ended"};
};

namespace invoice {

inline constexpr std::uint32_t k_code_digits = 12;
inline constexpr std::uint32_t k_number_digits = 8;
inline constexpr std::uint32_t k_check_code_characters = 5;
inline constexpr std::uint64_t k_last_number = 99'999'999;
inline constexpr std::uint32_t k_last_batch = 9;
/// The last numbers of a year: what was sold can be taken back when nothing more can be sold.
inline constexpr std::uint64_t k_numbers_for_reds = 1'000'000;
inline constexpr std::uint32_t k_uscc_bytes = 18;
inline constexpr std::uint32_t k_max_categories = 32;
inline constexpr std::uint32_t k_max_category_bytes = 32;
inline constexpr std::uint32_t k_max_payment_reference_bytes = 64;
inline constexpr std::uint32_t k_max_sealed_body_bytes = 48 * 1024;
inline constexpr std::uint32_t k_max_wrapped_key_bytes = 64;

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

/// Operation `renew`, by the tax bureau: the categories and the last day of an admission, expired
/// or not, from now on.
struct RenewArguments {
    MemberId enterprise;
    std::vector<std::string> categories;
    std::optional<std::string> valid_until;

    bool operator==(const RenewArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("enterprise", enterprise),
                limited<k_max_categories>("categories", categories),
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

/// Operations `freeze`, `unfreeze` and `mark_abnormal`, by the tax bureau; query `admission`.
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
    std::string admitted_on;  ///< the business day
    bool frozen = false;
    bool abnormal = false;  ///< its booked invoices are a risk to the bookers

    bool operator==(const Admission&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("enterprise", enterprise),
                limited<k_max_categories>("categories", categories), field("quota", quota),
                limited<k_date_bytes>("valid_until", valid_until),
                limited<k_date_bytes>("admitted_on", admitted_on), field("frozen", frozen),
                field("abnormal", abnormal));
    }
};

// ---- issue ------------------------------------------------------------------------------------

/// Operation `issue`, by an admitted enterprise. Of the lines the state keeps what each charged;
/// what was sold, and the names of the parties, stand in the sealed body only.
struct IssueArguments {
    std::string buyer;  ///< registration tag or USCC; empty: a natural person
    std::string category;
    std::vector<Line> lines;
    std::int64_t total_fen = 0;  ///< with tax
    std::int64_t tax_fen = 0;
    /// The seller's own, one live invoice for each. On a closed chain a commitment: see
    /// payment_commitment in values/registration_tag.hpp.
    std::string payment_reference;
    std::optional<MemberId> holder;     ///< a consumer; none: the buyer, if it is an enterprise
    Digest content_digest;              ///< commitment to the sealed body
    Bytes sealed_body;                  ///< for those who may read it; never in state
    std::optional<MemberId> principal;  ///< whom the sender, a service provider, acts for

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
                limited<k_max_sealed_body_bytes>("sealed_body", sealed_body),
                limited<k_max_member_id_bytes>("principal", principal));
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

/// Names an invoice; query `invoice`.
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
    std::optional<RedReason> red_reason;     ///< of a red-letter invoice

    bool operator==(const Content&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_date_bytes>("date", date),
                limited<k_max_member_id_bytes>("seller", seller),
                limited<k_uscc_bytes>("buyer", buyer),
                limited<k_max_category_bytes>("category", category), field("total_fen", total_fen),
                field("tax_fen", tax_fen),
                limited<k_max_payment_reference_bytes>("payment_reference", payment_reference),
                field("content_digest", content_digest), field("red_of", red_of),
                field("red_reason", red_reason));
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
    bool booked = false;  ///< was booked, also if reversed later
    /// With tax: what the buyer agrees to see reversed next; none: it agrees to nothing.
    std::optional<std::int64_t> red_agreed_fen;
    std::int64_t red_total_fen = 0;  ///< reversed so far, with tax, as a positive amount
    std::int64_t red_tax_fen = 0;
    std::vector<Charge> charges;           ///< one for each line; none of a red-letter invoice
    std::vector<Reversal> reversals;       ///< so far, by line; of a red-letter invoice its own
    std::optional<Digest> offer;           ///< commitment to a one-time view key
    std::optional<std::string> booked_on;  ///< the business day

    bool operator==(const Invoice&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        content.serialize(archive);
        archive(limited<k_check_code_characters>("check_code", check_code), field("status", status),
                limited<k_max_member_id_bytes>("holder", holder), field("transfers", transfers),
                field("booked", booked), field("red_agreed_fen", red_agreed_fen),
                field("red_total_fen", red_total_fen), field("red_tax_fen", red_tax_fen),
                limited<k_max_lines>("charges", charges),
                limited<k_max_lines>("reversals", reversals), field("offer", offer),
                limited<k_date_bytes>("booked_on", booked_on));
    }
};

// ---- transfer, claim, reversal ----------------------------------------------------------------

/// Operation `transfer`, by the holder.
struct TransferArguments {
    std::string code;
    std::string number;
    MemberId to;
    std::optional<MemberId> principal;

    bool operator==(const TransferArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_max_member_id_bytes>("to", to),
                limited<k_max_member_id_bytes>("principal", principal));
    }
};

/// Operations `unlock`, `book`, `void`.
struct ActArguments {
    std::string code;
    std::string number;
    std::optional<MemberId> principal;

    bool operator==(const ActArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_max_member_id_bytes>("principal", principal));
    }
};

/// Operation `offer`, by the holder: whoever shows the view key that this commits to becomes the
/// holder, once. The holder hands the key over outside the chain (a QR code). A new offer, a
/// transfer or a claim ends an old one.
struct OfferArguments {
    std::string code;
    std::string number;
    Digest commitment;  ///< view_key_commitment of the key and its receiver
    Bytes wrapped_key;  ///< the body's content key for who knows the view key; not stored
    std::optional<MemberId> principal;

    bool operator==(const OfferArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                field("commitment", commitment),
                limited<k_max_wrapped_key_bytes>("wrapped_key", wrapped_key),
                limited<k_max_member_id_bytes>("principal", principal));
    }
};

/// Operation `accept`, by the member that the offer was made for.
struct AcceptArguments {
    std::string code;
    std::string number;
    Digest view_key;
    std::optional<MemberId> principal;

    bool operator==(const AcceptArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                field("view_key", view_key),
                limited<k_max_member_id_bytes>("principal", principal));
    }
};

/// Binds a one-time view key to its receiver, so that nobody who sees it pass can use it.
[[nodiscard]] Digest view_key_commitment(const Digest& view_key, const MemberId& receiver);

/// Operation `lock`, by the buyer: claims the invoice exactly as it was issued. The buyer must hold
/// it: who sold it or who paid for it has handed it over, to nobody else.
struct LockArguments {
    std::string code;
    std::string number;
    Digest content_digest;
    std::optional<MemberId> principal;

    bool operator==(const LockArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                field("content_digest", content_digest),
                limited<k_max_member_id_bytes>("principal", principal));
    }
};

/// Operation `confirm_red`, by the buyer of a locked or booked invoice: it agrees to one reversal
/// of exactly this much. Until the reversal comes, a new agreement replaces the old one.
struct ConfirmRedArguments {
    std::string code;
    std::string number;
    std::int64_t total_fen = 0;  ///< with tax, above 0
    std::optional<MemberId> principal;

    bool operator==(const ConfirmRedArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                field("total_fen", total_fen),
                limited<k_max_member_id_bytes>("principal", principal));
    }
};

/// Operation `red_letter`, by the issuer: reverses a part or all of a blue invoice (lines.hpp has
/// the arithmetic). A locked or booked invoice needs the buyer's confirm_red before each reversal.
struct RedLetterArguments {
    std::string code;
    std::string number;
    std::vector<Reversal> lines;  ///< by line in ascending order; none: all that is left
    RedReason reason = RedReason::goods_returned;
    std::optional<MemberId> principal;

    bool operator==(const RedLetterArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_digits>("code", code), limited<k_number_digits>("number", number),
                limited<k_max_lines>("lines", lines), field("reason", reason),
                limited<k_max_member_id_bytes>("principal", principal));
    }
};

}  // namespace invoice
}  // namespace cityledger::ledger
