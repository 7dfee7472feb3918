#pragma once
// What the command line says, in English or Chinese, from one catalogue: data/messages.tsv here for
// its own words, codes_zh.tsv here and in each contract's folder for the refusal codes. The details
// of a refusal that come from other layers stay English.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.hpp"

namespace cityledger::sim {

enum class Language : std::uint8_t { english, chinese };

/// The language of this process; English until it is set. Set it before anything is said.
void set_language(Language language);
[[nodiscard]] Language language();

/// Of `choice` ("en" or "zh"), or else of the first that is not empty of LC_ALL, LC_MESSAGES and
/// LANG: Chinese if it begins with "zh". Nothing if the choice is another one.
[[nodiscard]] std::optional<Language> language_of(std::string_view choice, const char* lc_all,
                                                  const char* lc_messages, const char* lang);

/// The message of this id in the language of the process; {1}, {2} ... become the arguments.
/// CHECKs that the catalogue has the id.
[[nodiscard]] std::string said(std::string_view id,
                               std::initializer_list<std::string> arguments = {});

/// A number of things: "1 step", "3 steps"; the ids are NOUN.one and NOUN.many.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);

/// As Error::message(), in the language of the process.
[[nodiscard]] std::string message_of(const Error& error);

/// A code's texts in Chinese.
struct ChineseCode {
    std::string_view name;
    std::string_view meaning;
    std::string_view remedy;
};
/// Nothing if no codes_zh.tsv has a line for it.
[[nodiscard]] std::optional<ChineseCode> chinese_code(std::string_view name);

/// One line of the catalogue, for the test that reads it.
struct CatalogueLine {
    std::string_view id;
    std::string_view english;
    std::string_view chinese;
};
[[nodiscard]] const std::vector<CatalogueLine>& catalogue();

}  // namespace cityledger::sim
