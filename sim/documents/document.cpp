#include "sim/documents/document.hpp"

#include <algorithm>

#include "ledger/codec/json.hpp"
#include "sim/documents/documents_codes.hpp"

namespace cityledger::documents {
namespace {

namespace json = boost::json;
namespace invoice = ledger::invoice;

std::size_t end_of_category(const std::string& name) {
    const std::size_t star = name.empty() ? std::string::npos : name.find('*', 1);
    return star == std::string::npos ? 0 : star + 1;
}

std::string place_name(std::size_t number) { return "line " + std::to_string(number); }

/// Each line's charge as the contract counts it, the discounts left out.
std::vector<invoice::Charge> charges_of(const std::vector<Line>& lines) {
    std::vector<invoice::Charge> charges;
    for (const NetLine& net : net_lines(lines)) {
        charges.push_back({net.line.amount_fen, net.line.tax_fen,
                           static_cast<std::uint16_t>(net.line.rate_basis_points),
                           net.line.exempt.value_or(false)});
    }
    return charges;
}

Line line_of(const std::string& category, const invoice::Charge& charge) {
    Line line;
    line.name = "*" + category + "*";
    line.amount_fen = charge.amount_fen;
    line.tax_fen = charge.tax_fen;
    line.rate_basis_points = charge.rate_basis_points;
    if (charge.exempt) line.exempt = true;
    return line;
}

/// Of discounts, and of what was given away, nothing can be taken back.
bool is_charged(const invoice::Charge& charge) { return charge.amount_fen != 0; }

/// The lines of a red-letter invoice: of the blue one, as far as they were reversed.
void add_reversals(Document& document, const invoice::Invoice& record,
                   const invoice::Invoice& blue) {
    for (const invoice::Reversal& reversal : record.reversals) {
        if (reversal.line == 0 || reversal.line > blue.charges.size()) continue;
        invoice::Charge charge = blue.charges[reversal.line - 1];
        charge.amount_fen = reversal.amount_fen;
        charge.tax_fen = reversal.tax_fen;
        document.lines.push_back(line_of(blue.content.category, charge));
        const auto before = blue.charges.begin() + reversal.line;
        document.red_lines.push_back(
            static_cast<std::uint32_t>(std::count_if(blue.charges.begin(), before, is_charged)));
    }
}

}  // namespace

invoice::Sums sums_of(const Document& document) {
    invoice::Sums sums;
    for (const Line& line : document.lines) {
        sums.amount_fen += line.amount_fen;
        sums.tax_fen += line.tax_fen;
    }
    return sums;
}

invoice::TaxRate rate_of(const Line& line) {
    return {line.rate_basis_points, line.exempt.value_or(false)};
}

std::string category_name(const std::string& name) { return name.substr(0, end_of_category(name)); }
std::string item_name(const std::string& name) { return name.substr(end_of_category(name)); }

std::vector<Line> chain_lines(const std::vector<Line>& lines) {
    std::vector<Line> shown = lines;
    for (Line& line : shown) {
        line.name = category_name(line.name);
        line.quantity.reset();
    }
    return shown;
}

std::vector<NetLine> net_lines(const std::vector<Line>& lines) {
    std::vector<NetLine> net;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].amount_fen >= 0 || net.empty()) {
            net.push_back({lines[i], 0});
            continue;
        }
        net.back().line.amount_fen += lines[i].amount_fen;
        net.back().line.tax_fen += lines[i].tax_fen;
        net.back().discount_fen -= lines[i].amount_fen;
    }
    return net;
}

std::string operation_of(const Document& document) { return document.red ? "red_letter" : "issue"; }

json::object arguments_of(const Document& document) {
    if (!document.red) {
        const invoice::Sums sums = sums_of(document);
        return {{"buyer", document.buyer.id},
                {"category", document.category},
                {"lines", ledger::to_json(document.lines)},
                {"total_fen", sums.total_fen()},
                {"tax_fen", sums.tax_fen},
                {"payment_reference", document.reference}};
    }
    std::vector<invoice::Reversal> reversals;
    const std::vector<NetLine> lines = net_lines(document.lines);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::uint32_t line = i < document.red_lines.size() ? document.red_lines[i] : 0;
        reversals.push_back({line, lines[i].line.amount_fen, lines[i].line.tax_fen});
    }
    const std::size_t dash = document.red_of.find('-');
    return {{"code", document.red_of.substr(0, dash)},
            {"number", document.red_of.substr(dash + 1)},
            {"lines", ledger::to_json(reversals)},
            {"reason", document.red_reason}};
}

json::object sealed_fields(const Document& document) {
    const invoice::Sums sums = sums_of(document);
    json::object fields = {
        {"seller", document.seller.name}, {"buyer", document.buyer.name},
        {"category", document.category},  {"payment_reference", document.reference},
        {"total_fen", sums.total_fen()},  {"tax_fen", sums.tax_fen}};
    for (std::size_t i = 0; i < document.lines.size(); ++i) {
        fields[place_name(i + 1)] = ledger::to_json(document.lines[i]);
    }
    return fields;
}

std::uint32_t chain_line(const invoice::Invoice& blue, std::uint32_t line) {
    std::uint32_t charged = 0;
    for (std::size_t i = 0; i < blue.charges.size(); ++i) {
        if (is_charged(blue.charges[i])) ++charged;
        if (line != 0 && charged == line) return static_cast<std::uint32_t>(i + 1);
    }
    return 0;
}

Document numbered_for(const invoice::Invoice& blue, Document red) {
    for (std::uint32_t& line : red.red_lines) line = chain_line(blue, line);
    return red;
}

Document document_of(const invoice::Invoice& record, const invoice::Invoice* blue) {
    Document document;
    document.reference = record.content.payment_reference;
    document.date = record.content.date;
    document.category = record.content.category;
    document.seller.id = record.content.seller;
    document.buyer.id = record.content.buyer;
    document.issued = Issued{record.content.code, record.content.number, record.check_code,
                             to_hex(record.content.content_digest)};
    document.red = record.content.red_of.has_value();
    if (record.content.red_reason) {
        const auto reason = static_cast<std::size_t>(*record.content.red_reason);
        document.red_reason = ledger::EnumNames<invoice::RedReason>::names[reason];
    }
    if (document.red) {
        document.red_of = record.content.red_of->code + "-" + record.content.red_of->number;
        if (blue != nullptr) add_reversals(document, record, *blue);
        return document;
    }
    for (const invoice::Charge& charge : record.charges) {
        if (charge.amount_fen != 0) document.lines.push_back(line_of(document.category, charge));
    }
    return document;
}

Status add_words(Document& issued, const Document& imported) {
    auto charges = charges_of(imported.lines);
    std::erase_if(charges, [](const invoice::Charge& charge) { return charge.amount_fen == 0; });
    const bool same =
        issued.red == imported.red && charges == charges_of(issued.lines) &&
        issued.buyer.id == (issued.red ? issued.buyer.id : imported.buyer.id) &&
        (issued.red ? issued.red_of == imported.red_of : issued.reference == imported.reference);
    if (!same) return refuse(codes::document_not_of_invoice, imported.reference);
    issued.lines = imported.lines;
    issued.red_lines = imported.red_lines;
    issued.seller.name = imported.seller.name;
    issued.buyer.name = imported.buyer.name;
    return {};
}

}  // namespace cityledger::documents
