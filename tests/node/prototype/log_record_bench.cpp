// Figures of docs/decisions/0002: what the checksum of a log record costs. Not part of the build:
//   g++ -std=c++20 -O2 -msse4.2 -I. tests/node/prototype/log_record_bench.cpp crypto/hash.cpp
//       crypto/handle.cpp crypto/check.cpp crypto/bytes.cpp -lcrypto -o log_record_bench
// (one line). Prints nanoseconds of processor time a record, for each size of payload.

#include <nmmintrin.h>

#include <cstdio>
#include <cstring>
#include <ctime>

#include "crypto/hash.hpp"

namespace {

std::uint32_t crc32c(const std::uint8_t* bytes, std::size_t size) {
    std::uint64_t crc = 0xffffffff;
    for (; size >= 8; size -= 8, bytes += 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes, 8);
        crc = _mm_crc32_u64(crc, word);
    }
    for (; size > 0; --size, ++bytes) crc = _mm_crc32_u8(static_cast<std::uint32_t>(crc), *bytes);
    return ~static_cast<std::uint32_t>(crc);
}

template <class Work>
double nanoseconds(std::size_t rounds, Work work) {
    const std::clock_t begin = std::clock();
    for (std::size_t i = 0; i < rounds; ++i) work();
    return 1e9 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC /
           static_cast<double>(rounds);
}

}  // namespace

int main() {
    volatile std::uint32_t sink = 0;
    for (const std::size_t size : {48, 300, 1500, 4096, 65536, 524288}) {
        const cityledger::Bytes payload(size, 0x5a);
        const std::size_t rounds = 200'000'000 / (size + 1000);
        const double sha = nanoseconds(rounds, [&] {
            cityledger::crypto::Hasher hasher;
            hasher.update(payload);
            sink = sink + hasher.finish().bytes[0];
        });
        const double crc =
            nanoseconds(rounds, [&] { sink = sink + crc32c(payload.data(), payload.size()); });
        std::printf("%8zu bytes: SHA-256 %10.0f ns, CRC32C (SSE 4.2) %10.0f ns\n", size, sha, crc);
    }
}
