#pragma once
// Genuine unified social credit codes whose last character fails the check: some were given out
// before 2016. Nobody can tell them from a typing error but the tax bureau, so each of them is
// registered by the bureau, under its own signature, before it can be used in the open. On a closed
// chain the bureau gives a tag, which has no check character.

#include "ledger/contracts/membership/membership.hpp"

namespace cityledger::ledger::membership {

/// Operation `except_code`, by the tax bureau; query `code_exception`.
struct CodeArguments {
    std::string id;  ///< the code as the business licence has it

    bool operator==(const CodeArguments&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("id", id));
    }
};

/// Record, and result of the query `code_exception`.
struct CodeException {
    std::string id;
    MemberId registered_by;

    bool operator==(const CodeException&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("id", id),
                limited<k_max_member_id_bytes>("registered_by", registered_by));
    }
};

/// As check_enterprise_id, and a code that fails nothing but the check of its last character passes
/// if an exception is registered for it.
[[nodiscard]] Status check_enterprise(Context& context, const std::string& id);

[[nodiscard]] Method except_code_operation();
[[nodiscard]] Method code_exception_query();

}  // namespace cityledger::ledger::membership
