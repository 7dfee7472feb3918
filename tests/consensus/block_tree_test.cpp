// The tree of blocks and certificates: rule S8, and what contradicts.

#include <catch2/catch.hpp>

#include "node/consensus/block_tree.hpp"
#include "tests/consensus/network.hpp"

namespace cityledger::consensus::testing {
namespace {

using ledger::Certificate;
using ledger::VoteKind;

Certificate certificate(VoteKind kind, View view, const Digest& block = {}) {
    Certificate made;
    made.content = {kind, 0, view, block};
    return made;
}

struct Tree {
    /// Adds a valid block on a parent and returns its digest.
    Digest add(const ledger::BlockHeader& parent, std::uint64_t batch) {
        const ledger::Block block = block_on(parent, {test_digest(batch)});
        const Digest digest = ledger::block_digest(block.header, test_chain());
        tree.add_block(digest, block, 1);
        tree.judge(digest, true);
        return digest;
    }
    const ledger::BlockHeader& header(const Digest& digest) { return *tree.header_of(digest); }

    BlockTree tree{FinalBlock{genesis_digest(), genesis_block().header, 0, {}}};
};

void check_refused(const Status& result, const Code& code) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code.name == code.name);
}
void check_refused(const Result<Votable>& result, const Code& code) {
    REQUIRE_FALSE(result);
    CHECK(result.error().code.name == code.name);
}

TEST_CASE("S8: a block on the last final one is votable, with each view between nullified",
          "[consensus][tree]") {
    Tree t;
    const Digest block = t.add(genesis_block().header, 1);
    CHECK(t.tree.votable(1, 0, block));
    check_refused(t.tree.votable(3, 0, block), codes::view_not_nullified);
    t.tree.add_certificate(certificate(VoteKind::nullify, 1));
    check_refused(t.tree.votable(3, 0, block), codes::view_not_nullified);
    CHECK(t.tree.gaps(0, 3, 10) == std::vector<View>{2});
    t.tree.add_certificate(certificate(VoteKind::nullify, 2));
    CHECK(t.tree.votable(3, 0, block)->block() == block);
}

TEST_CASE("S8: the parent must be notarized in the named view", "[consensus][tree]") {
    Tree t;
    const Digest parent = t.add(genesis_block().header, 1);
    const Digest child = t.add(t.header(parent), 2);
    check_refused(t.tree.votable(2, 1, child), codes::parent_not_certified);
    t.tree.add_certificate(certificate(VoteKind::notarize, 1, parent));
    CHECK(t.tree.votable(2, 1, child));
    check_refused(t.tree.votable(2, 0, child), codes::parent_not_certified);
    const Digest beside = t.add(genesis_block().header, 3);
    check_refused(t.tree.votable(2, 1, beside), codes::parent_not_certified);
}

TEST_CASE("S8: the view of the parent is before the view of the proposal", "[consensus][tree]") {
    Tree t;
    const Digest block = t.add(genesis_block().header, 1);
    check_refused(t.tree.votable(0, 0, block), codes::parent_view_not_earlier);
    check_refused(t.tree.check_parent(4, 7, genesis_digest()), codes::parent_view_not_earlier);
}

TEST_CASE("S8: every ancestor above the last final block is held and valid", "[consensus][tree]") {
    Tree t;
    const ledger::Block parent = block_on(genesis_block().header, {test_digest(1)});
    const Digest parent_digest = ledger::block_digest(parent.header, test_chain());
    const Digest child = t.add(parent.header, 2);
    t.tree.add_certificate(certificate(VoteKind::notarize, 1, parent_digest));
    check_refused(t.tree.votable(2, 1, child), codes::ancestor_missing);
    t.tree.add_block(parent_digest, parent, 1);
    check_refused(t.tree.votable(2, 1, child), codes::block_not_checked);
    t.tree.judge(child, true);  // its parent is not known to be valid
    check_refused(t.tree.votable(2, 1, child), codes::block_not_checked);
    t.tree.judge(parent_digest, true);
    check_refused(t.tree.votable(2, 1, child), codes::block_not_checked);
    t.tree.judge(child, true);
    CHECK(t.tree.votable(2, 1, child));
    check_refused(t.tree.votable(2, 1, test_digest(99)), codes::ancestor_missing);
    t.tree.judge(parent_digest, false);
    check_refused(t.tree.votable(2, 1, child), codes::block_not_checked);
}

TEST_CASE("S8: a block counts as valid only while its ancestors are held", "[consensus][tree]") {
    Tree t;
    const Digest parent = t.add(genesis_block().header, 1);
    const Digest child = t.add(t.header(parent), 2);
    const Digest grandchild = t.add(t.header(child), 3);
    REQUIRE(t.tree.check_branch(grandchild));
    t.tree.find_block(child)->wanted = true;
    t.tree.find_block(grandchild)->wanted = true;
    t.tree.forget_proposals_below(2);
    CHECK(t.tree.find_block(parent) == nullptr);
    check_refused(t.tree.check_branch(grandchild), codes::ancestor_missing);
    CHECK(t.tree.find_block(grandchild)->check == BlockTree::Check::unasked);
}

TEST_CASE("S8: the last final block proposed again in a later view is not votable",
          "[consensus][tree]") {
    Tree t;
    const Digest block = t.add(genesis_block().header, 1);
    t.tree.finalize({block, t.header(block), 1, certificate(VoteKind::finalize, 1, block)});
    check_refused(t.tree.votable(2, 1, block), codes::block_final_already);
    check_refused(t.tree.votable(2, 1, genesis_digest()), codes::ancestor_missing);
}

TEST_CASE("S8: a branch that misses the last final block is refused", "[consensus][tree]") {
    Tree t;
    ledger::BlockHeader stranger = genesis_block().header;
    stranger.version = 7;
    const Digest block = t.add(stranger, 1);
    check_refused(t.tree.check_branch(block), codes::ancestor_not_final_chain);
    CHECK(t.tree.branch(block).off_chain);
}

TEST_CASE("certificates that contradict each other are noticed", "[consensus][tree]") {
    using Added = BlockTree::Added;
    Tree t;
    const auto add = [&](VoteKind kind, View view, std::uint64_t block) {
        return t.tree.add_certificate(
            certificate(kind, view, kind == VoteKind::nullify ? Digest{} : test_digest(block)));
    };
    CHECK(add(VoteKind::notarize, 1, 1) == Added::new_one);
    CHECK(add(VoteKind::notarize, 1, 1) == Added::known);
    CHECK(add(VoteKind::notarize, 1, 2) == Added::contradicting);
    CHECK(add(VoteKind::nullify, 1, 0) == Added::new_one);  // allowed: it was not finalized
    CHECK(add(VoteKind::finalize, 1, 1) == Added::contradicting);
    CHECK(add(VoteKind::finalize, 2, 3) == Added::new_one);
    CHECK(add(VoteKind::nullify, 2, 0) == Added::contradicting);
    CHECK(add(VoteKind::notarize, 2, 4) == Added::contradicting);
    CHECK(add(VoteKind::finalize, 2, 4) == Added::contradicting);
    CHECK(add(VoteKind::notarize, 0, 4) == Added::known);
    CHECK(t.tree.highest()->content.kind == VoteKind::finalize);
}

TEST_CASE("finality forgets what lies below it and beside it", "[consensus][tree]") {
    Tree t;
    const Digest first = t.add(genesis_block().header, 1);
    const Digest beside = t.add(genesis_block().header, 2);
    const Digest second = t.add(t.header(first), 3);
    const Digest on_beside = t.add(t.header(beside), 4);
    t.tree.add_certificate(certificate(VoteKind::notarize, 1, first));
    t.tree.add_certificate(certificate(VoteKind::nullify, 2));
    t.tree.add_certificate(certificate(VoteKind::notarize, 3, second));
    CHECK(t.tree.has_open_tail());
    t.tree.finalize({first, t.header(first), 1, certificate(VoteKind::finalize, 1, first)});
    CHECK(t.tree.find_block(first) == nullptr);
    CHECK(t.tree.find_block(beside) == nullptr);
    CHECK(t.tree.find_block(on_beside) == nullptr);
    CHECK(t.tree.find_block(second)->check == BlockTree::Check::valid);
    CHECK(t.tree.certified_block(1) == first);
    CHECK(t.tree.find(VoteKind::notarize, 1) == nullptr);
    CHECK(t.tree.find(VoteKind::nullify, 2) != nullptr);
    CHECK(t.tree.has_open_tail());
    t.tree.finalize({second, t.header(second), 3, certificate(VoteKind::finalize, 3, second)});
    CHECK_FALSE(t.tree.has_open_tail());
    CHECK(t.tree.blocks().empty());
    const ledger::Block old = block_on(genesis_block().header, {});
    CHECK_FALSE(t.tree.add_block(test_digest(1), old, 9));
}

TEST_CASE("B2: blocks that only old proposals name are forgotten, wanted ones are kept",
          "[consensus][tree]") {
    Tree t;
    const Digest proposed = t.add(genesis_block().header, 1);
    const Digest wanted = t.add(genesis_block().header, 2);
    t.tree.find_block(wanted)->wanted = true;
    t.tree.forget_proposals_below(1);
    CHECK(t.tree.find_block(proposed) != nullptr);
    t.tree.forget_proposals_below(2);
    CHECK(t.tree.find_block(proposed) == nullptr);
    CHECK(t.tree.find_block(wanted) != nullptr);
}

}  // namespace
}  // namespace cityledger::consensus::testing
