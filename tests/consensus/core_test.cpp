// One core, input by input: what it puts out, what it waits for, and what it does not believe.

#include <catch2/catch.hpp>

#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

using ledger::Certificate;
using ledger::Verified;
using ledger::VoteKind;

template <class T>
std::vector<T> all(const Output& output) {
    std::vector<T> found;
    for (const Action& action : output.actions) {
        if (const auto* one = std::get_if<T>(&action)) found.push_back(*one);
    }
    return found;
}

template <class T>
std::vector<T> sent(const Output& output) {
    std::vector<T> found;
    for (const Send& send : all<Send>(output)) {
        if (const auto* one = std::get_if<T>(&send.message)) found.push_back(*one);
    }
    return found;
}

/// Validator 0 of four; view 1 is led by validator 1.
struct Single {
    explicit Single(RecoveredState recovered = genesis()) {
        CoreOptions options;
        options.self = 0;
        core = std::make_unique<Core>(validators, keys.data(), options, std::move(recovered));
    }
    static RecoveredState genesis() {
        RecoveredState state;
        state.last_final = genesis_block();
        state.last_final_digest = genesis_digest();
        return state;
    }
    void begin() {
        (void)core->start();
        (void)core->step(VotingAllowed{0});
    }
    ledger::Vote vote(std::size_t by, VoteKind kind, View view, const Digest& named = {}) const {
        const ledger::VoteContent content{kind, 0, view, named};
        const Bytes message = ledger::vote_signing_bytes(content, test_chain());
        return {content, static_cast<std::uint16_t>(by), keys.at(by).sign(message)};
    }
    Certificate certificate(VoteKind kind, View view, const Digest& named = {}) const {
        Certificate made;
        made.content = {kind, 0, view, named};
        for (std::uint16_t i = 1; i < 4; ++i) {
            made.signers.push_back({i, vote(i, kind, view, named).signature});
        }
        return made;
    }
    Proposal proposal(View view, View parent_view, const ledger::Block& proposed) const {
        const Digest named = ledger::block_digest(proposed.header, test_chain());
        return {vote(view % 4, VoteKind::notarize, view, named), parent_view, proposed};
    }
    Output receive(std::size_t from, const Proposal& one) {
        return core->step(
            ProposalReceived{static_cast<ValidatorIndex>(from), Verified<Proposal>::assume(one)});
    }
    Output receive(std::size_t from, const ledger::Vote& one) {
        return core->step(
            VoteReceived{static_cast<ValidatorIndex>(from), Verified<ledger::Vote>::assume(one)});
    }
    Output receive(std::size_t from, const Certificate& one) {
        return core->step(CertificateReceived{static_cast<ValidatorIndex>(from),
                                              Verified<Certificate>::assume(one)});
    }

    std::vector<crypto::PrivateKey> keys = test_keys(4);
    ledger::ValidatorSet validators = test_validators(keys);
    std::unique_ptr<Core> core;
    ledger::Block block = block_on(genesis_block().header, {test_digest(1)});
    Digest digest = ledger::block_digest(block.header, test_chain());
};

TEST_CASE("S9, S10: the block, the record and then the vote, which names the persist",
          "[consensus][core]") {
    Single node;
    node.begin();
    const Output asked = node.receive(1, node.proposal(1, 0, node.block));
    REQUIRE(all<CheckBlock>(asked).size() == 1);
    CHECK(sent<ledger::Vote>(asked).empty());
    const Output voted = node.core->step(BlockChecked{node.digest, true});
    REQUIRE(all<Persist>(voted).size() == 1);
    const Persist persist = all<Persist>(voted).front();
    CHECK(std::holds_alternative<Persist>(voted.actions.front()));
    REQUIRE(persist.records.size() == 2);
    CHECK(std::get<ledger::Block>(persist.records[0]) == node.block);
    CHECK(std::get<SafetyRecord>(persist.records[1]).vote.block == node.digest);
    REQUIRE(all<Send>(voted).size() == 1);
    CHECK(all<Send>(voted).front().after == persist.ticket);
}

TEST_CASE("an own vote counts only once it is durable", "[consensus][core]") {
    Single node;
    node.begin();
    node.receive(1, node.proposal(1, 0, node.block));
    const Output voted = node.core->step(BlockChecked{node.digest, true});
    const Ticket ticket = all<Persist>(voted).front().ticket;
    node.receive(2, node.vote(2, VoteKind::notarize, 1, node.digest));
    CHECK(node.core->status().view == 1);
    CHECK(node.core->status().notarized_by == std::vector<ValidatorIndex>{1, 2});
    const Output entered = node.core->step(Persisted{ticket});
    CHECK(node.core->status().view == 2);
    REQUIRE(sent<Certificate>(entered).size() == 1);  // L1: forwarded once
    CHECK(node.validators.verify(sent<Certificate>(entered).front()));
    // S4: left by its notarization, so the finalize vote follows, with the certificate on record.
    REQUIRE(sent<ledger::Vote>(entered).size() == 1);
    CHECK(sent<ledger::Vote>(entered).front().content.kind == VoteKind::finalize);
    const auto records = all<Persist>(entered).front().records;
    CHECK(std::holds_alternative<Certificate>(records.front()));
}

TEST_CASE("an invalid block gets no vote", "[consensus][core]") {
    Single node;
    node.begin();
    node.receive(1, node.proposal(1, 0, node.block));
    CHECK(sent<ledger::Vote>(node.core->step(BlockChecked{node.digest, false})).empty());
    CHECK(sent<ledger::Vote>(node.core->step(BlockChecked{node.digest, true})).empty());
}

TEST_CASE("S7: a vote waits until voting is allowed", "[consensus][core]") {
    Single node;
    (void)node.core->start();
    node.receive(1, node.proposal(1, 0, node.block));
    CHECK(sent<ledger::Vote>(node.core->step(BlockChecked{node.digest, true})).empty());
    CHECK_FALSE(node.core->status().voting);
    CHECK(sent<ledger::Vote>(node.core->step(VotingAllowed{0})).size() == 1);
}

TEST_CASE("a proposal is believed of the leader itself only", "[consensus][core]") {
    Single node;
    node.begin();
    const Proposal good = node.proposal(1, 0, node.block);
    CHECK(all<CheckBlock>(node.receive(2, good)).empty());  // a relay could alter parent_view
    CHECK(all<CheckBlock>(node.receive(9, good)).empty());
    Proposal wrong_leader = good;
    wrong_leader.vote = node.vote(2, VoteKind::notarize, 1, node.digest);
    CHECK(all<CheckBlock>(node.receive(2, wrong_leader)).empty());
    Proposal other_block = good;
    other_block.block.header.height = 2;
    CHECK(all<CheckBlock>(node.receive(1, other_block)).empty());
    Proposal other_batches = good;  // the same digest, since the header is the same
    other_batches.block.batches = {test_digest(5)};
    CHECK(all<CheckBlock>(node.receive(1, other_batches)).empty());
    Proposal late_parent = good;
    late_parent.parent_view = 1;
    CHECK(all<CheckBlock>(node.receive(1, late_parent)).empty());
    Proposal finalize = good;
    finalize.vote = node.vote(1, VoteKind::finalize, 1, node.digest);
    CHECK(all<CheckBlock>(node.receive(1, finalize)).empty());
    CHECK(all<CheckBlock>(node.receive(1, good)).size() == 1);
}

TEST_CASE("L2: f + 1 nullify votes make a validator nullify too", "[consensus][core]") {
    Single node;
    node.begin();
    CHECK(sent<ledger::Vote>(node.receive(2, node.vote(2, VoteKind::nullify, 1))).empty());
    const Output joined = node.receive(3, node.vote(3, VoteKind::nullify, 1));
    REQUIRE(sent<ledger::Vote>(joined).size() == 1);
    CHECK(sent<ledger::Vote>(joined).front().content.kind == VoteKind::nullify);
}

TEST_CASE("L3: the view timer runs only while there is something to expect", "[consensus][core]") {
    Single node;
    node.begin();
    const auto started = all<SetTimer>(node.core->step(WorkChanged{true}));
    REQUIRE_FALSE(started.empty());
    CHECK(started.front().kind == TimerFired::Kind::view);
    CHECK(started.front().delay_ms == 1'000);
    const auto stopped = all<SetTimer>(node.core->step(WorkChanged{false}));
    REQUIRE(stopped.size() == 2);
    CHECK_FALSE(stopped.front().delay_ms);
    CHECK(sent<ledger::Vote>(node.core->step(TimerFired{TimerFired::Kind::view, 1})).empty());
    (void)node.core->step(WorkChanged{true});
    CHECK(sent<ledger::Vote>(node.core->step(TimerFired{TimerFired::Kind::view, 1})).size() == 1);
}

TEST_CASE("L6: a leader builds on the highest certified view, above which all is nullified",
          "[consensus][core]") {
    Single node;
    node.begin();
    node.receive(1, node.proposal(1, 0, node.block));
    (void)node.core->step(BlockChecked{node.digest, true});
    node.receive(1, node.certificate(VoteKind::notarize, 1, node.digest));
    node.receive(1, node.certificate(VoteKind::nullify, 3));  // view 2 is not known here
    REQUIRE(node.core->status().view == 4);                   // led by validator 0
    const Output asked = node.core->step(WorkChanged{true});
    CHECK(all<BuildBlock>(asked).empty());
    const Output build = node.receive(1, node.certificate(VoteKind::nullify, 2));
    REQUIRE(all<BuildBlock>(build).size() == 1);
    CHECK(all<BuildBlock>(build).front().parent == node.digest);
    CHECK(all<BuildBlock>(build).front().unfinal_ancestors == std::vector<Digest>{node.digest});
    const BlockBuilt built{4, block_on(node.block.header, {test_digest(2)})};
    const Output proposed = node.core->step(built);
    REQUIRE(sent<Proposal>(proposed).size() == 1);
    CHECK(sent<Proposal>(proposed).front().parent_view == 1);
    CHECK(sent<Proposal>(node.core->step(built)).empty());
}

TEST_CASE("L8: a peer that is behind is answered once a resend interval", "[consensus][core]") {
    Single node;
    node.begin();
    node.receive(1, node.certificate(VoteKind::nullify, 9));
    const auto behind = node.vote(2, VoteKind::nullify, 3);
    CHECK(sent<Certificate>(node.receive(2, behind)).size() == 1);
    CHECK(sent<Certificate>(node.receive(2, behind)).empty());
    (void)node.core->step(TimerFired{TimerFired::Kind::resend, 0});
    CHECK(sent<Certificate>(node.receive(2, behind)).size() == 1);
}

TEST_CASE("L9: a message of a later view makes the node ask its sender, once an interval",
          "[consensus][core]") {
    Single node;
    node.begin();
    const Output asked = node.receive(3, node.vote(3, VoteKind::notarize, 40, node.digest));
    REQUIRE(all<FetchCertificate>(asked).size() == 1);
    CHECK(all<FetchCertificate>(asked).front().view == 39);
    CHECK(all<FetchCertificate>(asked).front().from == 3);
    CHECK(all<FetchCertificate>(node.receive(3, node.vote(3, VoteKind::nullify, 50))).empty());
    CHECK(node.core->status().view == 1);
}

TEST_CASE("B1: views above the bound and unknown indexes are ignored", "[consensus][core]") {
    Single node;
    node.begin();
    for (const View view : {View{0}, View{1} << 62, ~View{0}}) {
        CHECK(node.receive(2, node.vote(2, VoteKind::nullify, view)).actions.empty());
        CHECK(node.receive(2, node.certificate(VoteKind::nullify, view)).actions.empty());
        CHECK(node.receive(view % 4, node.proposal(view, view - 1, node.block)).actions.empty());
    }
    ledger::Vote stranger = node.vote(2, VoteKind::nullify, 1);
    stranger.validator = 4;
    CHECK(node.receive(2, stranger).actions.empty());
    CHECK(node.receive(400, node.vote(2, VoteKind::nullify, 1)).actions.empty());
    CHECK(node.core->step(PeerReachable{77, true}).actions.empty());
    ledger::Vote other_epoch = node.vote(2, VoteKind::nullify, 1);
    other_epoch.content.epoch = 1;
    CHECK(node.receive(2, other_epoch).actions.empty());
}

TEST_CASE("L10: a wanted block is fetched from its signers, and only the true one is taken",
          "[consensus][core]") {
    Single node;
    node.begin();
    const Output wanted = node.receive(1, node.certificate(VoteKind::finalize, 1, node.digest));
    REQUIRE(all<FetchBlock>(wanted).size() == 1);
    CHECK(all<FetchBlock>(wanted).front().holders == std::vector<ValidatorIndex>{1, 2, 3});
    CHECK(node.core->status().view == 2);
    ledger::Block poisoned = node.block;
    poisoned.batches = {test_digest(66)};
    CHECK(all<CheckBlock>(node.core->step(BlockReceived{poisoned})).empty());
    const ledger::Block unwanted = block_on(genesis_block().header, {test_digest(9)});
    CHECK(all<CheckBlock>(node.core->step(BlockReceived{unwanted})).empty());
    const Output again = node.core->step(TimerFired{TimerFired::Kind::resend, 0});
    REQUIRE(all<FetchBlock>(again).size() == 1);
    CHECK(all<FetchBlock>(again).front().holders == std::vector<ValidatorIndex>{2, 3, 1});
    CHECK(all<CheckBlock>(node.core->step(BlockReceived{node.block})).size() == 1);
    const Output committed = node.core->step(BlockChecked{node.digest, true});
    REQUIRE(all<Commit>(committed).size() == 1);
    CHECK(all<Commit>(committed).front().after == all<Persist>(committed).front().ticket);
    CHECK(node.core->status().finalized_height == 1);
}

TEST_CASE("after a restart recorded votes are sent again and none conflicts", "[consensus][core]") {
    Single before;
    before.begin();
    before.receive(1, before.proposal(1, 0, before.block));
    const Output voted = before.core->step(BlockChecked{before.digest, true});
    RecoveredState recovered = Single::genesis();
    const Persist persist = all<Persist>(voted).front();
    for (const Record& record : persist.records) {
        if (const auto* vote = std::get_if<SafetyRecord>(&record)) recovered.votes.push_back(*vote);
        if (const auto* block = std::get_if<ledger::Block>(&record)) {
            recovered.blocks.push_back(*block);
        }
    }
    Single after(recovered);
    const Output started = after.core->start();
    REQUIRE(sent<ledger::Vote>(started).size() == 1);
    CHECK(sent<ledger::Vote>(started).front().content.block == before.digest);
    (void)after.core->step(VotingAllowed{0});
    const ledger::Block other = block_on(genesis_block().header, {test_digest(8)});
    const Digest other_digest = ledger::block_digest(other.header, test_chain());
    after.receive(1, after.proposal(1, 0, other));
    CHECK(sent<ledger::Vote>(after.core->step(BlockChecked{other_digest, true})).empty());
}

TEST_CASE("after a restart a leader sends its recorded proposal and builds no other",
          "[consensus][core]") {
    Single before;
    before.begin();
    before.receive(1, before.certificate(VoteKind::nullify, 3));
    for (const View view : {1, 2}) before.receive(1, before.certificate(VoteKind::nullify, view));
    REQUIRE(all<BuildBlock>(before.core->step(WorkChanged{true})).size() == 1);
    const Output proposed = before.core->step(BlockBuilt{4, before.block});
    REQUIRE(sent<Proposal>(proposed).size() == 1);
    RecoveredState recovered = Single::genesis();
    const Persist persist = all<Persist>(proposed).front();
    for (const Record& record : persist.records) {
        if (const auto* vote = std::get_if<SafetyRecord>(&record)) recovered.votes.push_back(*vote);
    }
    Single after(recovered);
    const Output started = after.core->start();
    CHECK(after.core->status().view == 4);
    REQUIRE(sent<Proposal>(started).size() == 1);
    CHECK(sent<Proposal>(started).front() == sent<Proposal>(proposed).front());
    (void)after.core->step(VotingAllowed{0});
    CHECK(all<BuildBlock>(after.core->step(WorkChanged{true})).empty());
}

TEST_CASE("certificates for a peer: those of the view and after it, else what leads here",
          "[consensus][core]") {
    Single node;
    node.begin();
    node.receive(1, node.certificate(VoteKind::nullify, 5));
    node.receive(1, node.certificate(VoteKind::nullify, 7));
    REQUIRE(node.core->certificates_for(5).size() == 2);
    CHECK(node.core->certificates_for(5).front().content.view == 5);
    CHECK(node.core->certificates_for(5).back().content.view == 7);
    const auto rest = node.core->certificates_for(2);
    REQUIRE(rest.size() == 2);
    CHECK(rest.front().content.view == 7);
    CHECK(rest.back().content.view == 5);
}

TEST_CASE("a finalization that contradicts the own checks ends the voting", "[consensus][core]") {
    Single node;
    node.begin();
    node.receive(1, node.proposal(1, 0, node.block));
    (void)node.core->step(BlockChecked{node.digest, false});
    node.receive(1, node.certificate(VoteKind::finalize, 1, node.digest));
    CHECK(node.core->status().halted);
    CHECK(node.core->status().finalized_height == 0);
    (void)node.core->step(WorkChanged{true});
    CHECK(sent<ledger::Vote>(node.core->step(TimerFired{TimerFired::Kind::view, 2})).empty());
}

TEST_CASE("what a Byzantine validator may send stays bounded", "[consensus][core]") {
    Single node;
    node.begin();
    std::size_t actions = 0;
    for (std::uint64_t i = 0; i < 5'000; ++i) {
        actions +=
            node.receive(3, node.vote(3, VoteKind::notarize, 1 + i, test_digest(i))).actions.size();
        const ledger::Block spam = block_on(genesis_block().header, {test_digest(i)});
        actions += node.receive(3, node.proposal(3 + i % 64 * 4, 0, spam)).actions.size();
    }
    CHECK(actions < 50);
    CHECK(node.core->status().view == 1);
}

TEST_CASE("L8: what is settled needs no check, and still shows who is behind",
          "[consensus][core]") {
    Single node;
    node.begin();
    node.receive(1, node.proposal(1, 0, node.block));
    (void)node.core->step(BlockChecked{node.digest, true});
    const ledger::Vote late = node.vote(3, VoteKind::notarize, 1, node.digest);
    CHECK_FALSE(node.core->is_settled(late));
    node.receive(2, node.certificate(VoteKind::notarize, 1, node.digest));
    REQUIRE(node.core->view() == 2);
    CHECK(node.core->is_settled(late));
    // Another content is news, whoever signs it; so is a second word of a validator.
    CHECK_FALSE(node.core->is_settled(node.vote(3, VoteKind::notarize, 1, test_digest(9))));
    CHECK_FALSE(node.core->is_settled(node.vote(3, VoteKind::finalize, 1, node.digest)));
    const Output told = node.core->step(SettledTold{3, late.content, false});
    CHECK_FALSE(sent<Certificate>(told).empty());
    CHECK(all<Send>(told).front().to == std::optional<ValidatorIndex>(3));
    node.receive(2, node.certificate(VoteKind::finalize, 1, node.digest));
    CHECK(node.core->is_settled(node.vote(3, VoteKind::finalize, 1, node.digest)));
}

TEST_CASE("a vote against an earlier one of its signer is never settled", "[consensus][core]") {
    Single node;
    node.begin();
    node.receive(3, node.vote(3, VoteKind::notarize, 1, test_digest(9)));
    Certificate others = node.certificate(VoteKind::notarize, 1, node.digest);
    others.signers[2] = {0, node.vote(0, VoteKind::notarize, 1, node.digest).signature};
    std::swap(others.signers[0], others.signers[2]);
    std::swap(others.signers[1], others.signers[2]);
    node.receive(2, others);
    const ledger::Vote second = node.vote(3, VoteKind::notarize, 1, node.digest);
    CHECK(node.core->is_settled(second.content));
    CHECK_FALSE(node.core->is_settled(second));
    CHECK(all<Evidence>(node.receive(3, second)).size() == 1);
}

TEST_CASE("L12: the tail is the proposal of the view, else the highest certified block",
          "[consensus][core]") {
    Single node;
    node.begin();
    const Digest batch = test_digest(1);
    CHECK_FALSE(node.core->is_named_in_tail(batch));
    node.receive(1, node.proposal(1, 0, node.block));
    CHECK(node.core->is_named_in_tail(batch));
    CHECK_FALSE(node.core->is_named_in_tail(test_digest(2)));
    SECTION("its view is nullified: it is in no tail any more") {
        node.receive(2, node.certificate(VoteKind::nullify, 1));
        CHECK_FALSE(node.core->is_named_in_tail(batch));
    }
    SECTION("it is notarized: the next view stands on it") {
        (void)node.core->step(BlockChecked{node.digest, true});
        node.receive(2, node.certificate(VoteKind::notarize, 1, node.digest));
        CHECK(node.core->is_named_in_tail(batch));
    }
}

}  // namespace
}  // namespace cityledger::consensus::testing
