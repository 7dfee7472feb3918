// Who takes part: single actors and the lines that make many.

#include <algorithm>

#include "ledger/contracts/membership/membership.hpp"
#include "sim/scenario/actors.hpp"
#include "sim/scenario/reader.hpp"
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

void ScenarioReader::add_actor(Actor actor, Place place) {
    actor.place = place;
    for (const Actor& other : scenario_.actors) {
        if (other.name == actor.name) return fail(problem::name_taken(at(place), actor.name));
        if (other.id == actor.id) return fail(problem::name_taken(at(place), actor.id));
    }
    scenario_.actors.push_back(std::move(actor));
}

ScenarioReader::Words ScenarioReader::actor_names() const {
    Words names;
    for (const Actor& actor : scenario_.actors) names.push_back(actor.name);
    return names;
}

void ScenarioReader::read_one_actor(const Value& value) {
    const Words known = {"name", "id", "kind", "roles", "full_name", "enrolled"};
    if (!check_mapping(value, known, {"name", "id", "kind", "roles"})) return;
    Actor actor;
    actor.name = text_under(value, "name");
    if (!is_plain_name(actor.name)) {
        return fail(problem::out_of_range(at(*value.find("name")), said("problem.plain_name")));
    }
    actor.id = text_under(value, "id");
    actor.full_name = text_under(value, "full_name", actor.name);
    actor.kind = choice_of(*value.find("kind"), enum_words<ledger::membership::MemberKind>());
    for (const Value& role : list_of(*value.find("roles"), 1)) {
        actor.roles.push_back(choice_of(role, enum_words<ledger::membership::Role>()));
    }
    if (const Value* enrolled = value.find("enrolled")) {
        if (is_a(*enrolled, YamlKind::flag)) actor.enrolled = enrolled->flag;
    }
    if (!problem_ && actor.enrolled) check_member(actor, value);
    if (!problem_) add_actor(std::move(actor), value.place);
}

/// As the genesis will be refused or not.
void ScenarioReader::check_member(const Actor& actor, const Value& value) {
    const auto member = ledger::from_json<ledger::membership::GenesisMember>(member_json(actor));
    const Status fine =
        member ? ledger::membership::check_new_member(*member) : Status(propagate(member));
    if (fine) return;
    const std::string_view code = fine.error().code.name;
    const bool of_roles = code.starts_with("role_");
    const bool of_name = !member && fine.error().detail.starts_with("name ");
    const Value* field = value.find(of_roles ? "roles" : of_name ? "full_name" : "id");
    fail(problem::bad_member(at(field != nullptr ? *field : value), fine.error()));
}

void ScenarioReader::remember_actor(const Value& value) {
    const Value* name = value.find("name");
    if (name == nullptr || name->kind != YamlKind::text) return;
    if (scenario_.find_actor(name->text) != nullptr) return;
    Actor actor;
    actor.name = name->text;
    actor.id = name->text;
    if (const Value* roles = value.find("roles")) {
        for (const Value& role : roles->items) actor.roles.push_back(role.text);
    }
    scenario_.actors.push_back(std::move(actor));
}

void ScenarioReader::read_departments(const Value& value) {
    if (!check_mapping(value, {"departments"}, {"departments"})) return;
    const Value& which = *value.find("departments");
    if (which.kind == YamlKind::text) {
        static_cast<void>(choice_of(which, {"all"}));
        for (const Department& department : beijing_departments()) {
            add_actor(department_actor(department), which.place);
        }
        return;
    }
    Words known;
    for (const Department& department : beijing_departments()) known.push_back(department.code);
    for (const Value& code : list_of(which, 1)) {
        const std::string word = text_of(code);
        const auto found = std::find(known.begin(), known.end(), word);
        if (problem_) return;
        if (found == known.end()) return fail(problem::unknown_department(at(code), word, known));
        const auto index = static_cast<std::size_t>(found - known.begin());
        add_actor(department_actor(beijing_departments()[index]), code.place);
    }
}

void ScenarioReader::read_made_up(const Value& value, std::string_view key) {
    if (!check_mapping(value, {std::string(key), "name"}, {"name"})) return;
    const std::string prefix = text_under(value, "name");
    if (prefix.size() > 14 || !is_plain_name(prefix)) {
        return fail(problem::out_of_range(at(*value.find("name")), said("problem.group_name")));
    }
    const auto count = static_cast<std::uint32_t>(integer_under(value, key, 1, k_max_made_up, 1));
    const bool enterprises = key == "enterprises";
    const auto actors = enterprises
                            ? made_up_enterprises(prefix, 60'000 + made_up_enterprises_, count)
                            : made_up_consumers(prefix, count);
    if (enterprises) made_up_enterprises_ += count;
    for (const Actor& actor : actors) add_actor(actor, value.place);
}

void ScenarioReader::read_actors(const Value& value) {
    for (const Value& entry : list_of(value, 1)) {
        if (!is_a(entry, YamlKind::mapping)) {
            settle();
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
        if (problem_) remember_actor(entry);
        settle();
    }
}

}  // namespace cityledger::sim
