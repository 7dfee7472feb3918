#pragma once
// JSON of the same types, from the same traversal as the canonical bytes. Integers stay integers
// (no floating point anywhere); digests, keys and byte strings are lower-case hexadecimal; enums
// are their names; an absent optional is null or left out. Reading is strict: unknown, missing and
// duplicate keys, fractions and numbers out of range are refused with the path of the field.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "ledger/codec/codec.hpp"

namespace cityledger::ledger {

/// Parses bounded JSON text: depth at most 32, no duplicate keys, no doubles.
[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text);

/// JSON text with sorted keys and no spaces: equal values have equal texts.
[[nodiscard]] std::string compact_json(const boost::json::value& value);

/// JSON text with sorted keys and an indent of two spaces (for files that people read).
[[nodiscard]] std::string pretty_json(const boost::json::value& value);

// ---- writing ----------------------------------------------------------------------------------

template <class T>
[[nodiscard]] boost::json::value to_json(const T& value);

/// The archive that `serialize` meets when a struct becomes a JSON object.
class JsonWriter {
public:
    template <class... T>
    void operator()(const Field<T>&... fields) {
        ((object_[fields.name] = to_json(fields.value)), ...);
    }
    boost::json::object take() { return std::move(object_); }

private:
    boost::json::object object_;
};

template <class T>
boost::json::value to_json(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return value;
    } else if constexpr (CodecInteger<T> && std::is_signed_v<T>) {
        return static_cast<std::int64_t>(value);
    } else if constexpr (CodecInteger<T>) {
        return static_cast<std::uint64_t>(value);
    } else if constexpr (std::is_enum_v<T>) {
        return boost::json::value(EnumNames<T>::names[static_cast<std::size_t>(value)]);
    } else if constexpr (std::is_same_v<T, std::string>) {
        return boost::json::value(value);
    } else if constexpr (std::is_same_v<T, Bytes>) {
        return boost::json::value(to_hex(value));
    } else if constexpr (FixedBytes<T>) {
        return boost::json::value(to_hex(ByteView(value.bytes)));
    } else if constexpr (k_is_list<T>) {
        boost::json::array array;
        for (const auto& element : value) array.push_back(to_json(element));
        return array;
    } else if constexpr (k_is_optional<T>) {
        return value ? to_json(*value) : boost::json::value(nullptr);
    } else {
        JsonWriter writer;
        const_cast<T&>(value).serialize(writer);  // serialize only reads through this archive
        return writer.take();
    }
}

// ---- reading ----------------------------------------------------------------------------------

/// What reading throws; never leaves from_json().
struct JsonFailure {
    std::string path;
    std::string problem;
};

namespace detail {
std::int64_t json_signed(const boost::json::value& value, const std::string& path, std::int64_t low,
                         std::int64_t high);
std::uint64_t json_unsigned(const boost::json::value& value, const std::string& path,
                            std::uint64_t high);
std::string_view json_text(const boost::json::value& value, const std::string& path,
                           std::uint32_t max_bytes);
Bytes json_hex(const boost::json::value& value, const std::string& path, std::uint32_t max_bytes);
std::size_t json_enum(const boost::json::value& value, const std::string& path,
                      const std::string_view* names, std::size_t count);
const boost::json::object& json_object(const boost::json::value& value, const std::string& path);
const boost::json::array& json_array(const boost::json::value& value, const std::string& path,
                                     std::uint32_t max_elements);
}  // namespace detail

template <class T>
void read_json(const boost::json::value& json, T& value, const std::string& path,
               std::uint32_t max_elements);

/// The archive that `serialize` meets when a JSON object becomes a struct.
class JsonReader {
public:
    JsonReader(const boost::json::object& object, std::string path)
        : object_(object), path_(std::move(path)) {}

    template <class... T>
    void operator()(Field<T>... fields) {
        (read_field(fields), ...);
    }
    /// Refuses keys that no field has asked for.
    void finish() const;

private:
    template <class T>
    void read_field(const Field<T>& field) {
        known_.push_back(field.name);
        const std::string path = path_.empty() ? field.name : path_ + "." + field.name;
        const boost::json::value* member = object_.if_contains(field.name);
        if (member == nullptr) {
            if constexpr (k_is_optional<T>) {
                field.value.reset();
                return;
            }
            throw JsonFailure{path, "is missing"};
        }
        read_json(*member, field.value, path, field.max_elements);
    }

    const boost::json::object& object_;
    std::string path_;
    std::vector<std::string_view> known_;
};

template <class T>
void read_json(const boost::json::value& json, T& value, const std::string& path,
               std::uint32_t max_elements) {
    if constexpr (std::is_same_v<T, bool>) {
        if (!json.is_bool()) throw JsonFailure{path, "must be true or false"};
        value = json.get_bool();
    } else if constexpr (CodecInteger<T> && std::is_signed_v<T>) {
        value = static_cast<T>(detail::json_signed(json, path, std::numeric_limits<T>::min(),
                                                   std::numeric_limits<T>::max()));
    } else if constexpr (CodecInteger<T>) {
        value = static_cast<T>(detail::json_unsigned(json, path, std::numeric_limits<T>::max()));
    } else if constexpr (std::is_enum_v<T>) {
        value = static_cast<T>(
            detail::json_enum(json, path, EnumNames<T>::names, std::size(EnumNames<T>::names)));
    } else if constexpr (std::is_same_v<T, std::string>) {
        value = detail::json_text(json, path, max_elements);
    } else if constexpr (std::is_same_v<T, Bytes>) {
        value = detail::json_hex(json, path, max_elements);
    } else if constexpr (FixedBytes<T>) {
        const Bytes bytes = detail::json_hex(json, path, sizeof(value.bytes));
        if (bytes.size() != sizeof(value.bytes)) throw JsonFailure{path, "has a wrong length"};
        std::copy(bytes.begin(), bytes.end(), value.bytes.begin());
    } else if constexpr (k_is_list<T>) {
        const auto& array = detail::json_array(json, path, max_elements);
        value.clear();
        for (std::size_t i = 0; i < array.size(); ++i) {
            read_json(array[i], value.emplace_back(), path + "[" + std::to_string(i) + "]",
                      k_max_elements_default);
        }
    } else if constexpr (k_is_optional<T>) {
        value.reset();
        if (!json.is_null()) read_json(json, value.emplace(), path, max_elements);
    } else {
        JsonReader reader(detail::json_object(json, path), path);
        value.serialize(reader);
        reader.finish();
    }
}

[[nodiscard]] Error json_shape_error(const JsonFailure& failure);

/// The value of this JSON, or which field is wrong.
template <class T>
[[nodiscard]] Result<T> from_json(const boost::json::value& json) {
    try {
        T value{};
        read_json(json, value, "", k_max_elements_default);
        return value;
    } catch (const JsonFailure& failure) {
        return tl::unexpected<Error>(json_shape_error(failure));
    }
}

// ---- describing -------------------------------------------------------------------------------

/// "text(64)", "list(100) of integer", "red|green": with the limit where it is not the default one.
template <class T>
[[nodiscard]] std::string type_name(std::uint32_t max_elements = k_max_elements_default);

/// The archive that collects (name, type) of a struct's fields.
class FieldLister {
public:
    template <class... T>
    void operator()(const Field<T>&... fields) {
        (fields_.emplace_back(fields.name, type_name<T>(fields.max_elements)), ...);
    }
    std::vector<std::pair<std::string, std::string>> take() { return std::move(fields_); }

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// Names and types of the fields of a struct, for help texts.
template <class T>
[[nodiscard]] std::vector<std::pair<std::string, std::string>> describe() {
    FieldLister lister;
    T value{};
    value.serialize(lister);
    return lister.take();
}

template <class T>
std::string type_name(std::uint32_t max_elements) {
    const std::string limit =
        max_elements == k_max_elements_default ? "" : "(" + std::to_string(max_elements) + ")";
    if constexpr (std::is_same_v<T, bool>) {
        return "flag";
    } else if constexpr (CodecInteger<T>) {
        return "integer";
    } else if constexpr (std::is_enum_v<T>) {
        std::string names;
        for (const std::string_view name : EnumNames<T>::names) {
            names += (names.empty() ? "" : "|") + std::string(name);
        }
        return names;
    } else if constexpr (std::is_same_v<T, std::string>) {
        return "text" + limit;
    } else if constexpr (std::is_same_v<T, Bytes>) {
        return "hex" + limit;
    } else if constexpr (FixedBytes<T>) {
        return "hex";
    } else if constexpr (k_is_list<T>) {
        return "list" + limit + " of " + type_name<typename T::value_type>();
    } else if constexpr (k_is_optional<T>) {
        return "optional " + type_name<typename T::value_type>(max_elements);
    } else {
        std::string fields;
        for (const auto& [name, type] : describe<T>()) {
            fields += (fields.empty() ? "{" : ", ") + name + ": " + type;
        }
        return fields + "}";
    }
}

template <class T>
void fill_example(T& value);

/// The archive that gives every list of a struct one element and every optional its value.
class ExampleFiller {
public:
    template <class... T>
    void operator()(const Field<T>&... fields) {
        (fill_example(fields.value), ...);
    }
};

template <class T>
void fill_example(T& value) {
    if constexpr (k_is_list<T>) {
        value.resize(1);
        fill_example(value.front());
    } else if constexpr (k_is_optional<T>) {
        fill_example(value.emplace());
    } else if constexpr (requires(ExampleFiller filler) { value.serialize(filler); }) {
        ExampleFiller filler;
        value.serialize(filler);
    }
}

/// The shape of a value, for checks before there is one: every field is there, numbers are 0, texts
/// empty, enums their first name.
template <class T>
[[nodiscard]] boost::json::value example_json() {
    T value{};
    fill_example(value);
    return to_json(value);
}

}  // namespace cityledger::ledger
