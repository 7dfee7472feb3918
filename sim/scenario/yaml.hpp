#pragma once
// YAML as scenarios may use it, with the line and column of every value: no anchors, aliases or
// tags, no duplicate keys, no fractions, and numbers that are plainly decimal.

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.hpp"

namespace cityledger::sim {

/// A position in a file; both count from 1.
struct Place {
    int line = 0;
    int column = 0;
    bool operator==(const Place&) const = default;
};

enum class YamlKind : std::uint8_t { nothing, flag, integer, text, sequence, mapping };

struct YamlEntry;

/// One value of the file. Only the member that belongs to `kind` counts; `text` also holds the
/// written form of flags and integers.
struct YamlValue {
    YamlKind kind = YamlKind::nothing;
    Place place;
    bool flag = false;
    std::int64_t integer = 0;
    std::string text;
    std::vector<YamlValue> items;
    std::vector<YamlEntry> entries;  ///< of a mapping, in the order of the file

    /// The value under a key of a mapping, or null.
    [[nodiscard]] const YamlValue* find(std::string_view key) const;
    [[nodiscard]] YamlValue* find(std::string_view key);
};

struct YamlEntry {
    std::string key;
    Place place;  ///< of the key
    YamlValue value;
};

/// "a flag", "an integer", "text", "a list", "a mapping" or "nothing", for messages.
[[nodiscard]] std::string kind_name(YamlKind kind);

/// Parses one document. `file` is only used in messages.
[[nodiscard]] Result<YamlValue> parse_yaml(std::string_view text, const std::string& file);

/// The same value without places.
[[nodiscard]] boost::json::value plain_json(const YamlValue& value);

}  // namespace cityledger::sim
