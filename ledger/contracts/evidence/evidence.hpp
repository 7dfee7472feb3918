#pragma once
// Evidence (存证): a notary puts the digest of an electronic record on the chain, so that a court
// can later see that the record existed on a business day and is unchanged. After the judicial
// chain of the Hangzhou Internet Court, where a judgment rested on a hash check that was
// consistent. The chain holds digests and short codes, never content or names; what the record
// proves, the court weighs with the other evidence.
//
// deposited -> withdrawn. A digest is deposited once, by whomever; the first deposit keeps its day,
// and a withdrawn one stays visible with its reason.

#include <optional>
#include <string>

#include "ledger/contract.hpp"
#include "ledger/contracts/evidence/evidence_codes.hpp"
#include "ledger/contracts/values/civil_date.hpp"

namespace cityledger::ledger {
namespace evidence {

enum class WithdrawalReason : std::uint8_t { mistaken, replaced, ordered_by_court };

}  // namespace evidence

template <>
struct EnumNames<evidence::WithdrawalReason> {
    static constexpr std::string_view names[] = {"mistaken", "replaced", "ordered_by_court"};
};

namespace evidence {

inline constexpr std::uint32_t k_category_bytes = 16;

/// Operation `admit_notary`, by an operator.
struct NotaryArguments {
    MemberId notary;

    bool operator==(const NotaryArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("notary", notary));
    }
};

/// Operation `deposit`, by a notary.
struct DepositArguments {
    Digest digest;         ///< SHA-256 of the whole record
    std::string category;  ///< 1 to 16 of a-z and '_', e.g. "contract"

    bool operator==(const DepositArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("digest", digest), limited<k_category_bytes>("category", category));
    }
};

/// Operation `withdraw`, by the notary that deposited the record.
struct WithdrawArguments {
    Digest digest;
    WithdrawalReason reason = WithdrawalReason::mistaken;

    bool operator==(const WithdrawArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("digest", digest), field("reason", reason));
    }
};

/// Query `evidence`.
struct DigestArguments {
    Digest digest;

    bool operator==(const DigestArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("digest", digest));
    }
};

/// Query `on_chain_before`.
struct BeforeArguments {
    Digest digest;
    std::string day;

    bool operator==(const BeforeArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("digest", digest), limited<k_date_bytes>("day", day));
    }
};

/// Result of the query `on_chain_before`. A digest that nobody deposited is not on the chain.
struct BeforeResult {
    bool on_chain = false;   ///< deposited on a business day before the given one
    bool withdrawn = false;  ///< whenever

    bool operator==(const BeforeResult&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("on_chain", on_chain), field("withdrawn", withdrawn));
    }
};

/// Record, and result of the query `evidence`.
struct Evidence {
    Digest digest;
    std::string category;
    MemberId notary;
    std::string deposited_on;
    std::optional<std::string> withdrawn_on;
    std::optional<WithdrawalReason> reason;

    bool operator==(const Evidence&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("digest", digest), limited<k_category_bytes>("category", category),
                limited<k_max_member_id_bytes>("notary", notary),
                limited<k_date_bytes>("deposited_on", deposited_on),
                limited<k_date_bytes>("withdrawn_on", withdrawn_on), field("reason", reason));
    }
};

}  // namespace evidence

[[nodiscard]] Contract make_evidence_contract();

}  // namespace cityledger::ledger
