#include "node/io/http/api_constants.hpp"

#include "node/api/openapi.hpp"
#include "node/io/http/api_arguments.hpp"
#include "node/io/http/page.hpp"

namespace cityledger::io {
namespace {

HttpResponse json_text(std::string text) {
    HttpResponse response;
    response.body = std::move(text);
    return response;
}

HttpResponse json_value(const boost::json::value& value) {
    return json_text(ledger::compact_json(value));
}

}  // namespace

ConstantAnswers::ConstantAnswers(const ledger::ContractRegistry& registry,
                                 const ledger::Genesis& of_chain)
    : contracts(json_value(describe_contracts(registry))),
      codes(json_value(describe_codes())),
      openapi(json_value(api::openapi_document(registry))),
      genesis(json_text(ledger::genesis_to_text(of_chain))),
      page(page_response()) {}

}  // namespace cityledger::io
