#include "ledger/contracts/alerts.hpp"

#include "ledger/contracts/forwarding_context.hpp"

namespace cityledger::ledger {
namespace {

/// Tells the alerts of each event. What they emit themselves is told to nobody.
class AlertingContext final : public ForwardingContext {
public:
    AlertingContext(Context& inner, const std::vector<Alert>& alerts)
        : ForwardingContext(inner), inner_(inner), alerts_(alerts) {}

    void emit(std::string_view name, std::string_view subject) override {
        inner_.emit(name, subject);
        for (const Alert alert : alerts_) alert(inner_, name, subject);
    }

private:
    Context& inner_;
    const std::vector<Alert>& alerts_;
};

}  // namespace

Contract with_alerts(Contract contract, const std::vector<Alert>& alerts) {
    for (Method& method : contract.operations) {
        method.call = [call = std::move(method.call), alerts](Context& context,
                                                              ByteView arguments) -> Result<Bytes> {
            AlertingContext alerting(context, alerts);
            return call(alerting, arguments);
        };
    }
    return contract;
}

}  // namespace cityledger::ledger
