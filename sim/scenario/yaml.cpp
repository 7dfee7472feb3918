#include "sim/scenario/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include "ledger/codec/text.hpp"
#include "sim/scenario/problems.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

namespace {

constexpr std::size_t k_max_depth = 32;

/// What a plain (unquoted) scalar looks like.
enum class Shape : std::uint8_t { text, flag, integer, not_decimal, fraction };

/// Takes characters off the front of a scalar; one pass, no recursion, whatever its length.
class Scan {
public:
    explicit Scan(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool done() const { return rest_.empty(); }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::size_t take_all(std::string_view characters) {
        const std::size_t end = std::min(rest_.find_first_not_of(characters), rest_.size());
        rest_.remove_prefix(end);
        return end;
    }
    [[nodiscard]] bool is_one_of(std::initializer_list<std::string_view> words) const {
        return std::find(words.begin(), words.end(), rest_) != words.end();
    }

private:
    std::string_view rest_;
};

constexpr std::string_view k_digits = "0123456789";
constexpr std::string_view k_digits_and_line = "0123456789_";
constexpr std::string_view k_hex_digits_and_line = "0123456789abcdefABCDEF_";

/// "12", "-0": what an integer is here.
bool is_integer(std::string_view written) {
    Scan scan(written);
    scan.take('-');
    if (scan.take('0')) return scan.done();
    return scan.take_all(k_digits) > 0 && scan.done();
}

/// "0x1f", "017", "+5", "1_000": integers elsewhere, where each may mean something else.
bool is_other_integer(std::string_view written) {
    Scan scan(written);
    const bool signed_plus = scan.take('+');
    if (!signed_plus) scan.take('-');
    Scan based = scan;
    if (based.take('0') && (based.take('x') || based.take('X') || based.take('o') ||
                            based.take('O') || based.take('b') || based.take('B'))) {
        return based.take_all(k_hex_digits_and_line) > 0 && based.done();
    }
    return scan.take_all(k_digits) > 0 && (scan.take_all(k_digits_and_line), scan.done());
}

/// "1.5", ".5", "1e3", ".inf", ".nan".
bool is_fraction(std::string_view written) {
    Scan scan(written);
    if (!scan.take('+')) scan.take('-');
    if (scan.is_one_of({".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"})) return true;
    const std::size_t whole = scan.take_all(k_digits);
    const bool point = scan.take('.');
    const std::size_t part = point ? scan.take_all(k_digits) : 0;
    if (whole + part == 0) return false;
    if (!scan.take('e') && !scan.take('E')) return point && scan.done();
    if (!scan.take('+')) scan.take('-');
    return scan.take_all(k_digits) > 0 && scan.done();
}

Shape shape_of(std::string_view written) {
    if (written == "true" || written == "false") return Shape::flag;
    if (is_integer(written)) return Shape::integer;
    if (is_other_integer(written)) return Shape::not_decimal;
    return is_fraction(written) ? Shape::fraction : Shape::text;
}

/// The first place that is no text, if there is one. Lines may end with a carriage return.
std::optional<Place> find_bad_place(std::string_view text) {
    for (int line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view row = text.substr(0, end);
        if (row.ends_with('\r')) row.remove_suffix(1);
        if (const auto bad = ledger::find_bad_text(row)) {
            return Place{line, static_cast<int>(*bad) + 1};
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::nullopt;
}

/// The last double quote of a line that has an odd number of them: the parser meets it only where
/// the text that it begins is no YAML any more.
std::optional<Place> find_open_quote(std::string_view text, int line) {
    for (int before = 1; before < line && !text.empty(); ++before) {
        text.remove_prefix(std::min(text.find('\n') + 1, text.size()));
    }
    const std::string_view row = text.substr(0, text.find('\n'));
    std::size_t count = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] != '"' || (i > 0 && row[i - 1] == '\\')) continue;
        ++count;
        last = i;
    }
    if (count % 2 == 0) return std::nullopt;
    return Place{line, static_cast<int>(last) + 1};
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
        std::map<std::string, Place, std::less<>> keys = {};
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
        const auto [known, added] = parent.keys.emplace(key.text, key.place);
        if (!added) return fail(problem::duplicate_key(place, key.text, known->second));
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
    if (const auto bad = find_bad_place(text)) {
        return tl::unexpected<Error>(problem::no_text({file, *bad}));
    }
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
        const Place place{exception.mark.line + 1, exception.mark.column + 1};
        const auto quote = find_open_quote(text, place.line);
        syntax_error = quote ? problem::syntax({file, *quote}, said("problem.open_quote"))
                             : problem::syntax({file, place}, exception.msg);
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
