// Votes and certificates: what a quorum is, and every way not to be one.

#include "ledger/validator_set.hpp"

#include "crypto/crypto_codes.hpp"
#include "tests/ledger/fixtures.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

VoteContent notarize_seven() { return {VoteKind::notarize, 0, 7, digest_of("block")}; }

TEST_CASE("quorums of n - f, with f = (n - 1) / 3", "[certificate]") {
    const std::size_t expected[][3] = {{1, 0, 1}, {2, 0, 2}, {3, 0, 3},  {4, 1, 3},
                                       {5, 1, 4}, {7, 2, 5}, {10, 3, 7}, {53, 17, 36}};
    for (const auto& [size, faulty, quorum] : expected) {
        const ValidatorSet set = make_set(size);
        CHECK(set.max_faulty() == faulty);
        CHECK(set.quorum() == quorum);
        // Two quorums share a correct validator.
        CHECK(2 * set.quorum() > set.size() + set.max_faulty());
    }
}

TEST_CASE("a set of validators has 1 to 128 of them, all different", "[certificate]") {
    const auto create = [](std::vector<Validator> validators) {
        return ValidatorSet::create(std::move(validators), test_chain(), 0);
    };
    CHECK(create(make_validators(128)));
    check_refused(create({}), codes::validators_count);
    check_refused(create(make_validators(129)), codes::validators_count);
    auto validators = make_validators(4);
    validators[3].name = "node0";
    check_refused(create(validators), codes::validators_name_taken);
    validators = make_validators(4);
    validators[3].public_key = validators[0].public_key;
    check_refused(create(validators), codes::validators_key_taken);
    validators = make_validators(4);
    validators[2].public_key.bytes[0] = 0x05;
    check_refused(create(validators), crypto::codes::key_kind_unknown);
}

TEST_CASE("a vote verifies under the key of its validator only", "[certificate]") {
    const ValidatorSet set = make_set(4);
    const Vote vote = make_vote(notarize_seven(), 2);
    const auto verified = set.verify(vote);
    REQUIRE(verified);
    CHECK(**verified == vote);

    Vote bad = vote;
    bad.validator = 1;
    check_refused(set.verify(bad), codes::vote_bad_signature);
    bad = vote;
    bad.content.view = 8;
    check_refused(set.verify(bad), codes::vote_bad_signature);
    bad = vote;
    bad.content.kind = VoteKind::finalize;
    check_refused(set.verify(bad), codes::vote_bad_signature);
    bad = vote;
    bad.validator = 4;
    check_refused(set.verify(bad), codes::vote_signer_unknown);
    bad = vote;
    bad.content.epoch = 1;
    check_refused(set.verify(bad), codes::vote_wrong_epoch);
}

TEST_CASE("nullify names no block and the others do", "[certificate]") {
    const ValidatorSet set = make_set(4);
    const VoteContent nullify_block{VoteKind::nullify, 0, 7, digest_of("block")};
    const VoteContent finalize_nothing{VoteKind::finalize, 0, 7, {}};
    check_refused(set.verify(make_vote(nullify_block, 0)), codes::vote_wrong_content);
    check_refused(set.verify(make_vote(finalize_nothing, 0)), codes::vote_wrong_content);
    check_refused(set.verify(make_certificate(nullify_block, 3)), codes::vote_wrong_content);
    CHECK(set.verify(make_vote({VoteKind::nullify, 0, 7, {}}, 0)));
}

TEST_CASE("votes do not cross chains", "[certificate]") {
    const auto other = ValidatorSet::create(make_validators(4), digest_of("other chain"), 0);
    check_refused(other->verify(make_vote(notarize_seven(), 0)), codes::vote_bad_signature);
    check_refused(other->verify(make_certificate(notarize_seven(), 3)),
                  codes::certificate_bad_signature);
}

TEST_CASE("a certificate of a quorum verifies, of more too", "[certificate]") {
    const ValidatorSet set = make_set(4);
    CHECK(set.verify(make_certificate(notarize_seven(), 3)));
    CHECK(set.verify(make_certificate(notarize_seven(), 4)));
    CHECK(set.check_form(make_certificate(notarize_seven(), 3)));
}

TEST_CASE("certificates that prove nothing are refused", "[certificate]") {
    const ValidatorSet set = make_set(4);
    const Certificate good = make_certificate(notarize_seven(), 3);

    Certificate bad = good;
    bad.signers.pop_back();
    check_refused(set.verify(bad), codes::certificate_too_few_signers);
    bad = good;
    bad.signers[2] = bad.signers[1];  // one validator counted twice
    check_refused(set.verify(bad), codes::certificate_signers_unordered);
    bad = good;
    std::swap(bad.signers[0], bad.signers[1]);
    check_refused(set.verify(bad), codes::certificate_signers_unordered);
    bad = good;
    bad.signers[2].validator = 4;
    check_refused(set.verify(bad), codes::certificate_signer_unknown);
    bad = good;
    bad.signers[2].validator = 3;
    check_refused(set.verify(bad), codes::certificate_bad_signature);
    bad = good;
    bad.content.block = digest_of("another block");
    check_refused(set.verify(bad), codes::certificate_bad_signature);
    bad = good;
    bad.content.epoch = 1;
    check_refused(set.verify(bad), codes::certificate_wrong_epoch);
}

TEST_CASE("a certificate for another block is told from this block's", "[certificate]") {
    const Certificate certificate = make_certificate(notarize_seven(), 3);
    CHECK(check_certificate_block(certificate, digest_of("block")));
    check_refused(check_certificate_block(certificate, digest_of("another")),
                  codes::certificate_wrong_block);
}

}  // namespace
}  // namespace cityledger::ledger
