#pragma once
// The members whose keys lie in a network's folder, with what the chain knows of them.

#include <string>
#include <vector>

#include "sim/worlds/remote_world.hpp"

namespace cityledger::sim {

struct NetworkActor {
    ledger::MemberId id;
    std::string name;
    std::string kind;  ///< empty: a key, but no member
    std::vector<std::string> roles;
    std::string status;

    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(field("id", id), field("name", name), field("kind", kind), field("roles", roles),
                field("status", status));
    }
};

/// By id. From the chain if a node answers, else from the genesis.
[[nodiscard]] std::vector<NetworkActor> actors_of(const NetworkFolder& folder, RemoteWorld& world);

/// The actor of this id or name. Else, in words, what may have been meant.
[[nodiscard]] tl::expected<NetworkActor, std::string> find_actor(
    const std::vector<NetworkActor>& actors, const std::string& id_or_name);

/// Who signs the questions of a command, by id, name, or code of the register; nobody if none is
/// given.
[[nodiscard]] tl::expected<ledger::MemberId, std::string> asker_named(const NetworkFolder& folder,
                                                                      RemoteWorld& world,
                                                                      const std::string& name);

}  // namespace cityledger::sim
