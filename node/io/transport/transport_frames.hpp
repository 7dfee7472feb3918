#pragma once
// Frames on a byte stream: u32 little-endian length, then that many bytes. Empty frames are legal
// on the wire (they say "alive").

#include <boost/asio/buffer.hpp>
#include <optional>

#include "crypto/bytes.hpp"
#include "crypto/result.hpp"

namespace cityledger::io {

inline constexpr std::size_t k_frame_header_bytes = 4;

void append_frame(Bytes& out, ByteView frame);

/// Collects what arrives and cuts it into frames. Memory grows with the bytes that really came,
/// never with the length that a peer announces.
class FrameBuffer {
public:
    explicit FrameBuffer(std::size_t max_frame_bytes) : max_frame_bytes_(max_frame_bytes) {}

    void set_max_frame_bytes(std::size_t max_frame_bytes) { max_frame_bytes_ = max_frame_bytes; }

    /// Room for the next bytes. Ends the views that `next` gave.
    [[nodiscard]] boost::asio::mutable_buffer space();
    /// `size` bytes of the space were filled.
    void commit(std::size_t size) { filled_ += size; }

    /// The next whole frame, nothing if its bytes are not all there, or frame_too_large. The view
    /// lives until `space` is called.
    [[nodiscard]] Result<std::optional<ByteView>> next();

private:
    std::size_t max_frame_bytes_;
    Bytes bytes_;
    std::size_t taken_ = 0;
    std::size_t filled_ = 0;
};

}  // namespace cityledger::io
