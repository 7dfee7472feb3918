#include "sim/scenario/actors_reader.hpp"

#include <algorithm>

#include "ledger/contracts/membership/membership.hpp"
#include "sim/scenario/actors.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_made_up = 1000;

template <class E>
std::vector<std::string> enum_words() {
    const auto& names = ledger::EnumNames<E>::names;
    return {std::begin(names), std::end(names)};
}

/// Names are used in references, so they are plain words.
bool is_plain_name(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

}  // namespace

void ActorsReader::add_actor(Actor actor, Place place) {
    actor.place = place;
    for (const Actor& other : scenario_.actors) {
        if (other.name == actor.name)
            return in_.fail(problem::name_taken(in_.at(place), actor.name));
        if (other.id == actor.id) return in_.fail(problem::name_taken(in_.at(place), actor.id));
    }
    scenario_.actors.push_back(std::move(actor));
}

void ActorsReader::read_one_actor(const YamlValue& value) {
    const Words known = {"name", "id", "kind", "roles", "full_name", "enrolled"};
    if (!in_.check_mapping(value, known, {"name", "id", "kind", "roles"})) return;
    Actor actor;
    actor.name = in_.text_under(value, "name");
    if (!is_plain_name(actor.name)) {
        return in_.fail(
            problem::out_of_range(in_.at(*value.find("name")), said("problem.plain_name")));
    }
    actor.id = in_.text_under(value, "id");
    actor.full_name = in_.text_under(value, "full_name", actor.name);
    actor.kind = in_.choice_of(*value.find("kind"), enum_words<ledger::membership::MemberKind>());
    for (const YamlValue& role : in_.list_of(*value.find("roles"), 1)) {
        actor.roles.push_back(in_.choice_of(role, enum_words<ledger::membership::Role>()));
    }
    if (const YamlValue* enrolled = value.find("enrolled")) {
        if (in_.is_a(*enrolled, YamlKind::flag)) actor.enrolled = enrolled->flag;
    }
    if (!in_.failed() && actor.enrolled) check_member(actor, value);
    if (!in_.failed()) add_actor(std::move(actor), value.place);
}

/// As the genesis will be refused or not.
void ActorsReader::check_member(const Actor& actor, const YamlValue& value) {
    const auto member = ledger::from_json<ledger::membership::GenesisMember>(member_json(actor));
    const Status fine =
        member ? ledger::membership::check_new_member(*member) : Status(propagate(member));
    if (fine) return;
    const std::string_view code = fine.error().code.name;
    const bool of_roles = code.starts_with("role_");
    const bool of_name = !member && fine.error().detail.starts_with("name ");
    const YamlValue* field = value.find(of_roles ? "roles" : of_name ? "full_name" : "id");
    in_.fail(problem::bad_member(in_.at(field != nullptr ? *field : value), fine.error()));
}

void ActorsReader::remember_actor(const YamlValue& value) {
    const YamlValue* name = value.find("name");
    if (name == nullptr || name->kind != YamlKind::text) return;
    if (scenario_.find_actor(name->text) != nullptr) return;
    Actor actor;
    actor.name = name->text;
    actor.id = name->text;
    if (const YamlValue* roles = value.find("roles")) {
        for (const YamlValue& role : roles->items) actor.roles.push_back(role.text);
    }
    scenario_.actors.push_back(std::move(actor));
}

void ActorsReader::read_departments(const YamlValue& value) {
    if (!in_.check_mapping(value, {"departments"}, {"departments"})) return;
    const YamlValue& which = *value.find("departments");
    if (which.kind == YamlKind::text) {
        static_cast<void>(in_.choice_of(which, {"all"}));
        for (const Department& department : beijing_departments()) {
            add_actor(department_actor(department), which.place);
        }
        return;
    }
    Words known;
    for (const Department& department : beijing_departments()) known.push_back(department.code);
    for (const YamlValue& code : in_.list_of(which, 1)) {
        const std::string word = in_.text_of(code);
        const auto found = std::find(known.begin(), known.end(), word);
        if (in_.failed()) return;
        if (found == known.end())
            return in_.fail(problem::unknown_department(in_.at(code), word, known));
        const auto index = static_cast<std::size_t>(found - known.begin());
        add_actor(department_actor(beijing_departments()[index]), code.place);
    }
}

void ActorsReader::read_made_up(const YamlValue& value, std::string_view key) {
    if (!in_.check_mapping(value, {std::string(key), "name"}, {"name"})) return;
    const std::string prefix = in_.text_under(value, "name");
    if (prefix.size() > 14 || !is_plain_name(prefix)) {
        return in_.fail(
            problem::out_of_range(in_.at(*value.find("name")), said("problem.group_name")));
    }
    const auto count =
        static_cast<std::uint32_t>(in_.integer_under(value, key, 1, k_max_made_up, 1));
    const bool enterprises = key == "enterprises";
    const auto actors = enterprises
                            ? made_up_enterprises(prefix, 60'000 + made_up_enterprises_, count)
                            : made_up_consumers(prefix, count);
    if (enterprises) made_up_enterprises_ += count;
    for (const Actor& actor : actors) add_actor(actor, value.place);
}

void ActorsReader::read(const YamlValue& value) {
    for (const YamlValue& entry : in_.list_of(value, 1)) {
        if (!in_.is_a(entry, YamlKind::mapping)) {
            in_.settle();
            continue;
        }
        if (entry.find("departments") != nullptr) {
            read_departments(entry);
        } else if (entry.find("enterprises") != nullptr) {
            read_made_up(entry, "enterprises");
        } else if (entry.find("consumers") != nullptr) {
            read_made_up(entry, "consumers");
        } else {
            read_one_actor(entry);
        }
        if (in_.failed()) remember_actor(entry);
        in_.settle();
    }
}

}  // namespace cityledger::sim
