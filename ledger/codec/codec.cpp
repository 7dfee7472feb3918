#include "ledger/codec/codec.hpp"

#include "ledger/codec/text.hpp"

namespace cityledger::ledger {

void CanonicalWriter::append_count(std::size_t count, std::uint32_t max_elements) {
    if (count > max_elements) {
        throw EncodeFailure{{codes::encode_limit, std::string(field_) + ": " +
                                                      std::to_string(count) + ", at most " +
                                                      std::to_string(max_elements)}};
    }
    append_integer(static_cast<std::uint32_t>(count));
}

ByteView CanonicalReader::take(std::size_t count) {
    if (count > rest_.size()) {
        throw DecodeFailure{{codes::decode_truncated, std::to_string(count) + " bytes wanted, " +
                                                          std::to_string(rest_.size()) + " left"}};
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
}

std::string CanonicalReader::take_text(std::size_t count) {
    const ByteView bytes = take(count);
    std::string text(bytes.begin(), bytes.end());
    if (const auto bad = find_bad_text(text)) {
        throw DecodeFailure{{codes::decode_bad_text, "at byte " + std::to_string(*bad)}};
    }
    return text;
}

std::uint32_t CanonicalReader::take_count(std::uint32_t max_elements) {
    const auto count = take_integer<std::uint32_t>();
    if (count > max_elements) {
        throw DecodeFailure{{codes::decode_limit, std::to_string(count) + " elements, at most " +
                                                      std::to_string(max_elements)}};
    }
    return count;
}

bool CanonicalReader::take_flag() {
    const auto byte = take_integer<std::uint8_t>();
    if (byte > 1) fail_not_canonical("a flag is 0 or 1");
    return byte == 1;
}

void CanonicalReader::fail_not_canonical(std::string what) {
    throw DecodeFailure{{codes::decode_not_canonical, std::move(what)}};
}

}  // namespace cityledger::ledger
