#include "sim/bench/ceilings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "crypto/check.hpp"
#include "crypto/hash.hpp"
#include "crypto/keys.hpp"
#include "crypto/seal.hpp"
#include "sim/bench/lone_chain.hpp"
#include "sim/bench/round_summary.hpp"

namespace cityledger::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto k_signature_time = std::chrono::milliseconds(1'500);
constexpr auto k_processor_time = std::chrono::milliseconds(400);
constexpr auto k_sync_time = std::chrono::milliseconds(600);
constexpr std::size_t k_chunk_bytes = 64 * 1024;
constexpr std::size_t k_sync_bytes = 4 * 1024;
constexpr std::uint64_t k_write_bytes = 192ULL * 1024 * 1024;
constexpr std::size_t k_write_chunk_bytes = 1024 * 1024;
constexpr std::uint64_t k_block_operations = 1'000;
constexpr std::uint64_t k_executed_blocks = 10;
constexpr std::uint64_t k_syncs_per_block = 2;  ///< of the vote and of the block
constexpr std::uint64_t k_micros = 1'000'000;

std::uint64_t per_second(std::uint64_t count, Clock::duration time) {
    const auto us = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(time).count());
    return us == 0 ? 0 : count * k_micros / us;
}

/// How often all cores together do it in a second. `make` gives each thread its own work, which
/// returns how much it did.
std::uint64_t on_all_cores(std::size_t cores, Clock::duration time,
                           const std::function<std::function<std::uint64_t()>()>& make) {
    std::vector<std::uint64_t> rates(cores);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < cores; ++i) {
        threads.emplace_back([&, i] {
            const auto work = make();
            std::uint64_t done = 0;
            const auto start = Clock::now();
            auto now = start;
            while (now - start < time) {
                done += work();
                now = Clock::now();
            }
            rates[i] = per_second(done, now - start);
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::uint64_t sum = 0;
    for (const std::uint64_t rate : rates) sum += rate;
    return sum;
}

std::function<std::uint64_t()> check_signature() {
    const auto key = std::make_shared<crypto::PrivateKey>(crypto::PrivateKey::generate());
    const Bytes message(k_sync_bytes / 16, 0x5a);
    const crypto::Signature signature = key->sign(message);
    return [key, message, signature] {
        CHECK_INVARIANT(key->public_key().verify(message, signature));
        return std::uint64_t{1};
    };
}

std::function<std::uint64_t()> hash_bytes() {
    const Bytes chunk(k_chunk_bytes, 0x5a);
    return [chunk] {
        crypto::Hasher hasher;
        static_cast<void>(hasher.update(chunk).finish());
        return std::uint64_t{k_chunk_bytes};
    };
}

std::function<std::uint64_t()> seal_bytes() {
    const Bytes chunk(k_chunk_bytes, 0x5a);
    const crypto::SecretKey key = crypto::SecretKey::generate();
    return [chunk, key] {
        static_cast<void>(crypto::seal(key, chunk, {}));
        return std::uint64_t{k_chunk_bytes};
    };
}

/// Writes to a file that is gone from the folder at once. Returns bytes and syncs a second.
void measure_disk(const std::string& folder, MachineSpeeds& speeds) {
    const std::string path = folder + "/disk-speed";
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return;
    ::unlink(path.c_str());
    const Bytes chunk(k_write_chunk_bytes, 0x5a);
    bool good = ::posix_fallocate(file, 0, static_cast<off_t>(k_write_bytes)) == 0;
    auto start = Clock::now();
    for (std::uint64_t at = 0; good && at < k_write_bytes; at += chunk.size()) {
        good = ::pwrite(file, chunk.data(), chunk.size(), static_cast<off_t>(at)) ==
               static_cast<ssize_t>(chunk.size());
    }
    good = good && ::fdatasync(file) == 0;
    if (good) speeds.written_bytes = per_second(k_write_bytes, Clock::now() - start);
    start = Clock::now();
    std::uint64_t syncs = 0;
    while (good && Clock::now() - start < k_sync_time) {
        const auto at = static_cast<off_t>(syncs * k_sync_bytes % k_write_bytes);
        good =
            ::pwrite(file, chunk.data(), k_sync_bytes, at) == static_cast<ssize_t>(k_sync_bytes) &&
            ::fdatasync(file) == 0;
        ++syncs;
    }
    if (good) speeds.syncs = per_second(syncs, Clock::now() - start);
    ::close(file);
}

std::uint64_t measure_execution() {
    LoneChain chain;
    static_cast<void>(chain.issue_block(k_block_operations));  // warms the caches
    Clock::duration time{};
    for (std::uint64_t i = 0; i < k_executed_blocks; ++i)
        time += chain.issue_block(k_block_operations);
    return per_second(k_executed_blocks * k_block_operations, time);
}

std::string megabytes(std::uint64_t bytes_per_second) {
    return grouped(bytes_per_second / 1'000'000) + " MB/s";
}

}  // namespace

MachineSpeeds measure_speeds(const std::string& folder) {
    MachineSpeeds speeds;
    speeds.cores = std::max(1U, std::thread::hardware_concurrency());
    speeds.signature_checks = on_all_cores(speeds.cores, k_signature_time, check_signature);
    speeds.hashed_bytes = on_all_cores(speeds.cores, k_processor_time, hash_bytes);
    speeds.sealed_bytes = on_all_cores(speeds.cores, k_processor_time, seal_bytes);
    measure_disk(folder, speeds);
    speeds.executed = measure_execution();
    return speeds;
}

std::vector<Ceiling> ceilings_of(const MachineSpeeds& speeds, const RoundResult& round) {
    const std::uint64_t nodes = std::max<std::uint64_t>(round.validators, 1);
    const std::uint64_t bundle = std::max<std::uint64_t>(round.bundle, 1);
    const std::uint64_t bytes = std::max<std::uint64_t>(round.argument_bytes, 1);
    const std::string cores = " on " + std::to_string(speeds.cores) + " cores";
    const std::uint64_t parallel = std::min(nodes, speeds.cores);
    std::vector<Ceiling> list = {
        {"signatures", grouped(speeds.signature_checks) + " P-256 checks/s" + cores,
         speeds.signature_checks * bundle / nodes},
        {"hashing", megabytes(speeds.hashed_bytes) + " SHA-256" + cores,
         speeds.hashed_bytes / (nodes * bytes)},
        {"execution", grouped(speeds.executed) + " invoices/s on one thread",
         speeds.executed * parallel / nodes},
        {"disk", megabytes(speeds.written_bytes) + " written and synced",
         speeds.written_bytes / (nodes * bytes)},
        {"syncs", grouped(speeds.syncs) + " syncs/s of 4 KiB",
         speeds.syncs / k_syncs_per_block * std::max(k_block_operations, bundle) / nodes}};
    if (nodes > 1) {
        list.push_back({"encryption", megabytes(speeds.sealed_bytes) + " AES-256-GCM" + cores,
                        speeds.sealed_bytes / (2 * (nodes - 1) * bytes)});
    }
    return list;
}

void add_ceilings(const MachineSpeeds& speeds, RoundResult& round) {
    round.ceilings = ceilings_of(speeds, round);
    const auto lowest = std::min_element(
        round.ceilings.begin(), round.ceilings.end(), [](const Ceiling& a, const Ceiling& b) {
            return a.operations_per_second < b.operations_per_second;
        });
    round.lowest_ceiling = lowest->name;
    if (lowest->operations_per_second > 0) {
        round.reached_per_mille =
            round.committed_per_second * 1'000 / lowest->operations_per_second;
    }
}

}  // namespace cityledger::bench
