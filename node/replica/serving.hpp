#pragma once
// What a node gives to those who ask, rationed by peer.

#include "node/replica/core_driver.hpp"
#include "node/replica/vote_checker.hpp"

namespace cityledger::node {

class Serving {
public:
    Serving(const BlockLog& log, CoreDriver& core, PeerLinks& links, const VoteChecker& checker,
            const Reactor& reactor)
        : log_(log), core_(core), links_(links), checker_(checker), reactor_(reactor) {}

    void answer(ValidatorIndex from, const BatchRequest& question);
    void answer(ValidatorIndex from, const BlockRequest& question);
    void answer(ValidatorIndex from, const CertificateRequest& question);
    void answer(ValidatorIndex from, const StartQuestion& question);
    void answer(ValidatorIndex from, const SyncRequest& question);
    [[nodiscard]] std::uint64_t sync_answers() const { return sync_answers_; }

private:
    [[nodiscard]] bool may_serve(ValidatorIndex peer, std::uint64_t bytes);
    [[nodiscard]] SyncAnswer collect(std::uint64_t from_height, std::uint64_t max_blocks) const;

    const BlockLog& log_;
    CoreDriver& core_;
    PeerLinks& links_;
    const VoteChecker& checker_;
    const Reactor& reactor_;
    std::uint64_t sync_answers_ = 0;
};

}  // namespace cityledger::node
