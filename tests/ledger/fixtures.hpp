#pragma once
// Small chains for the tests of the ledger: keys of the test suite, so that all is reproducible.

#include <catch2/catch.hpp>

#include "ledger/block.hpp"
#include "ledger/genesis.hpp"

namespace cityledger::ledger::testing {

inline Digest digest_of(std::string_view text) { return crypto::sha256(as_bytes(text)); }

inline crypto::PrivateKey key_of(std::string_view name) {
    return crypto::PrivateKey::for_simulation(digest_of(name));
}

inline std::vector<Validator> make_validators(std::size_t count) {
    std::vector<Validator> validators;
    for (std::size_t i = 0; i < count; ++i) {
        const std::string name = "node" + std::to_string(i);
        validators.push_back({name, key_of(name).public_key().bytes()});
    }
    return validators;
}

inline const ChainId& test_chain() {
    static const ChainId chain = digest_of("test chain");
    return chain;
}

inline ValidatorSet make_set(std::size_t count) {
    return ValidatorSet::create(make_validators(count), test_chain(), 0).value();
}

inline Vote make_vote(const VoteContent& content, std::uint16_t validator) {
    const auto key = key_of("node" + std::to_string(validator));
    return {content, validator, key.sign(vote_signing_bytes(content, test_chain()))};
}

inline Certificate make_certificate(const VoteContent& content, std::uint16_t signers) {
    Certificate certificate{content, {}};
    for (std::uint16_t i = 0; i < signers; ++i) {
        certificate.signers.push_back({i, make_vote(content, i).signature});
    }
    return certificate;
}

inline TransactionBody make_body(const ChainId& chain, const std::string& sender,
                                 std::uint64_t expires, std::vector<Operation> operations) {
    TransactionBody body;
    body.chain_id = chain;
    body.sender = sender;
    body.sender_key = key_of(sender).public_key().bytes();
    body.expires_at_height = expires;
    body.operations = std::move(operations);
    return body;
}

inline Transaction make_transaction(const std::string& note = "") {
    return sign_transaction(
        make_body(test_chain(), "alice", 10, {{"counter", "add", to_bytes(as_bytes(note))}}),
        key_of("alice"));
}

/// A block of height 2 on a parent of height 1 that keeps every rule.
struct BlockPair {
    BlockHeader parent;
    Digest parent_digest;
    Block block;

    BlockPair() {
        parent.height = 1;
        parent.parent = block_digest(genesis_header(test_chain()), test_chain());
        parent.batches_root = batches_root({});
        parent_digest = block_digest(parent, test_chain());
        block.header.height = 2;
        block.header.parent = parent_digest;
        block.header.executed = {1, digest_of("s"), digest_of("b"), digest_of("r")};
        block.batches = {digest_of("batch 1"), digest_of("batch 2")};
        cover({VoteKind::finalize, 0, 1, parent_digest});
        seal_batches();
    }
    void cover(const VoteContent& content) {
        block.covering_certificate = make_certificate(content, 3);
        block.header.covering_certificate =
            certificate_digest(*block.covering_certificate, test_chain());
    }
    void seal_batches() {
        block.header.batch_count = static_cast<std::uint32_t>(block.batches.size());
        block.header.batches_root = batches_root(block.batches);
    }
    [[nodiscard]] Status form() const { return check_block_form(block, test_chain()); }
    [[nodiscard]] Status on_parent() const {
        return check_block_on_parent(block, parent, parent_digest);
    }
};

inline Genesis make_genesis(const std::string& business = "{}") {
    Genesis genesis;
    genesis.name = "test";
    genesis.suite = SuiteName::simulation;
    genesis.authority = digest_of("authority");
    genesis.validators = make_validators(4);
    genesis.keys = {{"alice", key_of("alice").public_key().bytes()},
                    {"bob", key_of("bob").public_key().bytes()}};
    genesis.business = business;
    return genesis;
}

/// Checks that a result is a refusal with this code.
template <class T>
void check_refused(const Result<T>& result, const Code& code) {
    REQUIRE_FALSE(result.has_value());
    INFO(result.error().message());
    CHECK(result.error().code.name == code.name);
}

}  // namespace cityledger::ledger::testing
