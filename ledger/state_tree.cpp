#include "ledger/state_tree.hpp"

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
    bool dirty = true;  ///< the digest is to be computed again
    NodeRef children[2];
    Digest digest;
};

/// 40 bytes. The leaf's own digest is computed when its parent is hashed: proofs of absence need
/// the hash of the value, and storing both costs more than a hash an update.
struct Leaf {
    KeySlot key;
    Digest value_hash;
};

}  // namespace

class StateTree::Nodes {
public:
    explicit Nodes(Space space) : space_(space), hasher_(space) { seal(); }

    /// Adds a key above all others. `spine` holds the inner nodes on the right edge, top first.
    void append(std::string_view key, ByteView value, std::vector<std::uint32_t>& spine,
                NodeRef& last);
    void apply(const StateChange& change);
    /// Hashes what is dirty, and the root.
    void seal() { root_ = hasher_.root(count_, top_.is_none() ? Digest{} : digest(top_)); }
    [[nodiscard]] StatePath prove(std::string_view key);

    [[nodiscard]] Space space() const { return space_; }
    [[nodiscard]] const Digest& root() const { return root_; }
    [[nodiscard]] std::uint64_t count() const { return count_; }
    [[nodiscard]] std::size_t memory_bytes() const {
        return inners_.memory_bytes() + leaves_.memory_bytes() + keys_.memory_bytes();
    }

private:
    void insert(std::string_view key, ByteView value);
    void erase(std::string_view key);
    NodeRef new_leaf(std::string_view key, ByteView value);
    NodeRef new_inner(std::uint32_t bit, NodeRef left, NodeRef right);

    /// The leaf where the bits of the key lead; the key itself if it is in the tree.
    [[nodiscard]] NodeRef descend(std::string_view key) const;
    [[nodiscard]] std::string_view key_of(NodeRef leaf) const {
        return keys_[leaves_[leaf.slot()].key];
    }
    void mark_path(std::string_view key);
    Digest digest(NodeRef node);

    Space space_;
    StateHasher hasher_;
    SlotArena<Inner> inners_;
    SlotArena<Leaf> leaves_;
    KeyArena keys_;
    NodeRef top_;
    std::uint64_t count_ = 0;
    Digest root_;
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

void StateTree::Nodes::mark_path(std::string_view key) {
    NodeRef node = top_;
    while (!node.is_leaf()) {
        Inner& inner = inners_[node.slot()];
        inner.dirty = true;
        node = inner.children[key_bit(key, inner.bit)];
    }
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
        leaves_[nearest.slot()].value_hash = hasher_.value(value);
        mark_path(key);
        return;
    }
    const std::uint32_t bit = first_difference(key_of(nearest), key);
    NodeRef* place = &top_;
    while (!place->is_leaf() && inners_[place->slot()].bit < bit) {
        Inner& inner = inners_[place->slot()];
        inner.dirty = true;
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
        Inner& inner = inners_[place->slot()];
        inner.dirty = true;
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
    keys_.release(leaves_[leaf.slot()].key);
    leaves_.release(leaf.slot());
    --count_;
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

StatePath StateTree::Nodes::prove(std::string_view key) {
    StatePath path;
    path.count = count_;
    if (top_.is_none()) return path;
    NodeRef node = top_;
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

StateTree::StateTree(Space space) : nodes_(std::make_unique<Nodes>(space)) {}
StateTree::~StateTree() = default;
StateTree::StateTree(StateTree&&) noexcept = default;
StateTree& StateTree::operator=(StateTree&&) noexcept = default;

bool StateTree::rebuild(const StateReader& reader) {
    auto nodes = std::make_unique<Nodes>(nodes_->space());
    nodes_ = std::make_unique<Nodes>(nodes->space());
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

void StateTree::update(std::span<const StateChange> changes) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
        CHECK_INVARIANT(changes[i].space == nodes_->space());
        CHECK_INVARIANT(i == 0 || changes[i - 1].key < changes[i].key);
        nodes_->apply(changes[i]);
    }
    nodes_->seal();
}

const Digest& StateTree::root() const { return nodes_->root(); }
std::uint64_t StateTree::size() const { return nodes_->count(); }
StatePath StateTree::prove(std::string_view key) const { return nodes_->prove(key); }
std::size_t StateTree::memory_bytes() const { return nodes_->memory_bytes(); }

bool verify_state_path(Space space, const Digest& root, std::string_view key,
                       const std::optional<Bytes>& value, const StatePath& path) {
    if (key.size() > k_max_key_bytes) return false;
    StateHasher hasher(space);
    const bool absence = !value.has_value();
    if (path.count == 0) {
        return absence && path.steps.empty() && !path.neighbour && hasher.root(0, Digest{}) == root;
    }
    if (absence != path.neighbour.has_value() || path.steps.size() >= path.count) return false;
    const std::string_view leaf_key = absence ? std::string_view(path.neighbour->key) : key;
    if (leaf_key.size() > k_max_key_bytes || (absence && leaf_key == key)) return false;

    for (std::size_t i = 0; i < path.steps.size(); ++i) {
        const std::uint32_t bit = path.steps[i].bit;
        if (bit >= key_bits(leaf_key)) return false;
        if (i > 0 && bit <= path.steps[i - 1].bit) return false;
        // The key would stand on the other side of this node, of which the path says nothing.
        if (absence && bit == first_difference(leaf_key, key)) return false;
    }
    Digest top = hasher.leaf(leaf_key, absence ? path.neighbour->value_hash : hasher.value(*value));
    for (std::size_t i = path.steps.size(); i-- > 0;) {
        const auto& [bit, sibling] = path.steps[i];
        top = key_bit(leaf_key, bit) ? hasher.inner(bit, sibling, top)
                                     : hasher.inner(bit, top, sibling);
    }
    return hasher.root(path.count, top) == root;
}

}  // namespace cityledger::ledger
