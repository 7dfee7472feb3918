// The first fifteen months of Shenzhen's chain, day by day, at a size of choice: 10 August 2018 to
// 30 October 2019, four merchants growing to 7,600 enterprises and ten million invoices. The dates,
// counts and sums of money are those that were published; between them the growth is drawn smooth,
// with quiet weekends and busy ends of months. In each sector the first shop sells most (Zipf).

#include <algorithm>
#include <array>
#include <deque>

#include "sim/cities/generators.hpp"
#include "sim/cities/generators_sectors.hpp"
#include "sim/cities/history_days.hpp"

namespace cityledger::sim {

namespace {

namespace json = boost::json;

constexpr std::string_view k_transport_joins = "2019-03-18";  // metro and taxis

constexpr std::uint64_t k_transferred_per_mille = 600;
constexpr std::uint64_t k_booked_of_transferred_per_mille = 833;  // 50 % of all
constexpr std::uint64_t k_red_per_mille = 30;
constexpr std::uint64_t k_double_claim_per_mille = 1;
constexpr std::uint64_t k_over_quota_per_mille = 2;
constexpr std::size_t k_bundle_operations = 50;
constexpr std::size_t k_days_between_bookings = 7;
constexpr std::int64_t k_quota_means = 20;
constexpr std::int64_t k_first_invoice_fen = 186'79;  // 198 yuan with its tax
constexpr std::size_t k_parking = 0;
constexpr std::size_t k_catering = 1;
constexpr std::size_t k_transport = 3;
/// The third of the first merchants; no sector of its own afterwards.
constexpr std::size_t k_repair = k_sectors.size();
constexpr Sector k_repair_shop = {"repair", 0, 450'00, 1300};

/// The revolving restaurant, a car park, a car repair shop, a coffee shop; then all sectors in
/// turn.
std::size_t sector_of(std::size_t seller) {
    constexpr std::array<std::size_t, k_first_merchants> k_first = {k_catering, k_parking, k_repair,
                                                                    k_catering};
    return seller < k_first.size() ? k_first[seller] : seller % k_sectors.size();
}

const Sector& sector_at(std::size_t index) {
    return index == k_repair ? k_repair_shop : k_sectors[index];
}

/// An invoice from its issue to the week in which its buyer looks at it.
struct Sold {
    std::size_t sector = 0;
    std::string seller;
    std::string buyer;  ///< empty: a natural person
    std::string holder;
    std::int64_t amount_fen = 0;
    std::int64_t tax_fen = 0;
    std::string code;
    std::string number;
    std::string content_digest;
};

class ShenzhenHistory : public Generator {
public:
    ShenzhenHistory(const Scenario& scenario, const GenerateStep& step)
        : scenario_(scenario),
          step_(step),
          dice_(SimulatedRandom(scenario.seed).fork("shenzhen_history")),
          days_(history_days()) {
        for (const Actor& actor : scenario.actors) {
            const auto has = [&actor](std::string_view role) {
                return std::find(actor.roles.begin(), actor.roles.end(), role) != actor.roles.end();
            };
            if (has("service_provider") && provider_.empty()) provider_ = actor.name;
            if (has("calendar_countersigner") && countersigner_.empty()) {
                countersigner_ = actor.name;
            }
        }
    }

    std::optional<GeneratedTransaction> next() override {
        while (queue_.empty() && day_ < days_.size()) queue_stage();
        if (queue_.empty()) return std::nullopt;
        current_ = std::move(queue_.front());
        queue_.pop_front();
        return current_.transaction;
    }

    void tell(const std::vector<GeneratedOutcome>& outcomes) override {
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            const json::value& result = outcomes[i].result;
            if (current_.first_issue == k_no_issue || !result.is_object()) continue;
            Sold& sold = today_[current_.first_issue + i];
            sold.code = std::string(result.get_object().at("code").as_string());
            sold.number = std::string(result.get_object().at("number").as_string());
            sold.content_digest =
                std::string(outcomes[i].arguments.at("content_digest").as_string());
        }
    }

private:
    static constexpr std::size_t k_no_issue = static_cast<std::size_t>(-1);

    /// A transaction; if it issues, the index of its first invoice among today's.
    struct Queued {
        GeneratedTransaction transaction;
        std::size_t first_issue = k_no_issue;
    };

    [[nodiscard]] const std::string& id_of(const std::string& name) const {
        return scenario_.find_actor(name)->id;
    }
    [[nodiscard]] bool per_mille(std::uint64_t share) { return dice_.chance(share * 1'000); }
    /// The published sums at the size of this scenario; something from the first day on.
    [[nodiscard]] std::uint64_t invoices_by(std::size_t day) const {
        return std::max<std::uint64_t>(
            1, days_[day].invoices * step_.invoices / days_.back().invoices);
    }
    [[nodiscard]] std::size_t sellers_by(std::size_t day) const {
        const std::uint64_t share =
            days_[day].enterprises * step_.sellers.size() / days_.back().enterprises;
        return std::min<std::size_t>(step_.sellers.size(),
                                     std::max<std::uint64_t>(k_first_merchants, share));
    }

    /// Adds to the last transaction if it is this sender's and has room.
    void enqueue(const std::string& sender, GeneratedOperation operation,
                 std::size_t issue = k_no_issue) {
        if (!queue_.empty()) {
            Queued& last = queue_.back();
            auto& operations = last.transaction.operations;
            const bool same_kind = (last.first_issue == k_no_issue) == (issue == k_no_issue);
            if (last.transaction.sender == sender && same_kind &&
                operations.size() < k_bundle_operations) {
                operations.push_back(std::move(operation));
                return;
            }
        }
        queue_.push_back({{sender, {std::move(operation)}}, issue});
    }

    /// The stages of a day; each needs what the ledger answered to the one before.
    void queue_stage() {
        switch (stage_++) {
            case 0: return queue_newcomers();
            case 1: return queue_issues();
            case 2: return queue_transfers();
            case 3: return queue_bookings();
            default: break;
        }
        stage_ = 0;
        if (++day_ < days_.size()) queue_close();
    }

    void queue_mandate(const std::string& sender) {
        GeneratedOperation mandate{"invoice", "mandate", {}, "ok"};
        mandate.arguments["provider"] = id_of(provider_);
        enqueue(sender, std::move(mandate));
    }

    void queue_newcomers() {
        const std::size_t joined = sellers_by(day_);
        for (std::size_t i = joined_; i < joined; ++i) {
            const Sector& sector = sector_at(sector_of(i));
            shops_[sector_of(i)].push_back(i);
            GeneratedOperation admit{"invoice", "admit", {}, "ok"};
            admit.arguments["enterprise"] = id_of(step_.sellers[i]);
            admit.arguments["categories"] = json::array{json::string(sector.name)};
            admit.arguments["quota"] = {{"per_invoice_fen", sector.mean_fen * k_quota_means},
                                        {"monthly_count", 10'000'000},
                                        {"monthly_amount_fen", 1'000'000'000'000'00}};
            enqueue(step_.tax_bureau, std::move(admit));
        }
        for (std::size_t i = joined_; i < joined; ++i) queue_mandate(step_.sellers[i]);
        if (day_ == 0) {
            for (const std::string& consumer : step_.consumers) queue_mandate(consumer);
        }
        joined_ = joined;
    }

    /// A seller of the sector; while the sector has none, one of the first merchants.
    [[nodiscard]] std::size_t draw_seller(std::size_t sector) {
        const std::vector<std::size_t>& shops = shops_[sector];
        if (shops.empty()) return dice_.below(k_first_merchants);
        std::uint64_t weights = 0;
        for (std::size_t rank = 1; rank <= shops.size(); ++rank) weights += 1'000'000 / rank;
        std::uint64_t drawn = dice_.below(weights);
        for (std::size_t rank = 1; rank < shops.size(); ++rank) {
            if (drawn < 1'000'000 / rank) return shops[rank - 1];
            drawn -= 1'000'000 / rank;
        }
        return shops.back();
    }

    [[nodiscard]] bool has_transport() const { return days_[day_].date >= k_transport_joins; }

    [[nodiscard]] std::size_t draw_open_sector() {
        std::size_t sector = draw_sector(dice_);
        while (sector == k_transport && !has_transport()) sector = draw_sector(dice_);
        return sector;
    }

    [[nodiscard]] std::int64_t mean_with_tax(std::size_t sector) const {
        const Sector& of = sector_at(sector);
        return of.mean_fen + tax_of(of.mean_fen, of.rate_on(days_[day_].date));
    }

    /// An amount of the sector, so that the mean of all invoices is that of the day.
    [[nodiscard]] std::int64_t draw_amount_of_day(const Sector& sector) {
        std::int64_t first_merchants = 0;
        for (std::size_t i = 0; i < k_first_merchants; ++i) {
            first_merchants += mean_with_tax(sector_of(i)) / std::int64_t{k_first_merchants};
        }
        std::int64_t shares = 0;
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < k_sectors.size(); ++i) {
            if (i == k_transport && !has_transport()) continue;
            const auto share = static_cast<std::int64_t>(k_sectors[i].per_mille);
            shares += share;
            sum += share * (shops_[i].empty() ? first_merchants : mean_with_tax(i));
        }
        return std::max<std::int64_t>(
            1, draw_amount(sector, dice_) * days_[day_].mean_fen * shares / sum);
    }

    [[nodiscard]] Sold draw_sale() {
        Sold sold;
        const std::size_t seller = issued_ == 0 ? 0 : draw_seller(draw_open_sector());
        sold.sector = sector_of(seller);
        const Sector& sector = sector_at(sold.sector);
        sold.seller = step_.sellers[seller];
        const std::size_t consumer = dice_.below(step_.consumers.size());
        sold.holder = step_.consumers[consumer];
        sold.amount_fen = issued_ == 0 ? k_first_invoice_fen : draw_amount_of_day(sector);
        sold.tax_fen = tax_of(sold.amount_fen, sector.rate_on(days_[day_].date));
        if (per_mille(k_transferred_per_mille)) {
            sold.buyer = step_.buyers[consumer % step_.buyers.size()];  // the employer
            if (sold.buyer == sold.seller) sold.buyer.clear();
        }
        return sold;
    }

    void queue_issues() {
        today_.clear();
        for (; issued_ < invoices_by(day_); ++issued_) {
            const std::size_t index = today_.size();
            today_.push_back(draw_sale());
            const Sold sold = today_.back();
            const std::string payment = "PAY-" + std::to_string(issued_ + 1);
            enqueue(provider_, issue(sold, payment), index);
            if (!per_mille(k_over_quota_per_mille)) continue;
            Sold above = sold;
            const Sector& sector = sector_at(sold.sector);
            above.amount_fen = sector.mean_fen * (k_quota_means + 1);
            above.tax_fen = tax_of(above.amount_fen, sector.rate_on(days_[day_].date));
            GeneratedOperation attempt = issue(above, payment + "-ABOVE");
            attempt.expected = "over_quota_invoice";
            enqueue(provider_, std::move(attempt));
        }
    }

    [[nodiscard]] GeneratedOperation issue(const Sold& sold, const std::string& payment) const {
        const Sector& sector = sector_at(sold.sector);
        GeneratedOperation operation{"invoice", "issue", {}, "ok"};
        json::object& arguments = operation.arguments;
        arguments["principal"] = id_of(sold.seller);
        arguments["buyer"] = sold.buyer.empty() ? std::string() : id_of(sold.buyer);
        arguments["category"] = std::string(sector.name);
        arguments["lines"] = json::array{{{"name", "*" + std::string(sector.name) + "*"},
                                          {"amount_fen", sold.amount_fen},
                                          {"rate_basis_points", sector.rate_on(days_[day_].date)},
                                          {"tax_fen", sold.tax_fen}}};
        arguments["total_fen"] = sold.amount_fen + sold.tax_fen;
        arguments["tax_fen"] = sold.tax_fen;
        arguments["payment_reference"] = payment;
        arguments["holder"] = id_of(sold.holder);
        return operation;
    }

    [[nodiscard]] static GeneratedOperation about(const Sold& sold, std::string method) {
        GeneratedOperation operation{"invoice", std::move(method), {}, "ok"};
        operation.arguments["code"] = sold.code;
        operation.arguments["number"] = sold.number;
        return operation;
    }

    void queue_transfers() {
        for (const Sold& sold : today_) {
            if (!sold.code.empty() && !sold.buyer.empty()) {
                GeneratedOperation transfer = about(sold, "transfer");
                transfer.arguments["principal"] = id_of(sold.holder);
                transfer.arguments["to"] = id_of(sold.buyer);
                enqueue(provider_, std::move(transfer));
            }
            if (!sold.code.empty()) waiting_.push_back(sold);
        }
    }

    /// Once a week, and at the end: the accountants book, the sellers take back.
    void queue_bookings() {
        const bool last_day = day_ + 1 == days_.size();
        if (day_ % k_days_between_bookings != 0 && !last_day) return;
        std::stable_sort(waiting_.begin(), waiting_.end(),
                         [](const Sold& a, const Sold& b) { return a.buyer < b.buyer; });
        std::vector<GeneratedOperation> reversals;
        for (const Sold& sold : waiting_) {
            const bool booked = !sold.buyer.empty() && per_mille(k_booked_of_transferred_per_mille);
            const bool reversed = per_mille(k_red_per_mille);
            if (booked) {
                GeneratedOperation lock = about(sold, "lock");
                lock.arguments["content_digest"] = sold.content_digest;
                GeneratedOperation again = lock;
                enqueue(sold.buyer, std::move(lock));
                enqueue(sold.buyer, about(sold, "book"));
                if (per_mille(2 * k_double_claim_per_mille)) {  // half of all are booked
                    again.expected = "invoice_already_booked";
                    enqueue(sold.buyer, std::move(again));
                }
                if (reversed) {
                    GeneratedOperation agreed = about(sold, "confirm_red");
                    agreed.arguments["total_fen"] = sold.amount_fen + sold.tax_fen;
                    enqueue(sold.buyer, std::move(agreed));
                }
            }
            if (!reversed) continue;
            reversals.push_back(about(sold, "red_letter"));
            json::object& arguments = reversals.back().arguments;
            arguments["principal"] = id_of(sold.seller);
            arguments["lines"] = json::array{};  // all
            arguments["reason"] = "return";
        }
        for (GeneratedOperation& reversal : reversals) enqueue(provider_, std::move(reversal));
        waiting_.clear();
    }

    void queue_close() {
        for (const auto& [sender, method] : {std::pair{step_.tax_bureau, "propose_close"},
                                             std::pair{countersigner_, "countersign_close"}}) {
            GeneratedOperation close{"calendar", method, {}, "ok"};
            close.arguments["date"] = days_[day_ - 1].date;
            queue_.push_back({{sender, {std::move(close)}}, k_no_issue});
        }
    }

    const Scenario& scenario_;
    const GenerateStep& step_;
    SimulatedRandom dice_;
    std::vector<HistoryDay> days_;
    std::array<std::vector<std::size_t>, k_sectors.size() + 1> shops_;  ///< sellers by sector
    std::string provider_;
    std::string countersigner_;
    std::size_t day_ = 0;
    int stage_ = 0;
    std::size_t joined_ = 0;    ///< sellers so far
    std::uint64_t issued_ = 0;  ///< invoices so far
    std::vector<Sold> today_;
    std::vector<Sold> waiting_;  ///< issued since the last booking
    std::deque<Queued> queue_;
    Queued current_;
};

}  // namespace

std::unique_ptr<Generator> make_shenzhen_history(const Scenario& scenario,
                                                 const GenerateStep& step) {
    return std::make_unique<ShenzhenHistory>(scenario, step);
}

}  // namespace cityledger::sim
