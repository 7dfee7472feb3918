#pragma once
// What is wrong with a file: all of it at once, each with its place. The one way to raise most of
// the codes, since the formats share them.

#include <string>
#include <vector>

#include "sim/documents/amounts.hpp"
#include "sim/documents/document.hpp"

namespace cityledger::documents {

class Findings {
public:
    void missing(const std::string& place, const std::string& what);
    void malformed(const std::string& place, const std::string& text, const std::string& form);
    void too_large(const std::string& place, const std::string& text);
    void total_wrong(const std::string& place, std::int64_t told, std::int64_t computed);
    void discount_too_large(const std::string& place, std::int64_t discount);
    void zero_line(const std::string& place);
    void lines_refused(const std::string& place, const std::string& what);
    void too_many_lines(const std::string& place, std::size_t count);
    void not_utf8(const std::string& place);
    void add(Error error) { list_.push_back(std::move(error)); }

    /// The number, or 0 with a finding. `decimals` as parse_decimal.
    std::int64_t number(const std::string& place, const std::string& text, int decimals,
                        const std::string& form);
    /// Nothing if empty; a finding if it is no "2" or "2.5 KGM".
    std::optional<std::string> quantity(const std::string& place, const std::string& text);
    void check_date(const std::string& place, const std::string& text);
    void check_length(const std::string& place, const std::string& text, std::size_t bytes);
    /// Why it is reversed: one of the contract's reasons.
    void check_reason(const std::string& place, const std::string& text);
    /// Lengths and number of lines; with a date, what the contract says of the lines on that day.
    void check_document(const std::string& place, const Document& document);

    [[nodiscard]] bool empty() const { return list_.empty(); }
    [[nodiscard]] std::size_t size() const { return list_.size(); }
    [[nodiscard]] std::vector<Error> take() { return std::move(list_); }

private:
    std::vector<Error> list_;
};

/// Adds a line and, if `net` is less than `base`, the discount on it. All without tax but `tax`,
/// which is that of `net`.
void add_line(std::vector<Line>& lines, Line line, std::int64_t base, std::int64_t net,
              std::int64_t tax);

}  // namespace cityledger::documents
