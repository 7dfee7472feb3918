#pragma once
// The order of persist and send: what the core says after a record leaves once the record is
// durable, and not before.

#include <deque>
#include <optional>
#include <vector>

#include "node/consensus/output.hpp"

namespace cityledger::node {

class HeldSends {
public:
    /// What a grown durable sequence sets free, in order.
    struct Released {
        std::vector<consensus::Ticket> persisted;
        std::vector<consensus::Send> sends;
    };

    /// Everything up to this sequence of the log belongs to the ticket. Tickets ascend.
    void add_ticket(consensus::Ticket ticket, std::uint64_t sequence) {
        tickets_.push_back({ticket, sequence});
    }
    [[nodiscard]] bool may_leave(const consensus::Send& wanted) const {
        return !wanted.after || *wanted.after <= durable_ticket_;
    }
    void hold(consensus::Send wanted) { sends_.push_back(std::move(wanted)); }

    /// The sequence that must be durable for a ticket; 0 if it is already.
    [[nodiscard]] std::uint64_t sequence_for(consensus::Ticket ticket) const {
        std::uint64_t sequence = 0;
        for (const auto& pending : tickets_) {
            if (pending.ticket <= ticket) sequence = pending.sequence;
        }
        return sequence;
    }

    [[nodiscard]] bool may_release(std::uint64_t durable_sequence) const {
        return !tickets_.empty() && tickets_.front().sequence <= durable_sequence;
    }
    [[nodiscard]] Released release(std::uint64_t durable_sequence) {
        Released released;
        while (may_release(durable_sequence)) {
            durable_ticket_ = tickets_.front().ticket;
            released.persisted.push_back(durable_ticket_);
            tickets_.pop_front();
        }
        if (released.persisted.empty()) return released;
        std::deque<consensus::Send> held;
        for (auto& wanted : sends_) {
            if (may_leave(wanted)) {
                released.sends.push_back(std::move(wanted));
            } else {
                held.push_back(std::move(wanted));
            }
        }
        sends_ = std::move(held);
        return released;
    }

private:
    struct PendingTicket {
        consensus::Ticket ticket = 0;
        std::uint64_t sequence = 0;
    };
    std::deque<PendingTicket> tickets_;
    std::deque<consensus::Send> sends_;
    consensus::Ticket durable_ticket_ = 0;
};

}  // namespace cityledger::node
