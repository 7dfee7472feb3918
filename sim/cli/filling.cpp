#include "sim/cli/filling.hpp"

#include "crypto/hash.hpp"
#include "sim/cities/filling.hpp"

namespace cityledger::sim {
namespace {

constexpr std::string_view k_seed_tag = "cityledger.member.sealing-seed.v1";

/// The sealer's secret grows from a seed. A scenario's is public; a member's own comes of its key,
/// so that the same words seal to the same bytes and nobody else can try out words.
std::uint64_t seed_of(const crypto::PrivateKey& key) {
    const Digest digest = crypto::tagged_hash(k_seed_tag, as_bytes(key.to_pem()));
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < sizeof seed; ++i) seed = seed << 8 | digest.bytes[i];
    return seed;
}

Actor as_actor(const NetworkActor& member) {
    Actor actor;
    actor.name = member.name;
    actor.id = member.id;
    actor.kind = member.kind;
    actor.roles = member.roles;
    actor.full_name = member.name;
    return actor;
}

}  // namespace

Status fill_in(const ledger::Method& method, const NetworkActor& sender,
               const std::vector<NetworkActor>& actors, const std::optional<Register>& secrets,
               RemoteWorld& world, boost::json::object& arguments) {
    const auto key = world.key_of(sender.id);
    if (!key) return propagate(key);
    Scenario parties;
    parties.seed = seed_of(**key);
    for (const NetworkActor& actor : actors) parties.actors.push_back(as_actor(actor));
    parties.secrets = secrets;
    InvoiceSealer sealer(parties, world);
    return fill_in(method, as_actor(sender), sealer, world, arguments);
}

}  // namespace cityledger::sim
