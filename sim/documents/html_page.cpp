#include "sim/documents/amounts.hpp"
#include "sim/documents/exporting.hpp"

namespace cityledger::documents {
namespace {

constexpr std::string_view k_style = R"(<style>
@page { size: A4; margin: 12mm; }
body { font: 10pt "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif;
       color: #222; max-width: 186mm; margin: 6mm auto; }
h1 { text-align: center; font-size: 16pt; letter-spacing: .1em; margin: 0; color: #8a4b16; }
h1 small { display: block; font-size: 9pt; letter-spacing: 0; font-weight: normal; }
.red h1, .red .sum { color: #c00; }
header { display: grid; grid-template-columns: 32mm 1fr 58mm; align-items: center; }
.qr { width: 28mm; height: 28mm; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 1mm 2mm; margin: 0; }
dt { color: #8a4b16; } dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin: 3mm 0; }
th, td { border: .3mm solid #8a4b16; padding: 1mm 1.5mm; text-align: right; vertical-align: top; }
th { color: #8a4b16; font-weight: normal; }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; }
thead { display: table-header-group; } tr { break-inside: avoid; }
.parties { display: grid; grid-template-columns: 1fr 1fr; gap: 4mm; margin-top: 3mm; }
.mono { font-family: monospace; font-size: 8pt; }
</style>
)";

std::string item(const std::string& label, const std::string& value) {
    return "<dt>" + label + "</dt><dd>" + escaped_html(value) + "</dd>\n";
}

std::string cell(const std::string& value) { return "<td>" + escaped_html(value) + "</td>"; }

std::string party_box(const std::string& title, const Party& party) {
    return "<dl>" + item(title, party.name.empty() ? party.id : party.name) +
           item("纳税人识别号 Tax ID", party.id.empty() ? "—" : party.id) + "</dl>\n";
}

std::string rate_text(const Line& line) {
    if (rate_of(line).exempt) return "免税 exempt";
    return per_cent_text(line.rate_basis_points) + "%";
}

std::string head(const Document& document) {
    const std::string title = document.red ? "红字电子普通发票" : "电子普通发票";
    std::string text = "<header>" + qr_svg(qr_text(document));
    if (!document.issued) text += "<span></span>";
    text += "<h1>" + title + "<small>" +
            (document.red ? "Red-letter electronic invoice" : "Electronic invoice") +
            "</small></h1>\n<dl>";
    if (document.issued) {
        text += item("发票代码 Code", document.issued->code) +
                item("发票号码 Number", document.issued->number) +
                item("开票日期 Date", document.date) +
                item("校验码 Check code", document.issued->check_code);
    } else {
        text += item("单据 Document", document.reference) + item("状态 State", "未开具 not issued");
    }
    return text + "</dl></header>\n";
}

std::string row(const Line& line, std::int64_t sign) {
    return "<tr>" + cell(line.name) + cell(line.quantity.value_or("")) +
           cell(fen_text(sign * line.amount_fen)) + cell(rate_text(line)) +
           cell(rate_of(line).exempt ? "***" : fen_text(sign * line.tax_fen)) + "</tr>\n";
}

std::string table(const Document& document) {
    const std::int64_t sign = document.red ? -1 : 1;
    std::string text =
        "<table>\n<thead><tr><th>项目名称 Item</th><th>数量 Quantity</th><th>金额 Amount</th>"
        "<th>税率 Rate</th><th>税额 Tax</th></tr></thead>\n<tbody>\n";
    for (const Line& line : document.lines) text += row(line, sign);
    const auto sums = sums_of(document);
    text += "<tr><td>合计 Sum</td><td></td>" + cell("¥" + fen_text(sign * sums.amount_fen)) +
            "<td></td>" + cell("¥" + fen_text(sign * sums.tax_fen)) + "</tr>\n";
    const std::string total = capitals(sign * sums.total_fen());
    return text + "<tr class=\"sum\"><td>价税合计（大写） Total</td><td colspan=\"2\">" + total +
           "</td><td>（小写）</td>" + cell("¥" + fen_text(sign * sums.total_fen())) +
           "</tr>\n</tbody></table>\n";
}

std::string remarks(const Document& document) {
    std::string text = "<dl>";
    if (document.red) {
        text += item("对应蓝字发票 Reverses", document.red_of);
        if (!document.red_reason.empty()) text += item("原因 Reason", document.red_reason);
    }
    if (!document.reference.empty()) text += item("付款编号 Payment reference", document.reference);
    text += "</dl>";
    if (document.issued) {
        text += "<p class=\"mono\">密码区 Digest " + escaped_html(document.issued->content_digest) +
                "</p>";
    }
    return text + "\n";
}

}  // namespace

std::string escaped_html(std::string_view text) {
    std::string escaped;
    for (const char character : text) {
        switch (character) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            case '\'': escaped += "&#39;"; break;
            default: escaped += character;
        }
    }
    return escaped;
}

std::string html_page(const Document& document) {
    const std::string name = document.issued ? document.issued->code + " " + document.issued->number
                                             : document.reference;
    return "<!DOCTYPE html>\n<html lang=\"zh\">\n<head><meta charset=\"utf-8\"><title>" +
           escaped_html(name) + "</title>\n" + std::string(k_style) + "</head>\n<body" +
           (document.red ? " class=\"red\"" : "") + ">\n" + head(document) +
           "<div class=\"parties\">" + party_box("购买方 Buyer", document.buyer) +
           party_box("销售方 Seller", document.seller) + "</div>\n" + table(document) +
           remarks(document) + "</body>\n</html>\n";
}

}  // namespace cityledger::documents
