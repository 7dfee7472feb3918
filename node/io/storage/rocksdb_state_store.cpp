#include "node/io/storage/rocksdb_state_store.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <chrono>
#include <mutex>
#include <thread>

#include "crypto/check.hpp"
#include "ledger/codec/codec.hpp"
#include "node/io/stages.hpp"
#include "node/io/storage/rocksdb_file_system.hpp"
#include "node/io/storage/storage_codes.hpp"

namespace cityledger::io {
namespace {

using ledger::Space;

// What is not flushed is executed again after a crash: some seconds of full load.
constexpr std::size_t k_write_buffer_bytes = 32 * 1024 * 1024;
constexpr std::size_t k_all_write_buffers_bytes = 64 * 1024 * 1024;
constexpr std::size_t k_block_cache_bytes = 32 * 1024 * 1024;
/// 1 % of the lookups of an absent key read a block in vain.
constexpr double k_filter_bits_per_key = 10;
/// Tells the kinds of records apart, e.g. "invoice/".
constexpr std::size_t k_hint_prefix_bytes = 8;
/// Part of a write buffer that its own filter takes.
constexpr double k_write_buffer_filter_part = 0.02;
constexpr int k_max_open_files = 256;
constexpr std::chrono::milliseconds k_full_disk_retry{200};

const std::array<std::string, 4> k_families = {"default", "system", "business", "derived"};
constexpr std::string_view k_height_key = "height";
constexpr std::string_view k_summary_key = "summary";

std::size_t family_index(Space space) { return static_cast<std::size_t>(space) + 1; }

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
rocksdb::Slice slice(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The one place where RocksDB's refusals become ours.
Status checked(const rocksdb::Status& status, std::string_view during) {
    if (status.ok()) return {};
    return refuse(codes::store_unusable, std::string(during) + ": " + status.ToString());
}

/// A store that can't be read must not be taken for an empty one, and readers have no way to hear
/// of it: the process ends. `open` has read every block, so this is damage since then.
void stop_unless_read(const rocksdb::Status& status) {
    if (status.ok()) return;
    const Status stopped = checked(status, "read");
    check_failed(stopped.error().message().c_str(), __FILE__, __LINE__);
}

/// RocksDB tells its story to nobody: what matters comes back as a status.
class SilentLogger : public rocksdb::Logger {
public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
};

rocksdb::Options make_options(rocksdb::Env* env) {
    rocksdb::Options options;
    options.env = env;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    // Without a WAL, only a flush of all families at once leaves the state of one height.
    options.atomic_flush = true;
    options.db_write_buffer_size = k_all_write_buffers_bytes;
    options.write_buffer_size = k_write_buffer_bytes;
    options.max_open_files = k_max_open_files;
    options.max_background_jobs = 2;
    // A block's changes come in the order of their keys, from one thread: each is put beside the
    // one before it.
    options.allow_concurrent_memtable_write = false;
    options.memtable_insert_with_hint_prefix_extractor.reset(
        rocksdb::NewCappedPrefixTransform(k_hint_prefix_bytes));
    // Each issued invoice asks whether its payment has one already, and nearly none has.
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = k_write_buffer_filter_part;
    options.info_log = std::make_shared<SilentLogger>();
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = rocksdb::NewLRUCache(k_block_cache_bytes);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(k_filter_bits_per_key));
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return options;
}

class Store final : public RocksDbStateStore {
public:
    static Result<std::unique_ptr<RocksDbStateStore>> open(node::FileSystem& files,
                                                           const std::string& folder) {
        auto store = std::make_unique<Store>();
        store->env_ = rocksdb::NewCompositeEnv(make_rocksdb_file_system(files));
        const rocksdb::Options options = make_options(store->env_.get());
        std::vector<rocksdb::ColumnFamilyDescriptor> families;
        for (const std::string& name : k_families) families.emplace_back(name, options);
        rocksdb::DB* opened = nullptr;
        const rocksdb::Status status =
            rocksdb::DB::Open(options, folder, families, &store->families_, &opened);
        if (const Status result = checked(status, "open " + folder); !result) {
            return propagate(result);
        }
        store->db_.reset(opened);
        // Damage is met here, where it can be told, and not by a reader later.
        const Status sound = checked(opened->VerifyChecksum(), "check " + folder);
        if (!sound) return propagate(sound);
        store->refresh_snapshot();
        return store;
    }

    ~Store() override {
        snapshot_.reset();
        if (db_ == nullptr) return;
        (void)flush();
        for (rocksdb::ColumnFamilyHandle* family : families_) {
            (void)db_->DestroyColumnFamilyHandle(family);
        }
        (void)db_->Close();
    }

    std::optional<Bytes> get(Space space, std::string_view key) const override {
        return read(family_index(space), key);
    }

    void scan(Space space, std::string_view prefix, std::string_view from,
              const ledger::StateVisitor& visitor) const override {
        const auto snapshot = current_snapshot();
        rocksdb::ReadOptions options;
        options.snapshot = snapshot.get();
        const std::unique_ptr<rocksdb::Iterator> entry(
            db_->NewIterator(options, families_[family_index(space)]));
        for (entry->Seek(slice(std::max(prefix, from))); entry->Valid(); entry->Next()) {
            if (!entry->key().starts_with(slice(prefix))) return;
            const rocksdb::Slice value = entry->value();
            const ByteView bytes(reinterpret_cast<const std::uint8_t*>(value.data()), value.size());
            if (!visitor(entry->key().ToStringView(), bytes)) return;
        }
        stop_unless_read(entry->status());
    }

    std::optional<std::uint64_t> applied_height() const override {
        const auto bytes = read(0, k_height_key);
        if (!bytes) return std::nullopt;
        const auto height = ledger::decode<std::uint64_t>(*bytes);
        CHECK_INVARIANT(height.has_value());
        return *height;
    }

    Bytes applied_summary() const override { return read(0, k_summary_key).value_or(Bytes{}); }

    Status apply(std::uint64_t height, const std::vector<ledger::StateChange>& changes,
                 ByteView summary) override {
        const StageScope stage(Stage::commit);
        rocksdb::WriteBatch batch;
        for (const ledger::StateChange& change : changes) {
            rocksdb::ColumnFamilyHandle* family = families_[family_index(change.space)];
            const rocksdb::Status status =
                change.value ? batch.Put(family, change.key, slice(ByteView(*change.value)))
                             : batch.Delete(family, change.key);
            if (const Status result = checked(status, "collect changes"); !result) return result;
        }
        (void)batch.Put(families_[0], slice(k_height_key), slice(ledger::encode(height)));
        (void)batch.Put(families_[0], slice(k_summary_key), slice(summary));
        rocksdb::WriteOptions options;
        options.disableWAL = true;
        rocksdb::Status status = db_->Write(options, &batch);
        // RocksDB writes nothing while the disk is full. The block is final, so it waits for room;
        // readers go on, and the chain orders no new work while execution stands still.
        while (status.IsNoSpace()) {
            std::this_thread::sleep_for(k_full_disk_retry);
            (void)db_->Resume();
            status = db_->Write(options, &batch);
        }
        const Status written = checked(status, "apply a block");
        if (written) refresh_snapshot();
        return written;
    }

    /// One range deletion a family, in one write: after a crash all is there or nothing.
    Status clear() override {
        rocksdb::WriteBatch batch;
        for (rocksdb::ColumnFamilyHandle* family : families_) {
            const std::unique_ptr<rocksdb::Iterator> entry(
                db_->NewIterator(rocksdb::ReadOptions(), family));
            entry->SeekToLast();
            if (entry->Valid()) {
                const std::string behind_last = entry->key().ToString() + '\0';
                (void)batch.DeleteRange(family, rocksdb::Slice(), behind_last);
            }
            if (const Status read = checked(entry->status(), "clear"); !read) return read;
        }
        rocksdb::WriteOptions options;
        options.disableWAL = true;
        if (const Status written = checked(db_->Write(options, &batch), "clear"); !written) {
            return written;
        }
        refresh_snapshot();
        if (const Status flushed = flush(); !flushed) return flushed;
        return give_room_back();
    }

    Status flush() override {
        return checked(db_->Flush(rocksdb::FlushOptions(), families_), "flush");
    }

    std::uint64_t memory_bytes() const override {
        std::uint64_t bytes = 0;
        for (const char* property :
             {"rocksdb.cur-size-all-mem-tables", "rocksdb.estimate-table-readers-mem"}) {
            for (rocksdb::ColumnFamilyHandle* family : families_) {
                std::uint64_t part = 0;
                if (db_->GetIntProperty(family, property, &part)) bytes += part;
            }
        }
        return bytes;
    }

private:
    Status give_room_back() {
        for (rocksdb::ColumnFamilyHandle* family : families_) {
            const rocksdb::Status status =
                db_->CompactRange(rocksdb::CompactRangeOptions(), family, nullptr, nullptr);
            if (const Status result = checked(status, "compact"); !result) return result;
        }
        return {};
    }

    using Snapshot = std::shared_ptr<const rocksdb::Snapshot>;

    /// Readers see the state after a whole block, whatever is being applied meanwhile.
    void refresh_snapshot() {
        Snapshot snapshot(db_->GetSnapshot(), [db = db_.get()](const rocksdb::Snapshot* old) {
            db->ReleaseSnapshot(old);
        });
        const std::lock_guard lock(snapshot_mutex_);
        snapshot_ = std::move(snapshot);
    }

    Snapshot current_snapshot() const {
        const std::lock_guard lock(snapshot_mutex_);
        return snapshot_;
    }

    std::optional<Bytes> read(std::size_t family, std::string_view key) const {
        const auto snapshot = current_snapshot();
        rocksdb::ReadOptions options;
        options.snapshot = snapshot.get();
        rocksdb::PinnableSlice value;
        const rocksdb::Status status = db_->Get(options, families_[family], slice(key), &value);
        if (status.IsNotFound()) return std::nullopt;
        stop_unless_read(status);
        const auto* const begin = reinterpret_cast<const std::uint8_t*>(value.data());
        return Bytes(begin, begin + value.size());
    }

    std::unique_ptr<rocksdb::Env> env_;
    std::unique_ptr<rocksdb::DB> db_;
    std::vector<rocksdb::ColumnFamilyHandle*> families_;
    mutable std::mutex snapshot_mutex_;
    Snapshot snapshot_;
};

}  // namespace

Result<std::unique_ptr<RocksDbStateStore>> RocksDbStateStore::open(node::FileSystem& files,
                                                                   const std::string& folder) {
    return Store::open(files, folder);
}

}  // namespace cityledger::io
