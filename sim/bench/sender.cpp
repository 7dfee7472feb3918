#include "sim/bench/sender.hpp"

#include <algorithm>
#include <thread>

namespace cityledger::bench {
namespace {

/// A node that takes longer to admit a few transactions is asked no more for a while.
constexpr std::uint64_t k_answer_timeout_ms = 1'000;
constexpr auto k_avoided = std::chrono::seconds(2);
constexpr auto k_pause = std::chrono::milliseconds(5);

/// The node is full or not ready: a closed loop, which sends as fast as it may, tries again.
bool is_full(const std::string& code) {
    return code == "mempool_full" || code == "mempool_sender_share" || code == "node_not_accepting";
}

}  // namespace

Sender::Sender(const std::vector<sim::NodeAddress>& nodes, std::size_t node, bool closed_loop,
               const PreparedLoad& load, SendQueue& queue, TransactionTable& table)
    : avoided_until_(nodes.size()),
      node_(node),
      closed_loop_(closed_loop),
      load_(load),
      queue_(queue),
      table_(table) {
    for (const sim::NodeAddress& address : nodes) {
        clients_.emplace_back(address.address, address.http_port, k_answer_timeout_ms);
    }
}

Status Sender::run() {
    while (true) {
        const std::vector<std::size_t> taken = queue_.take(node_);
        if (taken.empty()) return {};
        if (const Status sent = send(taken, node_); !sent) return sent;
    }
}

Status Sender::send_again(const std::vector<std::size_t>& indexes) {
    return send(indexes, (node_ + 1) % clients_.size());
}

Status Sender::send(const std::vector<std::size_t>& indexes, std::size_t first_node) {
    std::vector<std::size_t> rest = indexes;
    std::size_t node = first_node;
    while (!rest.empty()) {
        std::vector<Bytes> bytes;
        for (const std::size_t index : rest) {
            auto read = load_.read(load_.transactions()[index]);
            if (!read) return propagate(read);
            bytes.push_back(*std::move(read));
        }
        const auto answer = submit(rest, bytes, node);
        if (!answer) return {};  // no node answers: what became of them is unknown
        std::vector<std::size_t> again;
        for (std::size_t i = 0; i < rest.size() && i < answer->outcomes.size(); ++i) {
            const api::BatchOutcome& outcome = answer->outcomes[i];
            if (outcome.outcome != "refused") {
                table_.on_accepted(rest[i]);
            } else if (closed_loop_ && is_full(outcome.code_name) && !queue_.stopped()) {
                table_.on_held_back();
                again.push_back(rest[i]);
            } else {
                table_.on_refused(rest[i], outcome.code_name);
            }
        }
        rest = std::move(again);
        if (!rest.empty()) std::this_thread::sleep_for(k_pause);
    }
    return {};
}

std::optional<api::BatchSubmitView> Sender::submit(const std::vector<std::size_t>& indexes,
                                                   const std::vector<Bytes>& bytes,
                                                   std::size_t& node) {
    for (std::size_t tried = 0; tried < clients_.size(); ++tried) {
        const std::size_t candidate = (node + tried) % clients_.size();
        const bool last = tried + 1 == clients_.size();
        if (!last && RoundClock::Clock::now() < avoided_until_[candidate]) continue;
        if (candidate != node_ || tried > 0) {
            for (const std::size_t index : indexes) table_.on_sent_again(index, candidate);
        }
        auto answer = clients_[candidate].submit_batch(bytes, 0);
        if (answer) {
            node = candidate;
            return *std::move(answer);
        }
        avoided_until_[candidate] = RoundClock::Clock::now() + k_avoided;
    }
    return std::nullopt;
}

}  // namespace cityledger::bench
