// The messages of peers: every kind survives the way, nothing malformed does.

#include <catch2/catch.hpp>
#include <random>

#include "node/replica/peer_messages.hpp"
#include "node/replica/replica_codes.hpp"

using namespace cityledger;
using namespace cityledger::node;

namespace {

ledger::Certificate some_certificate(ledger::VoteKind kind) {
    ledger::Certificate certificate{{kind, 0, 7, crypto::sha256({})}, {}};
    for (std::uint16_t i = 0; i < 3; ++i) certificate.signers.push_back({i, {}});
    return certificate;
}

ledger::Batch some_batch() {
    ledger::Batch batch;
    batch.transactions.resize(2);
    batch.transactions[1].body.operations = {{"notes", "put", Bytes{1, 2, 3}}};
    batch.header.transaction_count = 2;
    return batch;
}

ledger::Block some_block() {
    ledger::Block block;
    block.header.height = 9;
    block.batches = {crypto::sha256({}), Digest{}};
    block.covering_certificate = some_certificate(ledger::VoteKind::finalize);
    return block;
}

std::vector<PeerMessage> one_of_each() {
    const Progress progress{10, 9, 12};
    const ledger::Vote vote{{ledger::VoteKind::notarize, 0, 7, Digest{}}, 2, {}};
    const Digest digest = crypto::sha256({});
    const auto finalization = some_certificate(ledger::VoteKind::finalize);
    return {ProposalMessage{{vote, 6, some_block()}, progress},
            VoteMessage{vote, progress},
            CertificateMessage{finalization},
            BatchPush{some_batch()},
            BatchAck{{digest, Digest{}}},
            BatchRequest{{digest}},
            BlockRequest{digest},
            BlockAnswer{some_block()},
            CertificateRequest{7},
            SyncRequest{3, 100},
            SyncAnswer{3, {{some_block(), finalization, {some_batch()}}, {some_block(), {}, {}}}},
            StartQuestion{},
            StartAnswer{{}, finalization, {vote}, progress},
            Hint{progress}};
}

}  // namespace

TEST_CASE("every kind of message survives the way") {
    const auto messages = one_of_each();
    REQUIRE(messages.size() == std::variant_size_v<PeerMessage>);
    for (std::size_t kind = 0; kind < messages.size(); ++kind) {
        const Bytes frame = encode_message(messages[kind]);
        CHECK(frame[0] == kind + 1);
        const auto decoded = decode_message(frame);
        REQUIRE(decoded);
        CHECK(decoded->index() == kind);
        CHECK(encode_message(*decoded) == frame);
    }
}

TEST_CASE("a frame without bytes, of an unknown kind or too large is refused") {
    CHECK(decode_message({}).error().code == codes::message_empty);
    const Bytes zero{0};
    CHECK(decode_message(zero).error().code == codes::message_unknown_kind);
    const Bytes unknown{99, 1, 2};
    CHECK(decode_message(unknown).error().code == codes::message_unknown_kind);
    const Bytes large(k_max_frame_bytes + 1, 4);
    CHECK(decode_message(large).error().code == codes::message_too_large);
}

TEST_CASE("a cut or longer frame is refused") {
    for (const auto& message : one_of_each()) {
        Bytes frame = encode_message(message);
        for (std::size_t size = 1; size < frame.size(); ++size) {
            CHECK_FALSE(decode_message(ByteView(frame).first(size)));
        }
        frame.push_back(0);
        CHECK_FALSE(decode_message(frame));
    }
}

TEST_CASE("ten thousand damaged frames are refused or are exactly what they say") {
    constexpr std::uint64_t k_seed = 20260731;
    INFO("seed " << k_seed);
    std::mt19937_64 random(k_seed);
    const auto messages = one_of_each();
    std::size_t refused = 0;
    for (int round = 0; round < 10'000; ++round) {
        Bytes frame = encode_message(messages[random() % messages.size()]);
        const std::size_t changes = 1 + random() % 4;
        for (std::size_t change = 0; change < changes; ++change) {
            const std::size_t at = random() % frame.size();
            if (random() % 8 == 0) {
                frame.resize(at + 1);
            } else {
                frame[at] = static_cast<std::uint8_t>(random() % 3 == 0 ? 0xff : random());
            }
        }
        const auto decoded = decode_message(frame);
        if (!decoded) {
            ++refused;
        } else if (encode_message(*decoded) != frame) {
            FAIL("round " << round << " decodes what it does not encode");
        }
    }
    CHECK(refused > 100);
}
