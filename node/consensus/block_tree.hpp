#pragma once
// Blocks and certificates above the last final block: what is notarized, nullified and held, and
// whether rule S8 lets a block be notarized.

#include <map>
#include <optional>
#include <vector>

#include "node/consensus/consensus_codes.hpp"
#include "node/consensus/output.hpp"
#include "node/consensus/votable.hpp"

namespace cityledger::consensus {

/// The last final block. Its view is that of its finalization; 0 for the genesis.
struct FinalBlock {
    Digest digest;
    ledger::BlockHeader header;
    View view = 0;
    std::optional<ledger::Certificate> finalization;
};

class BlockTree {
public:
    enum class Check : std::uint8_t { unasked, asked, valid, invalid };
    struct Node {
        ledger::Block block;
        Check check = Check::unasked;
        bool recorded = false;  ///< a Record was put out for it
        bool wanted = false;    ///< a certificate above finality rests on it
        View last_view = 0;     ///< the latest view that proposed it
    };
    enum class Added : std::uint8_t { new_one, known, contradicting };
    /// What of a branch is missing down to the last final block.
    struct Branch {
        std::vector<Digest> blocks;     ///< newest first, without the final block
        std::optional<Digest> missing;  ///< the first block below that is not held
        bool off_chain = false;         ///< it does not lead to the last final block
        [[nodiscard]] bool complete() const { return !missing && !off_chain; }
    };

    explicit BlockTree(FinalBlock final_block) : final_(std::move(final_block)) {}

    [[nodiscard]] const FinalBlock& final_block() const { return final_; }

    /// Takes a certificate above the final view. Contradicting: one that shows that more than f
    /// validators are faulty (two blocks notarized in a view, a finalized view nullified).
    Added add_certificate(const ledger::Certificate& certificate);
    [[nodiscard]] const ledger::Certificate* find(ledger::VoteKind kind, View view) const;
    /// The block notarized or finalized in this view, or final in it.
    [[nodiscard]] std::optional<Digest> certified_block(View view) const;
    /// The block of the highest view whose certificate names one.
    [[nodiscard]] const Digest* highest_certified_block() const;
    /// A certificate of the highest view: finalization before notarization before nullification.
    [[nodiscard]] const ledger::Certificate* highest() const;
    /// Whether a block above the last final one is certified: the tail that is not final yet.
    [[nodiscard]] bool has_open_tail() const { return open_tail_ > 0; }
    [[nodiscard]] std::vector<ledger::Certificate> certificates_of(View view) const;
    [[nodiscard]] std::vector<ledger::Certificate> all_of(ledger::VoteKind kind) const;
    /// Certificates from this view upwards, ascending, at most this many.
    [[nodiscard]] std::vector<ledger::Certificate> certificates_from(View view,
                                                                     std::size_t limit) const;

    /// Keeps a block above the final height. False if it is not above it.
    bool add_block(const Digest& digest, const ledger::Block& block, View proposed_in);
    /// Takes the verdict on a held block. Valid counts only while all ancestors do; else the block
    /// is to be judged again.
    void judge(const Digest& digest, bool valid);
    [[nodiscard]] Node* find_block(const Digest& digest);
    [[nodiscard]] const Node* find_block(const Digest& digest) const;
    [[nodiscard]] std::map<Digest, Node>& blocks() { return blocks_; }
    [[nodiscard]] Branch branch(const Digest& tip) const;
    /// The header of a held block or of the final one.
    [[nodiscard]] const ledger::BlockHeader* header_of(const Digest& digest) const;
    /// Whether the block and all its ancestors above the final one are held and valid. Costs one
    /// look if they are: a block counts as valid only while its ancestors do.
    [[nodiscard]] Status check_branch(const Digest& tip) const;

    /// Rule S8 except for the block itself: the parent is certified in an earlier view, every view
    /// between is nullified, and the parent's branch is held and valid.
    [[nodiscard]] Status check_parent(View view, View parent_view, const Digest& parent) const;
    /// Rule S8 as a whole.
    [[nodiscard]] Result<Votable> votable(View view, View parent_view, const Digest& block) const;
    /// Views strictly between that have no nullification here, ascending, at most `limit`; with a
    /// stride, one for each so many views.
    [[nodiscard]] std::vector<View> gaps(View parent_view, View view, std::size_t limit,
                                         View stride = 1) const;

    /// Makes a block final and forgets what lies below it or beside it. No block is wanted after
    /// that until the remaining certificates are walked again.
    void finalize(FinalBlock final_block);
    /// Forgets blocks that only proposals below this view named.
    void forget_proposals_below(View view);

private:
    struct ViewCertificates {
        std::optional<ledger::Certificate> notarization;
        std::optional<ledger::Certificate> nullification;
        std::optional<ledger::Certificate> finalization;
    };
    [[nodiscard]] static bool names_block(const std::pair<const View, ViewCertificates>& entry);
    [[nodiscard]] static bool contradicts(const ViewCertificates& held,
                                          const ledger::Certificate& certificate);
    static std::optional<ledger::Certificate>& slot(ViewCertificates& held, ledger::VoteKind kind);
    [[nodiscard]] bool off_final_chain(const Node& node) const;
    void uncheck_orphans();

    FinalBlock final_;
    std::map<View, ViewCertificates> certificates_;
    std::size_t open_tail_ = 0;  ///< views above the final one whose certificate names a block
    std::map<Digest, Node> blocks_;
};

}  // namespace cityledger::consensus
