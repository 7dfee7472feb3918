#pragma once
// Documents for other programs and for people: UBL 2.1, a page to print, and the QR code on it.

#include <string>

#include "sim/documents/document.hpp"

namespace cityledger::documents {

/// In the shape of EN 16931, with the tax of each line so that reading it gives the same lines.
[[nodiscard]] std::string ubl_text(const Document& document);

/// One HTML file for A4 that needs nothing else: the words in Chinese beside English.
[[nodiscard]] std::string html_page(const Document& document);

/// What the QR code of an issued invoice holds: "01,10,CODE,NUMBER,NET,YYYYMMDD,CHECK,".
[[nodiscard]] std::string qr_text(const Document& document);
/// A QR code as an SVG element; empty if the text does not fit into one.
[[nodiscard]] std::string qr_svg(const std::string& text);
[[nodiscard]] std::string escaped_html(std::string_view text);

}  // namespace cityledger::documents
