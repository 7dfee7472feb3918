#pragma once
// The sessions between the nodes of the virtual world, with what a network does to them: delay,
// loss, duplication, resets, and partitions, also of one direction only. Messages of one session
// arrive in order, as TCP has it; across sessions the order is open.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "node/replica/ports.hpp"
#include "sim/simulator/clock.hpp"
#include "sim/simulator/random.hpp"

namespace cityledger::sim {

using node::ValidatorIndex;
using Frame = std::shared_ptr<const Bytes>;

/// Chances are per million messages, times in microseconds.
struct NetworkFaults {
    TimeUs delay_min_us = 200;
    TimeUs delay_max_us = 2000;
    std::uint64_t slow_message = 0;  ///< takes up to slow_delay_max_us
    TimeUs slow_delay_max_us = 500'000;
    std::uint64_t loss = 0;                    ///< dropped by a full queue; the session lives on
    std::uint64_t duplicate = 0;               ///< delivered twice
    std::uint64_t reset = 0;                   ///< the session breaks: what is on its way is lost
    TimeUs connect_max_us = 20'000;            ///< until a session is up again
    TimeUs notice_reset_max_us = 5'000;        ///< until the peers notice a broken session
    TimeUs notice_silence_max_us = 3'000'000;  ///< until they notice that nothing comes through
    /// A receiver that stands still has so many messages waiting; one more breaks the session.
    std::size_t queue_max_messages = 512;
};

/// A node as the network reaches it. Both are called in an event of the node's owner.
struct Endpoint {
    OwnerId owner = k_world_owner;
    std::function<void(ValidatorIndex peer, bool up)> on_session;
    std::function<void(ValidatorIndex peer, const Bytes& frame)> on_message;
};

class SimulatedNetwork {
public:
    /// Sees every frame that a node sends, before anything can happen to it.
    using SendObserver = std::function<void(ValidatorIndex from, ValidatorIndex to, const Frame&)>;
    /// Sees every frame at its delivery.
    using DeliveryObserver = SendObserver;
    /// What a session carries instead of a frame; null: it is lost.
    using Meddler = std::function<Frame(ValidatorIndex from, ValidatorIndex to, const Frame&)>;

    SimulatedNetwork(EventQueue& queue, std::size_t nodes, SimulatedRandom random,
                     NetworkFaults faults);

    void set_faults(const NetworkFaults& faults) { faults_ = faults; }
    void set_send_observer(SendObserver observer) { on_send_ = std::move(observer); }
    void set_delivery_observer(DeliveryObserver observer) { on_delivery_ = std::move(observer); }
    void set_meddler(Meddler meddler) { meddler_ = std::move(meddler); }

    /// The node's process runs from now on; sessions come up by and by.
    void attach(ValidatorIndex node, Endpoint endpoint);
    /// The process is gone.
    void detach(ValidatorIndex node);

    void send(ValidatorIndex from, ValidatorIndex to, Frame frame);
    /// Breaks the session; it comes again later.
    void close(ValidatorIndex one, ValidatorIndex other);
    /// The same, by a node whose peer broke the protocol.
    void close_for(const Error& reason, ValidatorIndex self, ValidatorIndex peer);
    /// The codes for which nodes closed sessions, and how often.
    [[nodiscard]] const std::map<std::string, std::uint64_t>& closed_for() const {
        return closed_for_;
    }

    /// Nothing passes in this direction until `heal`. The session dies once its ends notice.
    void block(ValidatorIndex from, ValidatorIndex to);
    /// Only members of one group speak with each other; nodes in no group stand alone.
    void partition(const std::vector<std::vector<std::size_t>>& groups);
    void heal();

private:
    /// One side of a session: what the node believes, and the direction towards it.
    struct Side {
        bool told_up = false;     ///< what the node was told last
        TimeUs busy_until = 0;    ///< nothing arrives before what was sent earlier
        std::size_t waiting = 0;  ///< messages of this session that did not arrive yet
    };
    struct Session {
        bool up = false;
        std::uint64_t number = 0;  ///< counts the sessions of this pair
        Side low;
        Side high;
    };
    using Pair = std::pair<ValidatorIndex, ValidatorIndex>;

    [[nodiscard]] Session& session(ValidatorIndex one, ValidatorIndex other);
    [[nodiscard]] Side& side_of(Session& session, ValidatorIndex node, ValidatorIndex peer);
    [[nodiscard]] bool blocked(ValidatorIndex from, ValidatorIndex to) const;
    [[nodiscard]] bool attached(ValidatorIndex node) const { return nodes_.at(node) != nullptr; }
    /// A stopped process holds its sessions but makes no new one.
    [[nodiscard]] bool answers(ValidatorIndex node) const;
    [[nodiscard]] TimeUs draw_delay();
    void deliver_later(ValidatorIndex from, ValidatorIndex to, Frame frame);
    void connect_later(ValidatorIndex one, ValidatorIndex other, TimeUs delay_us);
    void connect(ValidatorIndex one, ValidatorIndex other);
    void cut(ValidatorIndex one, ValidatorIndex other, TimeUs notice_max_us);
    void notice_silence(ValidatorIndex one, ValidatorIndex other);
    void tell(ValidatorIndex node, ValidatorIndex peer, bool up, TimeUs delay_us);

    EventQueue& queue_;
    SimulatedRandom random_;
    NetworkFaults faults_;
    std::vector<std::shared_ptr<Endpoint>> nodes_;
    std::map<Pair, Session> sessions_;
    std::set<Pair> blocked_;  ///< (from, to)
    SendObserver on_send_;
    DeliveryObserver on_delivery_;
    Meddler meddler_;
    std::map<std::string, std::uint64_t> closed_for_;
};

/// The Transport port of one node. A byzantine node's frames pass through `rewrite`.
class SimulatedTransport : public node::Transport {
public:
    /// What is really sent to `to` instead of this frame.
    using Rewrite = std::function<std::vector<Frame>(ValidatorIndex to, const Frame&)>;

    SimulatedTransport(SimulatedNetwork& network, ValidatorIndex self)
        : network_(network), self_(self) {}
    void set_rewrite(Rewrite rewrite) { rewrite_ = std::move(rewrite); }

    void send(ValidatorIndex to, std::shared_ptr<const Bytes> frame) override;
    void close(ValidatorIndex peer, const Error& reason) override;

private:
    SimulatedNetwork& network_;
    ValidatorIndex self_;
    Rewrite rewrite_;
};

}  // namespace cityledger::sim
