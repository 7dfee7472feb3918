#include "sim/scenario/register.hpp"

#include "ledger/contracts/values/registration_tag.hpp"

namespace cityledger::sim {

Register::Register(const Digest& secret)
    : secret_(secret),
      names_(crypto::derive_key(secret.view(), {}, as_bytes("cityledger.register.names.v1"))),
      payments_(
          crypto::derive_key(secret.view(), {}, as_bytes("cityledger.register.payments.v1"))) {}

std::string Register::tag_of(std::string_view kind, std::string_view id) const {
    return kind == "person" ? ledger::person_tag(names_, id) : ledger::registration_tag(names_, id);
}

std::string Register::commitment_to(std::string_view payment_reference) const {
    return ledger::payment_commitment(payments_, payment_reference);
}

}  // namespace cityledger::sim
