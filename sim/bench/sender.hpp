#pragma once
// One connection's worth of a client: sends what the queue hands out, and does what a careful
// client does when its node does not answer: the same bytes to the next one.

#include "client/api_client.hpp"
#include "sim/bench/send_queue.hpp"
#include "sim/launch/network_maker.hpp"

namespace cityledger::bench {

class Sender {
public:
    /// `node` is where its transactions go first. All must outlive the sender.
    Sender(const std::vector<sim::NodeAddress>& nodes, std::size_t node, bool closed_loop,
           const PreparedLoad& load, SendQueue& queue, TransactionTable& table);

    /// Sends until the queue is empty. Refused if the prepared bytes cannot be read.
    [[nodiscard]] Status run();

    /// Sends these again, to the first node after its own that takes them.
    [[nodiscard]] Status send_again(const std::vector<std::size_t>& indexes);

private:
    [[nodiscard]] Status send(const std::vector<std::size_t>& indexes, std::size_t first_node);
    /// The outcomes from the first node that answers, whose number `node` becomes; or nothing.
    [[nodiscard]] std::optional<api::BatchSubmitView> submit(
        const std::vector<std::size_t>& indexes, const std::vector<Bytes>& bytes,
        std::size_t& node);

    std::vector<client::ApiClient> clients_;
    std::vector<RoundClock::Clock::time_point> avoided_until_;  ///< nodes that did not answer
    std::size_t node_;
    bool closed_loop_;
    const PreparedLoad& load_;
    SendQueue& queue_;
    TransactionTable& table_;
};

}  // namespace cityledger::bench
