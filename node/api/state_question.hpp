#pragma once
// What GET /proof/state is asked, as bytes that a member signs (ledger/read_pass.hpp): the
// arguments of the question proof.state.

#include <optional>

#include "ledger/proof.hpp"
#include "ledger/read_pass.hpp"

namespace cityledger::api {

struct StateQuestion {
    ledger::Space space = ledger::Space::business;
    std::string key;
    std::optional<std::uint64_t> height;  ///< as the request names it

    template <class Archive>
    void serialize(Archive& archive) {
        using ledger::field;
        archive(field("space", space), ledger::limited<ledger::k_max_key_bytes>("key", key),
                field("height", height));
    }
};

[[nodiscard]] inline ledger::ReadQuestion read_question(const StateQuestion& question) {
    return {"proof", "state", ledger::encode(question)};
}

}  // namespace cityledger::api
