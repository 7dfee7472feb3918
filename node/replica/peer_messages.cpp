#include "node/replica/peer_messages.hpp"

#include "crypto/check.hpp"
#include "node/replica/replica_codes.hpp"

namespace cityledger::node {
namespace {

template <std::size_t index = 0>
Result<PeerMessage> decode_kind(std::size_t kind, ByteView body) {
    if constexpr (index == std::variant_size_v<PeerMessage>) {
        return refuse(codes::message_unknown_kind, std::to_string(kind));
    } else {
        if (kind != index + 1) return decode_kind<index + 1>(kind, body);
        auto message = ledger::decode<std::variant_alternative_t<index, PeerMessage>>(body);
        if (!message) return propagate(message);
        return PeerMessage(std::in_place_index<index>, *std::move(message));
    }
}

}  // namespace

Bytes encode_message(const PeerMessage& message) {
    ledger::CanonicalWriter writer;
    writer.append_integer(static_cast<std::uint8_t>(message.index() + 1));
    std::visit([&](const auto& content) { ledger::write_value(writer, content, 0); }, message);
    Bytes frame = writer.take();
    CHECK_INVARIANT(frame.size() <= k_max_frame_bytes);
    return frame;
}

Bytes encode_batch_push(const ledger::Batch& batch) {
    ledger::CanonicalWriter writer;
    writer.append_integer(frame_kind<BatchPush>());
    ledger::write_value(writer, batch, 0);
    Bytes frame = writer.take();
    CHECK_INVARIANT(frame.size() <= k_max_frame_bytes);
    return frame;
}

Result<PeerMessage> decode_message(ByteView frame) {
    if (frame.empty()) return refuse(codes::message_empty);
    if (frame.size() > k_max_frame_bytes) {
        return refuse(codes::message_too_large, std::to_string(frame.size()) + " bytes");
    }
    const std::size_t kind = frame[0];
    return decode_kind(kind, frame.subspan(1));
}

}  // namespace cityledger::node
