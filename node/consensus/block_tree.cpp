#include "node/consensus/block_tree.hpp"

#include <algorithm>

#include "crypto/check.hpp"

namespace cityledger::consensus {

using ledger::Certificate;
using ledger::VoteKind;

BlockTree::Added BlockTree::add_certificate(const Certificate& certificate) {
    const View view = certificate.content.view;
    if (view <= final_.view) return Added::known;
    ViewCertificates& held = certificates_[view];
    const bool contradicting = contradicts(held, certificate);
    auto& place = slot(held, certificate.content.kind);
    if (contradicting) return Added::contradicting;
    if (place) return Added::known;
    if (certificate.content.kind != VoteKind::nullify && !held.notarization && !held.finalization) {
        ++open_tail_;
    }
    place = certificate;
    return Added::new_one;
}

bool BlockTree::names_block(const std::pair<const View, ViewCertificates>& entry) {
    return entry.second.notarization || entry.second.finalization;
}

bool BlockTree::contradicts(const ViewCertificates& held, const Certificate& certificate) {
    const auto names_other = [&](const std::optional<Certificate>& other) {
        return other && other->content.block != certificate.content.block;
    };
    if (certificate.content.kind == VoteKind::nullify) return held.finalization.has_value();
    const bool finalizes_nullified =
        certificate.content.kind == VoteKind::finalize && held.nullification;
    return finalizes_nullified || names_other(held.notarization) || names_other(held.finalization);
}

std::optional<Certificate>& BlockTree::slot(ViewCertificates& held, VoteKind kind) {
    switch (kind) {
        case VoteKind::nullify: return held.nullification;
        case VoteKind::finalize: return held.finalization;
        case VoteKind::notarize: break;
    }
    return held.notarization;
}

const Certificate* BlockTree::find(VoteKind kind, View view) const {
    const auto held = certificates_.find(view);
    if (held == certificates_.end()) return nullptr;
    const auto& place = slot(const_cast<ViewCertificates&>(held->second), kind);
    return place ? &*place : nullptr;
}

std::optional<Digest> BlockTree::certified_block(View view) const {
    if (view == final_.view) return final_.digest;
    for (const VoteKind kind : {VoteKind::finalize, VoteKind::notarize}) {
        if (const Certificate* held = find(kind, view)) return held->content.block;
    }
    return std::nullopt;
}

const Digest* BlockTree::highest_certified_block() const {
    const auto entry = std::find_if(certificates_.rbegin(), certificates_.rend(), names_block);
    if (entry == certificates_.rend()) return nullptr;
    const auto& [view, held] = *entry;
    return &(held.finalization ? held.finalization : held.notarization)->content.block;
}

const Certificate* BlockTree::highest() const {
    if (certificates_.empty()) {
        return final_.finalization ? &*final_.finalization : nullptr;
    }
    const View view = certificates_.rbegin()->first;
    for (const VoteKind kind : {VoteKind::finalize, VoteKind::notarize, VoteKind::nullify}) {
        if (const Certificate* held = find(kind, view)) return held;
    }
    return nullptr;
}

std::vector<Certificate> BlockTree::certificates_of(View view) const {
    std::vector<Certificate> all;
    if (view == final_.view && final_.finalization) all.push_back(*final_.finalization);
    for (const VoteKind kind : {VoteKind::finalize, VoteKind::notarize, VoteKind::nullify}) {
        if (const Certificate* held = find(kind, view)) all.push_back(*held);
    }
    return all;
}

std::vector<Certificate> BlockTree::all_of(VoteKind kind) const {
    std::vector<Certificate> all;
    for (const auto& [view, held] : certificates_) {
        if (const Certificate* certificate = find(kind, view)) all.push_back(*certificate);
    }
    return all;
}

std::vector<Certificate> BlockTree::certificates_from(View view, std::size_t limit) const {
    std::vector<Certificate> all;
    for (auto at = certificates_.lower_bound(view); at != certificates_.end(); ++at) {
        std::vector<Certificate> of_view = certificates_of(at->first);
        if (all.size() + of_view.size() > limit) break;
        std::move(of_view.begin(), of_view.end(), std::back_inserter(all));
    }
    return all;
}

bool BlockTree::add_block(const Digest& digest, const ledger::Block& block, View proposed_in) {
    if (block.header.height <= final_.header.height) return false;
    Node& node = blocks_.try_emplace(digest, Node{block}).first->second;
    node.last_view = std::max(node.last_view, proposed_in);
    return true;
}

void BlockTree::judge(const Digest& digest, bool valid) {
    Node* node = find_block(digest);
    if (node == nullptr || node->check == Check::invalid) return;
    const bool rests = check_branch(node->block.header.parent).has_value();
    if (valid) node->check = rests ? Check::valid : Check::unasked;
    if (!valid) node->check = Check::invalid;
}

BlockTree::Node* BlockTree::find_block(const Digest& digest) {
    const auto found = blocks_.find(digest);
    return found == blocks_.end() ? nullptr : &found->second;
}

const BlockTree::Node* BlockTree::find_block(const Digest& digest) const {
    return const_cast<BlockTree*>(this)->find_block(digest);
}

bool BlockTree::off_final_chain(const Node& node) const {
    const ledger::BlockHeader& header = node.block.header;
    return header.height <= final_.header.height + 1 && header.parent != final_.digest;
}

BlockTree::Branch BlockTree::branch(const Digest& tip) const {
    Branch branch;
    Digest at = tip;
    while (at != final_.digest) {
        const Node* node = find_block(at);
        if (node == nullptr) {
            branch.missing = at;
            return branch;
        }
        branch.blocks.push_back(at);
        if (off_final_chain(*node)) {
            branch.off_chain = true;
            return branch;
        }
        at = node->block.header.parent;
    }
    return branch;
}

const ledger::BlockHeader* BlockTree::header_of(const Digest& digest) const {
    if (digest == final_.digest) return &final_.header;
    const Node* node = find_block(digest);
    return node == nullptr ? nullptr : &node->block.header;
}

Status BlockTree::check_branch(const Digest& tip) const {
    const Node* held = find_block(tip);
    if (tip == final_.digest || (held != nullptr && held->check == Check::valid)) return {};
    const Branch found = branch(tip);
    if (found.missing) return refuse(codes::ancestor_missing, to_hex(*found.missing));
    if (found.off_chain) return refuse(codes::ancestor_not_final_chain, to_hex(tip));
    for (const Digest& digest : found.blocks) {
        const Node* node = find_block(digest);
        CHECK_INVARIANT(node != nullptr);
        if (node->check != Check::valid) return refuse(codes::block_not_checked, to_hex(digest));
    }
    return {};
}

Status BlockTree::check_parent(View view, View parent_view, const Digest& parent) const {
    if (parent_view >= view) {
        return refuse(codes::parent_view_not_earlier,
                      std::to_string(parent_view) + " for " + std::to_string(view));
    }
    if (certified_block(parent_view) != parent) {
        return refuse(codes::parent_not_certified, std::to_string(parent_view));
    }
    const std::vector<View> missing = gaps(parent_view, view, 1);
    if (!missing.empty()) return refuse(codes::view_not_nullified, std::to_string(missing.front()));
    return check_branch(parent);
}

Result<Votable> BlockTree::votable(View view, View parent_view, const Digest& block) const {
    const Node* node = find_block(block);
    if (block == final_.digest) return refuse(codes::block_final_already, to_hex(block));
    const Status parent = node == nullptr
                              ? check_branch(block)
                              : check_parent(view, parent_view, node->block.header.parent);
    if (!parent) return propagate(parent);
    const Status valid = check_branch(block);
    if (!valid) return propagate(valid);
    return Votable(view, block);
}

std::vector<View> BlockTree::gaps(View parent_view, View view, std::size_t limit,
                                  View stride) const {
    std::vector<View> missing;
    for (View at = parent_view + 1; at < view && missing.size() < limit;) {
        const bool lacks = find(VoteKind::nullify, at) == nullptr;
        if (lacks) missing.push_back(at);
        at += lacks ? stride : 1;
    }
    return missing;
}

void BlockTree::finalize(FinalBlock final_block) {
    final_ = std::move(final_block);
    certificates_.erase(certificates_.begin(), certificates_.upper_bound(final_.view));
    open_tail_ = static_cast<std::size_t>(
        std::count_if(certificates_.begin(), certificates_.end(), names_block));
    std::erase_if(blocks_, [&](const auto& entry) {
        const bool below = entry.second.block.header.height <= final_.header.height;
        return below || off_final_chain(entry.second);
    });
    for (auto& [digest, node] : blocks_) node.wanted = false;
    uncheck_orphans();
}

/// A block whose parent is gone has to be judged again once the parent is back.
void BlockTree::uncheck_orphans() {
    std::vector<Node*> ascending;
    for (auto& [digest, node] : blocks_) ascending.push_back(&node);
    std::sort(ascending.begin(), ascending.end(), [](const Node* a, const Node* b) {
        return a->block.header.height < b->block.header.height;
    });
    for (Node* node : ascending) {
        if (node->check == Check::unasked || node->check == Check::invalid) continue;
        if (!check_branch(node->block.header.parent)) node->check = Check::unasked;
    }
}

void BlockTree::forget_proposals_below(View view) {
    const std::size_t erased = std::erase_if(blocks_, [&](const auto& entry) {
        return !entry.second.wanted && entry.second.last_view < view;
    });
    if (erased > 0) uncheck_orphans();
}

}  // namespace cityledger::consensus
