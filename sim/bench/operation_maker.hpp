#pragma once
// Makes the operations of a bench: the arguments of real calls, drawn from a seed. One maker for
// each thread, since makers keep the keys that they have derived.

#include <map>

#include "crypto/seal.hpp"
#include "ledger/transaction.hpp"
#include "sim/bench/plan.hpp"
#include "sim/bench/population.hpp"

namespace cityledger::bench {

/// Who may act in a bench. Not all are needed for every workload.
struct Population {
    Enterprises enterprises;
    Departments departments;
    std::map<std::string, std::vector<Member>> others;  ///< one each: members that calls name

    /// Those who send operations of this part.
    [[nodiscard]] const std::vector<Member>& senders(const MixPart& part) const;
};

/// The arguments of a call with its number put in, in canonical bytes; or what the contract's
/// reader says is wrong with them.
[[nodiscard]] Result<ledger::Operation> operation_of(const Call& call, std::uint64_t number);

class OperationMaker {
public:
    explicit OperationMaker(const Population& population) : population_(population) {}

    /// Operation `number` of the run, by this sender; numbers must not repeat.
    [[nodiscard]] ledger::Operation make(const MixPart& part, std::size_t sender,
                                         std::uint64_t number, sim::SimulatedRandom& dice);

private:
    [[nodiscard]] ledger::Operation make_invoice(std::size_t seller, std::uint64_t number,
                                                 bool sealed, std::int64_t factor,
                                                 sim::SimulatedRandom& dice);
    [[nodiscard]] ledger::Operation make_request(std::size_t department, std::uint64_t number);
    [[nodiscard]] const crypto::SecretKey& pairwise(std::size_t seller, const std::string& id,
                                                    const crypto::PublicKey& reader);

    const Population& population_;
    std::map<std::pair<std::size_t, std::string>, crypto::SecretKey> pairs_;
    std::map<std::size_t, crypto::SecretKey> secrets_;  ///< sealing secrets of sellers
    std::optional<crypto::PublicKey> tax_bureau_;
};

}  // namespace cityledger::bench
