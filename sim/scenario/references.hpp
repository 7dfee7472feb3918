#pragma once
// What the references of a scenario stand for, as far as it is known while the file is read: the
// actors themselves, and the shapes of loop variables and of results that steps save.

#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/problems.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/yaml.hpp"

namespace cityledger::sim {

/// A value before anything runs. If it is not exact, only its kind is known: texts are empty,
/// numbers 0. Nothing: not even that.
struct Example {
    std::optional<boost::json::value> value;
    bool exact = true;
};

class References {
public:
    /// The scenario's actors may grow; it must outlive this.
    explicit References(const Scenario& scenario) : scenario_(scenario) {}

    /// A result is saved under this name, which may hold references ("reply_${d}").
    void save(const std::string& written, std::optional<boost::json::value> shape);
    [[nodiscard]] bool is_saved(const std::string& written) const;
    /// A loop variable, as long as its loop lasts.
    void push(const std::string& variable, std::optional<boost::json::value> example);
    void pop(std::size_t count = 1);

    /// The value with its references replaced, at any depth. Refused with bad_reference where one
    /// names nothing that is known here, or a field that its value does not have. Texts under keys
    /// that end in "_fen" become 0 if they are not exact.
    [[nodiscard]] Result<Example> example_of(const YamlValue& value) const;

private:
    [[nodiscard]] Result<Example> example_of_text(const YamlValue& value) const;
    [[nodiscard]] Result<Example> value_of(const std::string& expression,
                                           const FilePlace& at) const;
    [[nodiscard]] std::optional<Example> root_value(const std::string& root) const;
    [[nodiscard]] Result<Example> member_of(const Example& value, const std::string& root,
                                            const std::string& field, const FilePlace& at) const;
    [[nodiscard]] std::vector<std::string> known_roots() const;

    const Scenario& scenario_;
    std::map<std::string, std::optional<boost::json::value>> saved_;
    std::vector<std::pair<std::string, std::optional<boost::json::value>>> variables_;
};

}  // namespace cityledger::sim
