#include "ledger/genesis.hpp"

#include <set>

namespace cityledger::ledger {
namespace {

tl::unexpected<Error> invalid(std::string detail) {
    return tl::unexpected<Error>(genesis_error(std::move(detail)));
}

Status check_validators(const Genesis& genesis) {
    const auto set = ValidatorSet::create(genesis.validators, ChainId{}, 0);
    if (!set) return propagate(set);
    for (std::size_t i = 0; i < set->size(); ++i) {
        const std::string& name = set->validators()[i].name;
        if (name.empty()) return invalid("validator " + std::to_string(i) + " has no name");
        if (set->key(i).suite() != signature_suite(genesis.suite)) {
            return invalid("the key of validator " + name + " is of another suite");
        }
    }
    return {};
}

Status check_timing(const ViewTiming& timing) {
    struct Setting {
        const char* name;
        std::uint32_t value, low, high;
    };
    const Setting settings[] = {{"base_ms", timing.base_ms, 20, 60'000},
                                {"growth_percent", timing.growth_percent, 110, 1'000},
                                {"cap_ms", timing.cap_ms, timing.base_ms, 600'000}};
    for (const auto& [name, value, low, high] : settings) {
        if (value >= low && value <= high) continue;
        return invalid(std::string("view_timing.") + name + " is " + std::to_string(value) +
                       ", not between " + std::to_string(low) + " and " + std::to_string(high));
    }
    return {};
}

Status check_keys(const Genesis& genesis) {
    std::set<MemberId> members;
    for (const GenesisKey& entry : genesis.keys) {
        if (entry.member.empty()) return invalid("a key belongs to no member");
        if (!members.insert(entry.member).second) {
            return invalid("member " + entry.member + " has two keys");
        }
        const auto key = crypto::PublicKey::decode(entry.public_key);
        if (!key) return propagate(key);
        if (key->suite() != signature_suite(genesis.suite)) {
            return invalid("the key of member " + entry.member + " is of another suite");
        }
    }
    return {};
}

}  // namespace

Error genesis_error(std::string detail) {
    return refuse(codes::genesis_invalid, std::move(detail)).value();
}

ChainId chain_id_of(const Genesis& genesis) {
    return crypto::tagged_hash(tags::genesis, encode(genesis));
}

crypto::SignatureSuite signature_suite(SuiteName suite) {
    return suite == SuiteName::standard ? crypto::SignatureSuite::ecdsa_p256
                                        : crypto::SignatureSuite::simulation;
}

Status check_genesis(const Genesis& genesis) {
    if (genesis.version != k_genesis_version) {
        return invalid("it has version " + std::to_string(genesis.version) +
                       ", this release reads " + std::to_string(k_genesis_version) +
                       ": use the release that made the network, or make a new one");
    }
    if (genesis.name.empty()) return invalid("the network has no name");
    const Status timing = check_timing(genesis.view_timing);
    if (!timing) return timing;
    const Status validators = check_validators(genesis);
    if (!validators) return validators;
    const Status keys = check_keys(genesis);
    if (!keys) return keys;
    const auto business = parse_json(genesis.business);
    if (!business) return propagate(business);
    if (!business->is_object()) return invalid("business is not an object");
    // The file shows an object, the chain id covers the text: one object must have one text.
    if (compact_json(*business) != genesis.business) {
        return invalid("business is not in its compact form");
    }
    return {};
}

std::string genesis_to_text(const Genesis& genesis) {
    boost::json::value file = to_json(genesis);
    const auto business = parse_json(genesis.business);
    if (business) file.as_object()["business"] = *business;
    return pretty_json(file);
}

Result<Genesis> genesis_from_text(std::string_view text) {
    auto file = parse_json(text);
    if (!file) return propagate(file);
    if (file->is_object()) {
        boost::json::value* business = file->get_object().if_contains("business");
        if (business != nullptr) {
            if (!business->is_object()) return invalid("business is not an object");
            *business = boost::json::value(compact_json(*business));
        }
    }
    auto genesis = from_json<Genesis>(*file);
    if (!genesis) return genesis;
    const Status checked = check_genesis(*genesis);
    if (!checked) return propagate(checked);
    return genesis;
}

}  // namespace cityledger::ledger
