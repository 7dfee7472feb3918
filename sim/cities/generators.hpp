#pragma once
// Transactions drawn from a seed. A generator hands out one transaction at a time and is told what
// became of it, since later ones need what the chain gave (numbers of invoices).

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace cityledger::sim {

struct GeneratedOperation {
    std::string contract;
    std::string method;
    boost::json::object arguments;
    std::string expected = "ok";  ///< or the name of the refusal
};

struct GeneratedTransaction {
    std::string sender;  ///< name of an actor
    std::vector<GeneratedOperation> operations;
};

/// What became of a generated operation; `arguments` are complete, with what the runner filled in.
struct GeneratedOutcome {
    std::string code_name;
    boost::json::object arguments;
    boost::json::value result;
};

class Generator {
public:
    virtual ~Generator() = default;
    /// The next transaction, or nothing when all is done.
    [[nodiscard]] virtual std::optional<GeneratedTransaction> next() = 0;
    /// One outcome per operation of the transaction handed out last.
    virtual void tell(const std::vector<GeneratedOutcome>& outcomes) = 0;
};

/// A day of invoices in Shenzhen: eight sectors in their shares, 60 % transferred to an employer,
/// 50 % booked, 3 % reversed, some double claims and invoices above the quota. `today` is the
/// chain's business day, which decides on the tax rates.
[[nodiscard]] std::unique_ptr<Generator> make_shenzhen_day(const Scenario& scenario,
                                                           const GenerateStep& step,
                                                           const std::string& today);

/// The first fifteen months of the chain (2018-08-10 to 2019-10-30), with `step.invoices` for the
/// ten million and all sellers for the 7,600 enterprises. Closes the days; a service provider of
/// the scenario signs for merchants and consumers by their mandates.
[[nodiscard]] std::unique_ptr<Generator> make_shenzhen_history(const Scenario& scenario,
                                                               const GenerateStep& step);

}  // namespace cityledger::sim
