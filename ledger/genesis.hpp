#pragma once
// The first state of a chain and its rules. Two nodes belong to one network if and only if their
// genesis files have the same hash, the chain id.

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "ledger/contract.hpp"
#include "ledger/validator_set.hpp"

namespace cityledger::ledger {

/// The member key that a genesis installs (system state); all else about members is business.
struct GenesisKey {
    MemberId member;
    crypto::PublicKeyBytes public_key;

    bool operator==(const GenesisKey&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(limited<k_max_member_id_bytes>("member", member), field("public_key", public_key));
    }
};

enum class Engine : std::uint8_t { simplex };
template <>
struct EnumNames<Engine> {
    static constexpr std::string_view names[] = {"simplex"};
};

enum class SuiteName : std::uint8_t { standard, simulation };
template <>
struct EnumNames<SuiteName> {
    static constexpr std::string_view names[] = {"standard", "simulation"};
};

/// How long validators wait for a view (rule L4 of docs/consensus.md). The same for all, so that
/// one bound holds: any one-way delay, with the sync before it, of up to a third of the cap becomes
/// final. The base is what a view with a silent leader costs a network that is well; below a round
/// trip and two syncs it costs views instead.
struct ViewTiming {
    std::uint32_t base_ms = 1000;        ///< 20 to 60,000
    std::uint32_t growth_percent = 200;  ///< of each step: 110 to 1,000
    std::uint32_t cap_ms = 16'000;       ///< base_ms to 600,000

    bool operator==(const ViewTiming&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("base_ms", base_ms), field("growth_percent", growth_percent),
                field("cap_ms", cap_ms));
    }
};

/// Goes up with every change of what is stored or hashed: a network that another release made is
/// refused by name, and neither read wrongly nor continued. 2: lines of invoices in the state.
inline constexpr std::uint32_t k_genesis_version = 2;

/// The genesis. `business` is the text of a JSON object with a section per contract; worlds that
/// start from an equal `business` end in an equal business root.
struct Genesis {
    std::uint32_t version = k_genesis_version;
    std::string name;
    SuiteName suite = SuiteName::standard;
    Engine engine = Engine::simplex;
    ViewTiming view_timing;
    Nonce salt;                         ///< random: two networks never share a chain id
    Digest authority;                   ///< SHA-256 of the X.509 authority's certificate (DER)
    std::vector<Validator> validators;  ///< of epoch 0
    std::vector<GenesisKey> keys;
    std::string business;

    bool operator==(const Genesis&) const = default;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(field("version", version), limited<k_max_name_bytes>("name", name),
                field("suite", suite), field("engine", engine), field("view_timing", view_timing),
                field("salt", salt), field("authority", authority),
                limited<k_max_validators>("validators", validators), field("keys", keys),
                limited<1024 * 1024>("business", business));
    }
};

[[nodiscard]] ChainId chain_id_of(const Genesis& genesis);

/// The kind of keys that this suite accepts.
[[nodiscard]] crypto::SignatureSuite signature_suite(SuiteName suite);

/// genesis_invalid with what is wrong; for whoever reads a part of the genesis.
[[nodiscard]] Error genesis_error(std::string detail);

/// Checks every rule of a genesis: version, view timing, suite of every key, 1 to k_max_validators
/// distinct validators, `business` is an object in its compact form (compact_json). A daemon of a
/// real network also refuses suite `simulation`.
[[nodiscard]] Status check_genesis(const Genesis& genesis);

/// The file format: JSON, `business` as an object. Reading checks the rules.
[[nodiscard]] std::string genesis_to_text(const Genesis& genesis);
[[nodiscard]] Result<Genesis> genesis_from_text(std::string_view text);

}  // namespace cityledger::ledger
