#pragma once
// An invoice or red-letter invoice as merchants and accountants have it: with the words that the
// chain only knows sealed. Readers make it, writers print it.

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ledger/contracts/invoice/lines.hpp"
#include "ledger/contracts/invoice/records.hpp"

namespace cityledger::documents {

using ledger::invoice::Line;

struct Party {
    std::string id;  ///< USCC or registration tag; empty: a natural person
    std::string name;

    bool operator==(const Party&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("id", id), ledger::field("name", name));
    }
};

/// What the chain gave the invoice.
struct Issued {
    std::string code;
    std::string number;
    std::string check_code;
    std::string content_digest;  ///< the password area of the printed page

    bool operator==(const Issued&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("code", code), ledger::field("number", number),
                ledger::field("check_code", check_code),
                ledger::field("content_digest", content_digest));
    }
};

/// Amounts of a red-letter invoice are positive here; its pages show them with a minus.
struct Document {
    std::string reference;  ///< the seller's own number: the payment reference of the chain
    std::string date;       ///< "YYYY-MM-DD"; may be empty before the issue
    std::string category;
    Party seller;
    Party buyer;
    std::vector<Line> lines;  ///< names in full: "*catering*dinner"
    bool red = false;
    std::string red_of;  ///< "CODE-NUMBER" of the blue invoice
    std::string red_reason;
    /// Of the blue invoice, one for each line above 0: counted as people do, without discounts.
    std::vector<std::uint32_t> red_lines;
    std::optional<Issued> issued;

    bool operator==(const Document&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(field("reference", reference), field("date", date), field("category", category),
                field("seller", seller), field("buyer", buyer), field("lines", lines),
                field("red", red), field("red_of", red_of), field("red_reason", red_reason),
                field("red_lines", red_lines), field("issued", issued));
    }
};

[[nodiscard]] ledger::invoice::Sums sums_of(const Document& document);
[[nodiscard]] ledger::invoice::TaxRate rate_of(const Line& line);
/// "*catering*" of "*catering*dinner", as the chain takes it; and "dinner".
[[nodiscard]] std::string category_name(const std::string& name);
[[nodiscard]] std::string item_name(const std::string& name);
/// The lines as the contract sees them.
[[nodiscard]] std::vector<Line> chain_lines(const std::vector<Line>& lines);

/// A line and the discount on it as one: what was charged, and what it would have been.
struct NetLine {
    Line line;  ///< amounts after the discount
    std::int64_t discount_fen = 0;
};
[[nodiscard]] std::vector<NetLine> net_lines(const std::vector<Line>& lines);

/// The operation that issues it: "issue" or "red_letter".
[[nodiscard]] std::string operation_of(const Document& document);
/// The operation's arguments, without what a client seals. Lines have their words: the client moves
/// them into the sealed body.
[[nodiscard]] boost::json::object arguments_of(const Document& document);
/// The fields that the client seals.
[[nodiscard]] boost::json::object sealed_fields(const Document& document);

/// The number that the chain gave the line of an invoice: there discounts count too. 0: no such
/// line.
[[nodiscard]] std::uint32_t chain_line(const ledger::invoice::Invoice& blue, std::uint32_t line);
/// The red-letter invoice with its lines numbered as the chain does.
[[nodiscard]] Document numbered_for(const ledger::invoice::Invoice& blue, Document red);

/// What the chain knows of an invoice. `blue` is the record that a red-letter invoice reverses.
[[nodiscard]] Document document_of(const ledger::invoice::Invoice& record,
                                   const ledger::invoice::Invoice* blue);
/// Adds the words of the document that was imported for it. Refuses document_not_of_invoice.
[[nodiscard]] Status add_words(Document& issued, const Document& imported);

}  // namespace cityledger::documents
