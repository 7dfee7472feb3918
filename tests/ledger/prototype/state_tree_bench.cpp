// Unit costs of the candidates for the state tree (docs/decisions/0001-state-tree.md). No test:
// build the target state_tree_bench with optimisation and run `state_tree_bench KEYS`.

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>

#include "crypto/hash.hpp"
#include "ledger/state_tree.hpp"

#ifdef CITYLEDGER_BENCH_ROCKSDB
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>
#endif

namespace cityledger::ledger {
namespace {

constexpr std::size_t k_changes_per_block = 1000;
constexpr std::size_t k_measured_blocks = 200;

class Stopwatch {
public:
    [[nodiscard]] double microseconds() const {
        const auto passed = std::chrono::steady_clock::now() - start_;
        return std::chrono::duration<double, std::micro>(passed).count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// 32 bytes; growing keys are like invoice codes and numbers.
std::string growing_key(std::uint64_t number) {
    char text[40];
    std::snprintf(text, sizeof text, "invoice/144031809110/%011llu",
                  static_cast<unsigned long long>(number));
    return text;
}

std::string random_key(std::uint64_t number) {
    Bytes bytes(8);
    for (auto& byte : bytes) {
        byte = static_cast<std::uint8_t>(number);
        number >>= 8;
    }
    return std::string(as_text(crypto::sha256(bytes).view()));
}

using MakeKey = std::string (*)(std::uint64_t);

/// The keys of a tree in order, without a store, so that only the tree is measured.
class KeySource : public StateReader {
public:
    KeySource(MakeKey make_key, std::uint64_t count) {
        keys_.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) keys_.push_back(make_key(i));
        std::sort(keys_.begin(), keys_.end());
    }
    [[nodiscard]] std::optional<Bytes> get(Space, std::string_view) const override {
        return std::nullopt;
    }
    void scan(Space, std::string_view, std::string_view,
              const StateVisitor& visitor) const override {
        const Bytes value(64, 7);
        for (const std::string& key : keys_) {
            if (!visitor(key, value)) return;
        }
    }

private:
    std::vector<std::string> keys_;
};

std::size_t resident_bytes() {
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    unsigned long total = 0;
    unsigned long resident = 0;
    if (file == nullptr || std::fscanf(file, "%lu %lu", &total, &resident) != 2) std::abort();
    std::fclose(file);
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::vector<StateChange> sorted_block(MakeKey make_key, const std::vector<std::uint64_t>& numbers,
                                      std::uint8_t mark) {
    std::vector<StateChange> changes;
    for (const std::uint64_t number : numbers) {
        changes.push_back({Space::business, make_key(number), Bytes(64, mark)});
    }
    std::sort(changes.begin(), changes.end(),
              [](const StateChange& a, const StateChange& b) { return a.key < b.key; });
    changes.erase(std::unique(changes.begin(), changes.end(),
                              [](const auto& a, const auto& b) { return a.key == b.key; }),
                  changes.end());
    return changes;
}

/// Microseconds an update; `pick` gives the number of the next key.
template <class Pick>
double update_cost(StateTree& tree, MakeKey make_key, Pick pick) {
    double total = 0;
    std::size_t changes_made = 0;
    for (std::size_t block = 0; block < k_measured_blocks; ++block) {
        std::vector<std::uint64_t> numbers(k_changes_per_block);
        for (auto& number : numbers) number = pick();
        const auto changes = sorted_block(make_key, numbers, static_cast<std::uint8_t>(block));
        const Stopwatch watch;
        tree.update(changes);
        total += watch.microseconds();
        changes_made += changes.size();
    }
    return total / static_cast<double>(changes_made);
}

void measure_crit_bit(const char* name, MakeKey make_key, std::uint64_t count) {
    std::mt19937_64 random(1);
    StateTree tree(Space::business);
    {
        const KeySource source(make_key, count);
        const std::size_t before = resident_bytes();
        const Stopwatch watch;
        if (!tree.rebuild(source)) std::abort();
        const double seconds = watch.microseconds() / 1e6;
        const double keys = static_cast<double>(count);
        std::printf(
            "crit-bit, %s, %llu keys: rebuild %.2f s (%.2f us/key), memory %.1f B/key "
            "(resident +%.1f B/key)\n",
            name, static_cast<unsigned long long>(count), seconds, seconds * 1e6 / keys,
            static_cast<double>(tree.memory_bytes()) / keys,
            static_cast<double>(resident_bytes() - before) / keys);
    }
    std::uint64_t next = count;
    std::printf("  new keys            %.2f us/update\n",
                update_cost(tree, make_key, [&] { return next++; }));
    std::printf("  changes, last 10000 %.2f us/update\n",
                update_cost(tree, make_key, [&] { return next - 1 - random() % 10'000; }));
    std::printf("  changes, anywhere   %.2f us/update\n",
                update_cost(tree, make_key, [&] { return random() % next; }));
    const std::string wanted = make_key(count / 2);
    const Stopwatch watch;
    const StatePath path = tree.prove(wanted);
    std::printf("  proof %.1f us, %zu steps, %zu bytes\n", watch.microseconds(), path.steps.size(),
                encode(path).size());
}

/// The entry log: every change is a leaf, the parents above are hashed once; no old leaf changes.
void measure_entry_log(std::uint64_t count) {
    crypto::Hasher hasher;
    std::vector<std::vector<Digest>> levels(1);
    const Bytes entry(32 + 64, 7);
    const Stopwatch watch;
    for (std::uint64_t i = 0; i < count; ++i) {
        Digest digest = hasher.update_u8(0).update(entry).update_u64(i).finish();
        for (std::size_t level = 0;; ++level) {
            if (level == levels.size()) levels.emplace_back();
            levels[level].push_back(digest);
            if (levels[level].size() % 2 != 0) break;
            const Digest& left = levels[level][levels[level].size() - 2];
            digest = hasher.update_u8(1).update(left.view()).update(digest.view()).finish();
        }
    }
    std::printf("entry log, %llu entries: %.2f us/update, 64 B/entry in memory\n",
                static_cast<unsigned long long>(count),
                watch.microseconds() / static_cast<double>(count));
}

#ifdef CITYLEDGER_BENCH_ROCKSDB
/// Nodes or pages of a tree in RocksDB: each block reads the records on its paths and writes them
/// back. Hashing is left out: this is the cost of the storage alone.
void measure_rocksdb(const char* name, std::uint64_t count, std::uint64_t fan_out,
                     std::size_t record_bytes) {
    const auto folder = std::filesystem::temp_directory_path() / "state_tree_bench";
    std::filesystem::remove_all(folder);
    rocksdb::Options options;
    options.create_if_missing = true;
    rocksdb::DB* opened = nullptr;
    if (!rocksdb::DB::Open(options, folder.string(), &opened).ok()) std::abort();
    const std::unique_ptr<rocksdb::DB> db(opened);
    rocksdb::WriteOptions write;
    write.disableWAL = true;

    const auto record_key = [](std::uint64_t level, std::uint64_t index) {
        std::string key(1, static_cast<char>(level));
        for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(index >> shift);
        return key;
    };
    std::uint64_t records = 0;
    std::uint64_t levels = 0;
    const auto above = [fan_out](std::uint64_t width) { return (width + fan_out - 1) / fan_out; };
    for (std::uint64_t width = above(count);; width = above(width), ++levels) {
        rocksdb::WriteBatch batch;
        for (std::uint64_t i = 0; i < width; ++i, ++records) {
            batch.Put(record_key(levels, i), std::string(record_bytes, 'x'));
            if (batch.Count() == 10'000 || i + 1 == width) {
                db->Write(write, &batch);
                batch.Clear();
            }
        }
        if (width == 1) break;
    }
    std::mt19937_64 random(1);
    std::size_t updates = 0;
    const Stopwatch watch;
    for (std::size_t block = 0; block < 20; ++block) {
        std::map<std::string, std::string> touched;
        for (std::size_t i = 0; i < k_changes_per_block; ++i, ++updates) {
            std::uint64_t index = random() % count;
            for (std::uint64_t level = 0; level <= levels; ++level) {
                index /= fan_out;
                const std::string key = record_key(level, index);
                auto& record = touched[key];
                if (record.empty()) db->Get(rocksdb::ReadOptions(), key, &record);
            }
        }
        rocksdb::WriteBatch batch;
        for (const auto& [key, record] : touched) batch.Put(key, record);
        db->Write(write, &batch);
    }
    std::printf("RocksDB %s, %llu keys: %.1f us/update, storage only (%llu records of %zu B)\n",
                name, static_cast<unsigned long long>(count),
                watch.microseconds() / static_cast<double>(updates),
                static_cast<unsigned long long>(records), record_bytes);
    std::filesystem::remove_all(folder);
}
#endif

}  // namespace
}  // namespace cityledger::ledger

int main(int argc, char** argv) {
    using namespace cityledger::ledger;
    const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    measure_crit_bit("growing keys", growing_key, count);
    measure_crit_bit("random keys", random_key, count);
    measure_entry_log(count);
#ifdef CITYLEDGER_BENCH_ROCKSDB
    measure_rocksdb("nodes", count, 2, 44);
    measure_rocksdb("pages", count, 64, 64 * 32);
#endif
    return 0;
}
