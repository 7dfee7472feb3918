// A day of invoices in the city.

#include <algorithm>
#include <deque>

#include "sim/cities/generators.hpp"
#include "sim/cities/generators_sectors.hpp"
#include "sim/simulator/random.hpp"

namespace cityledger::sim {

namespace {

namespace json = boost::json;

constexpr std::uint64_t k_transferred_per_mille = 600;
constexpr std::uint64_t k_booked_of_transferred_per_mille = 833;  // 50 % of all
constexpr std::uint64_t k_red_per_mille = 30;
constexpr std::uint64_t k_double_claim_per_mille = 1;
constexpr std::uint64_t k_over_quota_per_mille = 2;
constexpr std::size_t k_bundle_operations = 50;
constexpr std::int64_t k_quota_means = 20;  // one invoice may reach this many means

/// An invoice on its way through the day.
struct Planned {
    std::size_t sector = 0;
    std::string seller;
    std::string buyer;   ///< name of an actor, or empty: a natural person
    std::string holder;  ///< a consumer
    std::int64_t amount_fen = 0;
    std::int64_t tax_fen = 0;
    bool booked = false;
    bool claimed_twice = false;
    bool reversed = false;
    std::string code;  ///< given by the chain; empty until then
    std::string number;
    std::string content_digest;
};

class ShenzhenDay : public Generator {
public:
    ShenzhenDay(const Scenario& scenario, const GenerateStep& step, const std::string& today)
        : scenario_(scenario),
          step_(step),
          today_(today),
          dice_(SimulatedRandom(scenario.seed).fork("shenzhen_day")) {
        plan();
        queue_admissions();
    }

    std::optional<GeneratedTransaction> next() override {
        while (queue_.empty() && stage_ < 5) queue_stage();
        if (queue_.empty()) return std::nullopt;
        current_ = std::move(queue_.front());
        queue_.pop_front();
        return current_.transaction;
    }

    void tell(const std::vector<GeneratedOutcome>& outcomes) override {
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            if (!current_.issues[i]) continue;
            Planned& invoice = planned_[*current_.issues[i]];
            const json::value& result = outcomes[i].result;
            if (outcomes[i].code_name != "ok" || !result.is_object()) continue;
            invoice.code = std::string(result.get_object().at("code").as_string());
            invoice.number = std::string(result.get_object().at("number").as_string());
            invoice.content_digest =
                std::string(outcomes[i].arguments.at("content_digest").as_string());
        }
    }

private:
    /// A transaction, and for each of its operations the planned invoice that it issues, if any.
    struct Queued {
        GeneratedTransaction transaction;
        std::vector<std::optional<std::size_t>> issues;
    };

    [[nodiscard]] const std::string& id_of(const std::string& name) const {
        return scenario_.find_actor(name)->id;
    }

    /// Adds an operation to the last transaction of this sender in the queue, or to a new one.
    void enqueue(const std::string& sender, GeneratedOperation operation,
                 std::optional<std::size_t> issues = std::nullopt) {
        for (auto queued = queue_.rbegin(); queued != queue_.rend(); ++queued) {
            if (queued->transaction.sender != sender) continue;
            if (queued->transaction.operations.size() >= k_bundle_operations) break;
            queued->transaction.operations.push_back(std::move(operation));
            queued->issues.push_back(issues);
            return;
        }
        queue_.push_back({{sender, {std::move(operation)}}, {issues}});
    }

    /// The sellers of a sector in the order of the file; the first sells most (Zipf's law).
    [[nodiscard]] const std::string& draw_seller(std::size_t sector) {
        std::vector<std::size_t> shops;
        for (std::size_t i = sector % step_.sellers.size(); i < step_.sellers.size();
             i += k_sectors.size()) {
            shops.push_back(i);
        }
        std::uint64_t weights = 0;
        for (std::size_t rank = 1; rank <= shops.size(); ++rank) weights += 1'000 / rank;
        std::uint64_t drawn = dice_.below(weights);
        for (std::size_t rank = 1; rank < shops.size(); ++rank) {
            if (drawn < 1'000 / rank) return step_.sellers[shops[rank - 1]];
            drawn -= 1'000 / rank;
        }
        return step_.sellers[shops.back()];
    }

    [[nodiscard]] bool per_mille(std::uint64_t share) { return dice_.chance(share * 1'000); }

    void plan() {
        for (std::uint64_t i = 0; i < step_.invoices; ++i) {
            Planned invoice;
            invoice.sector = draw_sector(dice_);
            const Sector& sector = k_sectors[invoice.sector];
            invoice.seller = draw_seller(invoice.sector);
            const std::size_t consumer = dice_.below(step_.consumers.size());
            invoice.holder = step_.consumers[consumer];
            invoice.amount_fen = draw_amount(sector, dice_);
            invoice.tax_fen = tax_of(invoice.amount_fen, sector.rate_on(today_));
            if (per_mille(k_transferred_per_mille)) {
                invoice.buyer = step_.buyers[consumer % step_.buyers.size()];  // the employer
                if (invoice.buyer == invoice.seller) invoice.buyer.clear();
            }
            invoice.booked = !invoice.buyer.empty() && per_mille(k_booked_of_transferred_per_mille);
            invoice.claimed_twice = invoice.booked && per_mille(2 * k_double_claim_per_mille);
            invoice.reversed = per_mille(k_red_per_mille);
            planned_.push_back(std::move(invoice));
        }
        // However few invoices there are, each kind of attempt happens once.
        const auto first_booked = std::find_if(planned_.begin(), planned_.end(),
                                               [](const Planned& p) { return p.booked; });
        if (first_booked != planned_.end()) first_booked->claimed_twice = true;
    }

    void queue_admissions() {
        for (std::size_t i = 0; i < step_.sellers.size(); ++i) {
            const Sector& sector = k_sectors[i % k_sectors.size()];
            json::object quota;
            quota["per_invoice_fen"] = sector.mean_fen * k_quota_means;
            quota["monthly_count"] = 100'000;
            quota["monthly_amount_fen"] = 1'000'000'000'00;
            json::array categories;
            // With few sellers one seller serves several sectors.
            for (std::size_t s = i; s < k_sectors.size(); s += step_.sellers.size()) {
                categories.emplace_back(json::string(k_sectors[s].name));
            }
            if (categories.empty()) categories.emplace_back(json::string(sector.name));
            GeneratedOperation admit{"invoice", "admit", {}, "ok"};
            admit.arguments["enterprise"] = id_of(step_.sellers[i]);
            admit.arguments["categories"] = std::move(categories);
            admit.arguments["quota"] = std::move(quota);
            enqueue(step_.tax_bureau, std::move(admit));
        }
    }

    [[nodiscard]] GeneratedOperation issue(const Planned& invoice, std::int64_t amount_fen,
                                           const std::string& payment) const {
        const Sector& sector = k_sectors[invoice.sector];
        const std::uint32_t rate = sector.rate_on(today_);
        const std::int64_t tax_fen = tax_of(amount_fen, rate);
        json::object line;
        line["name"] = "*" + std::string(sector.name) + "*";
        line["amount_fen"] = amount_fen;
        line["rate_basis_points"] = rate;
        line["tax_fen"] = tax_fen;
        GeneratedOperation operation{"invoice", "issue", {}, "ok"};
        json::object& arguments = operation.arguments;
        arguments["buyer"] = invoice.buyer.empty() ? std::string() : id_of(invoice.buyer);
        arguments["category"] = std::string(sector.name);
        arguments["lines"] = json::array{std::move(line)};
        arguments["total_fen"] = amount_fen + tax_fen;
        arguments["tax_fen"] = tax_fen;
        arguments["payment_reference"] = payment;
        arguments["holder"] = id_of(invoice.holder);
        return operation;
    }

    void queue_issues() {
        std::uint64_t attempts = 0;
        for (std::size_t i = 0; i < planned_.size(); ++i) {
            const Planned& invoice = planned_[i];
            const std::string payment = "PAY-" + std::to_string(i + 1);
            enqueue(invoice.seller, issue(invoice, invoice.amount_fen, payment), i);
            const bool last_chance = attempts == 0 && i + 1 == planned_.size();
            if (!per_mille(k_over_quota_per_mille) && !last_chance) continue;
            ++attempts;
            // Above the quota of whatever sectors this seller serves.
            GeneratedOperation above =
                issue(invoice, 9'500'00 * (k_quota_means + 1), payment + "-ABOVE");
            above.expected = "over_quota_invoice";
            enqueue(invoice.seller, std::move(above));
        }
    }

    [[nodiscard]] static GeneratedOperation about(const Planned& invoice, std::string method) {
        GeneratedOperation operation{"invoice", std::move(method), {}, "ok"};
        operation.arguments["code"] = invoice.code;
        operation.arguments["number"] = invoice.number;
        return operation;
    }

    void queue_transfers() {
        for (const Planned& invoice : planned_) {
            if (invoice.buyer.empty() || invoice.code.empty()) continue;
            GeneratedOperation transfer = about(invoice, "transfer");
            transfer.arguments["to"] = id_of(invoice.buyer);
            enqueue(invoice.holder, std::move(transfer));
        }
    }

    void queue_bookings() {
        for (const Planned& invoice : planned_) {
            if (!invoice.booked || invoice.code.empty()) continue;
            GeneratedOperation lock = about(invoice, "lock");
            lock.arguments["content_digest"] = invoice.content_digest;
            GeneratedOperation again = lock;
            enqueue(invoice.buyer, std::move(lock));
            enqueue(invoice.buyer, about(invoice, "book"));
            if (invoice.claimed_twice) {
                again.expected = "invoice_already_booked";
                enqueue(invoice.buyer, std::move(again));
            }
            if (!invoice.reversed) continue;
            GeneratedOperation agreed = about(invoice, "confirm_red");
            agreed.arguments["total_fen"] = invoice.amount_fen + invoice.tax_fen;
            enqueue(invoice.buyer, std::move(agreed));
        }
    }

    void queue_reversals() {
        for (const Planned& invoice : planned_) {
            if (!invoice.reversed || invoice.code.empty()) continue;
            GeneratedOperation red = about(invoice, "red_letter");
            red.arguments["lines"] = json::array{};  // all
            red.arguments["reason"] = "return";
            enqueue(invoice.seller, std::move(red));
        }
    }

    void queue_stage() {
        ++stage_;
        if (stage_ == 1) queue_issues();
        if (stage_ == 2) queue_transfers();
        if (stage_ == 3) queue_bookings();
        if (stage_ == 4) queue_reversals();
    }

    const Scenario& scenario_;
    const GenerateStep& step_;
    const std::string today_;
    SimulatedRandom dice_;
    std::vector<Planned> planned_;
    std::deque<Queued> queue_;
    Queued current_;
    int stage_ = 0;  ///< stages whose transactions were queued: admissions are 0
};

}  // namespace

std::unique_ptr<Generator> make_shenzhen_day(const Scenario& scenario, const GenerateStep& step,
                                             const std::string& today) {
    return std::make_unique<ShenzhenDay>(scenario, step, today);
}

}  // namespace cityledger::sim
