#include "sim/scenario/identities.hpp"

#include "crypto/hash.hpp"

namespace cityledger::sim {

namespace {

constexpr std::string_view k_register_tag = "cityledger.scenario.register.v1";

bool takes_tags_only(const Scenario& scenario) {
    const boost::json::value* invoice = scenario.genesis.if_contains("invoice");
    if (invoice == nullptr || !invoice->is_object()) return true;
    const boost::json::value* flag = invoice->get_object().if_contains("tags_only");
    return flag == nullptr || !flag->is_bool() || flag->get_bool();
}

}  // namespace

Register register_of_seed(std::uint64_t seed) {
    return Register(crypto::tagged_hash(k_register_tag, as_bytes(std::to_string(seed))));
}

void hide_identities(Scenario& scenario, const Register& secrets) {
    if (!takes_tags_only(scenario)) return;
    scenario.secrets = secrets;
    for (Actor& actor : scenario.actors) {
        if (actor.kind != "enterprise" && actor.kind != "person") continue;
        actor.registered_id = actor.id;
        actor.registered_name = actor.full_name;
        actor.id = secrets.tag_of(actor.kind, actor.id);
        actor.full_name = actor.id;
    }
}

void hide_payment(const std::optional<Register>& secrets, boost::json::object& arguments) {
    constexpr std::size_t k_commitment_digits = 64;
    boost::json::value* reference = arguments.if_contains("payment_reference");
    if (!secrets || reference == nullptr || !reference->is_string()) return;
    const std::string open(reference->get_string());
    const bool is_commitment = open.size() == k_commitment_digits &&
                               open.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!is_commitment && !open.empty()) *reference = secrets->commitment_to(open);
}

std::string identity_of(const Scenario& scenario, const ledger::MemberId& id) {
    for (const Actor& actor : scenario.actors) {
        if (actor.id != id) continue;
        if (actor.registered_id.empty()) return actor.id + " " + actor.full_name;
        return actor.registered_id + " " + actor.registered_name;
    }
    return id;
}

}  // namespace cityledger::sim
