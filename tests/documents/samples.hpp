#pragma once
// The sample files of these tests, and what is read from them.

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "sim/documents/importing.hpp"
#include "tests/paths.hpp"

namespace cityledger::documents::test {

inline const char* const k_samples[] = {
    "01-one-line",           "02-line-discount", "03-document-allowance",
    "04-several-rates",      "05-zero-rate",     "06-exempt",
    "07-rounding",           "08-credit-note",   "09-many-lines",
    "10-charge-and-prepaid", "11-negative-line", "12-other-prefixes"};

inline std::string sample_text(const std::string& name) {
    std::ifstream file(source_dir() + "/tests/documents/samples/" + name + ".xml");
    REQUIRE(file);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The documents of a text that is right.
inline std::vector<Document> imported(const std::string& text, const std::string& file) {
    const Imported result = import_text(text, file);
    for (const Error& problem : result.problems) UNSCOPED_INFO(problem.message());
    REQUIRE(result.problems.empty());
    return result.documents;
}

inline Document sample(const std::string& name) {
    const auto documents = imported(sample_text(name), name + ".xml");
    REQUIRE(documents.size() == 1);
    return documents[0];
}

/// `text` with the first `from` replaced.
inline std::string changed(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace cityledger::documents::test
