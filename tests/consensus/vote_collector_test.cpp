// Votes become certificates, and equivocation becomes evidence; and the view timer.

#include <catch2/catch.hpp>

#include "node/consensus/leader_watch.hpp"
#include "node/consensus/pacemaker.hpp"
#include "node/consensus/vote_collector.hpp"
#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

using ledger::VoteKind;

ledger::Vote vote(ValidatorIndex validator, VoteKind kind, View view, std::uint64_t block = 0) {
    ledger::Vote made;
    made.validator = validator;
    made.content = {kind, 0, view, kind == VoteKind::nullify ? Digest{} : test_digest(block)};
    return made;
}

VoteCollector collector_of_four() {
    VoteCollector collector(3, 64);
    collector.move_to(1, 0);
    return collector;
}

TEST_CASE("a quorum of one content makes one certificate, signers ascending", "[consensus]") {
    VoteCollector collector = collector_of_four();
    CHECK_FALSE(collector.add(vote(3, VoteKind::notarize, 1)).certificate);
    CHECK_FALSE(collector.add(vote(0, VoteKind::notarize, 1)).certificate);
    CHECK_FALSE(collector.add(vote(0, VoteKind::notarize, 1)).certificate);
    const auto added = collector.add(vote(2, VoteKind::notarize, 1));
    REQUIRE(added.certificate);
    CHECK(added.certificate->signers[0].validator == 0);
    CHECK(added.certificate->signers[1].validator == 2);
    CHECK(added.certificate->signers[2].validator == 3);
    CHECK_FALSE(collector.add(vote(1, VoteKind::notarize, 1)).certificate);
    CHECK(collector.voters(1, VoteKind::notarize) == std::vector<ValidatorIndex>{0, 1, 2, 3});
}

TEST_CASE("votes of different blocks, kinds and views are not counted together", "[consensus]") {
    VoteCollector collector = collector_of_four();
    CHECK_FALSE(collector.add(vote(0, VoteKind::notarize, 1, 1)).certificate);
    CHECK_FALSE(collector.add(vote(1, VoteKind::notarize, 1, 2)).certificate);
    CHECK_FALSE(collector.add(vote(2, VoteKind::notarize, 2, 1)).certificate);
    CHECK_FALSE(collector.add(vote(3, VoteKind::finalize, 1, 1)).certificate);
    CHECK_FALSE(collector.add(vote(2, VoteKind::nullify, 1)).certificate);
    CHECK_FALSE(collector.add(vote(3, VoteKind::notarize, 1, 1)).certificate);
}

TEST_CASE("an equivocating validator counts once and leaves evidence once", "[consensus]") {
    VoteCollector collector = collector_of_four();
    collector.add(vote(0, VoteKind::notarize, 1, 1));
    const auto added = collector.add(vote(0, VoteKind::notarize, 1, 2));
    REQUIRE(added.evidence);
    CHECK(added.evidence->first.content.block == test_digest(1));
    CHECK(added.evidence->second.content.block == test_digest(2));
    CHECK_FALSE(collector.add(vote(0, VoteKind::notarize, 1, 3)).evidence);
    collector.add(vote(1, VoteKind::notarize, 1, 2));
    CHECK_FALSE(collector.add(vote(2, VoteKind::notarize, 1, 2)).certificate);
}

TEST_CASE("evidence compares content, never signatures", "[consensus]") {
    VoteCollector collector = collector_of_four();
    ledger::Vote other = vote(0, VoteKind::notarize, 1, 1);
    collector.add(other);
    other.signature.bytes[5] = 9;
    CHECK_FALSE(collector.add(other).evidence);
}

TEST_CASE("nullify and finalize of one view are evidence in both orders", "[consensus]") {
    VoteCollector collector = collector_of_four();
    collector.add(vote(0, VoteKind::nullify, 1));
    CHECK(collector.add(vote(0, VoteKind::finalize, 1, 1)).evidence);
    collector.add(vote(1, VoteKind::finalize, 1, 1));
    CHECK(collector.add(vote(1, VoteKind::nullify, 1)).evidence);
    collector.add(vote(2, VoteKind::notarize, 1, 1));
    CHECK_FALSE(collector.add(vote(2, VoteKind::nullify, 1)).evidence);
    CHECK_FALSE(collector.add(vote(3, VoteKind::notarize, 1, 1)).evidence);
    CHECK_FALSE(collector.add(vote(3, VoteKind::finalize, 1, 2)).evidence);
}

TEST_CASE("B7: votes outside the window are dropped and its memory is bounded", "[consensus]") {
    VoteCollector collector(3, 64);
    collector.move_to(100, 10);
    CHECK_FALSE(collector.in_window(35));
    CHECK(collector.in_window(36));
    CHECK(collector.in_window(164));
    CHECK_FALSE(collector.in_window(165));
    for (View view = 1; view < 1'000; ++view) collector.add(vote(0, VoteKind::nullify, view));
    collector.add(vote(0, VoteKind::nullify, ~View{0}));
    CHECK(collector.kept_views() == 129);
    collector.move_to(150, 149);
    CHECK(collector.kept_views() == 15);
    CHECK(collector.voters(149, VoteKind::nullify).empty());
}

ledger::Certificate certificate(VoteKind kind, View view) {
    ledger::Certificate made;
    made.content = {kind, 0, view, {}};
    return made;
}

TEST_CASE("L4: the view timer grows with each view that was given up, however it is left",
          "[consensus]") {
    Pacemaker pacemaker({1'000, 200, 5'000, 500});
    CHECK(pacemaker.view_timeout_ms() == 1'000);
    // Not given up here: a leader that was not waited for says nothing of delays.
    pacemaker.enter(certificate(VoteKind::nullify, 1), false);
    CHECK(pacemaker.view_timeout_ms() == 1'000);
    pacemaker.give_up();
    pacemaker.give_up();  // of the same view
    CHECK(pacemaker.view_timeout_ms() == 2'000);
    // Where messages are slow the notarization comes all the same, a little later.
    pacemaker.enter(certificate(VoteKind::notarize, 2), false);
    CHECK(pacemaker.view_timeout_ms() == 2'000);
    pacemaker.give_up();
    CHECK(pacemaker.view_timeout_ms() == 4'000);
    for (View view = 3; view < 100; ++view) {
        pacemaker.enter(certificate(VoteKind::nullify, view), false);
        pacemaker.give_up();
    }
    CHECK(pacemaker.view_timeout_ms() == 5'000);
    pacemaker.on_finalized();
    CHECK(pacemaker.view_timeout_ms() == 2'500);
    for (int i = 0; i < 10; ++i) pacemaker.on_finalized();
    CHECK(pacemaker.view_timeout_ms() == 1'000);
    Pacemaker huge({~std::uint64_t{0}, 200, ~std::uint64_t{0}, 1});
    huge.give_up();
    CHECK(huge.view_timeout_ms() == ~std::uint64_t{0});
    Pacemaker slow({1, 110, 5'000, 1});
    slow.give_up();
    CHECK(slow.view_timeout_ms() == 2);
}

TEST_CASE("L7: without anything to expect the resend timer runs ever slower", "[consensus]") {
    Pacemaker pacemaker({1'000, 200, 16'000, 500});
    CHECK(pacemaker.update_resend_timer(true, false)->delay_ms == 500);
    CHECK_FALSE(pacemaker.update_resend_timer(true, false));
    for (const std::uint64_t delay : {1'000, 2'000, 4'000, 8'000, 16'000, 32'000, 32'000}) {
        pacemaker.resend_timer_fired();
        CHECK(pacemaker.update_resend_timer(true, false)->delay_ms == delay);
    }
    CHECK(pacemaker.update_resend_timer(true, true)->delay_ms == 500);  // at once when it matters
    CHECK_FALSE(pacemaker.update_resend_timer(true, false));
    CHECK(pacemaker.update_resend_timer(false, false)->delay_ms == std::nullopt);
    pacemaker.resend_timer_fired();
    pacemaker.resend_timer_fired();
    pacemaker.on_news();
    CHECK(pacemaker.update_resend_timer(true, false)->delay_ms == 500);
}

TEST_CASE("L5, L11: who is not worth waiting for, and when it is again", "[consensus]") {
    LeaderWatch leaders(4);
    leaders.set_reachable(2, false);
    CHECK_FALSE(leaders.worth_waiting(6, 2));
    leaders.set_reachable(2, true);
    CHECK(leaders.worth_waiting(6, 2));
    for (std::uint64_t turn = 0; turn < k_silent_turns; ++turn) leaders.was_silent(2);
    for (std::uint64_t round = 1; round <= 20; ++round) {
        std::set<std::uint64_t> fair;
        for (std::uint64_t turn = 0; turn < 4096; ++turn) {
            if (leaders.worth_waiting(4 * turn + 2, 2)) fair.insert(turn);
        }
        // Never given up for good, ever more rarely, and in turns that all validators share.
        CHECK(fair.contains(0));
        CHECK(fair.contains(1024));
        const std::uint64_t shift = std::min<std::uint64_t>(round, k_max_skipped_turns_log2);
        CHECK(fair.size() == std::size_t{4096} >> shift);
        leaders.was_silent(2);
    }
    CHECK(leaders.worth_waiting(4 * 3 + 1, 1));  // the others as ever
    leaders.proposed(2);
    CHECK(leaders.worth_waiting(4 * 3 + 2, 2));
}

TEST_CASE("L3: a timer of an earlier view or one that was stopped does nothing", "[consensus]") {
    Pacemaker pacemaker({1'000, 200, 5'000, 500});
    CHECK_FALSE(pacemaker.update_view_timer(false));
    REQUIRE(pacemaker.update_view_timer(true));
    CHECK_FALSE(pacemaker.update_view_timer(true));
    CHECK_FALSE(pacemaker.view_timer_fired(7));
    REQUIRE(pacemaker.update_view_timer(false));
    CHECK_FALSE(pacemaker.view_timer_fired(1));
    pacemaker.update_view_timer(true);
    pacemaker.enter(certificate(VoteKind::notarize, 1), false);
    CHECK_FALSE(pacemaker.view_timer_fired(1));
    CHECK(pacemaker.update_view_timer(true)->view == 2);
    CHECK(pacemaker.view_timer_fired(2));
    CHECK_FALSE(pacemaker.view_timer_fired(2));
}

}  // namespace
}  // namespace cityledger::consensus::testing
