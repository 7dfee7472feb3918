#pragma once
// What a scenario's actors seal. Digests are functions of seed and register, the actor and the
// document alone, so that worlds with different keys end in equal business states; only the wrapped
// keys, which no state holds, depend on the world.

#include <boost/json/object.hpp>
#include <map>

#include "crypto/seal.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/world/world.hpp"

namespace cityledger::sim {

/// Does for invoices what an enterprise's program does: the words go into the sealed body, the
/// figures to the chain.
class InvoiceSealer {
public:
    InvoiceSealer(const Scenario& scenario, World& world) : scenario_(scenario), world_(world) {}

    /// Fills `content_digest` and `sealed_body` of the arguments of invoice.issue and takes out of
    /// them what belongs into the body only.
    [[nodiscard]] Status seal(const Actor& sender, boost::json::object& arguments);
    /// See identities.hpp.
    void hide_payment(boost::json::object& arguments) const;

private:
    /// Nothing if the reader has no key yet.
    [[nodiscard]] const crypto::SecretKey* pairwise(const ledger::MemberId& sender,
                                                    const ledger::MemberId& reader);

    const Scenario& scenario_;
    World& world_;
    std::map<std::pair<ledger::MemberId, ledger::MemberId>, crypto::SecretKey> pairs_;
};

}  // namespace cityledger::sim
