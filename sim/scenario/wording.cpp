#include "sim/scenario/wording.hpp"

#include <algorithm>
#include <map>

#include "crypto/check.hpp"
#include "sim/scenario/scenario.hpp"

namespace cityledger::sim {

namespace {

Language current = Language::english;

/// The lines of a table with three columns; its first line names them.
std::vector<CatalogueLine> read_table(std::string_view table) {
    std::vector<CatalogueLine> lines;
    bool heading = true;
    while (!table.empty()) {
        const std::size_t end = std::min(table.find('\n'), table.size());
        const std::string_view line = table.substr(0, end);
        table.remove_prefix(std::min(end + 1, table.size()));
        if (heading || line.empty()) {
            heading = false;
            continue;
        }
        const std::size_t first = line.find('\t');
        const std::size_t second = line.find('\t', first + 1);
        CHECK_INVARIANT(first != std::string_view::npos && second != std::string_view::npos);
        lines.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1),
                         line.substr(second + 1)});
    }
    return lines;
}

std::map<std::string_view, CatalogueLine> by_id(const std::vector<CatalogueLine>& lines) {
    std::map<std::string_view, CatalogueLine> map;
    for (const CatalogueLine& line : lines) map.emplace(line.id, line);
    return map;
}

}  // namespace

void set_language(Language language) { current = language; }

Language language() { return current; }

std::optional<Language> language_of(std::string_view choice, const char* lc_all,
                                    const char* lc_messages, const char* lang) {
    if (choice == "en") return Language::english;
    if (choice == "zh") return Language::chinese;
    if (!choice.empty()) return std::nullopt;
    for (const char* variable : {lc_all, lc_messages, lang}) {
        if (variable == nullptr || *variable == '\0') continue;
        return std::string_view(variable).starts_with("zh") ? Language::chinese : Language::english;
    }
    return Language::english;
}

const std::vector<CatalogueLine>& catalogue() {
    static const std::vector<CatalogueLine> lines = read_table(messages_table());
    return lines;
}

std::string said(std::string_view id, std::initializer_list<std::string> arguments) {
    static const std::map<std::string_view, CatalogueLine> lines = by_id(catalogue());
    const auto line = lines.find(id);
    CHECK_INVARIANT(line != lines.end());
    const std::string_view form =
        current == Language::chinese ? line->second.chinese : line->second.english;
    std::string text;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool placeholder = form[i] == '{' && i + 2 < form.size() && form[i + 2] == '}' &&
                                 form[i + 1] >= '1' && form[i + 1] <= '9';
        if (!placeholder) {
            text += form[i];
            continue;
        }
        const auto index = static_cast<std::size_t>(form[i + 1] - '1');
        CHECK_INVARIANT(index < arguments.size());
        text += *(arguments.begin() + index);
        i += 2;
    }
    return text;
}

std::string counted(std::uint64_t count, std::string_view noun) {
    const std::string id = std::string(noun) + (count == 1 ? ".one" : ".many");
    return said(id, {std::to_string(count)});
}

std::optional<ChineseCode> chinese_code(std::string_view name) {
    static const std::vector<CatalogueLine> lines = read_table(codes_zh_table());
    static const std::map<std::string_view, CatalogueLine> codes = by_id(lines);
    const auto line = codes.find(name);
    if (line == codes.end()) return std::nullopt;
    return ChineseCode{line->second.id, line->second.english, line->second.chinese};
}

std::string message_of(const Error& error) {
    if (current == Language::english) return error.message();
    const auto chinese = chinese_code(error.code.name);
    if (!chinese) return error.message();
    const std::string name(error.code.name);
    const std::string number = std::to_string(error.code.number);
    const std::string meaning(chinese->meaning);
    const std::string remedy(chinese->remedy);
    if (error.detail.empty()) return said("error.short", {name, number, meaning, remedy});
    return said("error", {name, number, meaning, error.detail, remedy});
}

}  // namespace cityledger::sim
