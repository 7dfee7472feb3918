#pragma once
// Who signs in a bench: enterprises that the tax bureau has admitted, or the departments of
// Beijing's directory. Keys are fresh each time; names and figures follow from the seed.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/seal.hpp"
#include "sim/simulator/random.hpp"
#include "sim/world/world.hpp"

namespace cityledger::bench {

struct Member {
    ledger::MemberId id;
    crypto::PrivateKey key;
};

/// Draws ranks by Zipf's law with exponent 1: rank r (from 0) as often as 1 / (r + 1) says.
class ZipfDraw {
public:
    explicit ZipfDraw(std::size_t ranks);
    [[nodiscard]] std::size_t draw(sim::SimulatedRandom& dice) const;

private:
    std::vector<std::uint64_t> upper_;  ///< of 2^32, ascending
};

/// Enterprises that may issue invoices. Each may issue ten million of 100,000 yuan a month.
struct Enterprises {
    std::vector<Member> members;
    crypto::PublicKeyBytes tax_bureau;  ///< reads every sealed invoice
    std::string run;                    ///< makes ids and payment references of this run its own
    std::optional<crypto::SecretKey> payments;  ///< on a closed chain: the payment platform's key
    std::string today = "2018-08-10";  ///< the chain's business day: it decides on the tax rates

    [[nodiscard]] static std::size_t sector_of(std::size_t enterprise);
};

/// Keys and names; `run` makes them differ from those of other runs.
/// `tagged` as the chain wants it: under registration tags, or under made-up codes in the open.
[[nodiscard]] Enterprises make_enterprises(std::size_t count, const ledger::Nonce& run,
                                           const crypto::PublicKey& tax_bureau, bool tagged);

/// What the tax bureau does to enrol and admit the enterprises from `from` to before `to`.
[[nodiscard]] std::vector<ledger::Operation> admissions(const Enterprises& enterprises,
                                                        std::size_t from, std::size_t to);

/// Told how many of all are done.
using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// Makes the keys and has the tax bureau enrol and admit them, up to 500 in one transaction.
/// Refused with what the world refuses, e.g. if it holds no key of the bureau.
[[nodiscard]] Result<Enterprises> enrol_enterprises(sim::World& world, std::size_t count,
                                                    const Progress& progress);

/// A department with a responsibility and a locked directory entry that is shared unconditionally.
struct Departments {
    std::vector<Member> members;
    std::vector<std::string> responsibilities;  ///< of each member
    std::vector<std::string> entries;
};

/// Enrols these departments and gives each its entry; `count` is at most 53.
[[nodiscard]] Result<Departments> enrol_departments(sim::World& world, std::size_t count,
                                                    const Progress& progress);

}  // namespace cityledger::bench
