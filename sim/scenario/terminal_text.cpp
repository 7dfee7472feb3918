#include "sim/scenario/terminal_text.hpp"

#include <algorithm>
#include <cstdint>

namespace cityledger::sim {
namespace {

constexpr unsigned k_three_byte_lead = 0xe0;  ///< from here on characters are taken as wide

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

/// The first character with all its bytes.
std::string_view first_character(std::string_view text) {
    std::size_t size = 1;
    while (size < text.size() && continues(text[size])) ++size;
    return text.substr(0, size);
}

std::size_t width_of(std::string_view character) {
    return static_cast<unsigned char>(character[0]) >= k_three_byte_lead ? 2 : 1;
}

/// As many characters as fit.
std::string_view head(std::string_view text, std::size_t columns) {
    std::size_t size = 0;
    while (size < text.size()) {
        const std::string_view next = first_character(text.substr(size));
        if (width_of(next) > columns) break;
        columns -= width_of(next);
        size += next.size();
    }
    return text.substr(0, size);
}

/// Up to and with the last blank or wide character; all of it if there is none.
std::string_view until_break(std::string_view line) {
    std::size_t end = 0;
    for (std::size_t at = 0; at < line.size();) {
        const std::string_view next = first_character(line.substr(at));
        at += next.size();
        if (next == " " || width_of(next) == 2) end = at;
    }
    return end == 0 ? line : line.substr(0, end);
}

}  // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const std::string_view next = first_character(text);
        columns += width_of(next);
        text.remove_prefix(next.size());
    }
    return columns;
}

std::string printable(std::string_view text) {
    std::string result(text);
    for (char& byte : result) {
        const auto value = static_cast<unsigned char>(byte);
        if (value < ' ' || value == 0x7f) byte = '?';
    }
    // U+0080 to U+009F are control characters too.
    for (std::size_t i = 0; i + 1 < result.size(); ++i) {
        if (result[i] == '\xc2' && static_cast<unsigned char>(result[i + 1]) < 0xa0) {
            result.replace(i, 2, "?");
        }
    }
    return result;
}

std::string to_width(std::string_view text, std::size_t columns) {
    std::string result(text);
    if (columns_of(text) > columns) result = std::string(head(text, columns - 1)) + "~";
    return result + std::string(columns - columns_of(result), ' ');
}

std::string to_width_right(std::string_view text, std::size_t columns) {
    const std::size_t own = columns_of(text);
    return own >= columns ? to_width(text, columns)
                          : std::string(columns - own, ' ') + std::string(text);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        std::string_view line = head(text, columns);
        if (line.size() < text.size() && text[line.size()] != ' ') line = until_break(line);
        text.remove_prefix(line.size());
        while (line.ends_with(' ')) line.remove_suffix(1);
        while (text.starts_with(' ')) text.remove_prefix(1);
        lines.emplace_back(line);
    }
    if (lines.empty()) lines.emplace_back();
    return lines;
}

std::string paragraph(std::string_view text) {
    std::string lines;
    for (const std::string& part : wrapped(printable(text), k_terminal_columns)) {
        lines += part + "\n";
    }
    return lines;
}

std::string named_lines(std::string_view name, std::size_t name_columns, std::string_view value) {
    constexpr std::size_t k_indent = 2;
    std::string text;
    std::string shown = to_width(name, name_columns);
    const std::size_t columns = k_terminal_columns - k_indent - name_columns;
    for (const std::string& part : wrapped(printable(value), columns)) {
        text += std::string(k_indent, ' ') + shown + part;
        while (text.ends_with(' ')) text.pop_back();
        text += "\n";
        shown.assign(name_columns, ' ');
    }
    return text;
}

}  // namespace cityledger::sim
