#pragma once
// Documents from the formats that merchants have: a table of sales lines (CSV) and UBL 2.1 in the
// shape of EN 16931. docs/documents.md tells what becomes of each field.

#include <string>
#include <vector>

#include "sim/documents/findings.hpp"

namespace cityledger::documents {

struct ImportOptions {
    std::string category;  ///< of lines that name none
    std::string date;      ///< of documents that name none
};

/// Use the documents only if there are no problems.
struct Imported {
    std::vector<Document> documents;
    std::vector<Error> problems;
};

inline constexpr std::size_t k_max_file_bytes = 4 * 1024 * 1024;

/// By the end of the file's name.
[[nodiscard]] Imported import_text(const std::string& text, const std::string& file,
                                   const ImportOptions& options = {});

/// A table of sales lines: consecutive or not, rows of one `document` are one invoice.
[[nodiscard]] std::vector<Document> read_sales(const std::string& text, const std::string& file,
                                               const ImportOptions& options, Findings& findings);
/// A UBL Invoice or CreditNote; nothing if it cannot be read at all.
[[nodiscard]] std::vector<Document> read_ubl(const std::string& text, const std::string& file,
                                             const ImportOptions& options, Findings& findings);

}  // namespace cityledger::documents
