// CSV of sales lines.

#include <algorithm>
#include <map>

#include "sim/documents/csv.hpp"
#include "sim/documents/documents_codes.hpp"
#include "sim/documents/importing.hpp"

namespace cityledger::documents {
namespace {

constexpr std::string_view k_columns[] = {"document",   "date",     "seller_name", "buyer",
                                          "buyer_name", "category", "name",        "quantity",
                                          "net",        "gross",    "rate",        "discount"};
constexpr std::uint32_t k_whole_basis_points = 10'000;

class SalesReader {
public:
    SalesReader(const std::string& file, const ImportOptions& options, Findings& findings)
        : file_(file), options_(options), findings_(findings) {}

    std::vector<Document> read(const std::vector<CsvRow>& rows) {
        if (rows.empty()) return {};
        read_header(rows[0]);
        if (!findings_.empty() && columns_.empty()) return {};
        for (std::size_t i = 1; i < rows.size(); ++i) read_row(rows[i]);
        return std::move(documents_);
    }

private:
    void read_header(const CsvRow& header) {
        bool sound = true;
        for (std::size_t i = 0; i < header.size(); ++i) {
            const std::string& name = header[i].text;
            const bool known =
                std::find(std::begin(k_columns), std::end(k_columns), name) != std::end(k_columns);
            if (known && columns_.emplace(name, i).second) continue;
            findings_.add(
                Error{codes::csv_column_unknown, place_of(file_, header[i]) + ": `" + name + "`"});
            sound = false;
        }
        std::string lacks;
        const auto needs = [&](const std::string& name) {
            if (!columns_.contains(name)) lacks += (lacks.empty() ? "`" : ", `") + name + "`";
        };
        for (const char* name : {"document", "name", "rate"}) needs(name);
        if (options_.category.empty()) needs("category");
        if (columns_.contains("net") == columns_.contains("gross")) {
            lacks += std::string(lacks.empty() ? "" : ", ") + "either `net` or `gross`";
        }
        if (!lacks.empty()) {
            findings_.add(
                Error{codes::csv_column_missing, place_of(file_, header[0]) + ": " + lacks});
        }
        if (!sound || !lacks.empty()) columns_.clear();
    }

    /// Empty if there is no such column.
    [[nodiscard]] std::string text(const CsvRow& row, const std::string& column) const {
        const auto found = columns_.find(column);
        return found == columns_.end() ? "" : row[found->second].text;
    }
    [[nodiscard]] std::string place(const CsvRow& row, const std::string& column) const {
        const auto found = columns_.find(column);
        return place_of(file_, row[found == columns_.end() ? 0 : found->second]) + ": " + column;
    }
    std::string needed(const CsvRow& row, const std::string& column) {
        std::string value = text(row, column);
        if (value.empty()) findings_.missing(place(row, column), column);
        return value;
    }

    Document& document_of(const CsvRow& row) {
        const std::string reference = needed(row, "document");
        const auto [known, fresh] = places_.emplace(reference, documents_.size());
        if (!fresh) return documents_[known->second];
        Document& document = documents_.emplace_back();
        document.reference = reference;
        document.date = date_of(row);
        document.buyer = {text(row, "buyer"), text(row, "buyer_name")};
        document.seller.name = text(row, "seller_name");
        document.category = category_of(row);
        if (!document.date.empty()) findings_.check_date(place(row, "date"), document.date);
        return document;
    }
    [[nodiscard]] std::string date_of(const CsvRow& row) const {
        const std::string date = text(row, "date");
        return date.empty() ? options_.date : date;
    }
    [[nodiscard]] std::string category_of(const CsvRow& row) const {
        const std::string category = text(row, "category");
        return category.empty() ? options_.category : category;
    }

    void check_same(const CsvRow& row, const std::string& column, const std::string& value,
                    const std::string& first) {
        if (value == first) return;
        findings_.add(Error{codes::document_rows_differ,
                            place(row, column) + ": `" + value + "`, first `" + first + "`"});
    }

    void read_row(const CsvRow& row) {
        Document& document = document_of(row);
        check_same(row, "date", date_of(row), document.date);
        check_same(row, "buyer", text(row, "buyer"), document.buyer.id);
        check_same(row, "buyer_name", text(row, "buyer_name"), document.buyer.name);
        check_same(row, "seller_name", text(row, "seller_name"), document.seller.name);
        const std::size_t before = findings_.size();
        const std::string category = category_of(row);
        if (category.empty()) findings_.missing(place(row, "category"), "category");
        Line line;
        line.name = "*" + category + "*" + needed(row, "name");
        line.quantity = findings_.quantity(place(row, "quantity"), text(row, "quantity"));
        read_rate(row, line);
        const std::string column = columns_.contains("gross") ? "gross" : "net";
        const std::int64_t amount = findings_.number(place(row, column), needed(row, column), 2,
                                                     "an amount in yuan: 198.00");
        const std::int64_t discount = discount_of(row);
        if (findings_.size() != before) return;
        if (amount == 0) return findings_.zero_line(place(row, column));
        if (amount < 0) {
            return findings_.malformed(place(row, column), text(row, column),
                                       "above 0; a discount has a column of its own");
        }
        if (discount > amount)
            return findings_.discount_too_large(place(row, "discount"), discount);
        add(document, std::move(line), amount, discount);
    }

    void read_rate(const CsvRow& row, Line& line) {
        std::string rate = needed(row, "rate");
        if (rate.empty()) return;
        if (rate == "exempt" || rate == "免税") {
            line.exempt = true;
            return;
        }
        if (rate.ends_with('%')) rate.pop_back();
        while (rate.ends_with(' ')) rate.pop_back();
        const auto value = parse_decimal(rate, 2);
        if (!value || *value < 0 || *value > k_whole_basis_points) {
            return findings_.malformed(place(row, "rate"), rate,
                                       "a rate in per cent: 13, or exempt");
        }
        line.rate_basis_points = static_cast<std::uint32_t>(*value);
    }

    std::int64_t discount_of(const CsvRow& row) {
        const std::string told = text(row, "discount");
        if (told.empty()) return 0;
        const std::int64_t discount =
            findings_.number(place(row, "discount"), told, 2, "an amount in yuan: 20.00");
        if (discount >= 0) return discount;
        findings_.malformed(place(row, "discount"), told, "an amount above 0");
        return 0;
    }

    void add(Document& document, Line line, std::int64_t amount, std::int64_t discount) {
        const std::uint32_t rate = line.rate_basis_points;
        if (!columns_.contains("gross")) {
            const std::int64_t net = amount - discount;
            return add_line(document.lines, std::move(line), amount, net, tax_on(net, rate));
        }
        // What the customer pays is kept to the fen; the tax bears the rounding.
        const Price paid = split_gross(amount - discount, rate);
        const Price listed = split_gross(amount, rate);
        add_line(document.lines, std::move(line), listed.net_fen, paid.net_fen, paid.tax_fen);
    }

    const std::string& file_;
    const ImportOptions& options_;
    Findings& findings_;
    std::map<std::string, std::size_t, std::less<>> columns_;
    std::vector<Document> documents_;
    std::map<std::string, std::size_t> places_;  ///< by reference
};

}  // namespace

std::vector<Document> read_sales(const std::string& text, const std::string& file,
                                 const ImportOptions& options, Findings& findings) {
    const std::vector<CsvRow> rows = read_csv(text, file, findings);
    return SalesReader(file, options, findings).read(rows);
}

}  // namespace cityledger::documents
