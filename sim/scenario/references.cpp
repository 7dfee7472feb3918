#include "sim/scenario/references.hpp"

#include <algorithm>

#include "sim/scenario/values.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;

// A checked reference inside another one: its signs are replaced by control characters, so that
// the outer one can be split. A saved name with a reference in it must be written the same way.
constexpr std::string_view k_signs = "${}.:";
constexpr std::string_view k_marks = "\1\2\3\4\5";

std::string translated(std::string text, std::string_view from, std::string_view to) {
    for (char& c : text) {
        const std::size_t place = from.find(c);
        if (place != std::string_view::npos) c = to[place];
    }
    return text;
}

std::string marked(const std::string& expression) {
    return translated("${" + expression + "}", k_signs, k_marks);
}

std::string unmarked(std::string root) { return translated(std::move(root), k_marks, k_signs); }

/// Whether a saved name with references in it ("reply_${d}") can be this name ("reply_AK").
bool may_become(std::string_view written, std::string_view name) {
    const std::size_t begin = written.find("${");
    const std::size_t end = written.rfind('}');
    if (begin == std::string_view::npos || end == std::string_view::npos) return false;
    const std::string_view suffix = written.substr(end + 1);
    return name.size() > begin + suffix.size() && name.starts_with(written.substr(0, begin)) &&
           name.ends_with(suffix);
}

std::vector<std::string> keys_of(const json::object& object) {
    std::vector<std::string> keys;
    for (const auto& entry : object) keys.emplace_back(entry.key());
    return keys;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

Example unknown() { return {std::nullopt, false}; }

}  // namespace

void References::save(const std::string& written, std::optional<json::value> shape) {
    saved_.insert_or_assign(written, std::move(shape));
}

bool References::is_saved(const std::string& written) const { return saved_.contains(written); }

void References::push(const std::string& variable, std::optional<json::value> example) {
    variables_.emplace_back(variable, std::move(example));
}

void References::pop(std::size_t count) { variables_.resize(variables_.size() - count); }

std::vector<std::string> References::known_roots() const {
    std::vector<std::string> known;
    for (const auto& [name, shape] : saved_) known.push_back(name);
    for (const auto& [name, example] : variables_) known.push_back(name);
    for (const Actor& actor : scenario_.actors) known.push_back(actor.name);
    return known;
}

std::optional<Example> References::root_value(const std::string& root) const {
    for (auto it = variables_.rbegin(); it != variables_.rend(); ++it) {
        if (it->first == root) return Example{it->second, false};
    }
    for (const auto& [written, shape] : saved_) {
        if (written == root || may_become(written, root)) return Example{shape, false};
    }
    if (scenario_.find_actor(root) != nullptr) return Example{json::value(root), true};
    return std::nullopt;
}

Result<Example> References::member_of(const Example& value, const std::string& root,
                                      const std::string& field, const FilePlace& at) const {
    const auto wrong = [&](const std::vector<std::string>& known) {
        return tl::unexpected<Error>(
            problem::bad_reference(at, "`" + root + "." + field + "`" + suggestion(field, known)));
    };
    if (!value.value) return unknown();
    if (const json::object* object = value.value->if_object()) {
        const json::value* member = object->if_contains(field);
        if (member == nullptr) return wrong(keys_of(*object));
        return Example{*member, value.exact};
    }
    if (const json::array* list = value.value->if_array()) {
        if (!is_number(field)) return wrong({});
        return list->empty() ? unknown() : Example{list->front(), false};
    }
    if (!value.value->is_string()) return wrong({});
    const Actor* actor = scenario_.find_actor(std::string_view(value.value->get_string()));
    if (actor == nullptr) return unknown();  // a text of which only the kind is known
    const auto found = actor_field(*actor, field);
    if (!found) return wrong({"id", "name", "full_name", "kind", "number"});
    return Example{*found, value.exact};
}

Result<Example> References::value_of(const std::string& expression, const FilePlace& at) const {
    const auto parts = split_reference(expression);
    if (!parts) {
        return tl::unexpected<Error>(
            problem::bad_reference(at, said("problem.bad_reference", {unmarked(expression)})));
    }
    const std::string root = unmarked(parts->root);
    const auto found = root_value(root);
    if (!found) {
        return tl::unexpected<Error>(
            problem::bad_reference(at, "`" + root + "`" + suggestion(root, known_roots())));
    }
    Example value = *found;
    for (const std::string& field : parts->path) {
        auto member = member_of(value, root, field, at);
        if (!member) return member;
        value = *std::move(member);
    }
    if (parts->width > 0) return Example{json::value(""), false};
    return value;
}

Result<Example> References::example_of_text(const YamlValue& value) const {
    const FilePlace at{scenario_.file, value.place};
    // From the inside out: what stands for a checked reference stays, marked.
    std::string text = value.text;
    bool replaced = false;
    while (true) {
        bool open = false;
        const auto reference = find_reference(text, 0, open);
        if (open) {
            return tl::unexpected<Error>(
                problem::bad_reference(at, said("problem.open_reference")));
        }
        if (!reference) break;
        auto found = value_of(reference->expression, at);
        if (!found) return found;
        if (reference->begin == 0 && reference->end == text.size()) return found;
        replaced = true;
        text.replace(reference->begin, reference->end - reference->begin,
                     marked(reference->expression));
    }
    return replaced ? Example{json::value(""), false} : Example{json::value(text), true};
}

Result<Example> References::example_of(const YamlValue& value) const {
    if (value.kind == YamlKind::text) return example_of_text(value);
    if (value.kind == YamlKind::sequence) {
        Example list{json::array(), true};
        for (const YamlValue& item : value.items) {
            auto element = example_of(item);
            if (!element) return element;
            list.exact = list.exact && element->exact;
            list.value->get_array().push_back(element->value.value_or(nullptr));
        }
        return list;
    }
    if (value.kind != YamlKind::mapping) return Example{plain_json(value), true};
    Example object{json::object(), true};
    for (const YamlEntry& entry : value.entries) {
        auto member = example_of(entry.value);
        if (!member) return member;
        object.exact = object.exact && member->exact;
        json::value shown = member->value.value_or(nullptr);
        if (!member->exact && entry.key.ends_with("_fen") && !shown.is_int64()) shown = 0;
        object.value->get_object()[entry.key] = std::move(shown);
    }
    return object;
}

}  // namespace cityledger::sim
