// The safety rules, one by one: which vote is cast, and why each other one is refused.

#include <catch2/catch.hpp>

#include "node/consensus/block_tree.hpp"
#include "node/consensus/safety_rules.hpp"
#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

using ledger::Certificate;
using ledger::VoteKind;

Certificate certificate(VoteKind kind, View view, const Digest& block = {}) {
    Certificate made;
    made.content = {kind, 0, view, block};
    for (std::uint16_t i = 0; i < 3; ++i) made.signers.push_back({i, {}});
    return made;
}

/// A validator that may vote, with a tree in which each proposal on the genesis is votable.
struct Validator {
    Validator() { rules.allow_above(0); }

    Votable votable(View view, std::uint64_t batch = 0) {
        ledger::Block block = block_on(genesis_block().header, {test_digest(batch)});
        const Digest digest = ledger::block_digest(block.header, test_chain());
        tree.add_block(digest, block, view);
        tree.judge(digest, true);
        for (View at = 1; at < view; ++at) {
            tree.add_certificate(certificate(VoteKind::nullify, at));
        }
        return *tree.votable(view, 0, digest);
    }
    void enter_by_nullification(View view) {
        REQUIRE(rules.enter(view, certificate(VoteKind::nullify, view - 1)));
    }

    std::vector<crypto::PrivateKey> keys = test_keys(1);
    SafetyRules rules{ValidatorIndex{0}, keys.data(), test_chain(), 0};
    BlockTree tree{FinalBlock{genesis_digest(), genesis_block().header, 0, {}}};
};

template <class T>
void check_refused(const Result<T>& result, const Code& code) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code.name == code.name);
}

TEST_CASE("S1: a second notarize vote of a view is refused, for the same block too",
          "[consensus][safety]") {
    Validator validator;
    REQUIRE(validator.rules.notarize(validator.votable(1, 1)));
    check_refused(validator.rules.notarize(validator.votable(1, 2)), codes::vote_second_notarize);
    check_refused(validator.rules.notarize(validator.votable(1, 1)), codes::vote_second_notarize);
}

TEST_CASE("S1: a leader proposes once in a view", "[consensus][safety]") {
    Validator validator;
    const Votable first = validator.votable(1, 1);
    const ledger::Block& block = validator.tree.find_block(first.block())->block;
    const auto cast = validator.rules.propose(first, 0, block);
    REQUIRE(cast);
    REQUIRE(cast->record.proposal);
    CHECK(cast->record.proposal->vote == cast->vote);
    CHECK(cast->record.vote == cast->vote.content);
    check_refused(validator.rules.propose(validator.votable(1, 2), 0, {}),
                  codes::vote_second_notarize);
}

TEST_CASE("S2: no notarize vote after the nullify vote of the view", "[consensus][safety]") {
    Validator validator;
    REQUIRE(validator.rules.nullify(1));
    check_refused(validator.rules.notarize(validator.votable(1)),
                  codes::vote_notarize_after_nullify);
}

TEST_CASE("S2: a nullify vote after a notarize vote is allowed, once", "[consensus][safety]") {
    Validator validator;
    REQUIRE(validator.rules.notarize(validator.votable(1)));
    const auto nullify = validator.rules.nullify(1);
    REQUIRE(nullify);
    CHECK(nullify->vote.content.block.is_zero());
    check_refused(validator.rules.nullify(1), codes::vote_second_nullify);
}

TEST_CASE("S3: no nullify vote after the finalize vote of the view", "[consensus][safety]") {
    // Only a record from before a restart can bring a node back into a view that it had left.
    Validator validator;
    validator.rules.restore({{VoteKind::finalize, 0, 1, test_digest(1)}, {}, {}});
    check_refused(validator.rules.nullify(1), codes::vote_nullify_after_finalize);
}

TEST_CASE("S4: only a view that was left by its notarization is finalized", "[consensus][safety]") {
    Validator validator;
    check_refused(validator.rules.finalize(1, test_digest(1)), codes::vote_finalize_not_left);
    validator.enter_by_nullification(2);
    check_refused(validator.rules.finalize(1, test_digest(1)), codes::vote_finalize_not_left);
    REQUIRE(validator.rules.enter(3, certificate(VoteKind::notarize, 2, test_digest(2))));
    REQUIRE(validator.rules.finalize(2, test_digest(2)));
}

TEST_CASE("S4: a finalize vote names the notarized block only", "[consensus][safety]") {
    Validator validator;
    REQUIRE(validator.rules.notarize(validator.votable(1, 7)));
    REQUIRE(validator.rules.enter(2, certificate(VoteKind::notarize, 1, test_digest(1))));
    check_refused(validator.rules.finalize(1, test_digest(9)), codes::vote_finalize_other_block);
    // The own notarize vote for the block that lost does not forbid it.
    CHECK(validator.rules.finalize(1, test_digest(1)));
}

TEST_CASE("S4: a finalize vote may follow some views later", "[consensus][safety]") {
    Validator validator;
    REQUIRE(validator.rules.enter(2, certificate(VoteKind::notarize, 1, test_digest(1))));
    validator.enter_by_nullification(5);
    CHECK(validator.rules.open_finalizations().size() == 1);
    CHECK(validator.rules.finalize(1, test_digest(1)));
    CHECK(validator.rules.open_finalizations().empty());
}

TEST_CASE("S5: no finalize vote after the nullify vote of the view", "[consensus][safety]") {
    Validator validator;
    REQUIRE(validator.rules.nullify(1));
    REQUIRE(validator.rules.enter(2, certificate(VoteKind::notarize, 1, test_digest(1))));
    check_refused(validator.rules.finalize(1, test_digest(1)), codes::vote_finalize_after_nullify);
    CHECK(validator.rules.open_finalizations().empty());
}

TEST_CASE("S5: a view is finalized once", "[consensus][safety]") {
    Validator validator;
    REQUIRE(validator.rules.enter(2, certificate(VoteKind::notarize, 1, test_digest(1))));
    REQUIRE(validator.rules.finalize(1, test_digest(1)));
    check_refused(validator.rules.finalize(1, test_digest(1)), codes::vote_second_finalize);
}

TEST_CASE("S6: votes are for the current view only", "[consensus][safety]") {
    Validator validator;
    check_refused(validator.rules.nullify(2), codes::vote_not_in_view);
    check_refused(validator.rules.notarize(validator.votable(2)), codes::vote_not_in_view);
    validator.enter_by_nullification(2);
    check_refused(validator.rules.nullify(1), codes::vote_not_in_view);
    CHECK(validator.rules.notarize(validator.votable(2)));
}

TEST_CASE("S6: a view is entered by a certificate of the view before, forwards only",
          "[consensus][safety]") {
    Validator validator;
    check_refused(validator.rules.enter(3, certificate(VoteKind::nullify, 1)),
                  codes::view_not_certified);
    REQUIRE(validator.rules.enter(9, certificate(VoteKind::finalize, 8, test_digest(8))));
    check_refused(validator.rules.enter(5, certificate(VoteKind::nullify, 4)),
                  codes::view_not_certified);
    check_refused(validator.rules.enter(9, certificate(VoteKind::nullify, 8)),
                  codes::view_not_certified);
    check_refused(validator.rules.enter(0, certificate(VoteKind::nullify, ~View{0})),
                  codes::view_not_certified);
}

TEST_CASE("S7: no vote before the start-up question is answered", "[consensus][safety]") {
    const auto keys = test_keys(1);
    SafetyRules rules(ValidatorIndex{0}, keys.data(), test_chain(), 0);
    check_refused(rules.nullify(1), codes::vote_not_allowed_yet);
    CHECK_FALSE(rules.may_vote());
    rules.allow_above(0);
    CHECK(rules.nullify(1));
}

TEST_CASE("S7: no vote in a view up to the one that was told, and the floor never sinks",
          "[consensus][safety]") {
    Validator validator;
    validator.rules.allow_above(4);
    validator.rules.allow_above(1);
    check_refused(validator.rules.nullify(1), codes::vote_not_allowed_yet);
    REQUIRE(validator.rules.enter(4, certificate(VoteKind::notarize, 3, test_digest(3))));
    check_refused(validator.rules.finalize(3, test_digest(3)), codes::vote_not_allowed_yet);
    check_refused(validator.rules.nullify(4), codes::vote_not_allowed_yet);
    validator.enter_by_nullification(5);
    CHECK(validator.rules.nullify(5));
}

TEST_CASE("an observer has no vote", "[consensus][safety]") {
    SafetyRules rules(std::nullopt, nullptr, test_chain(), 0);
    rules.allow_above(0);
    check_refused(rules.nullify(1), codes::vote_by_observer);
    CHECK_FALSE(rules.restore({{VoteKind::nullify, 0, 1, {}}, {}, {}}));
}

TEST_CASE("S9: a record carries the vote and the certificate by which the view was entered",
          "[consensus][safety]") {
    Validator validator;
    CHECK_FALSE(validator.rules.nullify(1)->record.entry_certificate);
    validator.enter_by_nullification(2);
    const auto cast = validator.rules.notarize(validator.votable(2));
    REQUIRE(cast);
    CHECK(cast->record.entry_certificate == certificate(VoteKind::nullify, 1));
    CHECK(cast->record.vote == cast->vote.content);
    const auto message = ledger::vote_signing_bytes(cast->vote.content, test_chain());
    CHECK(validator.keys[0].public_key().verify(message, cast->vote.signature));
}

TEST_CASE("S1 to S5 hold across a restart by the records", "[consensus][safety]") {
    Validator before;
    const auto notarize = before.rules.notarize(before.votable(1, 1));
    Validator after;
    const auto vote = after.rules.restore(notarize->record);
    REQUIRE(vote);
    CHECK(vote->content == notarize->vote.content);
    check_refused(after.rules.notarize(after.votable(1, 2)), codes::vote_second_notarize);
    const auto nullify = before.rules.nullify(1);
    after.rules.restore(nullify->record);
    REQUIRE(after.rules.enter(2, certificate(VoteKind::notarize, 1, test_digest(1))));
    check_refused(after.rules.finalize(1, test_digest(1)), codes::vote_finalize_after_nullify);
}

TEST_CASE("B6: only the newest views wait for a finalize vote", "[consensus][safety]") {
    Validator validator;
    for (View view = 2; view < 100; ++view) {
        REQUIRE(validator.rules.enter(
            view, certificate(VoteKind::notarize, view - 1, test_digest(view))));
    }
    CHECK(validator.rules.open_finalizations().size() == 16);
    CHECK(validator.rules.open_finalizations().rbegin()->first == 98);
    validator.rules.forget_up_to(98);
    CHECK(validator.rules.open_finalizations().empty());
}

}  // namespace
}  // namespace cityledger::consensus::testing
