#pragma once
// The values of a scenario's calls: references (`${landlord.id}`, `${invoice.code}`, `${i:08}`) and
// money written in yuan.

#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.hpp"
#include "sim/scenario/problems.hpp"
#include "sim/scenario/scenario.hpp"

namespace cityledger::sim {

/// The values that references see when a step runs.
struct Scope {
    const Scenario* scenario = nullptr;
    std::map<std::string, boost::json::value> saved;
    std::vector<std::pair<std::string, boost::json::value>> variables;  ///< innermost last
};

/// `${landlord.id}`: id, name, full_name and kind of an actor; nothing for another word.
[[nodiscard]] std::optional<boost::json::value> actor_field(const Actor& actor,
                                                            std::string_view field);

/// The innermost reference of a text: `begin` is at "${", `end` behind "}".
struct Reference {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string expression;
};

/// The first reference that holds no other, from `from` on. Nothing if there is none; `open` is
/// set if "${" has no "}".
[[nodiscard]] std::optional<Reference> find_reference(std::string_view text, std::size_t from,
                                                      bool& open);

/// "landlord.id:08" is the root "landlord", the path {"id"} and the width 8.
struct ReferenceParts {
    std::string root;
    std::vector<std::string> path;
    std::size_t width = 0;
};
[[nodiscard]] std::optional<ReferenceParts> split_reference(std::string_view expression);

/// The value with all its references replaced. A text that is one reference takes the type of its
/// value; otherwise the value is written into the text.
[[nodiscard]] Result<boost::json::value> resolve(const boost::json::value& value,
                                                 const Scope& scope, const FilePlace& at);
[[nodiscard]] Result<std::string> resolve_text(std::string_view text, const Scope& scope,
                                               const FilePlace& at);

/// Exactly "198", "198.5" or "198.00", with "-" in front if negative, as fen.
[[nodiscard]] std::optional<std::int64_t> fen_of_yuan(std::string_view text);

/// Turns texts under keys that end in "_fen" into integers, at any depth.
[[nodiscard]] Result<boost::json::value> with_fen(const boost::json::value& value,
                                                  const FilePlace& at);

}  // namespace cityledger::sim
