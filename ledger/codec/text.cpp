#include "ledger/codec/text.hpp"

#include <boost/locale/utf.hpp>
#include <cstring>

namespace cityledger::ledger {
namespace {

constexpr unsigned char k_delete = 0x7f;

bool is_forbidden_control(unsigned char c) {
    return (c < 0x20 && c != '\n' && c != '\t') || c == k_delete;
}

constexpr std::size_t k_word_bytes = sizeof(std::uint64_t);

/// A word of eight times this byte.
constexpr std::uint64_t each_byte(std::uint8_t byte) {
    return std::uint64_t{0x0101'0101'0101'0101} * byte;
}

/// Eight bytes of ASCII without any control character, as most texts are. Each test says for all
/// bytes of a word at once whether one is below a bound (the classic borrow into the highest bit).
bool are_plain(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, k_word_bytes);
    constexpr std::uint64_t high = each_byte(0x80);
    const std::uint64_t controls = (word - each_byte(0x20)) & ~word;
    const std::uint64_t from_delete = word ^ each_byte(k_delete);
    const std::uint64_t deletes = (from_delete - each_byte(1)) & ~from_delete;
    return ((word | controls | deletes) & high) == 0;
}

}  // namespace

std::optional<std::size_t> find_bad_text(std::string_view text) {
    namespace utf = boost::locale::utf;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        if (static_cast<std::size_t>(end - at) >= k_word_bytes && are_plain(at)) {
            at += k_word_bytes;
            continue;
        }
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
