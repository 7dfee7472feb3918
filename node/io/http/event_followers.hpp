#pragma once
// Those who follow GET /events by WebSocket. Each has a cursor, the height of its next message, and
// no queue: a slow reader costs no memory, and one that is too slow is sent away.

#include <memory>
#include <set>

#include "ledger/read_pass.hpp"
#include "node/io/http/event_feed.hpp"
#include "node/io/http/http_limits.hpp"
#include "node/io/http/read_budget.hpp"
#include "node/io/http/web_socket_request.hpp"
#include "node/replica/ports.hpp"

namespace cityledger::io {

struct EventSettings {
    std::size_t max_followers = k_max_event_followers;
    std::size_t max_followers_per_address = k_max_event_followers_per_address;
    std::uint64_t max_blocks_behind = k_max_event_blocks_behind;
    std::uint64_t write_deadline_ms = 30'000;  ///< of one message
    std::uint64_t idle_ms = 60'000;  ///< without a sign of life; a ping goes out at half of it
};

/// What the followers need of a node. All must outlive them.
struct EventSource {
    /// As EventFeed::read.
    std::function<void(std::uint64_t, const ledger::MemberId&, EventFeed::Done)> read;
    /// As ApiRoutes::asker_of.
    std::function<Result<ledger::MemberId>(const HttpRequest&, const ledger::ReadQuestion&)>
        asker_of;
    std::function<std::uint64_t()> executed_height;
    ReadBudget& budget;
    node::Scheduler& scheduler;
};

class EventFollower;

class EventFollowers {
public:
    EventFollowers(EventSource source, EventSettings settings = {});
    ~EventFollowers();

    /// Whether one more may follow: http_wrong_parameter, events_too_many, events_too_far_behind,
    /// or what is wrong with its pass.
    [[nodiscard]] Status judge(const HttpRequest& request);
    /// Follows from the parameter `from`, else from the next block on. The request is the one that
    /// was judged well right before.
    void take(WebSocketRequest&& request);
    /// A block was executed and its state is readable.
    void on_executed();
    /// Says goodbye to all, as far as their sockets take it at once. Nothing may run meanwhile.
    void close();

    [[nodiscard]] std::size_t size() const { return followers_.size(); }
    /// Since the start, those that read too slowly or gave no sign of life.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    friend class EventFollower;

    /// The parameter `from`, if the request has it.
    [[nodiscard]] static Result<std::optional<std::uint64_t>> from_of(const HttpRequest& request);
    [[nodiscard]] std::uint64_t first_height(std::optional<std::uint64_t> from) const;
    [[nodiscard]] Status check_behind(std::uint64_t height) const;

    EventSource source_;
    EventSettings settings_;
    std::set<std::shared_ptr<EventFollower>> followers_;
    ledger::MemberId judged_asker_;  ///< of the request that was judged last
    std::uint64_t dropped_ = 0;
};

}  // namespace cityledger::io
