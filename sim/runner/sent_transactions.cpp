#include "sim/runner/sent_transactions.hpp"

#include <algorithm>

#include "sim/scenario/wording.hpp"

namespace cityledger::sim {

void SentTransactions::settle() {
    for (Sent& sent : sent_) {
        if (sent.settled) continue;
        for (const auto& receipt : world_.receipts(sent.id)) {
            if (!receipt) continue;
            sent.settled = true;
            watch_.saw_receipt(receipt->height);
            record_.count(*receipt);
            break;
        }
    }
}

std::size_t SentTransactions::unsettled() const {
    return static_cast<std::size_t>(
        std::count_if(sent_.begin(), sent_.end(), [](const Sent& sent) { return !sent.settled; }));
}

Verdict SentTransactions::all_have_receipts() {
    settle();
    const auto is_missing = [this](const Sent& sent) {
        const auto receipts = world_.receipts(sent.id);
        return receipts.empty() || !std::all_of(receipts.begin(), receipts.end(),
                                                [](const auto& one) { return one.has_value(); });
    };
    const auto missing = std::count_if(sent_.begin(), sent_.end(), is_missing);
    return {!sent_.empty() && missing == 0,
            said("found.lack", {std::to_string(missing), std::to_string(sent_.size())})};
}

}  // namespace cityledger::sim
