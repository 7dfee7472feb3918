#include "sim/bench/virtual_round.hpp"

#include <list>

#include "node/replica/replica_codes.hpp"
#include "sim/bench/send_queue.hpp"

namespace cityledger::bench {
namespace {

constexpr std::uint64_t k_tick_ms = 2;
constexpr std::uint64_t k_drain_ms = 20'000;
/// Transactions become final about in turn: after so many without a receipt no more are looked at.
constexpr std::size_t k_misses = 64;

class VirtualRound {
public:
    VirtualRound(const Round& round, const PreparedLoad& load, sim::World& world,
                 const RoundContext& context)
        : round_(round),
          load_(load),
          world_(world),
          context_(context),
          start_ms_(world.now_ms()),
          end_ms_(round.warm_up_ms + round.duration_ms) {
        for (const PreparedTransaction& prepared : load.transactions()) {
            record_.transactions.emplace_back().operations = prepared.operations;
        }
    }

    Result<RoundRecord> run() {
        while (elapsed_ms() < end_ms_ && next_ < record_.transactions.size() && !is_interrupted()) {
            Status done = inject_due_faults();
            if (done) done = send_due();
            if (!done) return propagate(done);
            pass();
        }
        const std::uint64_t last_us = elapsed_ms() * 1'000;
        const std::uint64_t drain_until = elapsed_ms() + k_drain_ms;
        while (!open_.empty() && elapsed_ms() < drain_until) pass();
        record_.warm_up_us = round_.warm_up_ms * 1'000;
        record_.end_us = std::max(std::min(end_ms_ * 1'000, last_us), record_.warm_up_us);
        record_.interrupted = is_interrupted();
        count_on_nodes();
        return std::move(record_);
    }

private:
    [[nodiscard]] std::uint64_t elapsed_ms() { return world_.now_ms() - start_ms_; }
    [[nodiscard]] bool is_interrupted() const {
        return context_.interrupted != nullptr && *context_.interrupted;
    }

    Status inject_due_faults() {
        for (; next_fault_ < round_.faults.size(); ++next_fault_) {
            const TimedFault& fault = round_.faults[next_fault_];
            if (elapsed_ms() < fault.at_ms) break;
            sim::Fault wanted;
            wanted.kind = fault.kind;
            wanted.nodes = {fault.node};
            record_.marks.push_back({elapsed_ms(), fault_text(fault, context_.nodes)});
            if (const Status done = world_.inject(wanted); !done) return done;
        }
        return {};
    }

    /// When the next one should be sent; now for closed loops that may send.
    [[nodiscard]] std::optional<std::uint64_t> due_us_of_next() {
        const std::uint64_t now_us = elapsed_ms() * 1'000;
        if (round_.rate.kind == RateKind::closed) {
            if (open_operations_ >= round_.rate.open) return std::nullopt;
            return now_us;
        }
        const std::uint64_t due = due_us(round_.rate, next_ * round_.bundle, end_ms_ * 1'000);
        return due <= now_us ? std::optional(due) : std::nullopt;
    }

    Status send_due() {
        while (next_ < record_.transactions.size()) {
            const auto due = due_us_of_next();
            if (!due) return {};
            const auto bytes = load_.read(load_.transactions()[next_]);
            if (!bytes) return propagate(bytes);
            const auto transaction = ledger::decode<ledger::Transaction>(*bytes);
            if (!transaction) return propagate(transaction);
            const auto sent = world_.send(*transaction);
            const bool full = !sent && (sent.error().code == node::codes::mempool_full ||
                                        sent.error().code == node::codes::mempool_sender_share);
            if (full && round_.rate.kind == RateKind::closed) {
                ++record_.held_back;
                return {};
            }
            note_sent(*due, sent);
        }
        return {};
    }

    void note_sent(std::uint64_t intended_us, const Result<Digest>& sent) {
        TransactionRecord& record = record_.transactions[next_];
        record.intended_us = intended_us;
        record.sent_us = elapsed_ms() * 1'000;
        record.fate = sent ? Fate::accepted : Fate::refused;
        if (sent) {
            open_.push_back(next_);
            open_operations_ += record.operations;
        } else {
            record.done_us = record.sent_us;
            record_.refused_on_admission[std::string(sent.error().code.name)] += record.operations;
        }
        ++next_;
    }

    /// Lets time pass and looks for receipts.
    void pass() {
        world_.wait(k_tick_ms);
        std::size_t misses = 0;
        for (auto open = open_.begin(); open != open_.end() && misses < k_misses;) {
            const auto receipt = world_.find_receipt(load_.transactions()[*open].id, {});
            if (!receipt) {
                ++misses;
                ++open;
                continue;
            }
            TransactionRecord& record = record_.transactions[*open];
            record.fate = Fate::executed;
            record.done_us = elapsed_ms() * 1'000;
            for (const api::OperationView& operation : receipt->operations) {
                record.committed += operation.code == 0 ? 1 : 0;
            }
            committed_ += record.committed;
            open_operations_ -= record.operations;
            open = open_.erase(open);
        }
        if (context_.on_progress) {
            context_.on_progress(
                {elapsed_ms(), committed_, open_operations_, next_ < record_.transactions.size()});
        }
    }

    /// Reads every receipt back from every honest node that runs.
    void count_on_nodes() {
        std::vector<std::size_t> asked;
        for (const sim::NodeView& node : world_.nodes()) {
            NodeRecord& record = record_.nodes.emplace_back();
            record.name = context_.nodes[node.index].name;
            record.chain.complete = node.running && node.honest && node.status;
            if (!record.chain.complete) continue;
            asked.push_back(node.index);
            record.chain.states[node.status->executed_height] = to_hex(node.status->business_root);
        }
        for (std::size_t i = 0; i < record_.transactions.size(); ++i) {
            if (record_.transactions[i].fate != Fate::executed) continue;
            const auto receipts = world_.receipts(load_.transactions()[i].id);
            for (std::size_t j = 0; j < asked.size() && j < receipts.size(); ++j) {
                NodeChain& chain = record_.nodes[asked[j]].chain;
                if (!receipts[j]) continue;
                for (const api::OperationView& operation : receipts[j]->operations) {
                    ++(operation.code == 0 ? chain.committed : chain.refused);
                    if (operation.code != 0) ++chain.refused_by_code[operation.code_name];
                }
            }
        }
    }

    const Round& round_;
    const PreparedLoad& load_;
    sim::World& world_;
    const RoundContext& context_;
    std::uint64_t start_ms_;
    std::uint64_t end_ms_;
    RoundRecord record_;
    std::size_t next_ = 0;
    std::size_t next_fault_ = 0;
    std::list<std::size_t> open_;
    std::uint64_t open_operations_ = 0;
    std::uint64_t committed_ = 0;
};

}  // namespace

Result<RoundRecord> drive_virtual_round(const Round& round, const PreparedLoad& load,
                                        sim::World& world, const RoundContext& context) {
    return VirtualRound(round, load, world, context).run();
}

}  // namespace cityledger::bench
