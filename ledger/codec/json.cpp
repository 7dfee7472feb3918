#include "ledger/codec/json.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_stack.hpp>
#include <set>

#include "ledger/codec/text.hpp"

namespace cityledger::ledger {
namespace {

constexpr std::size_t k_max_json_bytes = 4 * 1024 * 1024;
constexpr std::size_t k_max_json_depth = 32;

tl::unexpected<Error> malformed(std::string detail) {
    return refuse(codes::json_malformed, std::move(detail));
}

/// Builds the value while Boost.JSON reads the text, and stops at what its own builder lets
/// through: duplicate keys (the last would win silently) and numbers that are no integers.
class StrictHandler {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    using Failure = boost::system::error_code;

    StrictHandler() { stack_.reset(); }

    bool on_document_begin(Failure&) { return true; }
    bool on_document_end(Failure&) { return true; }
    bool on_object_begin(Failure&) {
        keys_.emplace_back();
        return true;
    }
    bool on_object_end(std::size_t count, Failure&) {
        keys_.pop_back();
        stack_.push_object(count);
        return true;
    }
    bool on_array_begin(Failure&) { return true; }
    bool on_array_end(std::size_t count, Failure&) {
        stack_.push_array(count);
        return true;
    }
    bool on_key_part(boost::json::string_view part, std::size_t, Failure&) {
        key_.append(part.data(), part.size());
        return true;
    }
    bool on_key(boost::json::string_view part, std::size_t, Failure& failure) {
        key_.append(part.data(), part.size());
        if (!keys_.back().insert(key_).second) return stop("key \"" + key_ + "\" twice", failure);
        stack_.push_key(key_);
        key_.clear();
        return true;
    }
    bool on_string_part(boost::json::string_view part, std::size_t, Failure&) {
        stack_.push_chars(part);
        return true;
    }
    bool on_string(boost::json::string_view part, std::size_t, Failure&) {
        stack_.push_string(part);
        return true;
    }
    bool on_number_part(boost::json::string_view, Failure&) { return true; }
    bool on_int64(std::int64_t value, boost::json::string_view, Failure&) {
        stack_.push_int64(value);
        return true;
    }
    bool on_uint64(std::uint64_t value, boost::json::string_view, Failure&) {
        stack_.push_uint64(value);
        return true;
    }
    template <class Number>
    bool on_double(Number, boost::json::string_view, Failure& failure) {
        return stop("a number that is no integer of 64 bits", failure);
    }
    bool on_bool(bool value, Failure&) {
        stack_.push_bool(value);
        return true;
    }
    bool on_null(Failure&) {
        stack_.push_null();
        return true;
    }
    bool on_comment_part(boost::json::string_view, Failure&) { return true; }
    bool on_comment(boost::json::string_view, Failure&) { return true; }

    boost::json::value release() { return stack_.release(); }
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    bool stop(std::string problem, Failure& failure) {
        problem_ = std::move(problem);
        failure = boost::json::error::exception;
        return false;
    }

    boost::json::value_stack stack_;
    std::vector<std::set<std::string>> keys_;
    std::string key_;
    std::string problem_;
};

/// Writes with sorted keys; an indent of 0 means on one line.
class JsonPrinter {
public:
    explicit JsonPrinter(std::size_t indent) : indent_(indent) {}

    void print(const boost::json::value& value, std::size_t depth) {
        if (value.is_object()) {
            print_object(value.get_object(), depth);
        } else if (value.is_array()) {
            print_array(value.get_array(), depth);
        } else {
            text_ += boost::json::serialize(value);
        }
    }
    std::string take() { return std::move(text_); }

private:
    void print_object(const boost::json::object& object, std::size_t depth) {
        std::vector<const boost::json::key_value_pair*> members;
        for (const auto& member : object) members.push_back(&member);
        std::sort(members.begin(), members.end(),
                  [](const auto* a, const auto* b) { return a->key() < b->key(); });
        text_ += '{';
        for (const auto* member : members) {
            if (member != members.front()) text_ += ',';
            start_line(depth + 1);
            text_ += boost::json::serialize(member->key());
            text_ += indent_ == 0 ? ":" : ": ";
            print(member->value(), depth + 1);
        }
        if (!members.empty()) start_line(depth);
        text_ += '}';
    }

    void print_array(const boost::json::array& array, std::size_t depth) {
        text_ += '[';
        for (std::size_t i = 0; i < array.size(); ++i) {
            if (i != 0) text_ += ',';
            start_line(depth + 1);
            print(array[i], depth + 1);
        }
        if (!array.empty()) start_line(depth);
        text_ += ']';
    }

    void start_line(std::size_t depth) {
        if (indent_ != 0) text_ += '\n' + std::string(indent_ * depth, ' ');
    }

    std::size_t indent_;
    std::string text_;
};

}  // namespace

Result<boost::json::value> parse_json(std::string_view text) {
    if (text.size() > k_max_json_bytes) {
        return malformed(std::to_string(text.size()) + " bytes, at most " +
                         std::to_string(k_max_json_bytes));
    }
    boost::json::parse_options options;
    options.max_depth = k_max_json_depth;
    boost::json::basic_parser<StrictHandler> parser(options);
    boost::system::error_code failure;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), failure);
    if (!failure && used < text.size()) failure = boost::json::error::extra_data;
    if (failure) {
        const std::string& problem = parser.handler().problem();
        return malformed("at byte " + std::to_string(used) + ": " +
                         (problem.empty() ? failure.message() : problem));
    }
    return parser.handler().release();
}

std::string compact_json(const boost::json::value& value) {
    JsonPrinter printer(0);
    printer.print(value, 0);
    return printer.take();
}

std::string pretty_json(const boost::json::value& value) {
    JsonPrinter printer(2);
    printer.print(value, 0);
    return printer.take() + "\n";
}

void JsonReader::finish() const {
    for (const auto& member : object_) {
        const std::string_view key(member.key().data(), member.key().size());
        if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
            throw JsonFailure{path_.empty() ? std::string(key) : path_ + "." + std::string(key),
                              "is not a known field"};
        }
    }
}

Error json_shape_error(const JsonFailure& failure) {
    const std::string where = failure.path.empty() ? "the value" : failure.path;
    return refuse(codes::json_wrong_shape, where + " " + failure.problem).value();
}

namespace detail {

std::int64_t json_signed(const boost::json::value& value, const std::string& path, std::int64_t low,
                         std::int64_t high) {
    if (!value.is_int64() && !value.is_uint64()) throw JsonFailure{path, "must be an integer"};
    // Boost.JSON keeps a number as uint64 only if it does not fit int64, but a value that was made
    // in memory may hold a small one.
    const bool fits = value.is_int64() || std::in_range<std::int64_t>(value.get_uint64());
    const std::int64_t number = !fits              ? 0
                                : value.is_int64() ? value.get_int64()
                                                   : static_cast<std::int64_t>(value.get_uint64());
    if (!fits || number < low || number > high) {
        throw JsonFailure{path,
                          "must be from " + std::to_string(low) + " to " + std::to_string(high)};
    }
    return number;
}

std::uint64_t json_unsigned(const boost::json::value& value, const std::string& path,
                            std::uint64_t high) {
    if (!value.is_int64() && !value.is_uint64()) throw JsonFailure{path, "must be an integer"};
    const bool negative = value.is_int64() && value.get_int64() < 0;
    const std::uint64_t number =
        value.is_uint64() ? value.get_uint64() : static_cast<std::uint64_t>(value.get_int64());
    if (negative || number > high) {
        throw JsonFailure{path, "must be from 0 to " + std::to_string(high)};
    }
    return number;
}

std::string_view json_text(const boost::json::value& value, const std::string& path,
                           std::uint32_t max_bytes) {
    if (!value.is_string()) throw JsonFailure{path, "must be a text"};
    const auto& text = value.get_string();
    if (text.size() > max_bytes) {
        throw JsonFailure{path, "is longer than " + std::to_string(max_bytes) + " bytes"};
    }
    // Boost.JSON has checked the bytes, but an escape may stand for any character.
    if (find_bad_text({text.data(), text.size()})) {
        throw JsonFailure{path, "holds a control character"};
    }
    return {text.data(), text.size()};
}

Bytes json_hex(const boost::json::value& value, const std::string& path, std::uint32_t max_bytes) {
    if (!value.is_string()) throw JsonFailure{path, "must be a text of hexadecimal digits"};
    const std::string_view text(value.get_string().data(), value.get_string().size());
    if (text.size() / 2 > max_bytes) {
        throw JsonFailure{path, "is longer than " + std::to_string(max_bytes) + " bytes"};
    }
    auto bytes = from_hex(text);
    if (!bytes || to_hex(*bytes) != text) {
        throw JsonFailure{path, "must be an even number of lower-case hexadecimal digits"};
    }
    return *std::move(bytes);
}

std::size_t json_enum(const boost::json::value& value, const std::string& path,
                      const std::string_view* names, std::size_t count) {
    std::string choice;
    for (std::size_t i = 0; i < count; ++i) {
        if (value.is_string() && names[i] == std::string_view(value.get_string())) return i;
        choice += (i == 0 ? "" : ", ") + std::string(names[i]);
    }
    throw JsonFailure{path, "must be one of " + choice};
}

const boost::json::object& json_object(const boost::json::value& value, const std::string& path) {
    if (!value.is_object()) throw JsonFailure{path, "must be an object"};
    return value.get_object();
}

const boost::json::array& json_array(const boost::json::value& value, const std::string& path,
                                     std::uint32_t max_elements) {
    if (!value.is_array()) throw JsonFailure{path, "must be a list"};
    if (value.get_array().size() > max_elements) {
        throw JsonFailure{path, "has more than " + std::to_string(max_elements) + " elements"};
    }
    return value.get_array();
}

}  // namespace detail
}  // namespace cityledger::ledger
