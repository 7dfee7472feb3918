#include "sim/simulator/network.hpp"

#include <algorithm>

#include "crypto/check.hpp"

namespace cityledger::sim {
namespace {

/// A peer that does not answer is tried again after this time.
constexpr TimeUs k_connect_again_us = 500'000;

}  // namespace

SimulatedNetwork::SimulatedNetwork(EventQueue& queue, std::size_t nodes, SimulatedRandom random,
                                   NetworkFaults faults)
    : queue_(queue), random_(random), faults_(faults), nodes_(nodes) {}

SimulatedNetwork::Session& SimulatedNetwork::session(ValidatorIndex one, ValidatorIndex other) {
    CHECK_INVARIANT(one != other && one < nodes_.size() && other < nodes_.size());
    return sessions_[std::minmax(one, other)];
}

SimulatedNetwork::Side& SimulatedNetwork::side_of(Session& session, ValidatorIndex node,
                                                  ValidatorIndex peer) {
    return node < peer ? session.low : session.high;
}

bool SimulatedNetwork::blocked(ValidatorIndex from, ValidatorIndex to) const {
    return blocked_.contains({from, to});
}

bool SimulatedNetwork::answers(ValidatorIndex node) const {
    return attached(node) && !queue_.held(nodes_.at(node)->owner);
}

TimeUs SimulatedNetwork::draw_delay() {
    const TimeUs usual = random_.between(faults_.delay_min_us, faults_.delay_max_us);
    if (!random_.chance(faults_.slow_message)) return usual;
    return usual + random_.below(faults_.slow_delay_max_us + 1);
}

void SimulatedNetwork::attach(ValidatorIndex node, Endpoint endpoint) {
    nodes_.at(node) = std::make_shared<Endpoint>(std::move(endpoint));
    for (ValidatorIndex peer = 0; peer < nodes_.size(); ++peer) {
        if (peer != node && attached(peer)) connect_later(node, peer, 0);
    }
}

void SimulatedNetwork::detach(ValidatorIndex node) {
    nodes_.at(node) = nullptr;
    for (ValidatorIndex peer = 0; peer < nodes_.size(); ++peer) {
        if (peer == node) continue;
        cut(node, peer, faults_.notice_reset_max_us);
        side_of(session(node, peer), node, peer) = Side{};
    }
}

void SimulatedNetwork::send(ValidatorIndex from, ValidatorIndex to, Frame frame) {
    if (from == to || to >= nodes_.size()) return;
    if (on_send_) on_send_(from, to, frame);
    const Session& link = session(from, to);
    if (!link.up || !attached(from) || !attached(to)) return;
    // Every chance is drawn for every message: a dial at zero leaves
    // the other draws where they are.
    const bool lost = random_.chance(faults_.loss);
    const bool doubled = random_.chance(faults_.duplicate);
    if (random_.chance(faults_.reset)) {
        close(from, to);
        return;
    }
    if (lost || blocked(from, to)) return;
    if (meddler_) frame = meddler_(from, to, frame);
    if (!frame) return;
    deliver_later(from, to, frame);
    if (doubled && link.up) deliver_later(from, to, std::move(frame));
}

void SimulatedNetwork::deliver_later(ValidatorIndex from, ValidatorIndex to, Frame frame) {
    Session& link = session(from, to);
    Side& side = side_of(link, to, from);
    if (side.waiting >= faults_.queue_max_messages) {
        close(from, to);
        return;
    }
    ++side.waiting;
    side.busy_until = std::max(side.busy_until, queue_.now_us() + draw_delay());
    const auto deliver = [this, from, to, number = link.number, frame = std::move(frame)] {
        Session& now = session(from, to);
        if (!now.up || now.number != number || !attached(to)) return;
        --side_of(now, to, from).waiting;
        if (blocked(from, to)) return;
        if (on_delivery_) on_delivery_(from, to, frame);
        const auto endpoint = nodes_[to];  // The node may go away inside the call.
        endpoint->on_message(from, *frame);
    };
    queue_.at(side.busy_until, nodes_[to]->owner, deliver);
}

void SimulatedNetwork::connect_later(ValidatorIndex one, ValidatorIndex other, TimeUs delay_us) {
    const TimeUs drawn_us = random_.below(faults_.connect_max_us + 1);
    queue_.after(delay_us + drawn_us, k_world_owner, [this, one, other] { connect(one, other); });
}

void SimulatedNetwork::connect(ValidatorIndex one, ValidatorIndex other) {
    Session& link = session(one, other);
    if (link.up || !attached(one) || !attached(other)) return;
    if (blocked(one, other) || blocked(other, one)) return;
    if (!answers(one) || !answers(other)) {
        connect_later(one, other, k_connect_again_us);
        return;
    }
    link.up = true;
    ++link.number;
    link.low.waiting = 0;
    link.high.waiting = 0;
    tell(one, other, true, random_.below(faults_.delay_max_us + 1));
    tell(other, one, true, random_.below(faults_.delay_max_us + 1));
}

void SimulatedNetwork::cut(ValidatorIndex one, ValidatorIndex other, TimeUs notice_max_us) {
    Session& link = session(one, other);
    if (!link.up) return;
    link.up = false;
    tell(one, other, false, random_.below(notice_max_us + 1));
    tell(other, one, false, random_.below(notice_max_us + 1));
}

void SimulatedNetwork::close(ValidatorIndex one, ValidatorIndex other) {
    if (!session(one, other).up) return;
    cut(one, other, faults_.notice_reset_max_us);
    connect_later(one, other, faults_.notice_reset_max_us);
}

void SimulatedNetwork::close_for(const Error& reason, ValidatorIndex self, ValidatorIndex peer) {
    ++closed_for_[std::string(reason.code.name)];
    close(self, peer);
}

void SimulatedNetwork::tell(ValidatorIndex node, ValidatorIndex peer, bool up, TimeUs delay_us) {
    if (!attached(node)) return;
    Side& side = side_of(session(node, peer), node, peer);
    // A node learns of its sessions in their order, and of a new one before its first message.
    side.busy_until = std::max(side.busy_until, queue_.now_us() + delay_us);
    queue_.at(side.busy_until, nodes_[node]->owner, [this, node, peer, up] {
        Side& told = side_of(session(node, peer), node, peer);
        if (!attached(node) || told.told_up == up) return;
        told.told_up = up;
        const auto endpoint = nodes_[node];
        endpoint->on_session(peer, up);
    });
}

void SimulatedNetwork::block(ValidatorIndex from, ValidatorIndex to) {
    if (from == to || !blocked_.insert({from, to}).second) return;
    notice_silence(from, to);
}

void SimulatedNetwork::notice_silence(ValidatorIndex one, ValidatorIndex other) {
    const std::uint64_t number = session(one, other).number;
    const TimeUs delay_us = random_.below(faults_.notice_silence_max_us + 1);
    queue_.after(delay_us, k_world_owner, [this, one, other, number] {
        const bool silent = blocked(one, other) || blocked(other, one);
        if (session(one, other).number != number || !silent) return;
        cut(one, other, faults_.notice_reset_max_us);
    });
}

void SimulatedNetwork::partition(const std::vector<std::vector<std::size_t>>& groups) {
    std::vector<std::size_t> group_of(nodes_.size());
    for (std::size_t node = 0; node < nodes_.size(); ++node) group_of[node] = groups.size() + node;
    for (std::size_t group = 0; group < groups.size(); ++group) {
        for (const std::size_t node : groups[group]) group_of.at(node) = group;
    }
    for (ValidatorIndex from = 0; from < nodes_.size(); ++from) {
        for (ValidatorIndex to = 0; to < nodes_.size(); ++to) {
            if (group_of[from] != group_of[to]) block(from, to);
        }
    }
}

void SimulatedNetwork::heal() {
    blocked_.clear();
    for (ValidatorIndex one = 0; one < nodes_.size(); ++one) {
        for (ValidatorIndex other = 0; other < one; ++other) {
            if (attached(one) && attached(other)) connect_later(one, other, 0);
        }
    }
}

void SimulatedTransport::send(ValidatorIndex to, std::shared_ptr<const Bytes> frame) {
    if (!rewrite_) {
        network_.send(self_, to, std::move(frame));
        return;
    }
    for (Frame& instead : rewrite_(to, frame)) network_.send(self_, to, std::move(instead));
}

void SimulatedTransport::close(ValidatorIndex peer, const Error& reason) {
    network_.close_for(reason, self_, peer);
}

}  // namespace cityledger::sim
