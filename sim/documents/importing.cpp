#include "sim/documents/importing.hpp"

#include "sim/documents/documents_codes.hpp"

namespace cityledger::documents {
namespace {

/// How many bytes the character at the place has; 0 if it is no UTF-8.
std::size_t character_bytes(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return 1;
    const std::size_t size = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
    if (byte(0) < 0xC2 || byte(0) > 0xF4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    // Longer than needed, a half of UTF-16, or beyond the last character.
    const bool wrong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xED && byte(1) > 0x9F) ||
                       (byte(0) == 0xF0 && byte(1) < 0x90) || (byte(0) == 0xF4 && byte(1) > 0x8F);
    return wrong ? 0 : size;
}

/// The line of the first byte that is no UTF-8, or is a control character; 0 if there is none.
std::size_t line_of_bad_byte(std::string_view text) {
    std::size_t line = 1;
    while (!text.empty()) {
        const std::size_t size = character_bytes(text);
        const auto first = static_cast<unsigned char>(text[0]);
        const bool control = first < ' ' && first != '\n' && first != '\r' && first != '\t';
        if (size == 0 || control) return line;
        if (first == '\n') ++line;
        text.remove_prefix(size);
    }
    return 0;
}

std::vector<Document> read(const std::string& text, const std::string& file,
                           const ImportOptions& options, Findings& findings) {
    if (text.size() > k_max_file_bytes) {
        findings.add(Error{codes::document_too_large, file});
        return {};
    }
    if (const std::size_t line = line_of_bad_byte(text); line != 0) {
        findings.not_utf8(file + ":" + std::to_string(line));
        return {};
    }
    if (file.ends_with(".csv")) return read_sales(text, file, options, findings);
    if (file.ends_with(".xml")) return read_ubl(text, file, options, findings);
    findings.add(Error{codes::document_format_unknown, file});
    return {};
}

}  // namespace

Imported import_text(const std::string& text, const std::string& file,
                     const ImportOptions& options) {
    Findings findings;
    Imported imported;
    imported.documents = read(text, file, options, findings);
    const bool has_lines = !imported.documents.empty() && !imported.documents[0].lines.empty();
    if (findings.empty() && !has_lines) findings.add(Error{codes::document_empty, file});
    if (findings.empty()) {
        for (const Document& document : imported.documents) {
            findings.check_document(file + ": document " + document.reference, document);
        }
    }
    imported.problems = findings.take();
    return imported;
}

}  // namespace cityledger::documents
