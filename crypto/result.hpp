#pragma once
// Results of whatever the outside world can cause: a value, or an error that says what happened,
// where, and what to do next.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "crypto/check.hpp"

namespace cityledger {

/// What a refusal means to whoever asked, whatever its cause: what to do with it follows from this
/// alone.
enum class RefusalKind : std::uint8_t {
    invalid,      ///< what was sent is wrong in itself: it will be refused everywhere, at any time
    refused,      ///< it is well-formed, but the rules do not allow it as things are
    not_found,    ///< there is nothing under this name
    busy,         ///< not now, or not here: try again later, or elsewhere
    unreachable,  ///< no answer that can be used came, so what became of it is unknown
    broken,       ///< something is damaged or set up wrongly: a person must look
};

/// One cause of refusal. A code has one cause and one place in the source that raises it;
/// docs/codes.md is generated from the lists of codes. Numbers are part of receipts: never reuse.
struct Code {
    std::uint16_t number = 0;
    RefusalKind kind = RefusalKind::invalid;
    std::string_view name;     ///< lower_snake_case, as scenario files and the API show it
    std::string_view meaning;  ///< one sentence: what is wrong
    std::string_view remedy;   ///< one sentence: what to do next

    friend bool operator==(const Code& a, const Code& b) { return a.number == b.number; }
};

/// An error: its code, and what exactly was met and where (a key, a field, a file and line).
struct Error {
    Code code;
    std::string detail;

    /// "name (number): meaning. detail. Next: remedy"
    [[nodiscard]] std::string message() const;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

/// The one way to refuse: `return refuse(codes::over_quota, "monthly count 100 of 100");`
[[nodiscard]] inline tl::unexpected<Error> refuse(const Code& code, std::string detail = {}) {
    return tl::unexpected<Error>(Error{code, std::move(detail)});
}

/// Passes an error on: `if (!parsed) return propagate(parsed);` There is one (CHECK).
template <class T>
[[nodiscard]] tl::unexpected<Error> propagate(const Result<T>& failed) {
    CHECK_INVARIANT(!failed.has_value());
    return tl::unexpected<Error>(failed.error());
}

}  // namespace cityledger

// Defines a layer's codes from one list: `namespace codes` gets a constant each, and the list is
// kept as `codes::NAME` for docs/codes.md. X(identifier, number, kind, "meaning", "remedy").
#define CITYLEDGER_DEFINE_CODE(identifier, number, kind, meaning, remedy)                   \
    inline constexpr ::cityledger::Code identifier{number, ::cityledger::RefusalKind::kind, \
                                                   #identifier, meaning, remedy};
#define CITYLEDGER_LIST_CODE(identifier, number, kind, meaning, remedy) identifier,
#define CITYLEDGER_DEFINE_CODES(list_name, LIST)                                    \
    namespace codes {                                                               \
    LIST(CITYLEDGER_DEFINE_CODE)                                                    \
    inline constexpr ::cityledger::Code list_name[] = {LIST(CITYLEDGER_LIST_CODE)}; \
    }
