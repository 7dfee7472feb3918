#pragma once
// Arguments and results of the invoice contract's queries, and the totals of the city.

#include "ledger/contracts/invoice/records.hpp"

namespace cityledger::ledger::invoice {

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

/// Whoever asks learns this and nothing else.
struct VerifyResult {
    bool matches = false;

    bool operator==(const VerifyResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("matches", matches));
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
    std::uint32_t near_cap_day = 0;    ///< the last day of the month with invoices near the cap
    std::uint32_t near_cap_count = 0;  ///< how many that day

    bool operator==(const Usage&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("count", count), field("amount_fen", amount_fen),
                field("near_cap_day", near_cap_day), field("near_cap_count", near_cap_count));
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
                field("booked_count", booked_count), field("outstanding_count", outstanding_count),
                field("issued_fen", issued_fen), field("red_fen", red_fen),
                field("booked_fen", booked_fen), field("outstanding_fen", outstanding_fen),
                field("red_letter_count", red_letter_count));
    }
};

}  // namespace cityledger::ledger::invoice
