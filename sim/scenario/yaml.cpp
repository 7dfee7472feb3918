#include "sim/scenario/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <optional>
#include <regex>
#include <sstream>
#include <utility>

#include "sim/scenario/problems.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::size_t k_max_depth = 32;

/// What a plain (unquoted) scalar looks like.
enum class Shape : std::uint8_t { text, flag, integer, not_decimal, fraction };

Shape shape_of(const std::string& written) {
    static const std::regex integer("-?(0|[1-9][0-9]*)");
    static const std::regex other_number(
        R"([-+]?0[0-9_]+|[-+]?0[xXoObB][0-9a-fA-F_]+|\+[0-9]+|-?[1-9][0-9]*_[0-9_]+)");
    static const std::regex fraction(
        R"([-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))");
    if (written == "true" || written == "false") return Shape::flag;
    if (std::regex_match(written, integer)) return Shape::integer;
    if (std::regex_match(written, other_number)) return Shape::not_decimal;
    if (std::regex_match(written, fraction)) return Shape::fraction;
    return Shape::text;
}

/// Builds the tree from the parser's events. After the first problem it ignores the rest, since
/// the parser offers no other way to stop it than an exception.
class TreeBuilder : public YAML::EventHandler {
public:
    explicit TreeBuilder(std::string file) : file_(std::move(file)) {}

    void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        if (!begins(mark, "?", anchor)) return;
        add(value_at(mark, YamlKind::nothing));
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        fail(problem::alias(at(mark)));
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& written) override {
        if (!begins(mark, tag, anchor)) return;
        YamlValue value = value_at(mark, YamlKind::text);
        value.text = written;
        if (tag == "?" && !expects_key()) read_plain(value, mark);
        add(std::move(value));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(mark, tag, anchor, YamlKind::sequence);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(mark, tag, anchor, YamlKind::mapping);
    }
    void OnMapEnd() override { close(); }

    [[nodiscard]] const std::optional<Error>& problem_met() const { return problem_; }
    [[nodiscard]] std::optional<YamlValue>& root() { return root_; }

private:
    /// A list or mapping that is not complete yet, and the key whose value comes next.
    struct Open {
        YamlValue value;
        std::optional<YamlEntry> pending;
    };

    [[nodiscard]] FilePlace at(const YAML::Mark& mark) const {
        return {file_, {mark.line + 1, mark.column + 1}};
    }
    [[nodiscard]] static YamlValue value_at(const YAML::Mark& mark, YamlKind kind) {
        YamlValue value;
        value.kind = kind;
        value.place = {mark.line + 1, mark.column + 1};
        return value;
    }
    void fail(Error error) {
        if (!problem_) problem_ = std::move(error);
    }
    [[nodiscard]] bool expects_key() const {
        return !stack_.empty() && stack_.back().value.kind == YamlKind::mapping &&
               !stack_.back().pending;
    }

    bool begins(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != 0) fail(problem::alias(at(mark)));
        if (!tag.empty() && tag != "?" && tag != "!") fail(problem::tag(at(mark), tag));
        return !problem_;
    }

    void read_plain(YamlValue& value, const YAML::Mark& mark) {
        const std::string& written = value.text;
        switch (shape_of(written)) {
            case Shape::text: return;
            case Shape::flag:
                value.kind = YamlKind::flag;
                value.flag = written == "true";
                return;
            case Shape::not_decimal: return fail(problem::not_decimal(at(mark), written));
            case Shape::fraction: return fail(problem::fraction(at(mark), written));
            case Shape::integer: break;
        }
        value.kind = YamlKind::integer;
        const char* end = written.data() + written.size();
        const auto [stop, error] = std::from_chars(written.data(), end, value.integer);
        if (error != std::errc{} || stop != end) fail(problem::integer_range(at(mark), written));
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
              YamlKind kind) {
        if (!begins(mark, tag, anchor)) return;
        if (expects_key()) return fail(problem::syntax(at(mark), said("problem.key_word")));
        if (stack_.size() >= k_max_depth) return fail(problem::too_deep(at(mark)));
        stack_.push_back({value_at(mark, kind), std::nullopt});
    }

    void close() {
        if (problem_) return;
        YamlValue value = std::move(stack_.back().value);
        stack_.pop_back();
        add(std::move(value));
    }

    void add(YamlValue value) {
        if (problem_) return;
        if (stack_.empty()) {
            root_ = std::move(value);
            return;
        }
        Open& parent = stack_.back();
        if (parent.value.kind == YamlKind::sequence) {
            parent.value.items.push_back(std::move(value));
        } else if (parent.pending) {
            parent.pending->value = std::move(value);
            parent.value.entries.push_back(*std::move(parent.pending));
            parent.pending.reset();
        } else {
            add_key(parent, value);
        }
    }

    void add_key(Open& parent, const YamlValue& key) {
        const FilePlace place{file_, key.place};
        if (key.kind == YamlKind::nothing) {
            return fail(problem::syntax(place, said("problem.key_word")));
        }
        for (const YamlEntry& entry : parent.value.entries) {
            if (entry.key == key.text) {
                return fail(problem::duplicate_key(place, key.text, entry.place));
            }
        }
        parent.pending = YamlEntry{key.text, key.place, {}};
    }

    std::string file_;
    std::optional<Error> problem_;
    std::vector<Open> stack_;
    std::optional<YamlValue> root_;
};

}  // namespace

const YamlValue* YamlValue::find(std::string_view key) const {
    for (const YamlEntry& entry : entries) {
        if (entry.key == key) return &entry.value;
    }
    return nullptr;
}

YamlValue* YamlValue::find(std::string_view key) {
    return const_cast<YamlValue*>(std::as_const(*this).find(key));
}

std::string kind_name(YamlKind kind) {
    static constexpr std::string_view ids[] = {"kind.nothing", "kind.flag", "kind.integer",
                                               "kind.text",    "kind.list", "kind.mapping"};
    return said(ids[static_cast<std::size_t>(kind)]);
}

Result<YamlValue> parse_yaml(std::string_view text, const std::string& file) {
    TreeBuilder builder(file);
    TreeBuilder rest(file);
    bool more = false;
    std::optional<Error> syntax_error;
    // yaml-cpp tells syntax errors by exceptions; they end here.
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        if (!builder.problem_met()) more = parser.HandleNextDocument(rest);
    } catch (const YAML::Exception& exception) {
        const FilePlace at{file, {exception.mark.line + 1, exception.mark.column + 1}};
        syntax_error = problem::syntax(at, exception.msg);
    }
    if (builder.problem_met()) return tl::unexpected<Error>(*builder.problem_met());
    if (syntax_error) return tl::unexpected<Error>(*syntax_error);
    if (more) {
        return tl::unexpected<Error>(
            problem::not_one_document({file, rest.root() ? rest.root()->place : Place{1, 1}},
                                      said("problem.second_document")));
    }
    if (!builder.root() || builder.root()->kind == YamlKind::nothing) {
        return tl::unexpected<Error>(
            problem::not_one_document({file, {1, 1}}, said("problem.empty_file")));
    }
    return *std::move(builder.root());
}

boost::json::value plain_json(const YamlValue& value) {
    switch (value.kind) {
        case YamlKind::nothing: return nullptr;
        case YamlKind::flag: return value.flag;
        case YamlKind::integer: return value.integer;
        case YamlKind::text: return boost::json::value(value.text);
        case YamlKind::sequence: {
            boost::json::array array;
            for (const YamlValue& item : value.items) array.push_back(plain_json(item));
            return array;
        }
        case YamlKind::mapping: break;
    }
    boost::json::object object;
    for (const YamlEntry& entry : value.entries) object[entry.key] = plain_json(entry.value);
    return object;
}

}  // namespace cityledger::sim
