#include "sim/scenario/names_reader.hpp"

#include <algorithm>

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::int64_t k_max_weight = 1'000'000;

bool contains(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Words NamesReader::actor_names() const {
    Words names;
    for (const Actor& actor : scenario_.actors) names.push_back(actor.name);
    return names;
}

std::string NamesReader::read_actor(const YamlValue& value) {
    const std::string name = in_.text_of(value);
    if (in_.failed()) return name;
    if (name.find("${") != std::string::npos) {
        const auto example = references_.example_of(value);
        if (!example) in_.fail(example.error());
    } else if (scenario_.find_actor(name) == nullptr) {
        in_.fail(problem::unknown_actor(in_.at(value), name, actor_names()));
    }
    return name;
}

std::string NamesReader::asker_under(const YamlValue& value) {
    const YamlValue* as = value.find("as");
    if (as == nullptr || in_.failed()) return {};
    const bool nobody = as->kind == YamlKind::text && as->text == k_anybody;
    return nobody ? std::string(k_anybody) : read_actor(*as);
}

/// The actors of a group or role, or if there is none, the one actor of this name.
Words NamesReader::members_of(const std::string& word, Place place) {
    Words names;
    Words known;
    const auto remember = [&](const std::string& group) {
        if (!group.empty() && !contains(known, group)) known.push_back(group);
    };
    for (const Actor& actor : scenario_.actors) {
        if (contains(actor.roles, word) || actor.group == word) names.push_back(actor.name);
        remember(actor.group);
        for (const std::string& role : actor.roles) remember(role);
    }
    if (names.empty() && scenario_.find_actor(word) != nullptr) names.push_back(word);
    if (!in_.failed() && names.empty())
        in_.fail(problem::unknown_actor(in_.at(place), word, known));
    return names;
}

Words NamesReader::read_actor_group(const YamlValue& value) {
    if (value.kind != YamlKind::sequence) return members_of(in_.text_of(value), value.place);
    Words names;
    for (const YamlValue& name : in_.list_of(value, 1)) {
        const std::string word = in_.text_of(name);
        if (in_.failed()) return names;
        if (scenario_.find_actor(word) == nullptr) {
            in_.fail(problem::unknown_actor(in_.at(name), word, actor_names()));
            return names;
        }
        names.push_back(word);
    }
    return names;
}

std::vector<WeightedActors> NamesReader::read_choices(const YamlValue& value) {
    std::vector<WeightedActors> choices;
    if (value.kind != YamlKind::mapping) {
        choices.push_back({1, read_actor_group(value)});
        return choices;
    }
    for (const YamlEntry& entry : value.entries) {
        const auto weight =
            static_cast<std::uint64_t>(in_.integer_of(entry.value, 1, k_max_weight));
        choices.push_back({weight, members_of(entry.key, entry.place)});
    }
    if (choices.empty()) in_.fail(problem::out_of_range(in_.at(value), said("problem.list_short")));
    return choices;
}

}  // namespace cityledger::sim
