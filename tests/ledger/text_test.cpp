// Texts are read eight bytes at a time; what is found must be what a look at each byte finds.

#include "ledger/codec/text.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace cityledger::ledger {
namespace {

/// Of a text of ASCII.
std::optional<std::size_t> first_control(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) return i;
    }
    return std::nullopt;
}

TEST_CASE("every byte of ASCII at every place of a text is judged alike", "[text]") {
    for (std::size_t size = 1; size <= 20; ++size) {
        for (std::size_t place = 0; place < size; ++place) {
            for (int byte = 0; byte < 0x80; ++byte) {
                std::string text(size, ' ');
                text[place] = static_cast<char>(byte);
                if (find_bad_text(text) != first_control(text)) FAIL(size << "/" << place);
                text.back() = '\x01';  // a second fault must not hide the first
                if (find_bad_text(text) != first_control(text)) FAIL(size << "/" << place);
            }
        }
    }
}

TEST_CASE("UTF-8 among ASCII, whole and broken, at every place", "[text]") {
    for (std::size_t before = 0; before <= 17; ++before) {
        const std::string ascii(before, 'a');
        CHECK_FALSE(find_bad_text(ascii + "税" + ascii));
        CHECK(find_bad_text(ascii + "\xe7\xa8" + ascii) == before);
        CHECK(find_bad_text(ascii + "\xc0\x80" + ascii) == before);
        CHECK(find_bad_text(ascii + "\xff" + ascii) == before);
    }
}

}  // namespace
}  // namespace cityledger::ledger
