#include "ledger/codec/text.hpp"

#include <boost/locale/utf.hpp>

namespace cityledger::ledger {
namespace {

constexpr unsigned char k_delete = 0x7f;

bool is_forbidden_control(unsigned char c) {
    return (c < 0x20 && c != '\n' && c != '\t') || c == k_delete;
}

}  // namespace

std::optional<std::size_t> find_bad_text(std::string_view text) {
    namespace utf = boost::locale::utf;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        const char* const begin = at;
        const auto byte = static_cast<unsigned char>(*at);
        bool good = true;
        if (byte < 0x80) {
            good = !is_forbidden_control(byte);
            ++at;
        } else {
            const utf::code_point point = utf::utf_traits<char>::decode(at, end);
            good = point != utf::illegal && point != utf::incomplete;
        }
        if (!good) return static_cast<std::size_t>(begin - text.data());
    }
    return std::nullopt;
}

}  // namespace cityledger::ledger
