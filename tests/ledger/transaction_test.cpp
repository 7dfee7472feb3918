// Transactions, batches and their names.

#include "ledger/transaction.hpp"

#include "ledger/batch.hpp"
#include "tests/ledger/fixtures.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;
using crypto::SignatureSuite;

Status check_signature(const Transaction& transaction) {
    const auto key = crypto::PublicKey::decode(transaction.body.sender_key);
    return check_transaction_signature(transaction, key.value(), SignatureSuite::simulation);
}

TEST_CASE("a signed transaction passes form and signature", "[transaction]") {
    const Transaction transaction = make_transaction("x");
    CHECK(check_transaction_form(transaction, test_chain()));
    CHECK(check_signature(transaction));
}

TEST_CASE("the id excludes the signature and covers the body", "[transaction]") {
    Transaction transaction = make_transaction("x");
    const Digest id = transaction_id(transaction.body);
    transaction.signature.bytes[0] ^= 1;
    CHECK(transaction_id(transaction.body) == id);
    transaction.body.nonce.bytes[0] ^= 1;
    CHECK(transaction_id(transaction.body) != id);
}

TEST_CASE("a changed body or signature does not verify", "[transaction]") {
    const Transaction good = make_transaction("x");
    Transaction bad = good;
    bad.body.operations[0].method = "subtract";
    check_refused(check_signature(bad), codes::transaction_bad_signature);
    bad = good;
    bad.signature.bytes[5] ^= 1;
    check_refused(check_signature(bad), codes::transaction_bad_signature);
}

TEST_CASE("a transaction of another chain is refused, and so is one moved to this chain",
          "[transaction]") {
    const Transaction foreign = sign_transaction(
        make_body(digest_of("other chain"), "alice", 10, {{"c", "m", {}}}), key_of("alice"));
    check_refused(check_transaction_form(foreign, test_chain()), codes::transaction_wrong_chain);
    Transaction moved = foreign;
    moved.body.chain_id = test_chain();
    CHECK(check_transaction_form(moved, test_chain()));
    check_refused(check_signature(moved), codes::transaction_bad_signature);
    CHECK(transaction_id(moved.body) != transaction_id(foreign.body));
}

TEST_CASE("a signature of another kind of message is no transaction's", "[transaction]") {
    Transaction transaction = make_transaction("x");
    transaction.signature =
        key_of("alice").sign(signing_bytes(tags::batch, test_chain(), transaction.body));
    check_refused(check_signature(transaction), codes::transaction_bad_signature);
}

TEST_CASE("a chain of real keys refuses the keys of the simulation", "[transaction]") {
    const Transaction transaction = make_transaction("x");
    const auto key = crypto::PublicKey::decode(transaction.body.sender_key);
    check_refused(check_transaction_signature(transaction, key.value(), SignatureSuite::ecdsa_p256),
                  codes::transaction_wrong_suite);
}

TEST_CASE("a transaction signed with a real key verifies", "[transaction]") {
    const auto key = crypto::PrivateKey::generate();
    TransactionBody body = make_body(test_chain(), "alice", 10, {{"c", "m", {}}});
    body.sender_key = key.public_key().bytes();
    const Transaction transaction = sign_transaction(body, key);
    CHECK(check_transaction_signature(transaction, key.public_key(), SignatureSuite::ecdsa_p256));
}

TEST_CASE("a transaction without operations is refused", "[transaction]") {
    const auto empty = sign_transaction(make_body(test_chain(), "alice", 10, {}), key_of("alice"));
    check_refused(check_transaction_form(empty, test_chain()), codes::transaction_empty);
}

TEST_CASE("a transaction above 1 MiB is refused", "[transaction]") {
    const Operation large{"c", "m", Bytes(k_max_arguments_bytes)};
    const auto sized = [&](std::size_t operations) {
        return sign_transaction(
            make_body(test_chain(), "alice", 10, std::vector<Operation>(operations, large)),
            key_of("alice"));
    };
    CHECK(check_transaction_form(sized(15), test_chain()));
    check_refused(check_transaction_form(sized(16), test_chain()), codes::transaction_too_large);
}

TEST_CASE("a transaction may be included up to its expiry, not longer, not too far ahead",
          "[transaction]") {
    TransactionBody body;
    body.expires_at_height = 20'000;
    CHECK(check_transaction_expiry(body, 20'000));
    check_refused(check_transaction_expiry(body, 20'001), codes::transaction_expired);
    CHECK(check_transaction_expiry(body, 10'000));
    check_refused(check_transaction_expiry(body, 9'999), codes::transaction_expiry_too_far);
    body.expires_at_height = ~std::uint64_t{0};
    check_refused(check_transaction_expiry(body, 1), codes::transaction_expiry_too_far);
}

TEST_CASE("the root of a batch covers order, number and signatures", "[transaction]") {
    const Transaction one = make_transaction("1");
    const Transaction two = make_transaction("2");
    const Digest root = batch_transactions_root({one, two});
    CHECK(batch_transactions_root({two, one}) != root);
    CHECK(batch_transactions_root({one, two, two}) != root);
    CHECK(batch_transactions_root({}) != root);
    Transaction other_signature = two;
    other_signature.signature.bytes[9] ^= 1;
    CHECK(batch_transactions_root({one, other_signature}) != root);
}

TEST_CASE("a batch is named by its header under its chain", "[transaction]") {
    BatchHeader header;
    const Digest name = batch_digest(header, test_chain());
    CHECK(batch_digest(header, digest_of("other")) != name);
    header.sequence = 1;
    CHECK(batch_digest(header, test_chain()) != name);
}

}  // namespace
}  // namespace cityledger::ledger
