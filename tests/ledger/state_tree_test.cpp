// The state tree against a naive one: any way to the same content gives the same root, and its
// paths prove what is there and what is not, and nothing else.

#include "ledger/state_tree.hpp"

#include <map>
#include <random>
#include <set>

#include "ledger/memory_state_store.hpp"
#include "tests/ledger/fixtures.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;
using Content = std::map<std::string, Bytes>;

// ---- the naive tree: written from docs/decisions/0001, recursive, with texts of bits ---------

std::string bits_of(const std::string& key) {
    std::string bits;
    for (const char byte : key) {
        bits += '1';
        for (int bit = 7; bit >= 0; --bit) bits += ((byte >> bit) & 1) != 0 ? '1' : '0';
    }
    return bits + '0';
}

crypto::Hasher& start_hash(crypto::Hasher& hasher, Space space, std::uint8_t mark) {
    return hasher.update_sized(as_bytes(tags::state))
        .update_u8(static_cast<std::uint8_t>(space))
        .update_u8(mark);
}

Digest naive_node(Space space, const std::map<std::string, std::pair<std::string, Bytes>>& leaves) {
    crypto::Hasher hasher;
    if (leaves.size() == 1) {
        const auto& [key, value] = leaves.begin()->second;
        return start_hash(hasher, space, 0)
            .update_sized(as_bytes(key))
            .update(crypto::sha256(value).view())
            .finish();
    }
    const std::string& first = leaves.begin()->first;
    const std::string& last = leaves.rbegin()->first;
    std::uint32_t bit = 0;
    while (first[bit] == last[bit]) ++bit;
    std::map<std::string, std::pair<std::string, Bytes>> sides[2];
    for (const auto& leaf : leaves) sides[leaf.first[bit] - '0'].insert(leaf);
    const Digest left = naive_node(space, sides[0]);
    const Digest right = naive_node(space, sides[1]);
    return start_hash(hasher, space, 1)
        .update_u32(bit)
        .update(left.view())
        .update(right.view())
        .finish();
}

Digest naive_root(Space space, const Content& content) {
    std::map<std::string, std::pair<std::string, Bytes>> leaves;
    for (const auto& [key, value] : content) leaves[bits_of(key)] = {key, value};
    const Digest top = content.empty() ? Digest{} : naive_node(space, leaves);
    crypto::Hasher hasher;
    return start_hash(hasher, space, 2).update_u64(content.size()).update(top.view()).finish();
}

// ---- random content ---------------------------------------------------------------------------

/// Short keys over few bytes, so that prefixes, splits and collapses are frequent.
std::string draw_key(std::mt19937_64& random) {
    static constexpr char bytes[] = {'\0', 'a', 'b', '\x7f', '\xff'};
    std::string key(random() % 6, ' ');
    for (char& byte : key) byte = bytes[random() % 5];
    return key;
}

std::vector<StateChange> draw_block(std::mt19937_64& random, Content& content) {
    std::map<std::string, std::optional<Bytes>> changed;
    const std::size_t count = random() % 12;
    for (std::size_t i = 0; i < count; ++i) {
        std::string key = draw_key(random);
        if (random() % 5 < 2) {
            content.erase(key);
            changed[key] = std::nullopt;
        } else {
            const Bytes value(random() % 3, static_cast<std::uint8_t>(random()));
            content[key] = value;
            changed[key] = value;
        }
    }
    std::vector<StateChange> changes;
    for (const auto& [key, value] : changed) changes.push_back({Space::business, key, value});
    return changes;
}

Content draw_content(std::mt19937_64& random, std::size_t blocks) {
    Content content;
    for (std::size_t i = 0; i < blocks; ++i) draw_block(random, content);
    return content;
}

std::vector<StateChange> puts_of(const Content& content, Space space = Space::business) {
    std::vector<StateChange> changes;
    for (const auto& [key, value] : content) changes.push_back({space, key, value});
    return changes;
}

StateTree tree_of(const Content& content) {
    StateTree tree(Space::business);
    tree.update(puts_of(content));
    return tree;
}

TEST_CASE("an empty tree has a root of its own, per space", "[state_tree]") {
    CHECK(StateTree(Space::business).root() == naive_root(Space::business, {}));
    CHECK(StateTree(Space::system).root() == naive_root(Space::system, {}));
    CHECK(StateTree(Space::system).root() != StateTree(Space::business).root());
}

TEST_CASE("after every block of random changes the root is that of the content", "[state_tree]") {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        INFO("seed " << seed);
        std::mt19937_64 random(seed);
        Content content;
        StateTree tree(Space::business);
        for (int block = 0; block < 60; ++block) {
            tree.update(draw_block(random, content));
            REQUIRE(tree.root() == naive_root(Space::business, content));
            REQUIRE(tree.size() == content.size());
        }
    }
}

TEST_CASE("order and grouping of the changes leave no trace", "[state_tree]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        std::mt19937_64 random(seed);
        const Content content = draw_content(random, 10);
        std::vector<StateChange> shuffled = puts_of(content);
        std::shuffle(shuffled.begin(), shuffled.end(), random);
        StateTree one_by_one(Space::business);
        for (const StateChange& change : shuffled) one_by_one.update({&change, 1});
        CHECK(one_by_one.root() == tree_of(content).root());
    }
}

TEST_CASE("a tree that is rebuilt from a store equals the one that was updated", "[state_tree]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        std::mt19937_64 random(seed);
        MemoryStateStore store;
        Content content;
        StateTree updated(Space::business);
        for (std::uint64_t height = 0; height < 20; ++height) {
            const auto changes = draw_block(random, content);
            updated.update(changes);
            REQUIRE(store.apply(height, changes, {}));
        }
        StateTree rebuilt(Space::business);
        REQUIRE(rebuilt.rebuild(store));
        CHECK(rebuilt.root() == updated.root());
        const auto changes = draw_block(random, content);
        updated.update(changes);
        rebuilt.update(changes);
        CHECK(rebuilt.root() == updated.root());
    }
}

TEST_CASE("a store with a key that the ledger never writes is not rebuilt", "[state_tree]") {
    MemoryStateStore store;
    REQUIRE(
        store.apply(0, {{Space::business, std::string(k_max_key_bytes + 1, 'k'), Bytes{}}}, {}));
    StateTree tree(Space::business);
    CHECK_FALSE(tree.rebuild(store));
    CHECK(tree.size() == 0);
}

TEST_CASE("keys of all lengths, each the beginning of the next", "[state_tree]") {
    Content content;
    for (std::size_t size = 0; size <= k_max_key_bytes; ++size) {
        content[std::string(size, '\xff')] = Bytes{1};
        content[std::string(size, '\0')] = Bytes{2};
    }
    const StateTree tree = tree_of(content);
    CHECK(tree.root() == naive_root(Space::business, content));
    for (const auto& [key, value] : content) {
        const StatePath path = tree.prove(key);
        CHECK(decode<StatePath>(encode(path)) == path);
        CHECK(verify_state_path(Space::business, tree.root(), key, value, path));
    }
}

TEST_CASE("every key proves its value, and every other key its absence", "[state_tree]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        std::mt19937_64 random(seed);
        const Content content = draw_content(random, 1 + seed % 7);
        const StateTree tree = tree_of(content);
        for (const auto& [key, value] : content) {
            const StatePath path = tree.prove(key);
            CHECK(verify_state_path(Space::business, tree.root(), key, value, path));
            CHECK_FALSE(verify_state_path(Space::business, tree.root(), key, std::nullopt, path));
            CHECK_FALSE(verify_state_path(Space::system, tree.root(), key, value, path));
            Bytes other = value;
            other.push_back(0);
            CHECK_FALSE(verify_state_path(Space::business, tree.root(), key, other, path));
        }
        for (int i = 0; i < 200; ++i) {
            const std::string key = draw_key(random) + draw_key(random);
            if (content.contains(key)) continue;
            const StatePath path = tree.prove(key);
            CHECK(verify_state_path(Space::business, tree.root(), key, std::nullopt, path));
            CHECK_FALSE(verify_state_path(Space::business, tree.root(), key, Bytes{1}, path));
        }
    }
}

TEST_CASE("no path proves the absence of a key that is there", "[state_tree]") {
    std::mt19937_64 random(5);
    const Content content = draw_content(random, 8);
    const StateTree tree = tree_of(content);
    for (const auto& [key, value] : content) {
        for (const auto& [other, other_value] : content) {
            // An honest path to another leaf, shown as if this key would hang beside it.
            StatePath path = tree.prove(other);
            path.neighbour = StateNeighbour{other, crypto::sha256(other_value)};
            CHECK_FALSE(verify_state_path(Space::business, tree.root(), key, std::nullopt, path));
        }
    }
}

TEST_CASE("a path that is changed anywhere proves nothing", "[state_tree]") {
    std::mt19937_64 random(6);
    const Content content = draw_content(random, 10);
    const StateTree tree = tree_of(content);
    const auto check_mutations_fail = [&](const std::string& key,
                                          const std::optional<Bytes>& value) {
        const StatePath path = tree.prove(key);
        REQUIRE(verify_state_path(Space::business, tree.root(), key, value, path));
        const Bytes bytes = encode(path);
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            Bytes damaged = bytes;
            damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1u << (bit % 8)));
            const auto decoded = decode<StatePath>(damaged);
            if (!decoded) continue;
            INFO("bit " << bit);
            CHECK_FALSE(verify_state_path(Space::business, tree.root(), key, value, *decoded));
        }
        for (std::size_t step = 0; step < path.steps.size(); ++step) {
            StatePath shorter = path;
            shorter.steps.erase(shorter.steps.begin() + static_cast<std::ptrdiff_t>(step));
            CHECK_FALSE(verify_state_path(Space::business, tree.root(), key, value, shorter));
            StatePath longer = path;
            longer.steps.push_back(path.steps[step]);
            CHECK_FALSE(verify_state_path(Space::business, tree.root(), key, value, longer));
        }
    };
    check_mutations_fail(content.begin()->first, content.begin()->second);
    check_mutations_fail(content.rbegin()->first, content.rbegin()->second);
    check_mutations_fail("no such key", std::nullopt);
}

TEST_CASE("an empty tree proves the absence of everything", "[state_tree]") {
    const StateTree tree(Space::business);
    StatePath path = tree.prove("a");
    CHECK(verify_state_path(Space::business, tree.root(), "a", std::nullopt, path));
    CHECK_FALSE(verify_state_path(Space::business, tree.root(), "a", Bytes{}, path));
    path.count = 1;
    CHECK_FALSE(verify_state_path(Space::business, tree.root(), "a", std::nullopt, path));
    const StateTree full = tree_of({{"b", Bytes{}}});
    CHECK_FALSE(
        verify_state_path(Space::business, full.root(), "a", std::nullopt, tree.prove("a")));
}

TEST_CASE("a key longer than any key is refused by the verifier", "[state_tree]") {
    const StateTree tree = tree_of({{"b", Bytes{}}});
    const std::string long_key(k_max_key_bytes + 1, 'k');
    StatePath path = tree.prove("a");
    CHECK_FALSE(verify_state_path(Space::business, tree.root(), long_key, std::nullopt, path));
    path.neighbour->key = long_key;
    CHECK_FALSE(verify_state_path(Space::business, tree.root(), "a", std::nullopt, path));
}

TEST_CASE("earlier trees are proved from as they were", "[state_tree]") {
    constexpr std::size_t k_kept = 7;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        INFO("seed " << seed);
        std::mt19937_64 random(seed);
        StateTree tree(Space::business, k_kept);
        std::vector<std::pair<Digest, Content>> states{{tree.root(), {}}};
        for (int block = 0; block < 40; ++block) {
            Content content = states.back().second;
            tree.update(draw_block(random, content));
            REQUIRE(tree.root() == naive_root(Space::business, content));
            // An update that changes no value may keep the tree before it all the same.
            if (tree.root() != states.back().first) states.emplace_back(tree.root(), content);
            for (std::size_t back = 1; back <= std::min<std::size_t>(3, states.size()); ++back) {
                const auto& [root, then] = states[states.size() - back];
                for (int i = 0; i < 8; ++i) {
                    const std::string key = draw_key(random);
                    const auto entry = then.find(key);
                    const auto value =
                        entry == then.end() ? std::nullopt : std::optional<Bytes>(entry->second);
                    const auto path = tree.prove_under(root, key);
                    REQUIRE(path);
                    REQUIRE(verify_state_path(Space::business, root, key, value, *path));
                }
            }
        }
        std::set<Digest> known;
        for (std::size_t i = states.size() - 1; i-- > 0;) known.insert(states[i].first);
        std::size_t kept = 0;
        for (const Digest& root : known) kept += tree.prove_under(root, "a").has_value() ? 1 : 0;
        CHECK(kept <= k_kept + 1);
        CHECK_FALSE(tree.prove_under(digest_of("no root"), "a"));
    }
}

TEST_CASE("a tree that keeps earlier ones gives their places back", "[state_tree]") {
    StateTree tree(Space::business, 2);
    std::size_t memory = 0;
    for (int round = 0; round < 40; ++round) {
        std::vector<StateChange> puts;
        for (int i = 0; i < 1000; ++i) {
            puts.push_back({Space::business, "key/" + std::to_string(1'000'000 + i),
                            Bytes{static_cast<std::uint8_t>(round)}});
        }
        tree.update(puts);
        if (round == 4) memory = tree.memory_bytes();
    }
    CHECK(tree.memory_bytes() == memory);
}

TEST_CASE("a key costs less than 150 bytes of memory", "[state_tree]") {
    Content content;
    for (int i = 0; i < 20'000; ++i) {
        content["invoice/144031809110/" + std::to_string(10'000'000'000 + i)] = Bytes(64);
    }
    CHECK(tree_of(content).memory_bytes() / content.size() < 150);
}

TEST_CASE("the places of erased keys are used again", "[state_tree]") {
    StateTree tree(Space::business);
    std::size_t memory = 0;
    for (int round = 0; round < 50; ++round) {
        std::vector<StateChange> puts;
        std::vector<StateChange> erasures;
        for (int i = 0; i < 1000; ++i) {
            const std::string key = "key/" + std::to_string(1'000'000 + round * 1000 + i);
            puts.push_back({Space::business, key, Bytes{1}});
            erasures.push_back({Space::business, key, std::nullopt});
        }
        tree.update(puts);
        tree.update(erasures);
        if (round == 0) memory = tree.memory_bytes();
    }
    CHECK(tree.size() == 0);
    CHECK(tree.root() == naive_root(Space::business, {}));
    CHECK(tree.memory_bytes() == memory);
}

}  // namespace
}  // namespace cityledger::ledger
