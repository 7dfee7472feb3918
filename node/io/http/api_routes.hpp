#pragma once
// The resources of the HTTP API: docs/api.md. Knows no sockets.

#include <memory>

#include "ledger/contract.hpp"
#include "ledger/read_pass.hpp"
#include "node/io/http/api_backend.hpp"
#include "node/io/http/http_limits.hpp"
#include "node/io/http/http_message.hpp"
#include "node/io/http/read_budget.hpp"

namespace cityledger::io {

class ApiRoutes {
public:
    /// All three must outlive the routes and every request. GET /metrics adds the counters of the
    /// server before the routes, if there is one.
    ApiRoutes(ApiBackend& backend, const ledger::ContractRegistry& contracts,
              node::Scheduler& scheduler, std::function<node::Counters()> server_counters = {});
    ~ApiRoutes();

    /// Answers one request, at once or later. Every answer carries X-Executed-Height.
    void handle(const HttpRequest& request, HttpRespond respond);
    /// Refuses a request whose body its resource would not take (http_wrong_media_type), by its
    /// head alone.
    [[nodiscard]] Status judge_head(const HttpRequest& request) const;
    /// From which the routes take; for others who answer the same addresses.
    [[nodiscard]] ReadBudget& read_budget();
    /// The member that has signed this question; empty if nobody has. No pass is taken twice, here
    /// and by the routes. Errors as of read_codes.hpp.
    [[nodiscard]] Result<ledger::MemberId> asker_of(const HttpRequest& request,
                                                    const ledger::ReadQuestion& question);
    /// A block was executed and its state is readable.
    void on_executed(std::uint64_t height);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace cityledger::io
