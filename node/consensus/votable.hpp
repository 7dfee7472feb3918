#pragma once
// The proof that rule S8 holds for a block: only the block tree makes one, and the safety rules
// notarize nothing without it.

#include "node/consensus/types.hpp"

namespace cityledger::consensus {

class BlockTree;

class Votable {
public:
    [[nodiscard]] View view() const { return view_; }
    [[nodiscard]] const Digest& block() const { return block_; }

private:
    friend class BlockTree;
    Votable(View view, const Digest& block) : view_(view), block_(block) {}

    View view_;
    Digest block_;
};

}  // namespace cityledger::consensus
