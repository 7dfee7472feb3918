#include "sim/bench/bench.hpp"

#include <algorithm>
#include <filesystem>

#include "node/api/version.hpp"
#include "sim/bench/bench_codes.hpp"
#include "sim/bench/bench_network.hpp"
#include "sim/bench/ceilings.hpp"
#include "sim/bench/round_summary.hpp"
#include "sim/bench/send_queue.hpp"
#include "sim/bench/virtual_round.hpp"

namespace cityledger::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_second = 1'000;
constexpr std::uint64_t k_settle_ms = 30'000;
constexpr std::uint64_t k_calibration_ms = 2'000;
/// What a calibration prepares for its two seconds, in operations a second.
constexpr std::uint64_t k_guess_bundles = 12'000;
constexpr std::uint64_t k_guess_singles = 3'000;
constexpr std::uint64_t k_bundled = 10;  ///< from here on a round counts as bundled
/// So much more than the calibrated rate is prepared, in per cent: the rate may be higher then.
constexpr std::uint64_t k_reserve_per_cent = 150;
constexpr std::uint64_t k_fill_bundle = 500;
constexpr std::uint64_t k_fill_at_once = 200'000;
constexpr std::uint64_t k_expiry_slack_heights = 16;
/// On all disks together, for each operation: one node's log and state, and its prepared bytes.
constexpr std::uint64_t k_node_bytes_per_operation = 2'000;
constexpr std::uint64_t k_prepared_bytes_per_operation = 1'200;
constexpr std::uint64_t k_node_bytes = 200ULL * 1024 * 1024;

bool is_invoice(const std::vector<MixPart>& mix) {
    return std::any_of(mix.begin(), mix.end(), [](const MixPart& part) {
        return part.workload != Workload::directory_request && part.workload != Workload::call;
    });
}

std::uint64_t guess(const Round& round) {
    return round.bundle >= k_bundled ? k_guess_bundles : k_guess_singles;
}

Error unknown_round(const Round& round) {
    return Error{codes::bench_round_unknown,
                 round.label + " refers to '" + round.rate.of_round + "'"};
}

class BenchRun {
public:
    BenchRun(const Plan& plan, const BenchOptions& options, const BenchObserver& observer)
        : plan_(plan), options_(options), observer_(observer) {
        progress_.rounds = plan.rounds.size();
        progress_.left_ms = sending_ms(plan);
    }

    Result<BenchResult> run() {
        result_.name = plan_.name;
        result_.software = api::version_of_build();
        result_.seed = options_.seed;
        result_.network = options_.network.empty() ? "local" : "remote";
        if (options_.in_virtual_time) result_.network = "virtual";
        result_.histogram_error_per_mille = k_histogram_error_per_mille;
        for (std::size_t i = 0; i < plan_.rounds.size() && !is_interrupted(); ++i) {
            const Round& round = plan_.rounds[i];
            progress_.round = i;
            progress_.label = round.label;
            progress_.round_ms = round.warm_up_ms + round.duration_ms;
            if (const RoundResult* done = earlier(options_.done, round.label)) {
                result_.rounds.push_back(*done);
            } else if (const Status ran = run_round(round); !ran) {
                return propagate(ran);
            }
            progress_.left_ms -= progress_.round_ms;
            if (observer_.on_round) observer_.on_round(result_);
        }
        result_.interrupted = is_interrupted();
        return std::move(result_);
    }

private:
    [[nodiscard]] bool is_interrupted() const {
        return options_.interrupted != nullptr && *options_.interrupted;
    }
    static const RoundResult* earlier(const std::vector<RoundResult>& rounds,
                                      const std::string& label) {
        const auto found =
            std::find_if(rounds.begin(), rounds.end(),
                         [&](const RoundResult& round) { return round.label == label; });
        return found == rounds.end() ? nullptr : &*found;
    }

    void tell(Activity activity, std::uint64_t done = 0, std::uint64_t all = 0) {
        progress_.activity = activity;
        progress_.done = done;
        progress_.all = all;
        if (observer_.on_progress) observer_.on_progress(progress_);
    }
    Progress teller(Activity activity) {
        return
            [this, activity](std::uint64_t done, std::uint64_t all) { tell(activity, done, all); };
    }

    Status ready_network(const Round& round) {
        const bool fits =
            network_ && (!options_.network.empty() || network_->nodes().size() == round.validators);
        if (!fits) {
            network_.reset();
            tell(Activity::launching);
            const std::string folder = options_.folder + "/network-" + std::to_string(++networks_);
            auto network = new_network(round, folder);
            if (!network) return propagate(network);
            network_ = *std::move(network);
            if (const Status built = check_builds(network_->world()); !built) return built;
        }
        return network_->enrol(round.mix, round.senders, teller(Activity::enrolling));
    }

    Result<std::unique_ptr<BenchNetwork>> new_network(const Round& round,
                                                      const std::string& folder) {
        if (options_.in_virtual_time) {
            return BenchNetwork::simulate(round.validators, options_.seed);
        }
        if (!options_.network.empty()) return BenchNetwork::join(options_.network);
        return BenchNetwork::launch(folder, options_.daemon, round.validators, options_.keep);
    }

    /// Sends a round and adds up what it left behind.
    Result<RoundRecord> send(const Round& round, std::uint64_t operations, Activity activity,
                             std::uint64_t* argument_bytes) {
        const std::uint64_t count = std::max<std::uint64_t>(operations / round.bundle, 1);
        const auto height = settled_height(network_->world(), k_settle_ms);
        if (!height) return propagate(height);
        tell(activity == Activity::sending ? Activity::preparing : activity);
        Signing signing;
        signing.chain = network_->world().chain_id();
        signing.expires_at_height =
            *height + ledger::k_max_transaction_lifetime_heights - k_expiry_slack_heights;
        signing.seed = options_.seed;
        signing.first_number = network_->drawn;
        network_->drawn += count * round.bundle;
        const auto load =
            PreparedLoad::make(round, network_->population(), signing, count, options_.folder);
        if (!load) return propagate(load);
        if (argument_bytes != nullptr) *argument_bytes = (*load)->argument_bytes();
        RoundContext context;
        context.nodes = network_->nodes();
        context.height = *height;
        context.inject = [this](const sim::Fault& fault) {
            return network_->world().inject(fault);
        };
        context.on_progress = [this, activity](const RoundState& state) {
            progress_.state = state;
            tell(activity, progress_.done, progress_.all);
        };
        context.interrupted = options_.interrupted;
        auto record = network_->is_virtual()
                          ? drive_virtual_round(round, **load, network_->world(), context)
                          : drive_round(round, **load, context);
        if (!record || !is_invoice(round.mix)) return record;
        for (const TransactionRecord& one : record->transactions) {
            network_->invoices += one.fate == Fate::executed ? one.committed : 0;
        }
        return record;
    }

    Status fill(const Round& round) {
        Round filling;
        filling.mix = {{1, Workload::plain_invoice, {}}};
        filling.bundle = k_fill_bundle;
        filling.senders = round.senders;
        filling.rate.open = k_fill_bundle * 40;
        filling.warm_up_ms = 0;
        filling.duration_ms = 600 * k_second;
        while (network_->invoices < round.state && !is_interrupted()) {
            tell(Activity::filling, network_->invoices, round.state);
            const std::uint64_t lacking = round.state - network_->invoices;
            const auto done = send(filling, std::min(lacking + k_fill_bundle, k_fill_at_once),
                                   Activity::filling, nullptr);
            if (!done) return propagate(done);
        }
        return {};
    }

    /// The rate that a short round without a limit reached, in operations a second.
    Result<std::uint64_t> calibrate(const Round& round) {
        Round trial = round;
        trial.faults.clear();
        trial.warm_up_ms = 0;
        trial.duration_ms = k_calibration_ms;
        const auto record =
            send(trial, guess(round) * k_calibration_ms / k_second, Activity::calibrating, nullptr);
        if (!record) return propagate(record);
        // The best second: a network that has just begun is slow in its first.
        const RoundResult result = summarize(trial, trial.rate, *record);
        std::uint64_t best = std::max(guess(round) / 2, round.bundle);
        for (const Second& second : result.seconds) best = std::max(best, second.committed);
        return best;
    }

    Result<std::uint64_t> operations_of(const Round& round, const Rate& rate) {
        const std::uint64_t round_ms = round.warm_up_ms + round.duration_ms;
        std::uint64_t operations = planned_operations(rate, round_ms * 1'000) + round.bundle;
        if (rate.kind == RateKind::closed) {
            const auto speed = calibrate(round);
            if (!speed) return speed;
            operations = *speed * k_reserve_per_cent / 100 * round_ms / k_second + rate.open;
        }
        return round.operations == 0 ? operations : std::min(operations, round.operations);
    }

    /// The rate in force: a share becomes a fixed rate.
    Result<Rate> rate_of(const Round& round) const {
        if (round.rate.kind != RateKind::share) return round.rate;
        const RoundResult* other = earlier(result_.rounds, round.rate.of_round);
        if (other == nullptr) return tl::unexpected<Error>(unknown_round(round));
        Rate rate = round.rate;
        rate.kind = RateKind::fixed;
        rate.from_per_second = std::max<std::uint64_t>(
            other->committed_per_second * round.rate.share_per_cent / 100, 1);
        return rate;
    }

    Status run_round(const Round& planned) {
        const auto rate = rate_of(planned);
        if (!rate) return propagate(rate);
        Round round = planned;
        round.rate = *rate;
        if (const Status ready = ready_network(round); !ready) return ready;
        if (!speeds_ && !network_->is_virtual()) {
            tell(Activity::measuring);
            speeds_ = measure_speeds(options_.folder);
        }
        if (const Status filled = fill(round); !filled || is_interrupted()) return filled;
        const auto operations = operations_of(round, *rate);
        if (!operations) return propagate(operations);
        if (is_interrupted()) return {};
        const std::uint64_t state_before = network_->invoices;
        const std::vector<std::uint64_t> bytes_before = network_->folder_bytes();
        std::uint64_t argument_bytes = 0;
        auto record = send(round, *operations, Activity::sending, &argument_bytes);
        if (!record) return propagate(record);
        const std::vector<std::uint64_t> bytes_after = network_->folder_bytes();
        for (std::size_t node = 0; node < record->nodes.size(); ++node) {
            record->nodes[node].folder_bytes =
                bytes_after[node] - std::min(bytes_after[node], bytes_before[node]);
        }
        RoundResult result = summarize(round, *rate, *record);
        result.argument_bytes = argument_bytes;
        result.state_before = state_before;
        if (speeds_) add_ceilings(*speeds_, result);
        const std::uint64_t wanted_ms = round.duration_ms;
        if (result.measured_ms + k_second < wanted_ms && !record->interrupted) {
            result.remarks.push_back("what was prepared ended after " +
                                     std::to_string(result.measured_ms / k_second) + " of " +
                                     std::to_string(wanted_ms / k_second) + " s");
        }
        result_.rounds.push_back(std::move(result));
        return {};
    }

    const Plan& plan_;
    const BenchOptions& options_;
    const BenchObserver& observer_;
    BenchProgress progress_;
    BenchResult result_;
    std::unique_ptr<BenchNetwork> network_;
    std::size_t networks_ = 0;
    std::optional<MachineSpeeds> speeds_;
};

}  // namespace

std::uint64_t expected_disk_bytes(const Plan& plan) {
    std::uint64_t most = 0;
    std::uint64_t grown = 0;
    std::size_t validators = 0;
    for (const Round& round : plan.rounds) {
        if (round.validators != validators) grown = round.validators * k_node_bytes;
        validators = round.validators;
        const std::uint64_t seconds = (round.warm_up_ms + round.duration_ms) / k_second;
        const std::uint64_t rate = round.rate.kind == RateKind::closed
                                       ? guess(round)
                                       : std::max({round.rate.from_per_second,
                                                   round.rate.to_per_second, guess(round) / 2});
        std::uint64_t operations = rate * seconds + round.state;
        if (round.operations > 0) operations = std::min(operations, round.operations);
        grown += operations * validators * k_node_bytes_per_operation;
        most = std::max(most, grown + operations * k_prepared_bytes_per_operation);
    }
    return most;
}

Status check_plan(const Plan& plan, const BenchOptions& options) {
    for (std::size_t i = 0; i < plan.rounds.size(); ++i) {
        const Rate& rate = plan.rounds[i].rate;
        if (rate.kind != RateKind::share) continue;
        const auto here = plan.rounds.begin() + static_cast<std::ptrdiff_t>(i);
        const bool known = std::any_of(plan.rounds.begin(), here, [&](const Round& round) {
            return round.label == rate.of_round;
        });
        if (!known) return tl::unexpected<Error>(unknown_round(plan.rounds[i]));
    }
    std::error_code problem;
    const auto space = fs::space(options.folder, problem);
    const std::uint64_t needed = expected_disk_bytes(plan);
    if (!problem && space.available < needed) {
        constexpr std::uint64_t k_megabyte = 1'000'000;
        return refuse(codes::bench_disk_too_small, grouped(needed / k_megabyte) + " MB expected, " +
                                                       grouped(space.available / k_megabyte) +
                                                       " MB free in " + options.folder);
    }
    return {};
}

Result<BenchResult> run_bench(const Plan& plan, const BenchOptions& options,
                              const BenchObserver& observer) {
    return BenchRun(plan, options, observer).run();
}

}  // namespace cityledger::bench
