#pragma once
// The port of the flat, ordered state. Implemented in memory (ledger/memory_state_store.hpp, used
// by the virtual world) and on RocksDB (node/io); one conformance suite runs over both.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/result.hpp"

namespace cityledger::ledger {

/// business and system are hashed into their own roots; derived is rebuilt from them or from the
/// log and hashed into nothing (indexes, stored receipts).
enum class Space : std::uint8_t { system, business, derived };

struct StateChange {
    Space space = Space::business;
    std::string key;
    std::optional<Bytes> value;  ///< nothing: erase

    bool operator==(const StateChange&) const = default;
};

/// Called for each entry in key order; returns false to stop.
using StateVisitor = std::function<bool(std::string_view key, ByteView value)>;

class StateReader {
public:
    virtual ~StateReader() = default;
    [[nodiscard]] virtual std::optional<Bytes> get(Space space, std::string_view key) const = 0;
    /// Visits, in ascending key order, entries with this prefix whose key is >= `from`.
    virtual void scan(Space space, std::string_view prefix, std::string_view from,
                      const StateVisitor& visitor) const = 0;
};

/// Reading is safe from any thread and sees whole blocks only; `apply` is for one thread.
class StateStore : public StateReader {
public:
    /// The height of the last applied block; 0 is the genesis; nothing before it was applied.
    [[nodiscard]] virtual std::optional<std::uint64_t> applied_height() const = 0;
    /// Applies all changes of one height at once, with the height and `summary` (opaque bytes that
    /// applied_summary gives back). After a crash the store holds a prefix of the applied heights.
    virtual Status apply(std::uint64_t height, const std::vector<StateChange>& changes,
                         ByteView summary) = 0;
    [[nodiscard]] virtual Bytes applied_summary() const = 0;
    /// Forgets everything: the state is then rebuilt from the log.
    virtual Status clear() = 0;
};

}  // namespace cityledger::ledger
