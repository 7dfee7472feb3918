#pragma once
// The transactions of a round, signed before its clock starts. Their bytes lie in files, so that a
// long round needs no more memory than a short one.

#include <memory>

#include "sim/bench/operation_maker.hpp"

namespace cityledger::bench {

/// A transaction that is ready to be sent.
struct PreparedTransaction {
    Digest id;
    std::uint32_t operations = 0;
    std::uint32_t size = 0;    ///< bytes
    std::uint64_t offset = 0;  ///< in its file
    std::uint32_t file = 0;
};

/// What all transactions of a round have in common.
struct Signing {
    ledger::ChainId chain;
    std::uint64_t expires_at_height = 0;
    std::uint64_t seed = 1;
    std::uint64_t first_number = 0;  ///< of its operations; those of other rounds must differ
};

class PreparedLoad {
public:
    /// Draws, seals, signs and writes `count` transactions on all cores. The same seed gives the
    /// same senders and amounts whatever the number of cores. Refused if the folder cannot be
    /// written. The files are removed with the object.
    static Result<std::unique_ptr<PreparedLoad>> make(const Round& round,
                                                      const Population& population,
                                                      const Signing& signing, std::uint64_t count,
                                                      const std::string& folder);
    virtual ~PreparedLoad() = default;

    [[nodiscard]] virtual const std::vector<PreparedTransaction>& transactions() const = 0;
    /// The canonical bytes of one; from any thread. Refused if the file cannot be read.
    [[nodiscard]] virtual Result<Bytes> read(const PreparedTransaction& transaction) const = 0;
    /// Mean bytes of an operation's arguments.
    [[nodiscard]] virtual std::uint64_t argument_bytes() const = 0;
};

}  // namespace cityledger::bench
