#pragma once
// Collects the output of one step: one Persist with all its records in front, then the actions
// that may name it.

#include <algorithm>
#include <optional>
#include <utility>

#include "node/consensus/output.hpp"

namespace cityledger::consensus {

class Outbox {
public:
    /// Adds to what this step makes durable; returns its ticket.
    Ticket record(Record record) {
        if (records_.empty()) ++last_ticket_;
        records_.push_back(std::move(record));
        return last_ticket_;
    }
    void act(Action action) { actions_.push_back(std::move(action)); }

    void durable_up_to(Ticket ticket) { durable_ = std::max(durable_, ticket); }
    [[nodiscard]] bool is_durable(Ticket ticket) const { return ticket <= durable_; }
    /// The ticket after which everything recorded so far is durable; nothing if it is already.
    [[nodiscard]] std::optional<Ticket> after_everything() const {
        return is_durable(last_ticket_) ? std::nullopt : std::optional(last_ticket_);
    }

    [[nodiscard]] Output take() {
        Output output;
        if (!records_.empty()) {
            output.actions.emplace_back(Persist{last_ticket_, std::exchange(records_, {})});
        }
        for (Action& action : actions_) output.actions.push_back(std::move(action));
        actions_.clear();
        return output;
    }

private:
    Ticket last_ticket_ = 0;
    Ticket durable_ = 0;
    std::vector<Record> records_;
    std::vector<Action> actions_;
};

}  // namespace cityledger::consensus
