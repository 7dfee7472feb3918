// What the block log does to a disk: writes into preallocated space, and syncs.

#include <benchmark/benchmark.h>

#include <filesystem>

#include "node/io/storage/posix_file_system.hpp"

namespace cityledger {
namespace {

constexpr std::uint64_t k_file_bytes = 64 * 1024 * 1024;

/// A file in the system's temporary folder, preallocated as the log's segments are.
class ScratchFile {
public:
    ScratchFile() {
        auto opened = files_.open(path_, true);
        if (opened && (*opened)->preallocate(k_file_bytes)) file_ = *std::move(opened);
    }
    ScratchFile(const ScratchFile&) = delete;
    ScratchFile& operator=(const ScratchFile&) = delete;
    ~ScratchFile() {
        file_.reset();
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    [[nodiscard]] node::File* file() const { return file_.get(); }

private:
    std::string path_ =
        (std::filesystem::temp_directory_path() / "cityledger-log-benchmark").string();
    io::PosixFileSystem files_;
    std::unique_ptr<node::File> file_;
};

void write_log(benchmark::State& state, bool sync) {
    const ScratchFile scratch;
    if (scratch.file() == nullptr) return state.SkipWithError("the file cannot be made");
    const Bytes record(static_cast<std::size_t>(state.range(0)), 0x5a);
    std::uint64_t offset = 0;
    for (auto _ : state) {
        if (offset + record.size() > k_file_bytes) offset = 0;
        Status done = scratch.file()->write_at(offset, record);
        if (done && sync) done = scratch.file()->sync();
        if (!done) return state.SkipWithError("the file cannot be written");
        offset += record.size();
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

void append_log(benchmark::State& state) { write_log(state, false); }
void append_and_sync_log(benchmark::State& state) { write_log(state, true); }
BENCHMARK(append_log)->Arg(4 * 1024)->Arg(512 * 1024);
BENCHMARK(append_and_sync_log)->Arg(4 * 1024)->Arg(512 * 1024)->UseRealTime();

}  // namespace
}  // namespace cityledger
