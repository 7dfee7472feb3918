// Faults that other implementations of Simplex have had, or invite, as stories. All want one chain,
// no two votes that exclude each other, and new blocks within a bound.

#include <catch2/catch.hpp>

#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

using ledger::Certificate;
using ledger::Vote;
using ledger::VoteContent;
using ledger::VoteKind;

constexpr std::size_t k_validators = 4;
constexpr std::uint64_t k_seeds = 10;
/// What is sent again comes with the next resend timer; then a view may have to time out, whose
/// timer was doubled once before: 500 + 2,000 ms, and the messages.
constexpr Milliseconds k_goes_on_ms = 3'000;

NetworkOptions seeded(std::uint64_t seed) {
    NetworkOptions options;
    options.seed = seed;
    return options;
}

void require_clean(Network& network) {
    for (const std::string& violation : network.violations()) FAIL_CHECK(violation);
    REQUIRE(network.violations().empty());
    for (std::size_t id = 0; id < network.size(); ++id) {
        CHECK(network.node(id).evidence.empty());
        if (network.node(id).alive) CHECK_FALSE(network.node(id).core->halted());
    }
}

/// Some blocks are final, work for many more waits. Returns a view that nobody has entered.
View begin(Network& network) {
    network.start_all();
    for (int i = 0; i < 60; ++i) network.submit_batch();
    REQUIRE(network.run_to_height(5, 5'000));
    View highest = 0;
    for (std::size_t id = 0; id < network.size(); ++id) {
        highest = std::max(highest, network.node(id).core->view());
    }
    return highest + 1;
}

std::uint64_t max_height(Network& network) {
    std::uint64_t highest = 0;
    for (std::size_t id = 0; id < network.size(); ++id) {
        highest = std::max<std::uint64_t>(highest, network.node(id).chain.size());
    }
    return highest;
}

/// Three blocks that nobody has yet become final on every node.
void require_goes_on(Network& network, Milliseconds limit = k_goes_on_ms) {
    const Milliseconds before = network.now();
    REQUIRE(network.run_to_height(max_height(network) + 3, limit));
    INFO("after " << network.now() - before << " ms");
    require_clean(network);
}

std::vector<VoteContent> recorded_votes(const Node& node) {
    std::vector<VoteContent> votes;
    for (const LogRecord& record : node.disk) {
        if (const auto* own = std::get_if<SafetyRecord>(&record)) votes.push_back(own->vote);
    }
    return votes;
}

bool has_vote(const Node& node, VoteKind kind, View view) {
    const auto votes = recorded_votes(node);
    return std::any_of(votes.begin(), votes.end(), [&](const VoteContent& vote) {
        return vote.kind == kind && vote.view == view;
    });
}

std::optional<Certificate> find_certificate(const Node& node, VoteKind kind, View view) {
    for (const LogRecord& record : node.disk) {
        const auto* one = std::get_if<Certificate>(&record);
        if (one != nullptr && one->content.kind == kind && one->content.view == view) return *one;
    }
    return std::nullopt;
}

/// The vote that a message carries; a proposal carries its leader's.
std::optional<VoteContent> vote_of(const Send& send) {
    if (const auto* vote = std::get_if<Vote>(&send.message)) return vote->content;
    if (const auto* proposal = std::get_if<Proposal>(&send.message)) return proposal->vote.content;
    return std::nullopt;
}

bool is_proposal(const Send& send) { return std::holds_alternative<Proposal>(send.message); }

/// Everybody has given the view up; the nullify votes are durable and reached nobody.
View crash_all_with_nullify_votes(Network& network) {
    const View view = begin(network);
    network.on_send = [view](std::size_t, const Send& send) {
        const auto vote = vote_of(send);
        if (!vote || vote->view != view) return false;
        return is_proposal(send) || vote->kind == VoteKind::nullify;
    };
    const auto all_gave_up = [&] {
        for (std::size_t id = 0; id < k_validators; ++id) {
            if (!has_vote(network.node(id), VoteKind::nullify, view)) return false;
        }
        return true;
    };
    REQUIRE(network.run_until(all_gave_up, 5'000));
    for (std::size_t id = 0; id < k_validators; ++id) {
        network.crash(id);
        CHECK_FALSE(find_certificate(network.node(id), VoteKind::nullify, view));
    }
    return view;
}

/// All restart, or all but the one that leads so many views later: then each vote is needed.
void end_view_after_restart(std::uint64_t seed, std::optional<View> without_leader_after) {
    INFO("without one " << without_leader_after.has_value());
    Network network(seeded(seed));
    const View view = crash_all_with_nullify_votes(network);
    std::set<std::size_t> back;
    for (std::size_t id = 0; id < k_validators; ++id) back.insert(id);
    if (without_leader_after) back.erase((view + *without_leader_after) % k_validators);
    // The leader has notarized first, so its proposal comes again, and tempts the others: the
    // nullify votes are lost once more.
    std::set<std::size_t> nullify_again;
    std::set<std::size_t> notarize;
    bool lost = true;
    network.on_send = [&](std::size_t node, const Send& send) {
        const auto vote = vote_of(send);
        if (!vote || vote->view != view) return false;
        if (vote->kind == VoteKind::notarize) notarize.insert(node);
        if (vote->kind != VoteKind::nullify) return false;
        if (!lost) nullify_again.insert(node);
        return lost;
    };
    for (const std::size_t id : back) network.restart(id);
    network.run_for(200);
    lost = false;
    require_goes_on(network);
    CHECK(nullify_again == back);
    CHECK(notarize == std::set<std::size_t>{view % k_validators});
    for (const std::size_t id : back) {
        CHECK(find_certificate(network.node(id), VoteKind::nullify, view));
    }
}

/// commonwarexyz/monorepo#4275: a restarted voter sent its nullify vote to the others but did not
/// count it itself, so a bare quorum stood for ever. ava-labs/Simplex#328: it was sent once only.
TEST_CASE("all crash with durable nullify votes and no nullification: the view still ends",
          "[consensus][story][simplex-faults]") {
    for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
        INFO("seed " << seed);
        end_view_after_restart(seed, {});
        end_view_after_restart(seed, 1);
    }
}

/// To the slow half come the proposals up to this view and nullify votes, but nothing that would
/// show it the notarization of the view.
bool reaches_slow_half(const Send& send, View view) {
    const auto vote = vote_of(send);
    if (!vote) return std::get<Certificate>(send.message).content.view < view;
    if (vote->view != view) return vote->view < view;
    return is_proposal(send) || vote->kind == VoteKind::nullify;
}

void hide_notarization(Network& network, const std::set<std::size_t>& slow, View view) {
    network.on_send = [&network, slow, view](std::size_t from, const Send& send) {
        for (std::size_t to = 0; to < k_validators; ++to) {
            const bool addressed = to != from && (!send.to || *send.to == to);
            const bool arrives = !slow.contains(to) || reaches_slow_half(send, view);
            if (addressed && arrives) network.transmit(from, to, send.message);
        }
        return true;
    };
}

/// Half have left the view by its notarization and voted to finalize it, half have nullified it.
View split_by_notarization(Network& network, const std::set<std::size_t>& slow) {
    const View view = begin(network);
    hide_notarization(network, slow, view);
    const auto split = [&] {
        for (std::size_t id = 0; id < k_validators; ++id) {
            const auto kind = slow.contains(id) ? VoteKind::nullify : VoteKind::finalize;
            if (!has_vote(network.node(id), kind, view)) return false;
        }
        return true;
    };
    REQUIRE(network.run_until(split, 5'000));
    for (const std::size_t id : slow) REQUIRE(network.node(id).core->view() == view);
    return view;
}

/// The view is neither nullified nor finalized anywhere, and its block is final by a later one.
void require_final_by_descendant(Network& network, View view, const std::set<std::size_t>& slow) {
    std::optional<Digest> notarized;
    for (std::size_t id = 0; id < k_validators; ++id) {
        const Node& node = network.node(id);
        CHECK_FALSE(find_certificate(node, VoteKind::nullify, view));
        CHECK_FALSE(find_certificate(node, VoteKind::finalize, view));
        CHECK(has_vote(node, VoteKind::finalize, view) == !slow.contains(id));
        const auto found = find_certificate(node, VoteKind::notarize, view);
        if (found) notarized = found->content.block;
    }
    REQUIRE(notarized);
    const auto& chain = network.node(0).chain;
    CHECK(std::any_of(chain.begin(), chain.end(),
                      [&](const Commit& commit) { return commit.digest == *notarized; }));
}

const std::vector<std::set<std::size_t>> k_halves = {{0, 1}, {0, 2}, {0, 3},
                                                     {1, 2}, {1, 3}, {2, 3}};

/// Two ways to fail: the late half takes no notarization of a view that it has nullified, and waits
/// for a nullification that cannot come; or it takes it and votes to finalize.
TEST_CASE("half leave a view by its notarization, half nullify it and get that late: one chain",
          "[consensus][story][simplex-faults]") {
    for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
        for (const std::set<std::size_t>& slow : k_halves) {
            INFO("seed " << seed << ", late " << *slow.begin() << " and " << *slow.rbegin());
            Network network(seeded(seed));
            const View view = split_by_notarization(network, slow);
            network.on_send = nullptr;
            require_goes_on(network);
            require_final_by_descendant(network, view, slow);
        }
    }
}

/// ava-labs/Simplex#280: finalize votes for past notarized rounds were made anew without asking
/// whether the node had given the round up.
TEST_CASE("a restart finds the notarization of a view that the node has nullified: no finalize",
          "[consensus][story][simplex-faults]") {
    for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
        for (const bool notarization_before_crash : {true, false}) {
            INFO("seed " << seed << ", notarization before the crash "
                         << notarization_before_crash);
            const std::set<std::size_t> slow = {2, 3};
            Network network(seeded(seed));
            const View view = split_by_notarization(network, slow);
            const auto notarization = find_certificate(network.node(0), VoteKind::notarize, view);
            REQUIRE(notarization);
            const auto holds_it = [&] {
                return find_certificate(network.node(2), VoteKind::notarize, view).has_value();
            };
            if (notarization_before_crash) {
                network.transmit(0, 2, *notarization);
                REQUIRE(network.run_until(holds_it, 100));
            }
            network.crash(2);
            network.restart(2);
            CHECK(holds_it() == notarization_before_crash);
            if (!notarization_before_crash) network.transmit(0, 2, *notarization);
            network.run_for(200);  // alone with the notarization, and allowed to vote
            REQUIRE(network.node(2).core->status().voting);
            CHECK(network.node(2).core->view() > view);
            network.on_send = nullptr;
            require_goes_on(network);
            require_final_by_descendant(network, view, slow);
        }
    }
}

/// Looks whether certificates, of whomever, exclude each other.
class CertificateBook {
public:
    explicit CertificateBook(const Network& network) : network_(network) {}
    void add(const Certificate& certificate) {
        const VoteContent& content = certificate.content;
        CHECK(network_.validators().verify(certificate));
        auto& of_view = views_[content.view];
        CHECK(of_view.try_emplace(content.kind, content.block).first->second == content.block);
        CHECK_FALSE((of_view.contains(VoteKind::nullify) && of_view.contains(VoteKind::finalize)));
    }

private:
    const Network& network_;
    std::map<View, std::map<VoteKind, Digest>> views_;
};

/// Everybody else asks it for the certificates of all views. Returns how many it sent.
std::size_t ask_for_everything(Network& network, std::size_t node, View up_to,
                               CertificateBook& book) {
    std::size_t count = 0;
    for (View view = 0; view <= up_to; view += 7) {
        for (const Certificate& one : network.node(node).core->certificates_for(view)) {
            book.add(one);
            CHECK(one.content.view < network.node(node).core->view());
            network.transmit(node, std::nullopt, one);
            ++count;
        }
    }
    return count;
}

/// Ways to fail: it answers from another moment than that of its log, or not before it has caught
/// up, or it answers instead of following while the quorum needs it.
TEST_CASE("a node that restarts far behind is asked for certificates at once",
          "[consensus][story][simplex-faults]") {
    for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
        INFO("seed " << seed);
        Network network(seeded(seed));
        const View held = begin(network);
        network.crash(3);
        const auto far_ahead = [&] { return network.node(0).chain.size() >= 45; };
        REQUIRE(network.run_until(far_ahead, 120'000));
        const View ahead = network.node(0).core->view();
        REQUIRE(ahead > held + 40);
        // From now on it is needed: without it there is no quorum.
        network.crash(2);
        network.restart(3);
        CertificateBook book(network);
        for (std::size_t id = 0; id < 2; ++id) ask_for_everything(network, id, ahead, book);
        CHECK(ask_for_everything(network, 3, ahead + 100, book) > 0);
        for (int asked = 0; asked < 20; ++asked) {
            network.run_for(50);
            ask_for_everything(network, 3, ahead + 100, book);
        }
        const std::uint64_t goal = network.node(0).chain.size() + 3;
        REQUIRE(network.run_until([&] { return network.min_height() >= goal; }, k_goes_on_ms));
        network.restart(2);
        require_goes_on(network);
    }
}

/// The log ends before the first record that proves this height to be final.
void lose_end_of_log(Network& network, std::size_t id, std::uint64_t height) {
    const Node& node = network.node(id);
    std::set<Digest> above;
    for (std::size_t at = height - 1; at < node.chain.size(); ++at) {
        above.insert(node.chain[at].digest);
    }
    const auto proves = [&](const LogRecord& record) {
        const auto* one = std::get_if<Certificate>(&record);
        return one != nullptr && one->content.kind == VoteKind::finalize &&
               above.contains(one->content.block);
    };
    const auto first = std::find_if(node.disk.begin(), node.disk.end(), proves);
    network.cut_log(id, static_cast<std::size_t>(first - node.disk.begin()));
}

/// Votes of a node from now on that are neither on its log now nor above the view that the answers
/// of the others allow.
void watch_new_votes(Network& network, std::size_t id, std::vector<VoteContent>& forbidden) {
    const std::vector<VoteContent> known = recorded_votes(network.node(id));
    network.on_send = [&network, &forbidden, id, known](std::size_t node, const Send& send) {
        const auto vote = vote_of(send);
        if (node != id || !vote) return false;
        const bool is_known = std::find(known.begin(), known.end(), *vote) != known.end();
        const View above = network.node(id).votes_above.value_or(0);
        if (!is_known && (above == 0 || vote->view <= above)) forbidden.push_back(*vote);
        return false;
    };
}

/// commonwarexyz/monorepo#3727: the application had finalized more than the journal of consensus
/// gave back; the node voted again in a view that was over, and the chain stood.
TEST_CASE("a state above the log means lost votes: none where it could have voted, and it goes on",
          "[consensus][story][simplex-faults]") {
    for (std::uint64_t seed = 1; seed <= k_seeds; ++seed) {
        INFO("seed " << seed);
        Network network(seeded(seed));
        View view = begin(network);
        if (view % k_validators == 3) ++view;
        network.on_send = [view](std::size_t, const Send& send) {
            return is_proposal(send) && vote_of(send)->view == view;
        };
        const auto all_wait = [&] {
            for (std::size_t id = 0; id < k_validators; ++id) {
                if (network.node(id).core->view() != view) return false;
            }
            return true;
        };
        REQUIRE(network.run_until(all_wait, 5'000));
        // Node 3 gives the view up, the others hear it, and it loses that vote.
        network.give(3, TimerFired{TimerFired::Kind::view, view});
        REQUIRE(network.run_until(
            [&] { return has_vote(network.node(3), VoteKind::nullify, view); }, 100));
        network.run_for(10);
        network.crash(3);
        lose_end_of_log(network, 3, network.node(3).chain.size() - 1);
        REQUIRE_FALSE(has_vote(network.node(3), VoteKind::nullify, view));
        std::vector<VoteContent> forbidden;
        watch_new_votes(network, 3, forbidden);
        network.restart(3);
        CHECK(network.node(3).votes_above == View{0});
        REQUIRE(network.run_until([&] { return network.node(3).votes_above != View{0}; }, 100));
        const auto floor = network.node(3).votes_above;
        CHECK(floor >= view + 1);
        network.crash(3);  // that votes were lost, and up to where, outlives a second crash
        network.restart(3);
        CHECK(network.node(3).votes_above == floor);
        require_goes_on(network, 5'000);  // it leads one of the views in which it may not vote
        CHECK(forbidden.empty());
        const auto votes_again = [&] {
            const auto& sent = network.node(3).sent;
            return std::any_of(sent.begin(), sent.end(),
                               [&](const auto& one) { return one.first.second > *floor; });
        };
        CHECK(network.run_until(votes_again, 5'000));
        require_clean(network);
    }
}

}  // namespace
}  // namespace cityledger::consensus::testing
