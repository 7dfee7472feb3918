#pragma once
// How a type tells its fields, once, for every format: the canonical bytes (codec.hpp), JSON
// (json.hpp) and the descriptions that the API and the command line show.
//
//     template <class Archive> void serialize(Archive& archive) {
//         archive(field("code", code), limited<64>("lines", lines));
//     }

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/result.hpp"

namespace cityledger::ledger {

/// Without a limit of its own a string, byte string or list holds at most this many elements.
inline constexpr std::uint32_t k_max_elements_default = 4096;

/// A named field with the largest number of elements that it may hold.
template <class T>
struct Field {
    const char* name;
    T& value;
    std::uint32_t max_elements;
};

/// A field with the default limit.
template <class T>
[[nodiscard]] Field<T> field(const char* name, T& value) {
    return {name, value, k_max_elements_default};
}

/// A string, byte string or list of at most `Max` elements.
template <std::uint32_t Max, class T>
[[nodiscard]] Field<T> limited(const char* name, T& value) {
    return {name, value, Max};
}

/// Each enum that is encoded specialises this with its names; its values are 0, 1, 2, ...
///     template <> struct EnumNames<Role> {
///         static constexpr std::string_view names[] = {"admin"};
///     };
template <class E>
struct EnumNames;

template <>
struct EnumNames<RefusalKind> {
    static constexpr std::string_view names[] = {"invalid", "refused",     "not_found",
                                                 "busy",    "unreachable", "broken"};
};

}  // namespace cityledger::ledger
