#pragma once
// What can be wrong with a scenario file, in words: file:line:column, what was met, what was
// meant. Each function makes the error of one code.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.hpp"
#include "sim/scenario/yaml.hpp"

namespace cityledger::sim {

/// The file and the place that a message speaks of.
struct FilePlace {
    std::string file;
    Place place;
};

/// The candidate with the smallest edit distance, if it is near enough to be meant; else empty.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// "; did you mean `x`?", or the list of what is known if it is short, or nothing.
[[nodiscard]] std::string suggestion(std::string_view word, const std::vector<std::string>& known);

namespace problem {

[[nodiscard]] Error unreadable(const std::string& file, std::string_view cause);
[[nodiscard]] Error no_text(const FilePlace& at);
[[nodiscard]] Error syntax(const FilePlace& at, std::string_view detail);
[[nodiscard]] Error not_one_document(const FilePlace& at, std::string_view detail);
[[nodiscard]] Error alias(const FilePlace& at);
[[nodiscard]] Error tag(const FilePlace& at, std::string_view name);
[[nodiscard]] Error duplicate_key(const FilePlace& at, std::string_view key, Place first);
[[nodiscard]] Error too_deep(const FilePlace& at);
[[nodiscard]] Error not_decimal(const FilePlace& at, std::string_view written);
[[nodiscard]] Error fraction(const FilePlace& at, std::string_view written);
[[nodiscard]] Error integer_range(const FilePlace& at, std::string_view written);
[[nodiscard]] Error wrong_version(const FilePlace& at, std::string_view written);
[[nodiscard]] Error unknown_key(const FilePlace& at, std::string_view key,
                                const std::vector<std::string>& known);
[[nodiscard]] Error missing_key(const FilePlace& at, std::string_view key);
[[nodiscard]] Error wrong_type(const FilePlace& at, std::string_view wanted,
                               std::string_view found);
[[nodiscard]] Error out_of_range(const FilePlace& at, std::string_view detail);
[[nodiscard]] Error not_a_choice(const FilePlace& at, std::string_view word,
                                 const std::vector<std::string>& known);
[[nodiscard]] Error step_kind(const FilePlace& at, std::string_view detail);
[[nodiscard]] Error unknown_actor(const FilePlace& at, std::string_view name,
                                  const std::vector<std::string>& known);
[[nodiscard]] Error unknown_operation(const FilePlace& at, std::string_view name,
                                      const std::vector<std::string>& known);
[[nodiscard]] Error unknown_code(const FilePlace& at, std::string_view name,
                                 const std::vector<std::string>& known);
[[nodiscard]] Error bad_reference(const FilePlace& at, std::string_view detail);
[[nodiscard]] Error name_taken(const FilePlace& at, std::string_view name);
[[nodiscard]] Error bad_money(const FilePlace& at, std::string_view written);
[[nodiscard]] Error bad_arguments(const FilePlace& at, std::string_view detail);
/// The contract's own refusal of an actor, or of a section of the genesis.
[[nodiscard]] Error bad_member(const FilePlace& at, const Error& cause);
[[nodiscard]] Error bad_genesis(const FilePlace& at, const Error& cause);
[[nodiscard]] Error unknown_node(const FilePlace& at, std::int64_t node, std::size_t nodes);
[[nodiscard]] Error without_expectation(const FilePlace& at);
[[nodiscard]] Error unknown_department(const FilePlace& at, std::string_view code,
                                       const std::vector<std::string>& known);
[[nodiscard]] Error unknown_section(const FilePlace& at, std::string_view name,
                                    const std::vector<std::string>& known);
[[nodiscard]] Error bad_setting(std::string_view setting, std::string_view detail);
[[nodiscard]] Error value_missing(const FilePlace& at, std::string_view reference);

}  // namespace problem
}  // namespace cityledger::sim
