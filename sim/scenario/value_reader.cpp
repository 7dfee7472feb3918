#include "sim/scenario/value_reader.hpp"

#include <algorithm>
#include <utility>

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

void ValueReader::fail(Error error) {
    if (!problem_) problem_ = std::move(error);
}

void ValueReader::settle() {
    if (problem_) note(*std::exchange(problem_, std::nullopt));
}

bool ValueReader::is_a(const YamlValue& value, YamlKind kind) {
    if (value.kind == kind) return true;
    std::string found(kind_name(value.kind));
    if (value.kind == YamlKind::integer || value.kind == YamlKind::flag) {
        found += " `" + value.text + "`";
        if (kind == YamlKind::text) found += said("problem.quotes");
    }
    fail(problem::wrong_type(at(value), kind_name(kind), found));
    return false;
}

bool ValueReader::check_mapping(const YamlValue& value, const Words& known, const Words& required) {
    if (!is_a(value, YamlKind::mapping)) return false;
    for (const YamlEntry& entry : value.entries) {
        if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
            fail(problem::unknown_key(at(entry.place), entry.key, known));
            return false;
        }
    }
    for (const std::string& key : required) {
        if (value.find(key) == nullptr) {
            fail(problem::missing_key(at(value), key));
            return false;
        }
    }
    return true;
}

std::string ValueReader::text_of(const YamlValue& value) {
    if (!is_a(value, YamlKind::text)) return {};
    if (value.text.empty()) fail(problem::out_of_range(at(value), said("problem.text_empty")));
    return value.text;
}

std::string ValueReader::text_under(const YamlValue& mapping, std::string_view key,
                                    std::string fallback) {
    const YamlValue* value = mapping.find(key);
    return value == nullptr ? std::move(fallback) : text_of(*value);
}

std::int64_t ValueReader::integer_of(const YamlValue& value, std::int64_t low, std::int64_t high) {
    if (!is_a(value, YamlKind::integer)) return low;
    if (value.integer < low || value.integer > high) {
        fail(problem::out_of_range(
            at(value),
            said("problem.not_between", {value.text, std::to_string(low), std::to_string(high)})));
        return low;
    }
    return value.integer;
}

std::uint64_t ValueReader::integer_under(const YamlValue& mapping, std::string_view key,
                                         std::int64_t low, std::int64_t high,
                                         std::uint64_t fallback) {
    const YamlValue* value = mapping.find(key);
    return value == nullptr ? fallback : static_cast<std::uint64_t>(integer_of(*value, low, high));
}

std::string ValueReader::choice_of(const YamlValue& value, const Words& known) {
    const std::string word = text_of(value);
    if (!failed() && std::find(known.begin(), known.end(), word) == known.end()) {
        fail(problem::not_a_choice(at(value), word, known));
    }
    return word;
}

const std::vector<YamlValue>& ValueReader::list_of(const YamlValue& value, std::size_t low) {
    if (is_a(value, YamlKind::sequence) && value.items.size() < low) {
        fail(problem::out_of_range(at(value), said("problem.list_short")));
    }
    return value.items;
}

}  // namespace cityledger::sim
