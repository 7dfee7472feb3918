#include "node/io/storage/rocksdb_file_system.hpp"

#include <algorithm>

#include "node/io/storage/storage_codes.hpp"

namespace cityledger::io {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

/// A full disk is told apart, since it can be waited for.
IOStatus to_io_status(const Error& error) {
    if (error.code == codes::disk_full) return IOStatus::NoSpace(error.detail);
    return IOStatus::IOError(error.detail);
}

IOStatus to_io_status(const Status& status) {
    return status ? IOStatus::OK() : to_io_status(status.error());
}

/// RocksDB joins paths with more slashes than one; our port names each path in one way.
std::string plain_path(const std::string& path) {
    std::string plain;
    for (const char byte : path) {
        if (byte != '/' || plain.empty() || plain.back() != '/') plain.push_back(byte);
    }
    if (plain.size() > 1 && plain.back() == '/') plain.pop_back();
    return plain;
}

IOStatus read_into(const node::File& file, std::uint64_t offset, std::size_t size, Slice* result,
                   char* scratch) {
    const auto bytes = file.read_at(offset, size);
    if (!bytes) return to_io_status(bytes.error());
    std::copy(bytes->begin(), bytes->end(), scratch);
    *result = Slice(scratch, bytes->size());
    return IOStatus::OK();
}

class SequentialFile : public rocksdb::FSSequentialFile {
public:
    explicit SequentialFile(std::unique_ptr<node::File> file) : file_(std::move(file)) {}
    IOStatus Read(std::size_t size, const IOOptions&, Slice* result, char* scratch,
                  IODebugContext*) override {
        const IOStatus status = read_into(*file_, offset_, size, result, scratch);
        if (status.ok()) offset_ += result->size();
        return status;
    }
    IOStatus Skip(std::uint64_t count) override {
        offset_ += count;
        return IOStatus::OK();
    }

private:
    std::unique_ptr<node::File> file_;
    std::uint64_t offset_ = 0;
};

class RandomAccessFile : public rocksdb::FSRandomAccessFile {
public:
    explicit RandomAccessFile(std::unique_ptr<node::File> file) : file_(std::move(file)) {}
    IOStatus Read(std::uint64_t offset, std::size_t size, const IOOptions&, Slice* result,
                  char* scratch, IODebugContext*) const override {
        return read_into(*file_, offset, size, result, scratch);
    }

private:
    std::unique_ptr<node::File> file_;
};

class WritableFile : public rocksdb::FSWritableFile {
public:
    WritableFile(std::unique_ptr<node::File> file, std::uint64_t size)
        : file_(std::move(file)), size_(size) {}

    using FSWritableFile::Append;
    IOStatus Append(const Slice& data, const IOOptions&, IODebugContext*) override {
        const ByteView bytes(reinterpret_cast<const std::uint8_t*>(data.data()), data.size());
        const Status status = file_->write_at(size_, bytes);
        if (status) size_ += data.size();
        return to_io_status(status);
    }
    IOStatus Append(const Slice& data, const IOOptions& options,
                    const rocksdb::DataVerificationInfo&, IODebugContext* debug) override {
        return Append(data, options, debug);
    }
    IOStatus Truncate(std::uint64_t size, const IOOptions&, IODebugContext*) override {
        const Status status = file_->truncate(size);
        if (status) size_ = size;
        return to_io_status(status);
    }
    IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
    IOStatus Flush(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
    IOStatus Sync(const IOOptions&, IODebugContext*) override {
        return to_io_status(file_->sync());
    }
    std::uint64_t GetFileSize(const IOOptions&, IODebugContext*) override { return size_; }

private:
    std::unique_ptr<node::File> file_;
    std::uint64_t size_;
};

class Directory : public rocksdb::FSDirectory {
public:
    Directory(node::FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
    IOStatus Fsync(const IOOptions&, IODebugContext*) override {
        return to_io_status(files_.sync_folder(path_));
    }
    IOStatus Close(const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }

private:
    node::FileSystem& files_;
    std::string path_;
};

class PortFileSystem : public rocksdb::FileSystemWrapper {
public:
    explicit PortFileSystem(node::FileSystem& files)
        : FileSystemWrapper(rocksdb::FileSystem::Default()), files_(files) {}

    const char* Name() const override { return "CityLedgerFilePort"; }

    IOStatus NewSequentialFile(const std::string& path, const rocksdb::FileOptions&,
                               std::unique_ptr<rocksdb::FSSequentialFile>* result,
                               IODebugContext*) override {
        auto file = open_existing(path);
        if (!file) return not_opened(path, file.error());
        *result = std::make_unique<SequentialFile>(*std::move(file));
        return IOStatus::OK();
    }

    IOStatus NewRandomAccessFile(const std::string& path, const rocksdb::FileOptions&,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                 IODebugContext*) override {
        auto file = open_existing(path);
        if (!file) return not_opened(path, file.error());
        *result = std::make_unique<RandomAccessFile>(*std::move(file));
        return IOStatus::OK();
    }

    IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>* result,
                             IODebugContext*) override {
        auto file = files_.open(plain_path(path), true);
        if (!file) return to_io_status(file.error());
        if ((*file)->size() > 0) {
            if (const Status status = (*file)->truncate(0); !status) return to_io_status(status);
        }
        *result = std::make_unique<WritableFile>(*std::move(file), 0);
        return IOStatus::OK();
    }

    IOStatus ReopenWritableFile(const std::string& path, const rocksdb::FileOptions&,
                                std::unique_ptr<rocksdb::FSWritableFile>* result,
                                IODebugContext*) override {
        auto file = files_.open(plain_path(path), true);
        if (!file) return to_io_status(file.error());
        const std::uint64_t size = (*file)->size();
        *result = std::make_unique<WritableFile>(*std::move(file), size);
        return IOStatus::OK();
    }

    IOStatus ReuseWritableFile(const std::string& path, const std::string& old_path,
                               const rocksdb::FileOptions& options,
                               std::unique_ptr<rocksdb::FSWritableFile>* result,
                               IODebugContext* debug) override {
        const Status renamed = files_.rename(plain_path(old_path), plain_path(path));
        if (!renamed) return to_io_status(renamed);
        return NewWritableFile(path, options, result, debug);
    }

    IOStatus NewDirectory(const std::string& path, const IOOptions&,
                          std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext*) override {
        *result = std::make_unique<Directory>(files_, plain_path(path));
        return IOStatus::OK();
    }

    IOStatus FileExists(const std::string& path, const IOOptions&, IODebugContext*) override {
        return files_.exists(plain_path(path)) ? IOStatus::OK() : IOStatus::NotFound(path);
    }

    IOStatus GetChildren(const std::string& folder, const IOOptions&,
                         std::vector<std::string>* result, IODebugContext*) override {
        auto names = files_.list(plain_path(folder));
        if (!names) return IOStatus::NotFound(names.error().detail);
        *result = *std::move(names);
        return IOStatus::OK();
    }

    IOStatus GetChildrenFileAttributes(const std::string& folder, const IOOptions& options,
                                       std::vector<rocksdb::FileAttributes>* result,
                                       IODebugContext* debug) override {
        // The wrapper would ask the wrapped file system, which does not know our names.
        return FileSystem::GetChildrenFileAttributes(folder, options, result, debug);
    }

    IOStatus IsDirectory(const std::string& path, const IOOptions&, bool* is_directory,
                         IODebugContext*) override {
        *is_directory = files_.list(plain_path(path)).has_value();
        return IOStatus::OK();
    }

    IOStatus DeleteFile(const std::string& path, const IOOptions&, IODebugContext*) override {
        return to_io_status(files_.remove(plain_path(path)));
    }

    IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions&,
                        IODebugContext*) override {
        return to_io_status(files_.rename(plain_path(from), plain_path(to)));
    }

    IOStatus DeleteDir(const std::string& folder, const IOOptions&, IODebugContext*) override {
        return to_io_status(files_.remove(plain_path(folder)));
    }

    // What follows would go around the port. RocksDB does without, as we use it.
    IOStatus LinkFile(const std::string&, const std::string&, const IOOptions&,
                      IODebugContext*) override {
        return IOStatus::NotSupported("no hard links");
    }
    IOStatus NumFileLinks(const std::string&, const IOOptions&, std::uint64_t*,
                          IODebugContext*) override {
        return IOStatus::NotSupported("no hard links");
    }
    IOStatus AreFilesSame(const std::string&, const std::string&, const IOOptions&, bool*,
                          IODebugContext*) override {
        return IOStatus::NotSupported("no hard links");
    }
    IOStatus Truncate(const std::string&, std::size_t, const IOOptions&, IODebugContext*) override {
        return IOStatus::NotSupported("no truncation of closed files");
    }
    IOStatus NewRandomRWFile(const std::string&, const rocksdb::FileOptions&,
                             std::unique_ptr<rocksdb::FSRandomRWFile>*, IODebugContext*) override {
        return IOStatus::NotSupported("no overwriting");
    }
    IOStatus NewMemoryMappedFileBuffer(const std::string&,
                                       std::unique_ptr<rocksdb::MemoryMappedFileBuffer>*) override {
        return IOStatus::NotSupported("no memory maps");
    }
    IOStatus NewLogger(const std::string&, const IOOptions&, std::shared_ptr<rocksdb::Logger>*,
                       IODebugContext*) override {
        return IOStatus::NotSupported("no log files");
    }

    IOStatus CreateDir(const std::string& folder, const IOOptions&, IODebugContext*) override {
        return to_io_status(files_.create_folder(plain_path(folder)));
    }

    IOStatus CreateDirIfMissing(const std::string& folder, const IOOptions&,
                                IODebugContext*) override {
        return to_io_status(files_.create_folder(plain_path(folder)));
    }

    IOStatus GetFileSize(const std::string& path, const IOOptions&, std::uint64_t* size,
                         IODebugContext*) override {
        auto file = open_existing(path);
        if (!file) return not_opened(path, file.error());
        *size = (*file)->size();
        return IOStatus::OK();
    }

    IOStatus GetFileModificationTime(const std::string&, const IOOptions&, std::uint64_t* time,
                                     IODebugContext*) override {
        *time = 0;  // used for RocksDB's own statistics only
        return IOStatus::OK();
    }

    IOStatus GetFreeSpace(const std::string& path, const IOOptions&, std::uint64_t* bytes,
                          IODebugContext*) override {
        const auto found = files_.free_bytes(plain_path(path));
        if (!found) return to_io_status(found.error());
        *bytes = *found;
        return IOStatus::OK();
    }

private:
    Result<std::unique_ptr<node::File>> open_existing(const std::string& path) {
        return files_.open(plain_path(path), false);
    }

    IOStatus not_opened(const std::string& path, const Error& error) const {
        return files_.exists(plain_path(path)) ? to_io_status(error)
                                               : IOStatus::PathNotFound(error.detail);
    }

    node::FileSystem& files_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> make_rocksdb_file_system(node::FileSystem& files) {
    return std::make_shared<PortFileSystem>(files);
}

}  // namespace cityledger::io
