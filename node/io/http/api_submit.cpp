#include "node/io/http/api_submit.hpp"

#include <map>

#include "node/io/http/api_arguments.hpp"

namespace cityledger::io {
namespace {

/// One submission that waits for its receipt or its time.
struct Waiting {
    HttpRespond respond;
    std::uint64_t receipt = 0;
    node::Scheduler::TimerId timer = 0;
};

void wait_for_receipt(ApiBackend& backend, node::Scheduler& scheduler,
                      std::shared_ptr<const ledger::Transaction> transaction, const Digest& id,
                      std::uint64_t wait_ms, HttpRespond respond) {
    const auto waiting = std::make_shared<Waiting>();
    waiting->respond = std::move(respond);
    waiting->receipt = backend.on_receipt(
        id, [waiting, id, transaction, &scheduler](const ledger::StoredReceipt& stored) {
            scheduler.cancel(waiting->timer);
            waiting->respond(json_response(
                api::SubmitView{id, "executed", api::receipt_view(stored, transaction.get())}));
        });
    waiting->timer = scheduler.after(wait_ms, [waiting, id, &backend] {
        backend.forget_receipt(waiting->receipt);
        waiting->respond(json_response(api::SubmitView{id, "unknown", std::nullopt}));
    });
}

/// The code that a receipt comes down to: of the whole, else of its first refused operation.
std::uint16_t first_code(const api::ReceiptView& receipt, std::string& name, std::string& detail) {
    name = receipt.code_name;
    detail = receipt.detail;
    if (receipt.code != 0) return receipt.code;
    for (const api::OperationView& operation : receipt.operations) {
        if (operation.code == 0) continue;
        name = operation.code_name;
        detail = operation.detail;
        return operation.code;
    }
    return 0;
}

/// A body of many transactions on its way: first all are admitted or refused, then, if the client
/// waits, all admitted ones are executed or the time is over.
class ManySubmission : public std::enable_shared_from_this<ManySubmission> {
public:
    ManySubmission(ApiBackend& backend, node::Scheduler& scheduler, std::uint64_t wait_ms,
                   HttpRespond respond)
        : backend_(backend),
          scheduler_(scheduler),
          wait_ms_(wait_ms),
          respond_(std::move(respond)) {}

    void start(const std::vector<ByteView>& items) {
        view_.outcomes.resize(items.size());
        open_ = items.size() + 1;  // one for this call, so that nothing ends before all began
        if (wait_ms_ > 0) {
            timer_ = scheduler_.after(wait_ms_, [self = shared_from_this()] { self->finish(); });
        }
        for (std::size_t i = 0; i < items.size(); ++i) submit(i, items[i]);
        close_one();
    }

private:
    void submit(std::size_t index, ByteView bytes) {
        auto transaction = ledger::decode<ledger::Transaction>(bytes);
        if (!transaction) return refuse_item(index, transaction.error());
        backend_.submit(std::make_shared<const ledger::Transaction>(*std::move(transaction)),
                        [self = shared_from_this(), index](const Result<Digest>& admitted) {
                            self->on_admitted(index, admitted);
                        });
    }

    void on_admitted(std::size_t index, const Result<Digest>& admitted) {
        if (finished_) return;
        if (!admitted) return refuse_item(index, admitted.error());
        api::BatchOutcome& outcome = view_.outcomes[index];
        outcome.transaction = *admitted;
        outcome.outcome = wait_ms_ == 0 ? "accepted" : "unknown";
        if (wait_ms_ == 0) return close_one();
        receipts_[index] = backend_.on_receipt(
            *admitted, [self = shared_from_this(), index](const ledger::StoredReceipt& stored) {
                self->on_executed(index, stored);
            });
    }

    void on_executed(std::size_t index, const ledger::StoredReceipt& stored) {
        receipts_.erase(index);
        api::BatchOutcome& outcome = view_.outcomes[index];
        outcome.outcome = "executed";
        outcome.height = stored.receipt.height;
        outcome.code =
            first_code(api::receipt_view(stored, nullptr), outcome.code_name, outcome.detail);
        close_one();
    }

    void refuse_item(std::size_t index, const Error& error) {
        api::BatchOutcome& outcome = view_.outcomes[index];
        outcome.outcome = "refused";
        outcome.code = error.code.number;
        outcome.code_name = std::string(error.code.name);
        outcome.detail = error.detail;
        close_one();
    }

    void close_one() {
        if (--open_ == 0) finish();
    }

    void finish() {
        if (finished_) return;
        finished_ = true;
        scheduler_.cancel(timer_);
        for (const auto& [index, handle] : receipts_) backend_.forget_receipt(handle);
        for (api::BatchOutcome& outcome : view_.outcomes) {
            if (outcome.outcome.empty()) outcome.outcome = "unknown";
        }
        respond_(json_response(view_));
    }

    ApiBackend& backend_;
    node::Scheduler& scheduler_;
    std::uint64_t wait_ms_;
    HttpRespond respond_;
    api::BatchSubmitView view_;
    std::map<std::size_t, std::uint64_t> receipts_;
    std::size_t open_ = 0;
    node::Scheduler::TimerId timer_ = 0;
    bool finished_ = false;
};

Result<std::vector<ByteView>> split_items(const std::string& body) {
    constexpr std::size_t k_length_bytes = 4;
    std::vector<ByteView> items;
    ByteView rest = as_bytes(body);
    while (!rest.empty()) {
        std::size_t size = 0;
        const bool has_length = rest.size() >= k_length_bytes;
        for (std::size_t i = k_length_bytes; has_length && i-- > 0;) size = (size << 8) | rest[i];
        if (!has_length || rest.size() - k_length_bytes < size) {
            return tl::unexpected<Error>(wrong_parameter("the body ends within a transaction"));
        }
        items.push_back(rest.subspan(k_length_bytes, size));
        rest = rest.subspan(k_length_bytes + size);
    }
    if (items.empty() || items.size() > ledger::k_max_transactions_per_batch) {
        return tl::unexpected<Error>(wrong_parameter("the body must hold 1 to 4096 transactions"));
    }
    return items;
}

}  // namespace

void submit_one(ApiBackend& backend, node::Scheduler& scheduler, const std::string& body,
                std::uint64_t wait_ms, HttpRespond respond) {
    auto decoded = ledger::decode<ledger::Transaction>(as_bytes(body));
    if (!decoded) return respond(error_response(decoded.error()));
    const auto transaction = std::make_shared<const ledger::Transaction>(*std::move(decoded));
    backend.submit(transaction, [&backend, &scheduler, transaction, wait_ms,
                                 respond](const Result<Digest>& admitted) {
        if (!admitted) return respond(error_response(admitted.error()));
        if (wait_ms == 0) {
            return respond(json_response(api::SubmitView{*admitted, "accepted", std::nullopt}));
        }
        wait_for_receipt(backend, scheduler, transaction, *admitted, wait_ms, respond);
    });
}

void submit_many(ApiBackend& backend, node::Scheduler& scheduler, const std::string& body,
                 std::uint64_t wait_ms, HttpRespond respond) {
    const auto items = split_items(body);
    if (!items) return respond(error_response(items.error()));
    std::make_shared<ManySubmission>(backend, scheduler, wait_ms, std::move(respond))
        ->start(*items);
}

}  // namespace cityledger::io
