#pragma once
// GET and POST /query/CONTRACT/QUERY: who asks, whether it may, how often, and the answer.

#include "ledger/read_pass.hpp"
#include "node/io/http/api_backend.hpp"
#include "node/io/http/http_message.hpp"
#include "node/io/http/read_askers.hpp"
#include "node/io/http/read_budget.hpp"
#include "node/io/http/verification_budget.hpp"

namespace cityledger::io {

class Questions {
public:
    /// References must outlive it.
    Questions(ApiBackend& backend, const ledger::ContractRegistry& contracts,
              node::Scheduler& scheduler, ReadBudget& budget, const ledger::ChainId& chain)
        : backend_(backend),
          contracts_(contracts),
          scheduler_(scheduler),
          budget_(budget),
          chain_(chain) {}

    [[nodiscard]] Result<boost::json::value> answer(const std::string& contract,
                                                    const std::string& query,
                                                    const HttpRequest& request);
    /// The member that has signed this question; empty if nobody has.
    [[nodiscard]] Result<ledger::MemberId> asker_of(const HttpRequest& request,
                                                    const ledger::ReadQuestion& question);

private:
    ApiBackend& backend_;
    const ledger::ContractRegistry& contracts_;
    node::Scheduler& scheduler_;
    ReadBudget& budget_;
    const ledger::ChainId& chain_;
    VerifyLimits verify_limits_;
    ReadAskers askers_;
};

}  // namespace cityledger::io
