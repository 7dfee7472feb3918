// What a validator waits for before its first vote, answer by answer.

#include "node/replica/vote_recovery.hpp"
#include "part_fixture.hpp"

using namespace cityledger;
using namespace cityledger::node;
using namespace cityledger::node::test;

namespace {

struct RecoveryFixture : PartFixture {
    explicit RecoveryFixture(View recorded = 1, bool network_was_stopped = false,
                             std::optional<LostVotes> lost = {})
        : driver(std::make_unique<consensus::Core>(validators, &keys[0], core_options(),
                                                   recovered.consensus),
                 recorded_votes(recorded), *log, execution, links, reactor, trace),
          recovery(validators, network_was_stopped, k_nonce, lost, *log, driver, links, checker,
                   reactor) {
        connect_all();
        recovery.start();
    }
    /// The own votes of the highest view in the log: that the view is nullified.
    static std::vector<ledger::VoteContent> recorded_votes(View view) {
        if (view == 0) return {};
        return {{ledger::VoteKind::nullify, 0, view, {}}};
    }
    /// What the log says after a restart.
    std::optional<LostVotes> recorded_loss() {
        log->request_sync();
        syncer.finish();
        RecoveredLog again;
        REQUIRE(BlockLog::open(disk, syncer, "log", validators.chain_id(), 64 * 1024, again));
        return again.lost_votes;
    }
    static consensus::CoreOptions core_options() {
        consensus::CoreOptions options;
        options.self = 0;
        return options;
    }
    StartAnswer answer(std::optional<View> certified, std::optional<View> own_vote = {}) const {
        StartAnswer answer;
        answer.nonce = k_nonce;
        if (certified) {
            answer.highest_certificate = {{ledger::VoteKind::nullify, 0, *certified, {}}, {}};
            for (std::uint16_t i = 1; i < k_part_validators; ++i) {
                const auto signed_vote = vote(ledger::VoteKind::nullify, *certified, {}, i);
                answer.highest_certificate->signers.push_back({i, signed_vote.signature});
            }
        }
        if (own_vote) answer.highest_votes = {vote(ledger::VoteKind::nullify, *own_vote, {}, 0)};
        return answer;
    }
    void tell(ValidatorIndex from, StartAnswer answer) { recovery.on_answer(from, answer); }

    static constexpr ledger::Nonce k_nonce{{1, 2, 3}};
    CoreDriver driver;
    VoteRecovery recovery;
};

}  // namespace

TEST_CASE("with a whole record a quorum less oneself must answer, and the others have a second") {
    RecoveryFixture fixture;
    CHECK(fixture.transport.take<StartQuestion>().size() == 3);
    fixture.tell(1, fixture.answer(5));
    fixture.tell(1, fixture.answer(5));  // one peer counts once
    CHECK_FALSE(fixture.recovery.is_answered());
    fixture.tell(2, fixture.answer({}));
    CHECK_FALSE(fixture.recovery.is_answered());
    fixture.scheduler.run_ms(k_start_grace_ms);
    CHECK(fixture.recovery.is_answered());
    CHECK(fixture.recovery.take_permission() == std::optional<View>(0));
    CHECK_FALSE(fixture.recovery.take_permission());
}

TEST_CASE("all answers are enough at once; until then the question is asked again") {
    RecoveryFixture fixture;
    fixture.transport.sent.clear();
    fixture.scheduler.run_ms(k_start_question_interval_ms);
    CHECK(fixture.transport.take<StartQuestion>().size() == 3);
    for (ValidatorIndex peer = 1; peer < k_part_validators; ++peer) {
        fixture.tell(peer, fixture.answer(2));
    }
    CHECK(fixture.recovery.is_answered());
    fixture.scheduler.run_ms(5000);
    CHECK(fixture.transport.take<StartQuestion>().empty());
}

TEST_CASE("answers to an older question do not count, forged ones cost the session") {
    RecoveryFixture fixture;
    StartAnswer old = fixture.answer(2);
    old.nonce = {};
    for (ValidatorIndex peer = 1; peer < k_part_validators; ++peer) fixture.tell(peer, old);
    CHECK_FALSE(fixture.recovery.is_answered());
    StartAnswer forged = fixture.answer(2);
    forged.highest_certificate->signers[0].signature.bytes[5] ^= 1;
    fixture.tell(1, forged);
    REQUIRE(fixture.transport.closed.size() == 1);
    CHECK(fixture.transport.closed[0].first == 1);
}

TEST_CASE("an own vote that the log lacks bars two views above the highest certificate") {
    RecoveryFixture fixture(3);
    fixture.tell(1, fixture.answer(7, 4));
    fixture.tell(2, fixture.answer(9));
    fixture.scheduler.run_ms(k_start_grace_ms);
    CHECK_FALSE(fixture.recovery.is_answered());  // with a lost record one more must answer
    fixture.tell(3, fixture.answer({}));
    CHECK(fixture.recovery.take_permission() == std::optional<View>(11));
    CHECK(fixture.recovery.votes_above_view() == 11);
}

TEST_CASE("a vote that the log holds is no lost one") {
    RecoveryFixture fixture(4);
    for (ValidatorIndex peer = 1; peer < k_part_validators; ++peer) {
        fixture.tell(peer, fixture.answer(7, 4));
    }
    CHECK(fixture.recovery.take_permission() == std::optional<View>(0));
}

TEST_CASE("the word that all were stopped bars the certified view only, and needs all answers") {
    RecoveryFixture fixture(3, true);
    fixture.tell(1, fixture.answer(7, 4));
    fixture.tell(2, fixture.answer(9));
    fixture.scheduler.run_ms(10 * k_start_grace_ms);
    CHECK_FALSE(fixture.recovery.is_answered());
    fixture.tell(3, fixture.answer(8));
    CHECK(fixture.recovery.take_permission() == std::optional<View>(9));
}

TEST_CASE("a lost vote that is shown too late bars its view and the next one") {
    RecoveryFixture fixture;
    for (ValidatorIndex peer = 1; peer < k_part_validators; ++peer) {
        fixture.tell(peer, fixture.answer({}));
    }
    CHECK(fixture.recovery.take_permission() == std::optional<View>(0));
    fixture.tell(1, fixture.answer({}, 6));
    CHECK(fixture.recovery.take_permission() == std::optional<View>(7));
    fixture.tell(2, fixture.answer({}, 6));
    CHECK_FALSE(fixture.recovery.take_permission());
}

TEST_CASE("a vote of a recorded view that the log lacks is a lost one: contents count, not views") {
    // A backup that was made between the two votes of view 4.
    RecoveryFixture fixture(4);
    StartAnswer answer = fixture.answer(4, 4);
    answer.highest_votes.push_back(
        fixture.vote(ledger::VoteKind::notarize, 4, crypto::sha256(as_bytes("block")), 0));
    fixture.tell(1, answer);
    fixture.tell(2, fixture.answer(4));
    fixture.tell(3, fixture.answer(4));
    CHECK(fixture.recovery.take_permission() == std::optional<View>(6));
}

TEST_CASE("an own signature in anybody's certificate shows a lost vote") {
    RecoveryFixture fixture(2);
    const Digest block = crypto::sha256(as_bytes("block"));
    StartAnswer answer = fixture.answer({});
    answer.highest_certificate = fixture.certificate(ledger::VoteKind::finalize, 5, block);
    fixture.tell(1, answer);
    fixture.tell(2, fixture.answer(3));
    fixture.tell(3, fixture.answer(3));
    CHECK(fixture.recovery.take_permission() == std::optional<View>(7));
    const auto recorded = fixture.recorded_loss();
    REQUIRE(recorded);
    CHECK(recorded->votes_above_view == 7);
}

TEST_CASE("a certificate that comes later, too, and not again for the same vote") {
    RecoveryFixture fixture(2);
    for (ValidatorIndex peer = 1; peer < k_part_validators; ++peer) {
        fixture.tell(peer, fixture.answer({}));
    }
    CHECK(fixture.recovery.take_permission() == std::optional<View>(0));
    const Digest block = crypto::sha256(as_bytes("block"));
    REQUIRE(fixture.checker.check(fixture.certificate(ledger::VoteKind::finalize, 5, block)));
    fixture.recovery.pump();
    CHECK(fixture.recovery.take_permission() == std::optional<View>(6));
    fixture.recovery.pump();
    CHECK_FALSE(fixture.recovery.take_permission());
}

TEST_CASE("that votes are lost stays on record until it is known from when on they count") {
    RecoveryFixture open(4, false, LostVotes{});
    open.tell(1, open.answer(7));
    open.tell(2, open.answer(7));
    open.scheduler.run_ms(k_start_grace_ms);
    CHECK_FALSE(open.recovery.is_answered());
    open.tell(3, open.answer(7));
    CHECK(open.recovery.take_permission() == std::optional<View>(9));

    RecoveryFixture answered(4, false, LostVotes{9});
    answered.tell(1, answered.answer(7));
    answered.tell(2, answered.answer(7));
    answered.scheduler.run_ms(k_start_grace_ms);
    CHECK(answered.recovery.take_permission() == std::optional<View>(9));
}
