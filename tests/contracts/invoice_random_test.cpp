#include <random>
#include <set>

#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace invoice;
using namespace testing;
using testing::issue;
using testing::transfer;

/// Counts everything again from the records.
Statistics recounted(const City& city) {
    Statistics totals;
    const auto& entries = city.context.spaces.at(Space::business);
    constexpr std::string_view prefix = "invoice/record/";
    for (auto it = entries.lower_bound(prefix); it != entries.end(); ++it) {
        if (!it->first.starts_with(prefix)) break;
        const auto record = Context::decode_record<Invoice>(it->second);
        if (record.status == InvoiceStatus::red_letter) {
            ++totals.red_letter_count;
            totals.red_fen -= record.content.total_fen;
            continue;
        }
        const std::int64_t left = record.content.total_fen - record.red_total_fen;
        CHECK(left >= 0);
        ++totals.issued_count;
        totals.issued_fen += record.content.total_fen;
        (record.booked ? totals.booked_fen : totals.outstanding_fen) += left;
        if (left == 0) {
            ++totals.red_count;
        } else {
            ++(record.booked ? totals.booked_count : totals.outstanding_count);
        }
    }
    return totals;
}

/// A random walk over the operations of a few invoices.
class Walk {
public:
    explicit Walk(std::uint32_t seed) : random_(seed), city_(admitted_shenzhen()) {}

    void step() {
        if (made_.empty() || pick(5) == 0) {
            const auto fen = static_cast<std::int64_t>(1 + pick(500));
            const auto made = issue(city_, untaxed("P" + std::to_string(pick(40)), fen));
            if (made) made_.push_back(*made);
            return;
        }
        const IssueResult& target = made_[pick(made_.size())];
        const MemberId members[] = {k_seller, k_buyer, k_other, k_consumer};
        const MemberId& anybody = members[pick(4)];
        switch (pick(7)) {
            case 0: (void)lock(city_, target, k_buyer); break;
            case 1: (void)act(city_, "unlock", target, anybody); break;
            case 2: book(target); break;
            case 3:
                (void)confirm_red(city_, target, static_cast<std::int64_t>(1 + pick(300)));
                break;
            case 4: (void)transfer(city_, target, anybody, members[pick(4)]); break;
            case 5: reverse(target, static_cast<std::int64_t>(1 + pick(300))); break;
            default: reverse(target, left_of(target)); break;
        }
    }

    void check() {
        CHECK(statistics(city_) == recounted(city_));
        const auto usage =
            city_.ask<QuotaResult>("invoice", "quota", QuotaArguments{k_seller, "2018-08"});
        REQUIRE(usage);
        const Statistics totals = statistics(city_);
        CHECK(usage->used.count == totals.issued_count - totals.red_count);
    }

private:
    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
    }
    std::int64_t left_of(const IssueResult& target) {
        const Invoice record = read_invoice(city_, target);
        return std::abs(record.content.total_fen) - record.red_total_fen;
    }
    void reverse(const IssueResult& target, std::int64_t fen) {
        const auto made = red(city_, target, fen, 0);
        if (made) made_.push_back(*made);
    }
    void book(const IssueResult& target) {
        if (!act(city_, "book", target)) return;
        INFO("booked twice: " << target.number);
        CHECK(booked_.insert(target.number).second);
    }

    std::mt19937 random_;
    City city_;
    std::vector<IssueResult> made_;
    std::set<std::string> booked_;
};

TEST_CASE("whatever is done to invoices: nothing is lost and nothing is booked twice",
          "[invoice][property]") {
    for (std::uint32_t seed = 1; seed <= 8; ++seed) {
        INFO("seed " << seed);
        Walk walk(seed);
        for (int i = 0; i < 300; ++i) {
            walk.step();
            if (i % 50 == 49) walk.check();
        }
    }
}

}  // namespace
}  // namespace cityledger::ledger
