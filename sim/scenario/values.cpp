#include "sim/scenario/values.hpp"

#include <algorithm>
#include <charconv>

#include "ledger/codec/json.hpp"
#include "sim/scenario/actors.hpp"

namespace cityledger::sim {

namespace {

namespace json = boost::json;

constexpr int k_max_replacements = 64;  // of one text

/// The value of a root: a loop variable, a saved result, or the name of an actor.
std::optional<json::value> root_value(const Scope& scope, const std::string& root) {
    for (auto it = scope.variables.rbegin(); it != scope.variables.rend(); ++it) {
        if (it->first == root) return it->second;
    }
    const auto saved = scope.saved.find(root);
    if (saved != scope.saved.end()) return saved->second;
    if (scope.scenario->find_actor(root) != nullptr) return json::value(root);
    return std::nullopt;
}

std::optional<json::value> member_of(const Scope& scope, const json::value& value,
                                     const std::string& field) {
    if (value.is_object()) {
        const json::value* member = value.get_object().if_contains(field);
        if (member == nullptr) return std::nullopt;
        return *member;
    }
    if (value.is_array()) {
        std::size_t index = 0;
        const char* end = field.data() + field.size();
        const auto [stop, error] = std::from_chars(field.data(), end, index);
        if (error != std::errc{} || stop != end || index >= value.get_array().size()) {
            return std::nullopt;
        }
        return value.get_array()[index];
    }
    if (!value.is_string()) return std::nullopt;
    const Actor* actor = scope.scenario->find_actor(std::string_view(value.get_string()));
    if (actor == nullptr) return std::nullopt;
    return actor_field(*actor, field);
}

std::string as_written(const json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    return ledger::compact_json(value);
}

Result<json::value> value_of(const Scope& scope, const std::string& expression,
                             const FilePlace& at) {
    const auto missing = [&] {
        return tl::unexpected<Error>(problem::value_missing(at, expression));
    };
    const auto parts = split_reference(expression);
    if (!parts) return missing();
    std::optional<json::value> value = root_value(scope, parts->root);
    for (const std::string& field : parts->path) {
        if (value) value = member_of(scope, *value, field);
    }
    if (!value) return missing();
    if (parts->width == 0) return *value;
    std::string padded = as_written(*value);
    if (padded.size() < parts->width) padded.insert(0, parts->width - padded.size(), '0');
    return json::value(padded);
}

Result<json::value> resolve_string(std::string text, const Scope& scope, const FilePlace& at) {
    for (int round = 0; round < k_max_replacements; ++round) {
        bool open = false;
        const auto reference = find_reference(text, 0, open);
        if (!reference) return json::value(text);
        auto value = value_of(scope, reference->expression, at);
        if (!value) return value;
        if (reference->begin == 0 && reference->end == text.size()) return value;
        text.replace(reference->begin, reference->end - reference->begin, as_written(*value));
    }
    return json::value(text);
}

}  // namespace

std::optional<json::value> actor_field(const Actor& actor, std::string_view field) {
    if (field == "id") return json::value(actor.id);
    if (field == "name") return json::value(actor.name);
    if (field == "full_name") return json::value(actor.full_name);
    if (field == "kind") return json::value(actor.kind);
    if (field == "number") {
        const auto& all = beijing_departments();
        const auto found = std::find_if(all.begin(), all.end(), [&](const Department& department) {
            return department.code == actor.id;
        });
        if (found != all.end()) return json::value(found - all.begin() + 1);
    }
    return std::nullopt;
}

std::optional<Reference> find_reference(std::string_view text, std::size_t from, bool& open) {
    open = false;
    const std::size_t first = text.find("${", from);
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t close = text.find('}', first);
    if (close == std::string_view::npos) {
        open = true;
        return std::nullopt;
    }
    const std::size_t begin = text.rfind("${", close);
    return Reference{begin, close + 1, std::string(text.substr(begin + 2, close - begin - 2))};
}

std::optional<ReferenceParts> split_reference(std::string_view expression) {
    ReferenceParts parts;
    const std::size_t colon = expression.find(':');
    if (colon != std::string_view::npos) {
        const std::string_view width = expression.substr(colon + 1);
        const auto [stop, error] =
            std::from_chars(width.data(), width.data() + width.size(), parts.width);
        if (error != std::errc{} || stop != width.data() + width.size() || parts.width == 0 ||
            parts.width > 64 || width[0] != '0') {
            return std::nullopt;
        }
        expression = expression.substr(0, colon);
    }
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin <= expression.size();) {
        const std::size_t dot = std::min(expression.find('.', begin), expression.size());
        if (dot == begin) return std::nullopt;
        words.emplace_back(expression.substr(begin, dot - begin));
        begin = dot + 1;
    }
    parts.root = words.front();
    parts.path.assign(words.begin() + 1, words.end());
    return parts;
}

Result<json::value> resolve(const json::value& value, const Scope& scope, const FilePlace& at) {
    if (value.is_string()) {
        return resolve_string(std::string(value.get_string()), scope, at);
    }
    if (value.is_array()) {
        json::array array;
        for (const json::value& item : value.get_array()) {
            auto resolved = resolve(item, scope, at);
            if (!resolved) return resolved;
            array.push_back(*std::move(resolved));
        }
        return json::value(std::move(array));
    }
    if (value.is_object()) {
        json::object object;
        for (const auto& [key, member] : value.get_object()) {
            auto resolved = resolve(member, scope, at);
            if (!resolved) return resolved;
            object[key] = *std::move(resolved);
        }
        return json::value(std::move(object));
    }
    return value;
}

Result<std::string> resolve_text(std::string_view text, const Scope& scope, const FilePlace& at) {
    const auto value = resolve_string(std::string(text), scope, at);
    if (!value) return propagate(value);
    return as_written(*value);
}

std::optional<std::int64_t> fen_of_yuan(std::string_view text) {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative) text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view decimals =
        point == text.size() ? std::string_view{} : text.substr(point + 1);
    if (point != text.size() && (decimals.empty() || decimals.size() > 2)) return std::nullopt;
    std::string digits(text.substr(0, point));
    if (digits.empty() || digits.size() > 15) return std::nullopt;
    digits += decimals;
    digits.append(2 - decimals.size(), '0');
    std::int64_t fen = 0;
    for (const char digit : digits) {
        if (digit < '0' || digit > '9') return std::nullopt;
        fen = fen * 10 + (digit - '0');
    }
    return negative ? -fen : fen;
}

Result<json::value> with_fen(const json::value& value, const FilePlace& at) {
    if (value.is_array()) {
        json::array array;
        for (const json::value& item : value.get_array()) {
            auto converted = with_fen(item, at);
            if (!converted) return converted;
            array.push_back(*std::move(converted));
        }
        return json::value(std::move(array));
    }
    if (!value.is_object()) return value;
    json::object object;
    for (const auto& [key, member] : value.get_object()) {
        if (member.is_string() && std::string_view(key).ends_with("_fen")) {
            const std::string_view written = member.get_string();
            const auto fen = fen_of_yuan(written);
            if (!fen) return tl::unexpected<Error>(problem::bad_money(at, written));
            object[key] = *fen;
            continue;
        }
        auto converted = with_fen(member, at);
        if (!converted) return converted;
        object[key] = *std::move(converted);
    }
    return json::value(std::move(object));
}

}  // namespace cityledger::sim
