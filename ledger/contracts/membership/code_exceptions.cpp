#include "ledger/contracts/membership/code_exceptions.hpp"

#include "ledger/contracts/closed_words.hpp"
#include "ledger/contracts/membership/readers.hpp"
#include "ledger/contracts/values/uscc.hpp"

namespace cityledger::ledger::membership {
namespace {

std::string exception_key(const std::string& id) { return "membership/code_exception/" + id; }

Result<Nothing> except_code(Context& context, const CodeArguments& arguments) {
    if (const auto status = require_role(context, Role::tax_bureau); !status) {
        return propagate(status);
    }
    const std::string& id = arguments.id;
    const Status checked = check_enterprise_id(id);
    if (checked) return refuse(codes::code_exception_not_needed, id);
    // Length, characters and the organisation's own check hold for every code ever given out.
    if (checked.error().code != codes::uscc_bad_check) return propagate(checked);
    if (context.get(Space::business, exception_key(id))) {
        return refuse(codes::code_exception_exists, id);
    }
    context.store(exception_key(id), CodeException{id, context.sender()});
    context.emit("membership.code_excepted", id);
    return Nothing{};
}

Result<CodeException> query_code_exception(Context& context, const CodeArguments& arguments) {
    const auto exception = context.load<CodeException>(exception_key(arguments.id));
    if (!exception) return tl::unexpected<Error>(not_found(arguments.id));
    return *exception;
}

}  // namespace

Status check_enterprise(Context& context, const std::string& id) {
    const Status checked = check_enterprise_id(id);
    if (checked || checked.error().code != codes::uscc_bad_check) return checked;
    if (context.get(Space::business, exception_key(id))) return {};
    return checked;
}

Method except_code_operation() {
    return make_closed_method("except_code",
                              "The tax bureau registers a genuine code whose last character fails "
                              "the check.",
                              except_code);
}

Method code_exception_query() {
    return make_query("code_exception", "Who registered a code that fails the check as genuine.",
                      members(), query_code_exception);
}

}  // namespace cityledger::ledger::membership
