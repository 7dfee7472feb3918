// Fixed values: if one of these tests fails, the format of the chain has changed, and no existing
// chain can be read any more. Change the tags' version and docs/formats.md with it.

#include "ledger/state_tree.hpp"
#include "tests/ledger/fixtures.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

Digest patterned_digest(std::uint8_t first) {
    Digest digest;
    for (auto& byte : digest.bytes) byte = first++;
    return digest;
}

TransactionBody fixed_body() {
    TransactionBody body;
    body.chain_id = patterned_digest(0);
    body.sender = "91440300708461136T";
    body.sender_key.bytes.fill(0x02);
    body.nonce.bytes.fill(0x33);
    body.expires_at_height = 1234;
    body.operations = {{"invoice", "issue", {1, 2, 3}}, {"calendar", "today", {}}};
    return body;
}

TEST_CASE("the chain id of a fixed genesis", "[golden]") {
    Genesis genesis;
    genesis.name = "golden";
    genesis.salt.bytes.fill(7);
    genesis.authority = patterned_digest(1);
    genesis.validators = {{"node0", {}}};
    genesis.keys = {{"AA", {}}};
    genesis.business = R"({"calendar":{"first_day":"2018-08-10"}})";
    CHECK(to_hex(chain_id_of(genesis)) ==
          "b2ce2cee63eb9462f0d882592777242a87ef4da2888016c5fd1a0854b9d17d8e");
}

TEST_CASE("the id of a fixed transaction", "[golden]") {
    CHECK(to_hex(transaction_id(fixed_body())) ==
          "51337b61ac1585fc1aecfbea19da84616ceec2626e7ad20e18bc3a8baf0d68f3");
}

TEST_CASE("the digest of a fixed batch", "[golden]") {
    BatchHeader header;
    header.author = 2;
    header.sequence = 9;
    header.transaction_count = 1;
    header.transactions_root = batch_transactions_root({{fixed_body(), {}}});
    CHECK(to_hex(batch_digest(header, patterned_digest(0))) ==
          "03d42e2b2e8efc4f2551a3a05ce8f0f70fa079d85e247de3d2620845213b9847");
}

TEST_CASE("the digest of a fixed block", "[golden]") {
    BlockHeader header;
    header.height = 5;
    header.parent = patterned_digest(2);
    header.executed = {3, patterned_digest(3), patterned_digest(4), patterned_digest(5)};
    header.covering_certificate = patterned_digest(6);
    header.batch_count = 2;
    header.batches_root = batches_root({patterned_digest(7), patterned_digest(8)});
    CHECK(to_hex(block_digest(header, patterned_digest(0))) ==
          "234352bdf51f0286ebedc6fbb0867a9d358a357db5c2c4f054766894858d5923");
}

TEST_CASE("the signed bytes of a fixed vote", "[golden]") {
    const VoteContent content{VoteKind::finalize, 0, 258, patterned_digest(9)};
    CHECK(to_hex(crypto::sha256(vote_signing_bytes(content, patterned_digest(0)))) ==
          "0fc47a93d1365cb682c5e1e47e791fbdc14a9e2fa1b493f9a129b78e2a30df2f");
}

TEST_CASE("the receipts root of a fixed height", "[golden]") {
    const Receipt receipt{patterned_digest(1), 3, 0, 0, {{0, {9}, {{"name", "subject"}}}}};
    CHECK(to_hex(chain_receipts_root(patterned_digest(2), receipts_list_root({receipt}))) ==
          "ef13202e67b81187f9d03d7594e93f2274075827dcf824564ba9ba43548bb608");
}

TEST_CASE("the root of a fixed state", "[golden]") {
    StateTree tree(Space::business);
    const StateChange changes[] = {{Space::business, "invoice/1", Bytes{1}},
                                   {Space::business, "invoice/10", Bytes{2}},
                                   {Space::business, "invoice/2", Bytes{}}};
    tree.update(changes);
    CHECK(to_hex(tree.root()) ==
          "e7263a0a1f5c580da79095220d7ff2afce40fcb1a55323fd3191aeb51dce4641");
}

}  // namespace
}  // namespace cityledger::ledger
