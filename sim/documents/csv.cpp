#include "sim/documents/csv.hpp"

#include "sim/documents/documents_codes.hpp"

namespace cityledger::documents {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

class CsvParser {
public:
    CsvParser(std::string_view text, const std::string& file, Findings& findings)
        : text_(text), file_(file), findings_(findings) {}

    std::vector<CsvRow> rows() {
        std::vector<CsvRow> rows;
        while (at_ < text_.size()) {
            CsvRow row = read_row();
            if (row.size() == 1 && row[0].text.empty()) continue;
            if (sound_ && !rows.empty() && row.size() != rows[0].size()) {
                wrong(row.back().line, row.back().column,
                      std::to_string(row.size()) + " cells, the header row has " +
                          std::to_string(rows[0].size()));
            }
            if (sound_) rows.push_back(std::move(row));
        }
        return rows;
    }

private:
    [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
    [[nodiscard]] bool at_row_end() const { return at_end() || next() == '\n' || is_crlf(); }
    [[nodiscard]] char next() const { return text_[at_]; }
    [[nodiscard]] bool is_crlf() const { return text_.substr(at_, 2) == "\r\n"; }

    char take() {
        const char character = text_[at_++];
        ++column_;
        if (character == '\n') {
            ++line_;
            column_ = 1;
        }
        return character;
    }

    void wrong(std::size_t line, std::size_t column, const std::string& what) {
        if (sound_) {
            findings_.add(
                Error{codes::csv_malformed, place_of(file_, {"", line, column}) + ": " + what});
        }
        sound_ = false;
    }

    CsvRow read_row() {
        sound_ = true;
        CsvRow row;
        while (true) {
            row.push_back(read_cell());
            if (at_row_end()) break;
            take();  // the comma
        }
        if (!at_end() && take() == '\r') take();
        return row;
    }

    CsvCell read_cell() {
        CsvCell cell{"", line_, column_};
        if (!at_end() && next() == '"') {
            read_quoted(cell);
            if (!at_row_end() && next() != ',')
                wrong(line_, column_, "text behind a closing quote");
        }
        while (!at_row_end() && next() != ',') {
            if (next() == '"') wrong(line_, column_, "a quote inside a cell without quotes");
            cell.text += take();
        }
        return cell;
    }

    void read_quoted(CsvCell& cell) {
        take();
        while (true) {
            if (at_end()) return wrong(cell.line, cell.column, "a quote that is not closed");
            const char character = take();
            if (character != '"') {
                cell.text += character;
            } else if (!at_end() && next() == '"') {
                cell.text += take();
            } else {
                return;
            }
        }
    }

    std::string_view text_;
    const std::string& file_;
    Findings& findings_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t column_ = 1;
    bool sound_ = true;  ///< the row so far
};

}  // namespace

std::vector<CsvRow> read_csv(std::string_view text, const std::string& file, Findings& findings) {
    if (text.starts_with(k_byte_order_mark)) text.remove_prefix(k_byte_order_mark.size());
    return CsvParser(text, file, findings).rows();
}

std::string place_of(const std::string& file, const CsvCell& cell) {
    return file + ":" + std::to_string(cell.line) + ":" + std::to_string(cell.column);
}

}  // namespace cityledger::documents
