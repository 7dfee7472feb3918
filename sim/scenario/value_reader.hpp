#pragma once
// Plain values of a YAML file, with the problems that are met. Of each element (a step, an actor, a
// section) the first problem is kept, and the reading goes on with empty values, so that the code
// reads like the language; all problems of a file are told together.

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/problems.hpp"
#include "sim/scenario/yaml.hpp"

namespace cityledger::sim {

using Words = std::vector<std::string>;

class ValueReader {
public:
    /// `file` is the name that messages show.
    explicit ValueReader(std::string file) : file_(std::move(file)) {}

    [[nodiscard]] FilePlace at(const YamlValue& value) const { return {file_, value.place}; }
    [[nodiscard]] FilePlace at(Place place) const { return {file_, place}; }

    /// The problem of the element that is read now; a later one is the first one's consequence.
    void fail(Error error);
    [[nodiscard]] bool failed() const { return problem_.has_value(); }
    /// A problem of its own, beside which the reading of the element goes on.
    void note(Error error) { problems_.push_back(std::move(error)); }
    /// The reading of an element ends; the next one begins without a problem.
    void settle();
    /// Of the elements that are settled, in the order of the file.
    [[nodiscard]] std::vector<Error>& problems() { return problems_; }

    // Each of these fails where the value is not what is asked for.
    bool check_mapping(const YamlValue& value, const Words& known, const Words& required);
    bool is_a(const YamlValue& value, YamlKind kind);
    [[nodiscard]] std::string text_of(const YamlValue& value);
    [[nodiscard]] std::string text_under(const YamlValue& mapping, std::string_view key,
                                         std::string fallback = {});
    /// Between `low` and `high`, both included.
    [[nodiscard]] std::int64_t integer_of(const YamlValue& value, std::int64_t low,
                                          std::int64_t high);
    [[nodiscard]] std::uint64_t integer_under(const YamlValue& mapping, std::string_view key,
                                              std::int64_t low, std::int64_t high,
                                              std::uint64_t fallback);
    [[nodiscard]] std::string choice_of(const YamlValue& value, const Words& known);
    /// The items of a list of at least `low`.
    [[nodiscard]] const std::vector<YamlValue>& list_of(const YamlValue& value, std::size_t low);

private:
    std::string file_;
    std::optional<Error> problem_;
    std::vector<Error> problems_;
};

}  // namespace cityledger::sim
