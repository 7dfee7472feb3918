#include <qrencode.h>

#include <memory>

#include "sim/documents/amounts.hpp"
#include "sim/documents/exporting.hpp"

namespace cityledger::documents {
namespace {

/// Of light modules around the code, as ISO 18004 wants it.
constexpr int k_quiet_zone = 4;
/// Of an electronic ordinary invoice, as the fields stand on the real one.
constexpr const char* k_version_and_kind = "01,10,";

}  // namespace

std::string qr_text(const Document& document) {
    if (!document.issued) return {};
    std::string day = document.date;
    std::erase(day, '-');
    const std::int64_t net = sums_of(document).amount_fen;
    return k_version_and_kind + document.issued->code + "," + document.issued->number + "," +
           fen_text(document.red ? -net : net) + "," + day + "," + document.issued->check_code +
           ",";
}

std::string qr_svg(const std::string& text) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), &QRcode_free);
    if (text.empty() || code == nullptr) return {};
    const int size = code->width + 2 * k_quiet_zone;
    std::string path;
    for (int y = 0; y < code->width; ++y) {
        for (int x = 0; x < code->width; ++x) {
            if ((code->data[y * code->width + x] & 1) == 0) continue;
            path += "M" + std::to_string(x + k_quiet_zone) + " " +
                    std::to_string(y + k_quiet_zone) + "h1v1h-1z";
        }
    }
    const std::string side = std::to_string(size);
    return "<svg class=\"qr\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " +
           side + "\" shape-rendering=\"crispEdges\"><rect width=\"" + side + "\" height=\"" +
           side + "\" fill=\"#fff\"/><path d=\"" + path + "\"/></svg>";
}

}  // namespace cityledger::documents
