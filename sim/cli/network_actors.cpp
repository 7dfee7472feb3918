// actors: who the network's folder holds keys for.

#include "sim/cli/network_actors.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "ledger/contracts/membership/membership.hpp"
#include "node/io/config_files.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_register.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/scenario/problems.hpp"
#include "sim/scenario/terminal_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_id_columns = 20;
constexpr std::size_t k_actor_name_columns = 20;
constexpr std::size_t k_kind_columns = 11;

std::vector<ledger::MemberId> ids_with_keys(const NetworkFolder& folder) {
    std::vector<ledger::MemberId> ids;
    std::error_code error;
    for (fs::directory_iterator entry(folder.actors(), error), end; !error && entry != end;
         entry.increment(error)) {
        const fs::path& path = entry->path();
        if (path.extension() == ".pem") ids.push_back(path.stem().string());
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

void take_record(NetworkActor& actor, const boost::json::value& record) {
    actor.name = record.at("name").as_string();
    actor.kind = record.at("kind").as_string();
    actor.roles.clear();
    for (const boost::json::value& role : record.at("roles").as_array()) {
        actor.roles.emplace_back(role.as_string());
    }
    actor.status = record.at("status").as_string();
}

std::vector<ledger::membership::GenesisMember> genesis_members(const NetworkFolder& folder) {
    const auto text = io::read_text_file(folder.genesis());
    const auto genesis =
        text ? ledger::genesis_from_text(*text) : Result<ledger::Genesis>(propagate(text));
    const auto business = genesis ? ledger::parse_json(genesis->business)
                                  : Result<boost::json::value>(propagate(genesis));
    if (!business || !business->is_object()) return {};
    const boost::json::value* section = business->get_object().if_contains("membership");
    if (section == nullptr) return {};
    auto read = ledger::from_json<ledger::membership::GenesisSection>(*section);
    if (!read) return {};
    return std::move(read->members);
}

void take_genesis(const NetworkFolder& folder, std::vector<NetworkActor>& actors) {
    for (const auto& member : genesis_members(folder)) {
        for (NetworkActor& actor : actors) {
            if (actor.id != member.id) continue;
            boost::json::object record = ledger::to_json(member).as_object();
            record["status"] = "active";
            take_record(actor, record);
        }
    }
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "-" : text;
}

void print_actor(const std::string& id, const std::string& name, const std::string& kind,
                 const std::string& roles) {
    std::printf("%s %s %s %s\n", to_width(id, k_id_columns).c_str(),
                to_width(printable(name), k_actor_name_columns).c_str(),
                to_width(kind, k_kind_columns).c_str(), roles.c_str());
}

/// The first of them that the chain takes as an asker: members are told to members only.
ledger::MemberId known_member(const std::vector<NetworkActor>& actors, RemoteWorld& world) {
    for (const NetworkActor& actor : actors) {
        const auto self =
            world.query("membership", "member", {{"id", actor.id}}, std::nullopt, actor.id);
        if (self) return actor.id;
        if (self.error().code.kind == RefusalKind::unreachable) break;
    }
    return {};
}

}  // namespace

std::vector<NetworkActor> actors_of(const NetworkFolder& folder, RemoteWorld& world) {
    std::vector<NetworkActor> actors;
    for (const ledger::MemberId& id : ids_with_keys(folder)) {
        NetworkActor& actor = actors.emplace_back();
        actor.id = id;
    }
    const ledger::MemberId asker = known_member(actors, world);
    for (NetworkActor& actor : actors) {
        const auto record =
            world.query("membership", "member", {{"id", actor.id}}, std::nullopt, asker);
        if (record) {
            take_record(actor, *record);
        } else if (record.error().code.kind == RefusalKind::unreachable) {
            take_genesis(folder, actors);
            break;
        }
    }
    return actors;
}

tl::expected<NetworkActor, std::string> find_actor(const std::vector<NetworkActor>& actors,
                                                   const std::string& id_or_name) {
    std::vector<std::string> known;
    std::vector<NetworkActor> named;
    for (const NetworkActor& actor : actors) {
        if (actor.id == id_or_name) return actor;
        if (actor.name == id_or_name) named.push_back(actor);
        known.push_back(actor.id);
        if (!actor.name.empty()) known.push_back(actor.name);
    }
    if (named.size() == 1) return named.front();
    if (named.size() > 1) {
        return tl::unexpected<std::string>(said("actors.several", {id_or_name}));
    }
    return tl::unexpected<std::string>(
        said("actors.unknown", {id_or_name, suggestion(id_or_name, known), own_name()}));
}

tl::expected<ledger::MemberId, std::string> asker_named(const NetworkFolder& folder,
                                                        RemoteWorld& world,
                                                        const std::string& name) {
    if (name.empty()) return ledger::MemberId();
    const auto secrets = register_of(folder);
    if (!secrets) return tl::unexpected<std::string>(message_of(secrets.error()));
    const auto actor = find_actor(actors_of(folder, world), hidden_id(*secrets, name));
    if (!actor) return tl::unexpected<std::string>(actor.error());
    return actor->id;
}

int run_actors(const std::string& path, bool json) {
    const NetworkFolder folder = folder_at(path);
    const auto network = read_network(folder);
    if (!network) return fail(network.error());
    RemoteWorld world(folder, *network);
    const std::vector<NetworkActor> actors = actors_of(folder, world);
    if (json) {
        std::fputs(ledger::pretty_json(ledger::to_json(actors)).c_str(), stdout);
        return 0;
    }
    print_actor("id", "name", "kind", "roles");
    for (const NetworkActor& actor : actors) {
        const std::string roles = actor.kind.empty()         ? said("actors.no_member")
                                  : actor.status == "active" ? joined(actor.roles)
                                                             : actor.status;
        print_actor(actor.id, actor.name, actor.kind, roles);
    }
    return 0;
}

}  // namespace cityledger::sim
