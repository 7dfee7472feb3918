#pragma once
// Receivables (应收账款融资): a supplier asks a bank for an advance on an invoice, the buyer
// confirms that it will pay, the bank finances it. An invoice backs one financing, across all
// banks, and a red-letter invoice on a financed one alerts the bank at once. After the trade
// finance platform of the Bay Area; splitting a receivable among suppliers of suppliers is not part
// of it.
//
// requested -> confirmed -> financed -> settled. The supplier may ask another bank until one has
// financed; what is settled stays settled.

#include <optional>
#include <string>

#include "ledger/contract.hpp"
#include "ledger/contracts/receivables/receivables_codes.hpp"
#include "ledger/contracts/values/civil_date.hpp"

namespace cityledger::ledger {
namespace receivables {

enum class ReceivableStatus : std::uint8_t { requested, confirmed, financed, settled };

}  // namespace receivables

template <>
struct EnumNames<receivables::ReceivableStatus> {
    static constexpr std::string_view names[] = {"requested", "confirmed", "financed", "settled"};
};

namespace receivables {

inline constexpr std::uint32_t k_code_bytes = 12;
inline constexpr std::uint32_t k_number_bytes = 8;

/// Operation `admit_bank`, by an operator.
struct BankArguments {
    MemberId bank;

    bool operator==(const BankArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("bank", bank));
    }
};

/// Operation `request`, by the seller of the invoice.
struct RequestArguments {
    std::string code;
    std::string number;
    MemberId bank;

    bool operator==(const RequestArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_bytes>("code", code), limited<k_number_bytes>("number", number),
                limited<k_max_member_id_bytes>("bank", bank));
    }
};

/// Operation `confirm`, by the buyer: it will pay on that day.
struct ConfirmArguments {
    std::string code;
    std::string number;
    std::string due_on;

    bool operator==(const ConfirmArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_bytes>("code", code), limited<k_number_bytes>("number", number),
                limited<k_date_bytes>("due_on", due_on));
    }
};

/// Operation `finance`, by the bank that was asked.
struct FinanceArguments {
    std::string code;
    std::string number;
    std::int64_t advance_fen = 0;

    bool operator==(const FinanceArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_bytes>("code", code), limited<k_number_bytes>("number", number),
                field("advance_fen", advance_fen));
    }
};

/// Operation `settle`, by the bank once it is paid; query `receivable`.
struct ReceivableArguments {
    std::string code;
    std::string number;

    bool operator==(const ReceivableArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_bytes>("code", code), limited<k_number_bytes>("number", number));
    }
};

/// Record, and result of the query `receivable`.
struct Receivable {
    std::string code;
    std::string number;
    MemberId supplier;
    MemberId debtor;
    MemberId bank;  ///< that was asked, and has financed once the status says so
    ReceivableStatus status = ReceivableStatus::requested;
    std::string due_on;  ///< empty until it is confirmed
    std::int64_t advance_fen = 0;

    bool operator==(const Receivable&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_code_bytes>("code", code), limited<k_number_bytes>("number", number),
                limited<k_max_member_id_bytes>("supplier", supplier),
                limited<k_max_member_id_bytes>("debtor", debtor),
                limited<k_max_member_id_bytes>("bank", bank), field("status", status),
                limited<k_date_bytes>("due_on", due_on), field("advance_fen", advance_fen));
    }
};

/// Emits receivables.reversed with subject bank/code/number if a financed invoice is reversed.
void alert_bank(Context& context, std::string_view event, std::string_view subject);

}  // namespace receivables

[[nodiscard]] Contract make_receivables_contract();

}  // namespace cityledger::ledger
