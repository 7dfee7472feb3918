#pragma once
// The frames of an ABCI connection: an unsigned LEB128 length, then so many bytes of one message
// (docs.cometbft.com, spec/abci, "Socket Protocol").

#include <optional>
#include <string>

#include "crypto/bytes.hpp"
#include "crypto/result.hpp"

namespace cityledger::abci {

/// The largest message that is taken: a block of k_max_block_bytes many times over.
inline constexpr std::uint32_t k_max_frame_bytes = 32 * 1024 * 1024;

/// Cuts a stream into messages. Holds at most one message and what arrived with it.
class FrameReader {
public:
    void append(ByteView bytes);

    /// The next whole message; nothing while bytes are missing. abci_frame_too_large or
    /// abci_frame_malformed: the stream cannot be followed any further.
    [[nodiscard]] Result<std::optional<Bytes>> next();

private:
    Bytes bytes_;
    std::size_t used_ = 0;
};

/// abci_frame_malformed, with the reason.
[[nodiscard]] Error malformed_frame(std::string why);

/// Appends the frame of one message.
void append_frame(Bytes& out, ByteView message);

/// The bytes that a length, as an unsigned LEB128 number, takes.
[[nodiscard]] std::size_t length_bytes(std::uint64_t length);

}  // namespace cityledger::abci
