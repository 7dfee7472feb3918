#include "sim/cli/filling.hpp"

#include "crypto/hash.hpp"
#include "sim/cities/invoice_sealer.hpp"
#include "sim/scenario/scenario.hpp"

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

Status seal(const NetworkActor& sender, const std::vector<NetworkActor>& actors, RemoteWorld& world,
            boost::json::object& arguments) {
    const auto key = world.key_of(sender.id);
    if (!key) return propagate(key);
    Scenario parties;
    parties.seed = seed_of(**key);
    for (const NetworkActor& actor : actors) parties.actors.push_back(as_actor(actor));
    return InvoiceSealer(parties, world).seal(as_actor(sender), arguments);
}

}  // namespace

Status fill_in(const ledger::Method& method, const NetworkActor& sender,
               const std::vector<NetworkActor>& actors, RemoteWorld& world,
               boost::json::object& arguments) {
    const auto lacks = [&](std::string_view field) {
        return is_filled_in(method, field) && !arguments.contains(field);
    };
    if (lacks("content_digest")) {
        if (const Status sealed = seal(sender, actors, world, arguments); !sealed) return sealed;
    }
    if (lacks("sealed_body")) arguments["sealed_body"] = "";
    const boost::json::value* id = arguments.if_contains("id");
    if (lacks("public_key") && id != nullptr && id->is_string()) {
        const auto key = world.make_key(ledger::MemberId(id->get_string()));
        if (!key) return propagate(key);
        arguments["public_key"] = to_hex(ByteView(key->bytes));
    }
    return {};
}

}  // namespace cityledger::sim
