#include "sim/bench/prepared_load.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "sim/bench/bench_codes.hpp"

namespace cityledger::bench {
namespace {

constexpr std::size_t k_write_at_once = 1024 * 1024;  // bytes

/// A file that is gone from the folder as soon as it is open.
class SpoolFile {
public:
    explicit SpoolFile(const std::string& path) : path_(path) {
        descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (descriptor_ < 0) {
            problem_ = errno;
        } else {
            ::unlink(path.c_str());
        }
    }
    SpoolFile(const SpoolFile&) = delete;
    SpoolFile& operator=(const SpoolFile&) = delete;
    ~SpoolFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    /// The offset of the bytes.
    std::uint64_t append(ByteView bytes) {
        pending_.insert(pending_.end(), bytes.begin(), bytes.end());
        const std::uint64_t offset = size_;
        size_ += bytes.size();
        if (pending_.size() >= k_write_at_once) flush();
        return offset;
    }

    void flush() {
        std::size_t written = 0;
        while (problem_ == 0 && written < pending_.size()) {
            const ssize_t count =
                ::write(descriptor_, pending_.data() + written, pending_.size() - written);
            if (count < 0 && errno != EINTR) problem_ = errno;
            if (count > 0) written += static_cast<std::size_t>(count);
        }
        pending_.clear();
    }

    [[nodiscard]] Status status() const {
        if (problem_ == 0) return {};
        return refuse(codes::bench_spool_failed, path_ + ": " + std::strerror(problem_));
    }

    [[nodiscard]] Result<Bytes> read(std::uint64_t offset, std::size_t size) const {
        Bytes bytes(size);
        std::size_t got = 0;
        while (got < size) {
            const ssize_t count = ::pread(descriptor_, bytes.data() + got, size - got,
                                          static_cast<off_t>(offset + got));
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) {
                return refuse(codes::bench_spool_unreadable,
                              path_ + ": " + (count == 0 ? "too short" : std::strerror(errno)));
            }
            got += static_cast<std::size_t>(count);
        }
        return bytes;
    }

private:
    std::string path_;
    int descriptor_ = -1;
    int problem_ = 0;  // errno
    std::uint64_t size_ = 0;
    Bytes pending_;
};

/// The number of a part of the mix.
std::size_t draw_part(const std::vector<MixPart>& mix, sim::SimulatedRandom& dice) {
    std::uint64_t weights = 0;
    for (const MixPart& part : mix) weights += part.weight;
    std::uint64_t drawn = dice.below(weights);
    std::size_t part = 0;
    while (drawn >= mix[part].weight) drawn -= mix[part++].weight;
    return part;
}

class SpooledLoad : public PreparedLoad {
public:
    SpooledLoad(const Round& round, const Population& population, const Signing& signing,
                std::uint64_t count)
        : round_(round), population_(population), signing_(signing), transactions_(count) {
        for (const MixPart& part : round.mix) {
            const std::size_t senders = population.senders(part).size();
            draws_.emplace_back(std::min<std::size_t>(round.senders, senders));
        }
    }

    Status prepare(const std::string& folder) {
        const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
        for (std::size_t i = 0; i < threads; ++i) {
            files_.push_back(
                std::make_unique<SpoolFile>(folder + "/prepared-" + std::to_string(i)));
            if (const Status opened = files_.back()->status(); !opened) return opened;
        }
        std::vector<std::uint64_t> bytes(threads);
        std::vector<std::thread> workers;
        for (std::size_t i = 0; i < threads; ++i) {
            workers.emplace_back([this, i, &bytes] { bytes[i] = prepare_part(i); });
        }
        for (std::thread& worker : workers) worker.join();
        std::uint64_t all_bytes = 0;
        std::uint64_t operations = 0;
        for (const std::uint64_t part : bytes) all_bytes += part;
        for (const PreparedTransaction& one : transactions_) operations += one.operations;
        argument_bytes_ = operations == 0 ? 0 : all_bytes / operations;
        for (const auto& file : files_) {
            if (const Status written = file->status(); !written) return written;
        }
        return {};
    }

    const std::vector<PreparedTransaction>& transactions() const override { return transactions_; }
    Result<Bytes> read(const PreparedTransaction& transaction) const override {
        return files_[transaction.file]->read(transaction.offset, transaction.size);
    }
    std::uint64_t argument_bytes() const override { return argument_bytes_; }

private:
    /// Every transaction whose number leaves this remainder; returns the bytes of the arguments.
    std::uint64_t prepare_part(std::size_t part) {
        OperationMaker maker(population_);
        SpoolFile& file = *files_[part];
        std::uint64_t bytes = 0;
        for (std::size_t i = part; i < transactions_.size(); i += files_.size()) {
            const ledger::Transaction transaction = draw(i, maker);
            for (const ledger::Operation& one : transaction.body.operations) {
                bytes += one.arguments.size();
            }
            const Bytes encoded = ledger::encode(transaction);
            PreparedTransaction& prepared = transactions_[i];
            prepared.id = ledger::transaction_id(transaction.body);
            prepared.operations = static_cast<std::uint32_t>(transaction.body.operations.size());
            prepared.size = static_cast<std::uint32_t>(encoded.size());
            prepared.file = static_cast<std::uint32_t>(part);
            prepared.offset = file.append(encoded);
        }
        file.flush();
        return bytes;
    }

    [[nodiscard]] ledger::Transaction draw(std::size_t number, OperationMaker& maker) const {
        sim::SimulatedRandom dice =
            sim::SimulatedRandom(signing_.seed).fork("bench", signing_.first_number + number);
        const std::size_t number_of_part = draw_part(round_.mix, dice);
        const MixPart& part = round_.mix[number_of_part];
        const std::size_t sender = draws_[number_of_part].draw(dice);
        const Member& member = population_.senders(part)[sender];
        ledger::TransactionBody body{signing_.chain,
                                     member.id,
                                     member.key.public_key().bytes(),
                                     {},
                                     signing_.expires_at_height,
                                     {}};
        dice.fill(body.nonce.bytes);
        const std::uint64_t first = signing_.first_number + number * round_.bundle;
        for (std::uint64_t i = 0; i < round_.bundle; ++i) {
            body.operations.push_back(maker.make(part, sender, first + i, dice));
        }
        return ledger::sign_transaction(std::move(body), member.key);
    }

    const Round& round_;
    const Population& population_;
    Signing signing_;
    std::vector<ZipfDraw> draws_;  ///< one for each part of the mix
    std::vector<std::unique_ptr<SpoolFile>> files_;
    std::vector<PreparedTransaction> transactions_;
    std::uint64_t argument_bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<PreparedLoad>> PreparedLoad::make(const Round& round,
                                                         const Population& population,
                                                         const Signing& signing,
                                                         std::uint64_t count,
                                                         const std::string& folder) {
    auto load = std::make_unique<SpooledLoad>(round, population, signing, count);
    const Status prepared = load->prepare(folder);
    if (!prepared) return propagate(prepared);
    return std::unique_ptr<PreparedLoad>(std::move(load));
}

}  // namespace cityledger::bench
