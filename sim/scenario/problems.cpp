#include "sim/scenario/problems.hpp"

#include <algorithm>
#include <numeric>

#include "sim/scenario/scenario_codes.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {

namespace {

constexpr std::size_t k_listed_words = 24;  // more than this is not a help but a wall

/// Levenshtein's distance: insertions, deletions and replacements of one character.
/// Letters added, left out, replaced, or two that changed places (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> rows(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
    std::iota(rows[0].begin(), rows[0].end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = a[i - 1] == b[j - 1];
            std::size_t& best = rows[i][j];
            best = std::min(
                {rows[i - 1][j - 1] + (same ? 0 : 1), rows[i - 1][j] + 1, rows[i][j - 1] + 1});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) best = std::min(best, rows[i - 2][j - 2] + 1);
        }
    }
    return rows[a.size()][b.size()];
}

std::string quoted(std::string_view word) { return "`" + std::string(word) + "`"; }

std::string told(const FilePlace& at, const std::string& detail) {
    return at.file + ":" + std::to_string(at.place.line) + ":" + std::to_string(at.place.column) +
           ": " + detail;
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    constexpr std::size_t k_longest_word = 100;  // of no word here is more meant
    std::string best;
    if (word.size() > k_longest_word) return best;
    // A word of which nothing is left was not meant.
    const std::size_t limit = std::max<std::size_t>(2, word.size() / 3);
    std::size_t best_distance = std::min(limit + 1, std::max<std::size_t>(word.size(), 1));
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    const std::string meant = nearest(word, known);
    if (!meant.empty()) return said("problem.did_you_mean", {meant});
    if (known.empty() || known.size() > k_listed_words) return "";
    std::string list;
    for (const std::string& candidate : known) {
        list += (list.empty() ? "" : ", ") + candidate;
    }
    return said("problem.known_here", {list});
}

namespace problem {

Error unreadable(const std::string& file, std::string_view cause) {
    return Error{codes::scenario_unreadable, file + ": " + std::string(cause)};
}

Error no_text(const FilePlace& at) {
    return Error{codes::scenario_no_text, told(at, said("problem.no_text"))};
}

Error syntax(const FilePlace& at, std::string_view detail) {
    return Error{codes::scenario_syntax, told(at, std::string(detail))};
}

Error not_one_document(const FilePlace& at, std::string_view detail) {
    return Error{codes::scenario_not_one_document, told(at, std::string(detail))};
}

Error alias(const FilePlace& at) {
    return Error{codes::scenario_alias, told(at, said("problem.alias"))};
}

Error tag(const FilePlace& at, std::string_view name) {
    return Error{codes::scenario_tag, told(at, said("problem.tag", {std::string(name)}))};
}

Error duplicate_key(const FilePlace& at, std::string_view key, Place first) {
    return Error{
        codes::scenario_duplicate_key,
        told(at, said("problem.key_twice", {std::string(key), std::to_string(first.line)}))};
}

Error too_deep(const FilePlace& at) {
    return Error{codes::scenario_too_deep, told(at, said("problem.nested"))};
}

Error not_decimal(const FilePlace& at, std::string_view written) {
    return Error{codes::scenario_not_decimal, told(at, quoted(written))};
}

Error fraction(const FilePlace& at, std::string_view written) {
    return Error{codes::scenario_fraction, told(at, quoted(written))};
}

Error integer_range(const FilePlace& at, std::string_view written) {
    return Error{codes::scenario_integer_range, told(at, quoted(written))};
}

Error wrong_version(const FilePlace& at, std::string_view written) {
    return Error{codes::scenario_wrong_version,
                 told(at, said("problem.version", {std::string(written)}))};
}

Error unknown_key(const FilePlace& at, std::string_view key,
                  const std::vector<std::string>& known) {
    return Error{codes::scenario_unknown_key, told(at, quoted(key) + suggestion(key, known))};
}

Error missing_key(const FilePlace& at, std::string_view key) {
    return Error{codes::scenario_missing_key, told(at, quoted(key))};
}

Error wrong_type(const FilePlace& at, std::string_view wanted, std::string_view found) {
    return Error{codes::scenario_wrong_type,
                 told(at, said("problem.wanted", {std::string(wanted), std::string(found)}))};
}

Error out_of_range(const FilePlace& at, std::string_view detail) {
    return Error{codes::scenario_out_of_range, told(at, std::string(detail))};
}

Error not_a_choice(const FilePlace& at, std::string_view word,
                   const std::vector<std::string>& known) {
    return Error{codes::scenario_not_a_choice, told(at, quoted(word) + suggestion(word, known))};
}

Error step_kind(const FilePlace& at, std::string_view detail) {
    return Error{codes::scenario_step_kind, told(at, std::string(detail))};
}

Error unknown_actor(const FilePlace& at, std::string_view name,
                    const std::vector<std::string>& known) {
    return Error{codes::scenario_unknown_actor, told(at, quoted(name) + suggestion(name, known))};
}

Error unknown_operation(const FilePlace& at, std::string_view name,
                        const std::vector<std::string>& known) {
    return Error{codes::scenario_unknown_operation,
                 told(at, quoted(name) + suggestion(name, known))};
}

Error unknown_code(const FilePlace& at, std::string_view name,
                   const std::vector<std::string>& known) {
    return Error{codes::scenario_unknown_code, told(at, quoted(name) + suggestion(name, known))};
}

Error bad_reference(const FilePlace& at, std::string_view detail) {
    return Error{codes::scenario_bad_reference, told(at, std::string(detail))};
}

Error name_taken(const FilePlace& at, std::string_view name) {
    return Error{codes::scenario_name_taken, told(at, quoted(name))};
}

Error bad_money(const FilePlace& at, std::string_view written) {
    return Error{codes::scenario_bad_money, told(at, quoted(written))};
}

Error bad_arguments(const FilePlace& at, std::string_view detail) {
    return Error{codes::scenario_bad_arguments, told(at, std::string(detail))};
}

Error bad_member(const FilePlace& at, const Error& cause) {
    return Error{codes::scenario_bad_member, told(at, message_of(cause))};
}

Error bad_genesis(const FilePlace& at, const Error& cause) {
    return Error{codes::scenario_bad_genesis, told(at, message_of(cause))};
}

Error unknown_node(const FilePlace& at, std::int64_t node, std::size_t nodes) {
    return Error{codes::scenario_unknown_node,
                 told(at, said("problem.node_of", {std::to_string(node), std::to_string(nodes)}))};
}

Error without_expectation(const FilePlace& at) {
    return Error{codes::scenario_without_expectation, told(at, said("problem.nothing_could_fail"))};
}

Error unknown_department(const FilePlace& at, std::string_view code,
                         const std::vector<std::string>& known) {
    return Error{codes::scenario_unknown_department,
                 told(at, quoted(code) + suggestion(code, known))};
}

Error unknown_section(const FilePlace& at, std::string_view name,
                      const std::vector<std::string>& known) {
    return Error{codes::scenario_unknown_section, told(at, quoted(name) + suggestion(name, known))};
}

Error bad_setting(std::string_view setting, std::string_view detail) {
    return Error{codes::scenario_bad_setting,
                 "--set " + std::string(setting) + ": " + std::string(detail)};
}

Error value_missing(const FilePlace& at, std::string_view reference) {
    return Error{codes::scenario_value_missing, told(at, "`${" + std::string(reference) + "}`")};
}

}  // namespace problem
}  // namespace cityledger::sim
