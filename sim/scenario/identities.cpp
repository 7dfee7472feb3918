#include "sim/scenario/identities.hpp"

#include "crypto/hash.hpp"
#include "ledger/contracts/values/registration_tag.hpp"

namespace cityledger::sim {

namespace {

constexpr std::string_view k_register_tag = "cityledger.scenario.register.v1";

bool takes_tags_only(const Scenario& scenario) {
    const boost::json::value* invoice = scenario.genesis.if_contains("invoice");
    if (invoice == nullptr || !invoice->is_object()) return false;
    const boost::json::value* flag = invoice->get_object().if_contains("tags_only");
    return flag != nullptr && flag->is_bool() && flag->get_bool();
}

crypto::SecretKey register_key(std::uint64_t seed) {
    const Digest digest = crypto::tagged_hash(k_register_tag, as_bytes(std::to_string(seed)));
    return crypto::SecretKey(digest.bytes);
}

}  // namespace

void hide_identities(Scenario& scenario) {
    if (!takes_tags_only(scenario)) return;
    const crypto::SecretKey key = register_key(scenario.seed);
    for (Actor& actor : scenario.actors) {
        if (actor.kind != "enterprise" && actor.kind != "person") continue;
        actor.registered_id = actor.id;
        actor.registered_name = actor.full_name;
        if (actor.kind == "enterprise") actor.id = ledger::registration_tag(key, actor.id);
        actor.full_name = actor.id;
    }
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
