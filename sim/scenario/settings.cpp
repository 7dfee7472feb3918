#include "sim/scenario/settings.hpp"

#include <charconv>

#include "sim/scenario/problems.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

/// The value takes the place of the one that it replaces, so that messages name a line that exists.
void place_at(YamlValue& value, Place place) {
    value.place = place;
    for (YamlValue& item : value.items) place_at(item, place);
    for (YamlEntry& entry : value.entries) {
        entry.place = place;
        place_at(entry.value, place);
    }
}

YamlValue* item_of(YamlValue& list, std::string_view word) {
    std::size_t number = 0;
    const char* end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, number);
    if (error != std::errc{} || stop != end || number == 0 || number > list.items.size()) {
        return nullptr;
    }
    return &list.items[number - 1];
}

/// The value under one word of a path; added to a mapping that lacks it. Null if there is none.
YamlValue* step_into(YamlValue& value, std::string_view word) {
    if (value.kind == YamlKind::sequence) return item_of(value, word);
    if (value.kind != YamlKind::mapping || word.empty()) return nullptr;
    if (YamlValue* found = value.find(word)) return found;
    YamlValue added;
    added.kind = YamlKind::mapping;
    added.place = value.place;
    value.entries.push_back({std::string(word), value.place, std::move(added)});
    return &value.entries.back().value;
}

}  // namespace

Status apply_setting(YamlValue& root, const std::string& setting) {
    const auto wrong = [&](const std::string& detail) {
        return tl::unexpected<Error>(problem::bad_setting(setting, detail));
    };
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == setting.size()) {
        return wrong(said("problem.setting_form"));
    }
    auto value = parse_yaml(std::string_view(setting).substr(equals + 1), "--set");
    if (!value) return wrong(value.error().detail);
    YamlValue* target = &root;
    std::string_view path = std::string_view(setting).substr(0, equals);
    while (true) {
        const std::size_t dot = path.find('.');
        const std::string_view word = path.substr(0, dot);
        target = step_into(*target, word);
        if (target == nullptr) return wrong(said("problem.setting_path", {std::string(word)}));
        if (dot == std::string_view::npos) break;
        path.remove_prefix(dot + 1);
    }
    place_at(*value, target->place);
    *target = *std::move(value);
    return {};
}

}  // namespace cityledger::sim
