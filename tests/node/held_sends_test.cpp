// Persist before send, in the order of the core.

#include "node/replica/held_sends.hpp"

#include <catch2/catch.hpp>

using namespace cityledger;
using namespace cityledger::node;

namespace {

consensus::Send vote_after(std::uint64_t view, std::optional<consensus::Ticket> after) {
    ledger::Vote vote;
    vote.content.view = view;
    return {std::nullopt, vote, after};
}

std::uint64_t view_of(const consensus::Send& wanted) {
    return std::get<ledger::Vote>(wanted.message).content.view;
}

}  // namespace

TEST_CASE("a message leaves once the record that it names is durable, and not before") {
    HeldSends held;
    held.add_ticket(1, 10);
    held.add_ticket(2, 20);
    CHECK(held.may_leave(vote_after(1, std::nullopt)));
    CHECK_FALSE(held.may_leave(vote_after(1, 1)));
    held.hold(vote_after(7, 2));
    held.hold(vote_after(8, 1));
    held.hold(vote_after(9, 2));

    CHECK_FALSE(held.may_release(9));
    CHECK(held.release(9).sends.empty());
    CHECK(held.may_release(10));
    const auto first = held.release(19);
    CHECK(first.persisted == std::vector<consensus::Ticket>{1});
    REQUIRE(first.sends.size() == 1);
    CHECK(view_of(first.sends[0]) == 8);
    CHECK(held.may_leave(vote_after(1, 1)));

    const auto second = held.release(20);
    CHECK(second.persisted == std::vector<consensus::Ticket>{2});
    REQUIRE(second.sends.size() == 2);
    CHECK(view_of(second.sends[0]) == 7);
    CHECK(view_of(second.sends[1]) == 9);
    CHECK_FALSE(held.may_release(1000));
}

TEST_CASE("a ticket tells which sequence it waits for") {
    HeldSends held;
    held.add_ticket(1, 10);
    held.add_ticket(3, 30);
    CHECK(held.sequence_for(1) == 10);
    CHECK(held.sequence_for(2) == 10);
    CHECK(held.sequence_for(3) == 30);
    (void)held.release(30);
    CHECK(held.sequence_for(3) == 0);
}
