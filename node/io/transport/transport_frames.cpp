#include "node/io/transport/transport_frames.hpp"

#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

constexpr std::size_t k_read_bytes = 32 * 1024;
/// A buffer that a large frame has stretched is given back once it is empty.
constexpr std::size_t k_kept_bytes = 256 * 1024;

}  // namespace

void append_frame(Bytes& out, ByteView frame) {
    const auto size = static_cast<std::uint32_t>(frame.size());
    for (int shift = 0; shift < 32; shift += 8) {
        out.push_back(static_cast<std::uint8_t>(size >> shift));
    }
    out.insert(out.end(), frame.begin(), frame.end());
}

boost::asio::mutable_buffer FrameBuffer::space() {
    if (taken_ > 0) {
        bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(taken_));
        filled_ -= taken_;
        taken_ = 0;
    }
    if (filled_ == 0 && bytes_.capacity() > k_kept_bytes) bytes_ = Bytes();
    bytes_.resize(filled_ + k_read_bytes);
    return boost::asio::buffer(bytes_.data() + filled_, k_read_bytes);
}

Result<std::optional<ByteView>> FrameBuffer::next() {
    const ByteView rest(bytes_.data() + taken_, filled_ - taken_);
    if (rest.size() < k_frame_header_bytes) return std::optional<ByteView>();
    std::size_t size = 0;
    for (std::size_t i = k_frame_header_bytes; i-- > 0;) size = (size << 8) | rest[i];
    if (size > max_frame_bytes_) {
        return refuse(codes::frame_too_large,
                      std::to_string(size) + " bytes, at most " + std::to_string(max_frame_bytes_));
    }
    if (rest.size() - k_frame_header_bytes < size) return std::optional<ByteView>();
    taken_ += k_frame_header_bytes + size;
    return std::optional<ByteView>(rest.subspan(k_frame_header_bytes, size));
}

}  // namespace cityledger::io
