#include "node/abci/frame_codec.hpp"

#include "node/abci/abci_codes.hpp"

namespace cityledger::abci {
namespace {

/// Enough for k_max_frame_bytes: seven bits a byte.
constexpr std::size_t k_max_length_bytes = 5;

struct Length {
    std::size_t value = 0;
    std::size_t bytes = 0;
};

Result<std::optional<Length>> read_length(ByteView bytes) {
    Length length;
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes.first(std::min(bytes.size(), k_max_length_bytes))) {
        value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * length.bytes++);
        if ((byte & 0x80) != 0) continue;
        if (value > k_max_frame_bytes) {
            return refuse(codes::abci_frame_too_large, std::to_string(value) + " bytes, at most " +
                                                           std::to_string(k_max_frame_bytes));
        }
        length.value = static_cast<std::size_t>(value);
        return length;
    }
    if (length.bytes < k_max_length_bytes) return std::nullopt;
    return tl::unexpected<Error>(malformed_frame("a length without an end"));
}

}  // namespace

Error malformed_frame(std::string why) {
    return refuse(codes::abci_frame_malformed, std::move(why)).value();
}

void FrameReader::append(ByteView bytes) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ = 0;
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

Result<std::optional<Bytes>> FrameReader::next() {
    const ByteView rest = ByteView(bytes_).subspan(used_);
    const auto length = read_length(rest);
    if (!length) return propagate(length);
    if (!*length || rest.size() - (*length)->bytes < (*length)->value) return std::nullopt;
    used_ += (*length)->bytes + (*length)->value;
    return to_bytes(rest.subspan((*length)->bytes, (*length)->value));
}

void append_frame(Bytes& out, ByteView message) {
    std::uint64_t rest = message.size();
    for (; rest >= 0x80; rest >>= 7) out.push_back(static_cast<std::uint8_t>(rest | 0x80));
    out.push_back(static_cast<std::uint8_t>(rest));
    out.insert(out.end(), message.begin(), message.end());
}

std::size_t length_bytes(std::uint64_t length) {
    std::size_t bytes = 1;
    for (; length >= 0x80; length >>= 7) ++bytes;
    return bytes;
}

}  // namespace cityledger::abci
