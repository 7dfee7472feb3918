#pragma once
// How things come back to a replica: timers, and the answers of its ports. Each of them ends in one
// advance(), so that no part has to remember what follows from what; none reaches a replica that is
// gone.

#include <functional>
#include <memory>
#include <utility>

#include "node/replica/ports.hpp"

namespace cityledger::node {

class Reactor {
public:
    struct Hooks {
        std::function<void()> advance;
        std::function<void(const Error&)>
            stop;  ///< durability failed; called once, in its own turn
    };

    Reactor(Scheduler& scheduler, Hooks hooks) : scheduler_(scheduler), hooks_(std::move(hooks)) {}
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    [[nodiscard]] std::uint64_t now_ms() const { return scheduler_.now_ms(); }

    /// An action for a port to call later.
    template <class Action>
    [[nodiscard]] auto event(Action action) {
        return [this, alive = std::weak_ptr<const int>(alive_),
                action = std::move(action)](auto&&... arguments) mutable {
            if (alive.expired()) return;
            action(std::forward<decltype(arguments)>(arguments)...);
            if (!alive.expired()) hooks_.advance();
        };
    }
    template <class Action>
    Scheduler::TimerId after(std::uint64_t delay_ms, Action action) {
        return scheduler_.after(delay_ms, event(std::move(action)));
    }
    void cancel(Scheduler::TimerId timer) { scheduler_.cancel(timer); }

    /// The node cannot go on: nothing is sent or recorded any more.
    void fail(const Error& error) {
        if (failed_) return;
        failed_ = true;
        after(0, [this, error] { hooks_.stop(error); });
    }
    [[nodiscard]] bool failed() const { return failed_; }

private:
    Scheduler& scheduler_;
    Hooks hooks_;
    bool failed_ = false;
    std::shared_ptr<const int> alive_ = std::make_shared<const int>(0);
};

}  // namespace cityledger::node
