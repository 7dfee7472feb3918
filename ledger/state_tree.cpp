#include "ledger/state_tree.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "ledger/state_tree_arena.hpp"
#include "ledger/state_tree_hash.hpp"

namespace cityledger::ledger {
namespace {

/// Names an inner node or a leaf by its slot; the highest bit tells which.
struct NodeRef {
    std::uint32_t number = k_none;

    static constexpr std::uint32_t k_none = 0xffff'ffff;
    static constexpr std::uint32_t k_leaf_mark = 0x8000'0000;

    static NodeRef leaf(std::uint32_t slot) { return {slot | k_leaf_mark}; }
    static NodeRef inner(std::uint32_t slot) { return {slot}; }
    [[nodiscard]] bool is_none() const { return number == k_none; }
    [[nodiscard]] bool is_leaf() const { return (number & k_leaf_mark) != 0; }
    [[nodiscard]] std::uint32_t slot() const { return number & ~k_leaf_mark; }
};

/// 44 bytes.
struct Inner {
    std::uint16_t bit = 0;
    bool dirty = true;  ///< the digest is to be computed again; no kept tree holds this node
    NodeRef children[2];
    Digest digest;
};

/// 40 bytes. The leaf's own digest is computed when its parent is hashed: proofs of absence need
/// the hash of the value, and storing both costs more than a hash an update.
struct Leaf {
    KeySlot key;
    Digest value_hash;
};

/// What an update took out of the tree: a kept tree still holds it.
struct Replaced {
    std::vector<std::uint32_t> inners;
    std::vector<std::uint32_t> leaves;
    std::vector<KeySlot> keys;

    [[nodiscard]] std::size_t nodes() const { return inners.size() + leaves.size(); }
};

/// A tree as it was before an update. It and the trees before it hold what that update replaced.
struct KeptTree {
    NodeRef top;
    std::uint64_t count = 0;
    Digest root;
    Replaced replaced;
};

}  // namespace

class StateTree::Nodes {
public:
    Nodes(Space space, std::size_t kept_trees)
        : space_(space), max_kept_trees_(kept_trees), hasher_(space) {
        seal();
    }

    /// Adds a key above all others. `spine` holds the inner nodes on the right edge, top first.
    void append(std::string_view key, ByteView value, std::vector<std::uint32_t>& spine,
                NodeRef& last);
    void update(std::span<const StateChange> changes);
    /// Hashes what is dirty, and the root.
    void seal() { root_ = hasher_.root(count_, top_.is_none() ? Digest{} : digest(top_)); }
    [[nodiscard]] StatePath prove(std::string_view key) { return prove(top_, count_, key); }
    [[nodiscard]] std::optional<StatePath> prove_under(const Digest& root, std::string_view key);

    [[nodiscard]] Space space() const { return space_; }
    [[nodiscard]] std::size_t max_kept_trees() const { return max_kept_trees_; }
    [[nodiscard]] const Digest& root() const { return root_; }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::size_t memory_bytes() const {
        return inners_.memory_bytes() + leaves_.memory_bytes() + keys_.memory_bytes() +
               replaced_nodes_ * sizeof(std::uint32_t) + kept_.size() * sizeof(KeptTree);
    }

private:
    void apply(const StateChange& change);
    [[nodiscard]] StatePath prove(NodeRef top, std::uint64_t count, std::string_view key);
    /// The node at this place, not hashed and in no kept tree: a copy, if it was.
    Inner& own(NodeRef& place);
    void replace_value(NodeRef& place, ByteView value);
    void keep(KeptTree before);
    void drop_oldest();
    void insert(std::string_view key, ByteView value);
    void erase(std::string_view key);
    NodeRef new_leaf(std::string_view key, ByteView value);
    NodeRef new_inner(std::uint32_t bit, NodeRef left, NodeRef right);

    /// The leaf where the bits of the key lead; the key itself if it is in the tree.
    [[nodiscard]] NodeRef descend(std::string_view key) const;
    [[nodiscard]] std::string_view key_of(NodeRef leaf) const {
        return keys_[leaves_[leaf.slot()].key];
    }
    Digest digest(NodeRef node);

    Space space_;
    std::size_t max_kept_trees_;
    StateHasher hasher_;
    SlotArena<Inner> inners_;
    SlotArena<Leaf> leaves_;
    KeyArena keys_;
    NodeRef top_;
    std::uint64_t count_ = 0;
    Digest root_;
    std::deque<KeptTree> kept_;       ///< oldest first
    Replaced replaced_;               ///< by the update under way
    std::size_t replaced_nodes_ = 0;  ///< of all kept trees
};

NodeRef StateTree::Nodes::new_leaf(std::string_view key, ByteView value) {
    const std::uint32_t slot = leaves_.allocate();
    leaves_[slot] = {keys_.allocate(key), hasher_.value(value)};
    ++count_;
    return NodeRef::leaf(slot);
}

NodeRef StateTree::Nodes::new_inner(std::uint32_t bit, NodeRef left, NodeRef right) {
    const std::uint32_t slot = inners_.allocate();
    inners_[slot] = {static_cast<std::uint16_t>(bit), true, {left, right}, {}};
    return NodeRef::inner(slot);
}

NodeRef StateTree::Nodes::descend(std::string_view key) const {
    NodeRef node = top_;
    while (!node.is_leaf()) {
        const Inner& inner = inners_[node.slot()];
        node = inner.children[key_bit(key, inner.bit)];
    }
    return node;
}

Inner& StateTree::Nodes::own(NodeRef& place) {
    Inner& inner = inners_[place.slot()];
    if (inner.dirty || max_kept_trees_ == 0) {
        inner.dirty = true;
        return inner;
    }
    replaced_.inners.push_back(place.slot());
    place = new_inner(inner.bit, inner.children[0], inner.children[1]);
    return inners_[place.slot()];
}

/// The key's bytes serve both leaves.
void StateTree::Nodes::replace_value(NodeRef& place, ByteView value) {
    Leaf& leaf = leaves_[place.slot()];
    if (max_kept_trees_ == 0) {
        leaf.value_hash = hasher_.value(value);
        return;
    }
    replaced_.leaves.push_back(place.slot());
    const std::uint32_t slot = leaves_.allocate();
    leaves_[slot] = {leaf.key, hasher_.value(value)};
    place = NodeRef::leaf(slot);
}

void StateTree::Nodes::append(std::string_view key, ByteView value,
                              std::vector<std::uint32_t>& spine, NodeRef& last) {
    const NodeRef leaf = new_leaf(key, value);
    if (last.is_none()) {
        top_ = leaf;
    } else {
        CHECK_INVARIANT(key_of(last) < key);
        const std::uint32_t bit = first_difference(key_of(last), key);
        // The new key leaves the right edge above all nodes that tell apart later bits.
        while (!spine.empty() && inners_[spine.back()].bit > bit) spine.pop_back();
        NodeRef& place = spine.empty() ? top_ : inners_[spine.back()].children[1];
        place = new_inner(bit, place, leaf);
        spine.push_back(place.slot());
    }
    last = leaf;
}

void StateTree::Nodes::apply(const StateChange& change) {
    if (change.value) {
        insert(change.key, *change.value);
    } else {
        erase(change.key);
    }
}

void StateTree::Nodes::insert(std::string_view key, ByteView value) {
    if (top_.is_none()) {
        top_ = new_leaf(key, value);
        return;
    }
    const NodeRef nearest = descend(key);
    if (key_of(nearest) == key) {
        NodeRef* place = &top_;
        while (!place->is_leaf()) {
            Inner& inner = own(*place);
            place = &inner.children[key_bit(key, inner.bit)];
        }
        return replace_value(*place, value);
    }
    const std::uint32_t bit = first_difference(key_of(nearest), key);
    NodeRef* place = &top_;
    while (!place->is_leaf() && inners_[place->slot()].bit < bit) {
        Inner& inner = own(*place);
        place = &inner.children[key_bit(key, inner.bit)];
    }
    const NodeRef below = *place;
    const NodeRef leaf = new_leaf(key, value);
    *place = key_bit(key, bit) ? new_inner(bit, below, leaf) : new_inner(bit, leaf, below);
}

void StateTree::Nodes::erase(std::string_view key) {
    if (top_.is_none()) return;
    const NodeRef leaf = descend(key);
    if (key_of(leaf) != key) return;
    // The leaf's parent goes too: its other side takes the parent's place.
    NodeRef* place = &top_;
    NodeRef* parent_place = nullptr;
    while (!place->is_leaf()) {
        Inner& inner = own(*place);
        parent_place = place;
        place = &inner.children[key_bit(key, inner.bit)];
    }
    if (parent_place == nullptr) {
        top_ = NodeRef{};
    } else {
        const std::uint32_t parent = parent_place->slot();
        *parent_place = inners_[parent].children[!key_bit(key, inners_[parent].bit)];
        inners_.release(parent);
    }
    replaced_.keys.push_back(leaves_[leaf.slot()].key);
    replaced_.leaves.push_back(leaf.slot());
    --count_;
}

void StateTree::Nodes::update(std::span<const StateChange> changes) {
    KeptTree before{top_, count_, root_, {}};
    for (std::size_t i = 0; i < changes.size(); ++i) {
        CHECK_INVARIANT(changes[i].space == space_);
        CHECK_INVARIANT(i == 0 || changes[i - 1].key < changes[i].key);
        apply(changes[i]);
    }
    seal();
    before.replaced = std::exchange(replaced_, {});
    if (before.root != root_ || before.replaced.nodes() > 0) keep(std::move(before));
}

void StateTree::Nodes::keep(KeptTree before) {
    replaced_nodes_ += before.replaced.nodes();
    kept_.push_back(std::move(before));
    while (kept_.size() > max_kept_trees_ || replaced_nodes_ > k_max_replaced_nodes) drop_oldest();
}

/// What was replaced after the oldest tree is in no other one.
void StateTree::Nodes::drop_oldest() {
    const Replaced& replaced = kept_.front().replaced;
    for (const std::uint32_t slot : replaced.inners) inners_.release(slot);
    for (const std::uint32_t slot : replaced.leaves) leaves_.release(slot);
    for (const KeySlot& key : replaced.keys) keys_.release(key);
    replaced_nodes_ -= replaced.nodes();
    kept_.pop_front();
}

std::optional<StatePath> StateTree::Nodes::prove_under(const Digest& root, std::string_view key) {
    if (root == root_) return prove(key);
    const auto kept = std::find_if(kept_.rbegin(), kept_.rend(),
                                   [&](const KeptTree& tree) { return tree.root == root; });
    if (kept == kept_.rend()) return std::nullopt;
    return prove(kept->top, kept->count, key);
}

Digest StateTree::Nodes::digest(NodeRef node) {
    if (node.is_leaf()) return hasher_.leaf(key_of(node), leaves_[node.slot()].value_hash);
    Inner& inner = inners_[node.slot()];
    if (inner.dirty) {
        const Digest left = digest(inner.children[0]);
        const Digest right = digest(inner.children[1]);
        inner.digest = hasher_.inner(inner.bit, left, right);
        inner.dirty = false;
    }
    return inner.digest;
}

StatePath StateTree::Nodes::prove(NodeRef top, std::uint64_t count, std::string_view key) {
    StatePath path;
    path.count = count;
    if (top.is_none()) return path;
    NodeRef node = top;
    while (!node.is_leaf()) {
        const Inner& inner = inners_[node.slot()];
        const bool bit = key_bit(key, inner.bit);
        path.steps.push_back({inner.bit, digest(inner.children[!bit])});
        node = inner.children[bit];
    }
    if (key_of(node) != key) {
        path.neighbour = StateNeighbour{std::string(key_of(node)), leaves_[node.slot()].value_hash};
    }
    return path;
}

StateTree::StateTree(Space space, std::size_t kept_trees)
    : nodes_(std::make_unique<Nodes>(space, kept_trees)) {}
StateTree::~StateTree() = default;
StateTree::StateTree(StateTree&&) noexcept = default;
StateTree& StateTree::operator=(StateTree&&) noexcept = default;

bool StateTree::rebuild(const StateReader& reader) {
    auto nodes = std::make_unique<Nodes>(nodes_->space(), nodes_->max_kept_trees());
    nodes_ = std::make_unique<Nodes>(nodes->space(), nodes->max_kept_trees());
    std::vector<std::uint32_t> spine;
    NodeRef last;
    bool possible = true;
    reader.scan(nodes->space(), "", "", [&](std::string_view key, ByteView value) {
        possible = key.size() <= k_max_key_bytes;
        if (possible) nodes->append(key, value, spine, last);
        return possible;
    });
    if (!possible) return false;
    nodes->seal();
    nodes_ = std::move(nodes);
    return true;
}

void StateTree::update(std::span<const StateChange> changes) { nodes_->update(changes); }

const Digest& StateTree::root() const { return nodes_->root(); }
std::uint64_t StateTree::size() const { return nodes_->count(); }
StatePath StateTree::prove(std::string_view key) const { return nodes_->prove(key); }
std::optional<StatePath> StateTree::prove_under(const Digest& root, std::string_view key) const {
    return nodes_->prove_under(root, key);
}
std::size_t StateTree::memory_bytes() const { return nodes_->memory_bytes(); }

namespace {

/// Whether a path can be one of a tree that has, or has not, this key.
StatePathVerdict judge_form(std::string_view key, bool absence, const StatePath& path) {
    using enum StatePathVerdict;
    if (key.size() > k_max_key_bytes) return malformed;
    if (path.count == 0) {
        return absence && path.steps.empty() && !path.neighbour ? holds : malformed;
    }
    if ((!absence && path.neighbour) || path.steps.size() >= path.count) return malformed;
    if (absence && (!path.neighbour || path.neighbour->key == key)) return absence_not_shown;
    const std::string_view leaf_key = absence ? std::string_view(path.neighbour->key) : key;
    if (leaf_key.size() > k_max_key_bytes) return malformed;
    for (std::size_t i = 0; i < path.steps.size(); ++i) {
        const std::uint32_t bit = path.steps[i].bit;
        if (bit >= key_bits(leaf_key)) return malformed;
        if (i > 0 && bit <= path.steps[i - 1].bit) return malformed;
        // The key would stand on the other side of this node, of which the path says nothing.
        if (absence && bit == first_difference(leaf_key, key)) return absence_not_shown;
    }
    return holds;
}

}  // namespace

StatePathVerdict judge_state_path(Space space, const Digest& root, std::string_view key,
                                  const std::optional<Bytes>& value, const StatePath& path) {
    const bool absence = !value.has_value();
    const StatePathVerdict form = judge_form(key, absence, path);
    if (form != StatePathVerdict::holds) return form;
    StateHasher hasher(space);
    Digest top;
    if (path.count > 0) {
        const std::string_view leaf_key = absence ? std::string_view(path.neighbour->key) : key;
        top = hasher.leaf(leaf_key, absence ? path.neighbour->value_hash : hasher.value(*value));
        for (std::size_t i = path.steps.size(); i-- > 0;) {
            const auto& [bit, sibling] = path.steps[i];
            top = key_bit(leaf_key, bit) ? hasher.inner(bit, sibling, top)
                                         : hasher.inner(bit, top, sibling);
        }
    }
    return hasher.root(path.count, top) == root ? StatePathVerdict::holds
                                                : StatePathVerdict::other_root;
}

bool verify_state_path(Space space, const Digest& root, std::string_view key,
                       const std::optional<Bytes>& value, const StatePath& path) {
    return judge_state_path(space, root, key, value, path) == StatePathVerdict::holds;
}

}  // namespace cityledger::ledger
