#pragma once
// Every bound of the HTTP server, with its unit.

#include <cstddef>
#include <cstdint>

namespace cityledger::io {

inline constexpr std::size_t k_max_http_header_bytes = 8 * 1024;
inline constexpr std::size_t k_max_http_body_bytes = 2 * 1024 * 1024;
/// Of all bodies that are being read together: 32 of the largest. What has come counts, not what a
/// head announces, so that announcing costs others nothing.
inline constexpr std::size_t k_max_http_bodies_bytes = 64 * 1024 * 1024;
/// Below the total, so that one address never holds all of it.
inline constexpr std::size_t k_max_http_bodies_bytes_per_address = 32 * 1024 * 1024;
inline constexpr unsigned k_http_bodies_retry_s = 1;  ///< told to who finds it full
inline constexpr std::size_t k_max_http_headers = 64;
inline constexpr std::size_t k_max_http_connections = 256;
/// Below the total, so that one address never holds all places.
inline constexpr std::size_t k_max_http_connections_per_address = 192;

/// Beyond these places, for requests that tell whether the node is well (HttpSettings::
/// reserved_paths): each for one request, whose head must come soon.
inline constexpr std::size_t k_reserved_http_connections = 16;
inline constexpr std::uint64_t k_reserved_head_deadline_ms = 1000;

/// A client may ask to wait at most this long for a receipt.
inline constexpr std::uint64_t k_max_wait_ms = 60'000;

/// A check code has 20 bits only: without a limit per invoice it is found by trying, without a
/// limit per caller all invoices are listed.
inline constexpr std::uint32_t k_max_verifications_per_invoice_hour = 10;
inline constexpr std::uint32_t k_max_verifications_per_caller_minute = 60;
inline constexpr std::size_t k_max_verify_windows = 65'536;  ///< of each kind, in memory

/// What one client address (IPv6: one /64) may read: bytes of answers and of blocks that were read
/// for them, and for each request a price beside them. Submitting and /health are free.
inline constexpr std::uint64_t k_read_budget_bytes = 256ull * 1024 * 1024;  ///< at once
inline constexpr std::uint64_t k_read_budget_bytes_per_second = 32ull * 1024 * 1024;
inline constexpr std::uint64_t k_read_request_bytes = 8 * 1024;  ///< price of a request
inline constexpr std::size_t k_max_read_budgets = 65'536;        ///< addresses, in memory

/// How far ahead a read pass may expire, on the node's clock, and how many a node remembers so that
/// none is taken twice: 2,184 signed questions a second, more than it can check.
inline constexpr std::uint64_t k_read_pass_lifetime_ms = 30'000;
inline constexpr std::size_t k_max_read_passes = 65'536;
/// Price of a checked signature of an asker, beside that of the request.
inline constexpr std::uint64_t k_read_pass_bytes = 16 * 1024;

/// Those who follow GET /events. Each has a cursor, and in memory the one message it is sent.
inline constexpr std::size_t k_max_event_followers = 64;
inline constexpr std::size_t k_max_event_followers_per_address = 16;
inline constexpr std::uint64_t k_max_event_blocks_behind = 10'000;
/// One message tells the transactions of a block in full up to this many operations and events,
/// and counts the others.
inline constexpr std::size_t k_max_told_per_event_message = 1024;

}  // namespace cityledger::io
