#pragma once
// What a scenario's actors seal: functions of the seed, the actor and the document alone, so that
// worlds with different keys end in equal business states.

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "crypto/bytes.hpp"

namespace cityledger::sim {

struct SealedDocument {
    Digest digest;  ///< commits to salt and clear text
    Bytes sealed;
};

/// Seals the clear text (compact JSON of the arguments) as document `number` of this actor.
[[nodiscard]] SealedDocument seal_document(std::uint64_t seed, const std::string& actor_id,
                                           std::uint64_t number,
                                           const boost::json::object& clear_text);

}  // namespace cityledger::sim
