#pragma once
// Time and timers of a real node: the steady clock and Asio timers on the thread that runs the
// context.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>

#include "node/io/post.hpp"
#include "node/io/stages.hpp"
#include "node/replica/ports.hpp"

namespace cityledger::io {

class AsioScheduler : public node::Scheduler {
public:
    /// `stage`: what its timed work is part of.
    explicit AsioScheduler(boost::asio::io_context& context, Stage stage = Stage::batch)
        : context_(context), stage_(stage) {}

    [[nodiscard]] std::uint64_t now_ms() const override;
    TimerId after(std::uint64_t delay_ms, std::function<void()> action) override;
    void cancel(TimerId timer) override;

private:
    boost::asio::io_context& context_;
    Stage stage_;
    std::map<TimerId, boost::asio::steady_timer> timers_;
    TimerId last_id_ = 0;
};

/// Hands work over to the thread that runs this context.
[[nodiscard]] Post make_post(boost::asio::io_context& context);

}  // namespace cityledger::io
