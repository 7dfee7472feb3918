#include "sim/bench/round_driver.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <thread>

#include "sim/bench/chain_follower.hpp"
#include "sim/bench/node_sampler.hpp"
#include "sim/bench/sender.hpp"

namespace cityledger::bench {
namespace {

using Clock = RoundClock::Clock;

constexpr std::uint64_t k_micros = 1'000'000;
constexpr std::size_t k_connections_per_node = 4;
constexpr std::uint64_t k_stood_still_us = 500'000;
constexpr auto k_tick = std::chrono::milliseconds(20);
constexpr auto k_longest_drain = std::chrono::seconds(20);
constexpr auto k_interrupted_drain = std::chrono::seconds(3);
constexpr auto k_catch_up = std::chrono::seconds(10);
constexpr auto k_overdue_interval = std::chrono::milliseconds(250);

std::uint64_t own_cpu_us() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return static_cast<std::uint64_t>(time.tv_sec) * k_micros +
               static_cast<std::uint64_t>(time.tv_usec);
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

std::string_view fault_word(sim::FaultKind kind) {
    switch (kind) {
        case sim::FaultKind::kill: return "kill";
        case sim::FaultKind::restart: return "restart";
        case sim::FaultKind::pause: return "pause";
        case sim::FaultKind::resume: return "resume";
        default: return "fault";
    }
}

class RoundDriver {
public:
    RoundDriver(const Round& round, const PreparedLoad& load, const RoundContext& context)
        : round_(round),
          load_(load),
          context_(context),
          table_(load.transactions(), clock_),
          queue_(round, context.nodes.size(), load.transactions(), table_, clock_) {
        for (std::size_t node = 0; node < context.nodes.size(); ++node) {
            followers_.push_back(
                std::make_unique<ChainFollower>(context.nodes[node], node, context.height, table_));
            samplers_.push_back(std::make_unique<NodeSampler>(context.nodes[node], clock_));
        }
    }

    Result<RoundRecord> run() {
        for (const auto& follower : followers_) {
            watchers_.emplace_back([&follower] { follower->run(); });
        }
        for (const auto& sampler : samplers_) {
            watchers_.emplace_back([&sampler] { sampler->run(); });
        }
        watchers_.emplace_back([this] { repeat_overdue(); });
        start_senders();
        attend([this] { return senders_left_ == 0; }, Clock::time_point::max());
        sending_ = false;
        for (std::thread& sender : senders_) sender.join();
        const bool interrupted = is_interrupted();
        const auto drain = interrupted ? k_interrupted_drain : k_longest_drain;
        attend([this] { return table_.open_operations() == 0; }, Clock::now() + drain);
        attend([this] { return all_complete(); }, Clock::now() + k_catch_up);
        return collect(interrupted);
    }

private:
    void start_senders() {
        const bool closed = round_.rate.kind == RateKind::closed;
        const std::size_t senders = context_.nodes.size() * k_connections_per_node;
        senders_left_ = senders;  // the first may end before the last has begun
        for (std::size_t i = 0; i < senders; ++i) {
            senders_.emplace_back([this, node = i % context_.nodes.size(), closed] {
                Sender sender(context_.nodes, node, closed, load_, queue_, table_);
                note(sender.run());
                --senders_left_;
            });
        }
    }

    [[nodiscard]] bool is_interrupted() const {
        return context_.interrupted != nullptr && *context_.interrupted;
    }

    /// Looks after the round until the condition holds or the time is over.
    template <class Condition>
    void attend(const Condition& condition, Clock::time_point until) {
        std::uint64_t before = clock_.now_us();
        while (!condition() && Clock::now() < until) {
            std::this_thread::sleep_for(k_tick);
            if (is_interrupted()) queue_.stop();
            const std::uint64_t now = clock_.now_us();
            if (now - before > k_stood_still_us) {
                marks_.push_back({before / 1'000, "this program stood still for " +
                                                      std::to_string((now - before) / 1'000) +
                                                      " ms"});
            }
            before = now;
            while (generator_cpu_us_.size() <= now / k_micros) {
                generator_cpu_us_.push_back(own_cpu_us());
            }
            inject_due_faults();
            before = clock_.now_us();  // a restart is waited for
            if (context_.on_progress) {
                context_.on_progress({now / 1'000, table_.committed_operations(),
                                      table_.open_operations(), sending_});
            }
        }
    }

    /// On the thread that made the network: a node dies with the thread that started it.
    void inject_due_faults() {
        for (; next_fault_ < round_.faults.size(); ++next_fault_) {
            const TimedFault& fault = round_.faults[next_fault_];
            const std::uint64_t now_ms = clock_.now_us() / 1'000;
            if (now_ms < fault.at_ms || !sending_) return;
            sim::Fault wanted;
            wanted.kind = fault.kind;
            wanted.nodes = {fault.node};
            marks_.push_back({now_ms, fault_text(fault, context_.nodes)});
            note(context_.inject(wanted));
        }
    }

    /// Sends again what has waited too long; on a thread of its own, since a silent node is waited
    /// for.
    void repeat_overdue() {
        Sender repeater(context_.nodes, 0, false, load_, queue_, table_);
        while (!ended_) {
            note(repeater.send_again(table_.overdue()));
            std::this_thread::sleep_for(k_overdue_interval);
        }
    }

    [[nodiscard]] std::vector<FollowState> follow_states() const {
        std::vector<FollowState> states;
        for (const auto& follower : followers_) states.push_back(follower->state());
        return states;
    }

    [[nodiscard]] bool all_complete() const {
        const std::vector<FollowState> states = follow_states();
        for (std::size_t node = 0; node < states.size(); ++node) {
            if (states[node].answers && !is_complete(states, node)) return false;
        }
        return true;
    }

    void note(const Status& status) {
        if (status) return;
        const std::lock_guard lock(problem_mutex_);
        if (!problem_) problem_ = status.error();
        queue_.stop();
    }

    Result<RoundRecord> collect(bool interrupted) {
        const std::vector<FollowState> states = follow_states();
        ended_ = true;
        for (const auto& follower : followers_) follower->stop();
        for (const auto& sampler : samplers_) sampler->stop();
        for (std::thread& watcher : watchers_) watcher.join();
        if (problem_) return tl::unexpected<Error>(*problem_);
        RoundRecord record;
        table_.take(record);
        record.late = queue_.late();
        record.marks = std::move(marks_);
        for (std::size_t node = 0; node < followers_.size(); ++node) {
            NodeRecord one;
            one.name = context_.nodes[node].name;
            one.chain = followers_[node]->take();
            one.chain.complete = is_complete(states, node);
            one.samples = samplers_[node]->take_samples();
            for (Mark& mark : samplers_[node]->take_marks()) {
                record.marks.push_back(std::move(mark));
            }
            record.nodes.push_back(std::move(one));
        }
        std::stable_sort(record.marks.begin(), record.marks.end(),
                         [](const Mark& a, const Mark& b) { return a.at_ms < b.at_ms; });
        record.generator_cpu_us = std::move(generator_cpu_us_);
        record.warm_up_us = round_.warm_up_ms * 1'000;
        record.end_us = (round_.warm_up_ms + round_.duration_ms) * 1'000;
        // Everything prepared was sent before the time was over: what counts ends there.
        const bool ran_out = queue_.last_taken_us() + k_micros < record.end_us;
        if (ran_out) record.end_us = std::max(queue_.last_taken_us(), record.warm_up_us);
        record.interrupted = interrupted;
        return record;
    }

    const Round& round_;
    const PreparedLoad& load_;
    const RoundContext& context_;
    RoundClock clock_;
    TransactionTable table_;
    SendQueue queue_;
    std::vector<std::unique_ptr<ChainFollower>> followers_;
    std::vector<std::unique_ptr<NodeSampler>> samplers_;
    std::vector<std::thread> watchers_;
    std::vector<std::thread> senders_;
    std::atomic<std::size_t> senders_left_ = 0;
    std::atomic<bool> ended_ = false;
    bool sending_ = true;
    std::size_t next_fault_ = 0;
    std::vector<std::uint64_t> generator_cpu_us_;
    std::vector<Mark> marks_;
    std::mutex problem_mutex_;
    std::optional<Error> problem_;
};

}  // namespace

std::string fault_text(const TimedFault& fault, const std::vector<sim::NodeAddress>& nodes) {
    return std::string(fault_word(fault.kind)) + " " + nodes[fault.node].name;
}

Result<RoundRecord> drive_round(const Round& round, const PreparedLoad& load,
                                const RoundContext& context) {
    return RoundDriver(round, load, context).run();
}

}  // namespace cityledger::bench
