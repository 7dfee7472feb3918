#pragma once
// Every bound that the chain enforces, with its unit. Part of the protocol: docs/formats.md.

#include <cstdint>

namespace cityledger::ledger {

inline constexpr std::uint32_t k_max_validators = 128;
inline constexpr std::uint32_t k_max_member_id_bytes = 32;
inline constexpr std::uint32_t k_max_name_bytes = 64;  ///< of contracts, methods, events
inline constexpr std::uint32_t k_max_operations_per_transaction = 1000;
inline constexpr std::uint32_t k_max_arguments_bytes = 64 * 1024;
inline constexpr std::uint32_t k_max_transaction_bytes = 1024 * 1024;
inline constexpr std::uint32_t k_max_transactions_per_batch = 4096;
inline constexpr std::uint32_t k_max_batch_bytes = 2 * 1024 * 1024;
inline constexpr std::uint32_t k_max_batches_per_block = 256;
inline constexpr std::uint32_t k_max_key_bytes = 128;          ///< of a state key
inline constexpr std::uint32_t k_max_value_bytes = 64 * 1024;  ///< of a state value
inline constexpr std::uint32_t k_max_result_bytes = 16 * 1024;
inline constexpr std::uint32_t k_max_events_per_operation = 16;
inline constexpr std::uint32_t k_max_operation_reads = 512;
inline constexpr std::uint32_t k_max_operation_writes = 128;
inline constexpr std::uint32_t k_max_operation_write_bytes = 256 * 1024;

/// A transaction expires at most this many heights above the block that includes it; the set of
/// recent transaction ids reaches back as far.
inline constexpr std::uint64_t k_max_transaction_lifetime_heights = 10'000;

/// Beyond this distance between a block and the state root that it names, blocks carry no batches.
inline constexpr std::uint64_t k_max_execution_lag_heights = 64;

}  // namespace cityledger::ledger
