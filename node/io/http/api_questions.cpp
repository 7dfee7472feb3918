#include "node/io/http/api_questions.hpp"

#include "node/io/http/api_arguments.hpp"

namespace cityledger::io {
namespace {

/// What a limited query asks about, of arguments that are as they should be.
std::string subject_of(const ledger::Method& method, const boost::json::object& arguments) {
    std::string subject;
    for (const std::string& name : method.limited_by) {
        subject += (subject.empty() ? "" : "/") + std::string(arguments.at(name).get_string());
    }
    return subject;
}

}  // namespace

Result<boost::json::value> Questions::answer(const std::string& contract, const std::string& query,
                                             const HttpRequest& request) {
    const auto found = contracts_.query(contract, query);
    if (!found) return propagate(found);
    const ledger::Method& method = **found;
    const auto json = request.method == "POST" ? ledger::parse_json(request.body)
                                               : arguments_from_query(method, request);
    if (!json) return propagate(json);
    const auto arguments = method.arguments_from_json(*json);
    if (!arguments) return propagate(arguments);
    if (!method.limited_by.empty()) {
        const Status admitted = verify_limits_.admit(
            request.caller, subject_of(method, json->get_object()), scheduler_.now_ms());
        if (!admitted) return propagate(admitted);
    }
    const auto asker = asker_of(request, {contract, method.name, *arguments});
    if (!asker) return propagate(asker);
    const auto result =
        ledger::run_query(contracts_, backend_.state(), contract, method.name, *arguments, *asker);
    if (!result) return propagate(result);
    return method.result_to_json(*result);
}

Result<ledger::MemberId> Questions::asker_of(const HttpRequest& request,
                                             const ledger::ReadQuestion& question) {
    if (request.authorization.empty()) return ledger::MemberId();
    const auto pass = read_pass_of(request.authorization);
    if (!pass) return propagate(pass);
    const std::uint64_t now_ms = backend_.wall_clock_ms();
    const Status timely = ReadAskers::check_window(*pass, backend_.node_name(), now_ms);
    if (!timely) return propagate(timely);
    budget_.charge(request.caller, k_read_pass_bytes, scheduler_.now_ms());
    const Status good = ledger::check_read_pass(backend_.state(), chain_, question, *pass);
    if (!good) return propagate(good);
    // Last, so that nobody but the member can fill its place.
    const Status taken = askers_.take(*pass, now_ms);
    if (!taken) return propagate(taken);
    return pass->member;
}

}  // namespace cityledger::io
