// Proof files: what holds is told, and each way to forge one is refused by its own code.

#include "ledger/proof.hpp"

#include "tests/ledger/executor_fixture.hpp"
#include "tests/ledger/proof_chain.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

/// The code by which a proof is refused; nothing if it holds.
std::optional<Code> refusal(const ProofChain& chain, const Proof& proof) {
    const auto verified = verify_proof(proof, chain.genesis);
    if (verified) return std::nullopt;
    return verified.error().code;
}

/// A height with at least three receipts that a header covers.
std::uint64_t busy_height(const ProofChain& chain) {
    const std::uint64_t covered = chain.headers.back().executed.height;
    for (std::uint64_t height = 1; height <= covered; ++height) {
        if (chain.receipts[height].size() >= 3) return height;
    }
    FAIL("no height of the chain has three receipts");
    return 0;
}

/// A key of business state that is there from the first height on.
std::string present_key(const ProofChain& chain) {
    const auto& content = chain.contents[0].at(Space::business);
    REQUIRE(content.size() >= 2);
    return content.begin()->first;
}

TEST_CASE("a proof shows a value, an absence or a receipt under the genesis alone", "[proof]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        ProofChain chain(seed);
        const std::uint64_t covered = chain.headers.back().executed.height;
        for (std::uint64_t height = 0; height <= covered; ++height) {
            const std::string key = chain.draw_key(height);
            const Proof proof = chain.state_proof(Space::business, key, height, chain.draw(3));
            const auto shown = verify_proof(proof, chain.genesis);
            REQUIRE(shown);
            CHECK(shown->height >= height);
            CHECK(shown->state == proof.state->entry);
            CHECK_FALSE(refusal(chain, chain.state_proof(Space::system, "nobody", height)));
            for (const Receipt& receipt : chain.receipts[height]) {
                const auto told =
                    verify_proof(chain.receipt_proof(height, receipt.index), chain.genesis);
                REQUIRE(told);
                CHECK(told->receipt == receipt);
                CHECK(told->transaction);
                CHECK(told->height == height);
            }
        }
    }
}

TEST_CASE("both forms of a proof file hold the same proof", "[proof]") {
    const ProofChain chain(3);
    for (const Proof& proof : {chain.state_proof(Space::business, present_key(chain), 2),
                               chain.receipt_proof(busy_height(chain), 1)}) {
        const Bytes binary = encode(proof);
        CHECK(read_proof(as_text(binary)).value() == proof);
        CHECK(read_proof(pretty_json(to_json(proof))).value() == proof);
        CHECK(read_proof("{}").error().code == codes::json_wrong_shape);
        Bytes longer = binary;
        longer.push_back(0);
        CHECK(read_proof(as_text(longer)).error().code == codes::decode_trailing);
    }
}

// A path that shows the absence of a key shows that of its neighbours in the gap, too.
TEST_CASE("no changed bit of a proof shows what is not so", "[proof]") {
    const ProofChain chain(4);
    for (const Proof& proof : {chain.state_proof(Space::business, present_key(chain), 2),
                               chain.state_proof(Space::business, "no key", 2),
                               chain.receipt_proof(busy_height(chain), 1)}) {
        const Bytes bytes = encode(proof);
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            Bytes damaged = bytes;
            damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1u << (bit % 8)));
            const auto read = decode<Proof>(damaged);
            if (!read) continue;
            INFO("bit " << bit);
            const auto shown = verify_proof(*read, chain.genesis);
            if (!shown) continue;
            REQUIRE(shown->state);
            REQUIRE_FALSE(proof.state->entry.value);
            REQUIRE_FALSE(shown->state->value);
            REQUIRE_FALSE(
                chain.contents[shown->height].at(shown->state->space).contains(shown->state->key));
        }
    }
}

TEST_CASE("a certificate that does not finalize the last header is refused", "[proof]") {
    const ProofChain chain(5);
    const Proof honest = chain.state_proof(Space::business, present_key(chain), 2);
    Proof proof = honest;
    proof.certificate.signers[1] = proof.certificate.signers[0];
    CHECK(refusal(chain, proof) == codes::certificate_signers_unordered);
    proof = honest;
    proof.certificate.signers.pop_back();
    CHECK(refusal(chain, proof) == codes::certificate_too_few_signers);
    proof = honest;
    proof.certificate = chain.certify(chain.headers.back(), 3);
    CHECK(refusal(chain, proof) == codes::certificate_wrong_block);
    proof = honest;
    proof.certificate.content.kind = VoteKind::notarize;
    chain.sign(proof.certificate, 3);
    CHECK(refusal(chain, proof) == codes::proof_not_final);
    proof = honest;
    proof.certificate.content.epoch = 1;
    chain.sign(proof.certificate, 3);
    CHECK(refusal(chain, proof) == codes::certificate_wrong_epoch);
    proof = honest;
    proof.certificate.signers[2].validator = 9;
    CHECK(refusal(chain, proof) == codes::certificate_signer_unknown);
    // Four keys that call themselves the validators.
    proof = honest;
    const Bytes message = vote_signing_bytes(proof.certificate.content, chain.chain);
    for (auto& signer : proof.certificate.signers) {
        signer.signature = key_of("forger" + std::to_string(signer.validator)).sign(message);
    }
    CHECK(refusal(chain, proof) == codes::certificate_bad_signature);
}

TEST_CASE("headers that are no chain of the genesis' epoch are refused", "[proof]") {
    const ProofChain chain(6);
    const Proof honest = chain.state_proof(Space::business, present_key(chain), 2, 2);
    REQUIRE(honest.headers.size() == 3);
    Proof proof = honest;
    proof.headers.erase(proof.headers.begin() + 1);
    CHECK(refusal(chain, proof) == codes::proof_broken_link);
    proof = honest;
    proof.headers[0].executed.business_root = digest_of("a state of my own");
    CHECK(refusal(chain, proof) == codes::proof_broken_link);
    proof = honest;
    proof.headers[1].epoch = 1;
    CHECK(refusal(chain, proof) == codes::proof_other_epoch);
    proof = honest;
    proof.headers[2].next_validators = chain.genesis.validators;
    CHECK(refusal(chain, proof) == codes::proof_other_epoch);
    proof = honest;
    proof.headers.clear();
    CHECK(refusal(chain, proof) == codes::proof_no_header);
}

TEST_CASE("a proof of another chain or version or of no one claim is refused", "[proof]") {
    const ProofChain chain(7);
    const Proof honest = chain.state_proof(Space::business, present_key(chain), 2);
    Genesis other = chain.genesis;
    other.salt.bytes[5] = 1;
    CHECK(verify_proof(honest, other).error().code == codes::proof_other_chain);
    // Said to be of the other chain, its hashes still are of this one.
    Proof proof = honest;
    proof.chain_id = chain_id_of(other);
    CHECK_FALSE(verify_proof(proof, other));
    proof = honest;
    proof.version = 2;
    CHECK(refusal(chain, proof) == codes::proof_wrong_version);
    proof = honest;
    proof.state.reset();
    CHECK(refusal(chain, proof) == codes::proof_wrong_claim);
    proof = honest;
    proof.receipt = chain.receipt_proof(busy_height(chain), 0).receipt;
    CHECK(refusal(chain, proof) == codes::proof_wrong_claim);
    proof = honest;
    proof.state->entry.space = Space::derived;
    CHECK(refusal(chain, proof) == codes::proof_wrong_claim);
}

TEST_CASE("a state that the header does not name is refused", "[proof]") {
    const ProofChain chain(8);
    const std::string key = present_key(chain);
    const Proof honest = chain.state_proof(Space::business, key, 2);
    REQUIRE(honest.state->path.steps.size() >= 2);
    Proof proof = honest;
    proof.state->entry.value->push_back(1);
    CHECK(refusal(chain, proof) == codes::proof_state_root_differs);
    proof = honest;
    proof.state->entry.space = Space::system;
    CHECK(refusal(chain, proof) == codes::proof_state_root_differs);
    // The last inner node, shown as if it were the leaf.
    proof = honest;
    proof.state->path.steps.pop_back();
    CHECK(refusal(chain, proof) == codes::proof_state_root_differs);
    proof = honest;
    std::swap(proof.state->path.steps[0], proof.state->path.steps[1]);
    CHECK(refusal(chain, proof) == codes::proof_path_malformed);
    // Another leaf is there, so this key is not: it hangs elsewhere.
    const auto& content = chain.contents[honest.headers[0].executed.height].at(Space::business);
    const auto& [neighbour, value] = *content.rbegin();
    proof = chain.state_proof(Space::business, neighbour, 2);
    proof.state->entry = {Space::business, key, std::nullopt};
    proof.state->path.neighbour = StateNeighbour{neighbour, crypto::sha256(value)};
    CHECK(refusal(chain, proof) == codes::proof_absence_not_shown);
    proof = honest;
    proof.state->entry.value.reset();
    CHECK(refusal(chain, proof) == codes::proof_absence_not_shown);
}

TEST_CASE("a receipt that the header does not name is refused", "[proof]") {
    const ProofChain chain(9);
    const std::uint64_t height = busy_height(chain);
    const Proof honest = chain.receipt_proof(height, 1);
    Proof proof = honest;
    proof.receipt->receipt.code = 1;
    CHECK(refusal(chain, proof) == codes::proof_receipts_root_differs);
    proof = honest;
    proof.receipt->receipt.height = 0;
    CHECK(refusal(chain, proof) == codes::proof_receipt_height);
    proof = honest;
    proof.receipt->later_list_roots.push_back(Digest{});
    CHECK(refusal(chain, proof) == codes::proof_receipt_height);
    proof = honest;
    proof.receipt->siblings.pop_back();
    CHECK(refusal(chain, proof) == codes::proof_receipt_path);
    proof = honest;
    proof.receipt->transaction->sender = "bob";
    CHECK(refusal(chain, proof) == codes::proof_other_transaction);
    proof.receipt->transaction.reset();
    CHECK_FALSE(refusal(chain, proof));
    proof = honest;
    proof.receipt->root_before = digest_of("another past");
    CHECK(refusal(chain, proof) == codes::proof_receipts_root_differs);
}

TEST_CASE("the executor proves recent states as long as it holds what they held", "[proof]") {
    ExecutorFixture chain;
    const Digest first = chain.first_state.business_root;
    const std::string start = counter_key("start");
    const std::string hits = counter_key("hits");
    const auto before = chain.run({chain.sign("alice", {add("hits", 1)})}).state;
    chain.run({chain.sign("alice", {add("hits", 1), add("misses", 1)})});
    const auto claim = chain.executor->prove_under(Space::business, start, first).value();
    CHECK(claim.entry.value == chain.store.get(Space::business, start));
    CHECK(judge_state_path(Space::business, first, start, claim.entry.value, claim.path) ==
          StatePathVerdict::holds);
    const auto absent = chain.executor->prove_under(Space::business, hits, first).value();
    CHECK_FALSE(absent.entry.value);
    CHECK(judge_state_path(Space::business, first, hits, std::nullopt, absent.path) ==
          StatePathVerdict::holds);
    const auto replaced = chain.executor->prove_under(Space::business, hits, before.business_root);
    CHECK(replaced.error().code == codes::proof_value_replaced);
    const auto unknown = chain.executor->prove_under(Space::business, hits, digest_of("none"));
    CHECK(unknown.error().code == codes::proof_root_not_kept);
    chain.reopen();
    CHECK(chain.executor->prove_under(Space::business, start, first).error().code ==
          codes::proof_root_not_kept);
}

}  // namespace
}  // namespace cityledger::ledger
