#include "node/io/daemon/asio_scheduler.hpp"

#include <boost/asio/post.hpp>

namespace cityledger::io {

std::uint64_t AsioScheduler::now_ms() const {
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(since_start).count());
}

node::Scheduler::TimerId AsioScheduler::after(std::uint64_t delay_ms,
                                              std::function<void()> action) {
    const TimerId id = ++last_id_;
    boost::asio::steady_timer& timer = timers_.try_emplace(id, context_).first->second;
    timer.expires_after(std::chrono::milliseconds(delay_ms));
    timer.async_wait([this, id, action = std::move(action)](boost::system::error_code error) {
        // A timer that was cancelled after it had expired still comes here, without an error.
        if (error || timers_.erase(id) == 0) return;
        const StageScope stage(stage_);
        action();
    });
    return id;
}

void AsioScheduler::cancel(TimerId timer) { timers_.erase(timer); }

Post make_post(boost::asio::io_context& context) {
    return [&context](std::function<void()> work) { boost::asio::post(context, std::move(work)); };
}

}  // namespace cityledger::io
