#pragma once
// A disk in memory behind the file port, with what a power cut does to it: bytes that were not
// synced and names whose folder was not synced are lost, or some of them, or half of one write.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "node/log/file_system.hpp"
#include "sim/simulator/random.hpp"

namespace cityledger::sim {

inline constexpr std::size_t k_disk_page_bytes = 4096;

/// Bytes of a file; pages never written read as zero and take no memory. Copies share pages.
class SparseBytes {
public:
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] Bytes read(std::uint64_t offset, std::size_t count) const;
    void write(std::uint64_t offset, ByteView bytes);  ///< grows the file where needed
    void resize(std::uint64_t size);                   ///< new bytes are zero

private:
    using Page = std::array<std::uint8_t, k_disk_page_bytes>;
    [[nodiscard]] Page& writable_page(std::uint64_t index);

    std::uint64_t size_ = 0;
    std::map<std::uint64_t, std::shared_ptr<Page>> pages_;
};

/// The files of a disk by path: a backup.
using DiskImage = std::map<std::string, SparseBytes>;

/// What a disk can do wrong. Chances are per million.
struct DiskFaults {
    std::uint64_t keep_unsynced_files = 0;  ///< a power cut keeps some unsynced writes of a file
    std::uint64_t keep_unsynced_names = 0;  ///< a power cut keeps some unsynced changes of names
    std::uint64_t torn_write = 0;           ///< of a kept write only the first part is there
    std::uint64_t sync_failure = 0;         ///< of one sync
    std::uint64_t sync_delay_us = 0;        ///< each sync that begins now takes so much longer
    std::uint64_t capacity_bytes = 1ull << 40;
};

/// What an observer is told, in order.
struct DiskEvent {
    enum class Kind : std::uint8_t { write, durable, sync, power_cut };
    Kind kind = Kind::write;
    const std::string& path;  ///< the file's name when it was opened first
    std::uint64_t offset = 0;
    ByteView bytes;  ///< of write, and of durable: a write that a sync has covered
};

class SimulatedDisk : public node::FileSystem {
public:
    SimulatedDisk(SimulatedRandom random, DiskFaults faults);

    Result<std::unique_ptr<node::File>> open(const std::string& path, bool create) override;
    [[nodiscard]] bool exists(const std::string& path) const override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    /// A folder that is there already is no error; a missing parent is.
    Status create_folder(const std::string& folder) override;
    Status rename(const std::string& from, const std::string& to) override;
    Status remove(const std::string& path) override;
    Status sync_folder(const std::string& folder) override;
    Result<std::uint64_t> free_bytes(const std::string& folder) override;

    /// Loses what was not synced. Open files are of no use afterwards.
    void power_cut();
    void set_faults(const DiskFaults& faults) { faults_ = faults; }
    [[nodiscard]] const DiskFaults& faults() const { return faults_; }
    void set_observer(std::function<void(const DiskEvent&)> observer);
    /// The next sync of any file fails.
    void fail_next_sync() { fail_next_sync_ = true; }
    /// Damages a byte of a file, synced and unsynced alike, as a decaying medium does.
    Status flip_bit(const std::string& path, std::uint64_t offset, unsigned bit);
    /// What the disk would hold after a power cut that keeps nothing unsynced, by path.
    [[nodiscard]] DiskImage durable_files() const;
    /// What a reader of the disk sees now, by path.
    [[nodiscard]] DiskImage files() const;
    /// Holds these files and nothing else from now on, all of them durable, as when a backup is put
    /// back. For open files and for the observer it is a power cut.
    void restore(const DiskImage& image);
    /// How often a file was written or got another size, ever.
    [[nodiscard]] std::uint64_t writes() const { return writes_; }

private:
    friend class SimulatedFile;

    /// Unsynced work on a file: bytes at an offset, or a new size.
    struct Operation {
        std::uint64_t offset = 0;
        Bytes bytes;
        std::optional<std::uint64_t> size;
    };
    struct Inode {
        std::string first_path;
        SparseBytes current;
        SparseBytes durable;
        std::deque<Operation> unsynced;
        std::uint64_t operations = 0;  ///< ever
        bool broken = false;
    };
    using InodePointer = std::shared_ptr<Inode>;
    /// A folder has no inode.
    using Names = std::map<std::string, InodePointer>;
    struct NameChange {
        std::string from;  ///< removed, if not empty
        std::string to;    ///< set, if not empty
        InodePointer inode;
    };

    [[nodiscard]] Status check_folder(const std::string& folder) const;
    [[nodiscard]] Result<InodePointer> find_file(const std::string& path) const;
    [[nodiscard]] std::uint64_t used_bytes() const;
    [[nodiscard]] Status check_room(const Inode& inode, std::uint64_t size) const;
    void change_name(NameChange change);
    static void apply(Names& names, const NameChange& change);
    static void apply(SparseBytes& content, const Operation& operation);
    void append(Inode& inode, Operation operation);
    [[nodiscard]] Status sync_inode(Inode& inode, std::uint64_t up_to_operation);
    void lose_names();
    void lose_writes(Inode& inode);
    void tell(DiskEvent::Kind kind, const std::string& path, std::uint64_t offset,
              ByteView bytes) const;

    SimulatedRandom random_;
    DiskFaults faults_;
    bool fail_next_sync_ = false;
    std::uint64_t life_ = 0;  ///< counts power cuts
    std::uint64_t writes_ = 0;
    Names names_;
    Names durable_names_;
    std::deque<NameChange> unsynced_names_;
    std::function<void(const DiskEvent&)> observer_;
};

/// A file of a SimulatedDisk. The syncer uses `mark` and `sync_up_to`, since a real sync promises
/// nothing about writes that are made while it runs.
class SimulatedFile : public node::File {
public:
    SimulatedFile(SimulatedDisk& disk, std::shared_ptr<SimulatedDisk::Inode> inode)
        : disk_(disk), inode_(std::move(inode)), life_(disk.life_) {}

    [[nodiscard]] Result<Bytes> read_at(std::uint64_t offset, std::size_t size) const override;
    Status write_at(std::uint64_t offset, ByteView bytes) override;
    Status sync() override { return sync_up_to(mark()); }
    Status preallocate(std::uint64_t size) override;
    Status truncate(std::uint64_t size) override;
    [[nodiscard]] std::uint64_t size() const override { return inode_->current.size(); }

    [[nodiscard]] std::uint64_t mark() const { return inode_->operations; }
    [[nodiscard]] std::uint64_t sync_delay_us() const { return disk_.faults_.sync_delay_us; }
    Status sync_up_to(std::uint64_t mark);

private:
    [[nodiscard]] Status check_usable() const;

    SimulatedDisk& disk_;
    std::shared_ptr<SimulatedDisk::Inode> inode_;
    std::uint64_t life_;
};

}  // namespace cityledger::sim
