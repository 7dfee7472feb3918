#include "node/io/http/api_routes.hpp"

#include <algorithm>
#include <limits>

#include "node/io/http/api_arguments.hpp"
#include "node/io/http/api_receipts.hpp"
#include "node/io/http/api_submit.hpp"
#include "node/io/http/metrics.hpp"
#include "node/io/http/verification_budget.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

constexpr std::uint64_t k_any_number = std::numeric_limits<std::uint64_t>::max();

std::vector<std::string> split_path(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t begin = 1; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        parts.push_back(path.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

HttpResponse json_value(const boost::json::value& value) {
    HttpResponse response;
    response.body = ledger::compact_json(value);
    return response;
}

template <class T>
HttpResponse or_error(const Result<T>& result, HttpResponse (*write)(const T&)) {
    return result ? write(*result) : error_response(result.error());
}

Result<Digest> digest_of(const std::string& text) {
    const auto digest = digest_from_hex(text);
    if (!digest) return tl::unexpected<Error>(wrong_parameter("the id is not 64 hex digits"));
    return *digest;
}

/// What a limited query asks about, of arguments that are as they should be.
std::string subject_of(const ledger::Method& method, const boost::json::object& arguments) {
    std::string subject;
    for (const std::string& name : method.limited_by) {
        subject += (subject.empty() ? "" : "/") + std::string(arguments.at(name).get_string());
    }
    return subject;
}

HttpResponse list_codes() {
    boost::json::array list;
    for (const Code& code : api::all_codes()) {
        list.push_back({{"number", code.number},
                        {"name", code.name},
                        {"kind", ledger::to_json(code.kind)},
                        {"meaning", code.meaning},
                        {"remedy", code.remedy}});
    }
    return json_value(boost::json::object{{"codes", std::move(list)}});
}

}  // namespace

class ApiRoutes::Impl {
public:
    Impl(ApiBackend& backend, const ledger::ContractRegistry& contracts, node::Scheduler& scheduler)
        : backend_(backend),
          contracts_(contracts),
          scheduler_(scheduler),
          followers_(backend, scheduler) {}

    void on_executed(std::uint64_t height) { followers_.on_executed(height); }

    void handle(const HttpRequest& request, HttpRespond respond) {
        const auto with_height = [this, respond = std::move(respond)](HttpResponse response) {
            response.headers.emplace_back("X-Executed-Height",
                                          std::to_string(backend_.executed_height()));
            respond(std::move(response));
        };
        const auto parts = split_path(request.path);
        // HEAD is answered as GET is; the server leaves the body out.
        const std::string method = request.method == "HEAD" ? "GET" : request.method;
        std::string allowed;
        for (const Route& route : k_routes) {
            if (!fits(route.path, parts)) continue;
            if (route.method == method) return (this->*route.answer)(request, parts, with_height);
            allowed += route.method == "GET" ? "GET, HEAD, " : "POST, ";
        }
        if (allowed.empty()) return with_height(error_response(no_route(request)));
        HttpResponse response = method == "OPTIONS" ? HttpResponse{204, "", "", {}}
                                                    : error_response(wrong_method(request));
        response.headers.emplace_back("Allow", allowed + "OPTIONS");
        with_height(std::move(response));
    }

private:
    using Parts = std::vector<std::string>;

    /// A resource. "*" stands for one part of a path.
    struct Route {
        std::string_view method;
        std::string_view path;
        void (Impl::*answer)(const HttpRequest&, const Parts&, const HttpRespond&);
    };
    static const std::vector<Route> k_routes;

    static bool fits(std::string_view path, const Parts& parts) {
        const Parts wanted = split_path(std::string(path));
        return wanted.size() == parts.size() &&
               std::equal(wanted.begin(), wanted.end(), parts.begin(),
                          [](const std::string& wish, const std::string& part) {
                              return wish == "*" || wish == part;
                          });
    }

    static Error wrong_method(const HttpRequest& request) {
        return refuse(codes::http_wrong_method, request.method + " " + request.path).value();
    }
    static Error no_route(const HttpRequest& request) {
        return refuse(codes::http_no_route, request.path).value();
    }
    static Error wrong_media_type(const HttpRequest& request, const char* wanted) {
        return refuse(codes::http_wrong_media_type,
                      "'" + request.content_type + "' instead of " + wanted)
            .value();
    }

    /// A route whose answer is known at once.
    template <auto Answer>
    void now(const HttpRequest& request, const Parts& parts, const HttpRespond& respond) {
        respond((this->*Answer)(request, parts));
    }

    HttpResponse health(const HttpRequest&, const Parts&) { return json_value({{"alive", true}}); }
    HttpResponse status(const HttpRequest&, const Parts&) {
        return json_response(backend_.status());
    }
    HttpResponse contracts(const HttpRequest&, const Parts&) {
        return json_value(describe_contracts(contracts_));
    }
    HttpResponse refusal_codes(const HttpRequest&, const Parts&) { return list_codes(); }
    HttpResponse genesis(const HttpRequest&, const Parts&) {
        HttpResponse response;
        response.body = ledger::genesis_to_text(backend_.genesis());
        return response;
    }

    void submit_alone(const HttpRequest& request, const Parts&, const HttpRespond& respond) {
        submit(request, false, respond);
    }
    void submit_together(const HttpRequest& request, const Parts&, const HttpRespond& respond) {
        submit(request, true, respond);
    }

    void submit(const HttpRequest& request, bool many, const HttpRespond& respond) {
        if (!request.content_type.starts_with("application/octet-stream")) {
            return respond(error_response(wrong_media_type(request, "application/octet-stream")));
        }
        const auto wait = number_of("wait", request.parameter("wait").value_or("0"), k_max_wait_ms);
        if (!wait) return respond(error_response(wait.error()));
        (many ? submit_many : submit_one)(backend_, scheduler_, request.body, *wait, respond);
    }

    void follow(const HttpRequest& request, const Parts&, const HttpRespond& respond) {
        const auto from = number_of("from", request.parameter("from").value_or(""), k_any_number);
        if (!from) return respond(error_response(from.error()));
        if (*from == 0) return respond(error_response(wrong_parameter("from: begins at 1")));
        const auto wait = number_of("wait", request.parameter("wait").value_or("0"), k_max_wait_ms);
        if (!wait) return respond(error_response(wait.error()));
        followers_.follow(*from, *wait, respond);
    }

    HttpResponse ready(const HttpRequest&, const Parts&) {
        const auto reason = backend_.unready_because();
        if (reason) return error_response(refuse(codes::node_not_ready, *reason).value());
        return json_value({{"ready", true}});
    }

    HttpResponse metrics(const HttpRequest&, const Parts&) {
        HttpResponse response;
        response.content_type = "text/plain; version=0.0.4";
        response.body =
            metrics_text(backend_.status(), backend_.counters()) + process_metrics_text();
        return response;
    }

    HttpResponse receipt(const HttpRequest&, const Parts& parts) {
        const std::string& text = parts[1];
        const auto id = digest_of(text);
        if (!id) return error_response(id.error());
        const auto stored = ledger::find_receipt(backend_.state(), *id);
        if (!stored) return error_response(refuse(codes::receipt_not_found, text).value());
        const auto transaction = find_transaction(stored->receipt);
        return json_response(api::receipt_view(*stored, transaction ? &*transaction : nullptr));
    }

    /// The transaction of a receipt, from the batches of its block. Receipts are numbered in block
    /// order and skip repeated copies only, so the search begins at the receipt's own number.
    std::optional<ledger::Transaction> find_transaction(const ledger::Receipt& receipt) const {
        const auto block = backend_.final_block(receipt.height);
        if (!block) return std::nullopt;
        std::size_t position = 0;
        for (const Digest& digest : block->block.batches) {
            const auto batch = backend_.batch(digest);
            if (!batch) return std::nullopt;
            for (const ledger::Transaction& transaction : batch->transactions) {
                if (position++ < receipt.index) continue;
                if (ledger::transaction_id(transaction.body) == receipt.transaction) {
                    return transaction;
                }
            }
        }
        return std::nullopt;
    }

    HttpResponse block(const HttpRequest&, const Parts& parts) {
        const std::string& text = parts[1];
        const auto height = number_of("the height", text, k_any_number);
        if (!height) return error_response(height.error());
        const auto found = backend_.final_block(*height);
        if (!found) return error_response(refuse(codes::block_not_found, text).value());
        api::BlockView view{*height, found->digest, found->block, found->finalization, {}};
        for (const Digest& digest : found->block.batches) {
            const auto batch = backend_.batch(digest);
            if (!batch) continue;
            for (const ledger::Transaction& transaction : batch->transactions) {
                view.transactions.push_back(ledger::transaction_id(transaction.body));
            }
        }
        return json_response(view);
    }

    HttpResponse query(const HttpRequest& request, const Parts& parts) {
        const auto described = contracts_.query(parts[1], parts[2]);
        if (!described) return error_response(described.error());
        const auto result = run(parts[1], **described, request);
        return or_error<boost::json::value>(result, json_value);
    }

    Result<boost::json::value> run(const std::string& contract, const ledger::Method& method,
                                   const HttpRequest& request) {
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
        const auto result =
            ledger::run_query(contracts_, backend_.state(), contract, method.name, *arguments);
        if (!result) return propagate(result);
        return method.result_to_json(*result);
    }

    HttpResponse control_links(const HttpRequest& request, const Parts&) {
        const std::string& token = backend_.control_token();
        if (token.empty()) return error_response(refuse(codes::controls_disabled).value());
        // A page of another site may post forms, but neither this header nor this type.
        if (!request.content_type.starts_with("application/json")) {
            return error_response(wrong_media_type(request, "application/json"));
        }
        if (request.authorization != "Bearer " + token) {
            return error_response(refuse(codes::control_token_wrong).value());
        }
        const auto json = ledger::parse_json(request.body);
        const auto control = json ? ledger::from_json<api::LinksControl>(*json)
                                  : Result<api::LinksControl>(propagate(json));
        if (!control) return error_response(control.error());
        const Status done = backend_.set_blocked(control->blocked);
        if (!done) return error_response(done.error());
        return json_response(*control);
    }

    ApiBackend& backend_;
    const ledger::ContractRegistry& contracts_;
    node::Scheduler& scheduler_;
    VerifyLimits verify_limits_;
    ReceiptFollowers followers_;
};

const std::vector<ApiRoutes::Impl::Route> ApiRoutes::Impl::k_routes = {
    {"GET", "/health", &Impl::now<&Impl::health>},
    {"GET", "/ready", &Impl::now<&Impl::ready>},
    {"GET", "/status", &Impl::now<&Impl::status>},
    {"GET", "/metrics", &Impl::now<&Impl::metrics>},
    {"GET", "/contracts", &Impl::now<&Impl::contracts>},
    {"GET", "/codes", &Impl::now<&Impl::refusal_codes>},
    {"GET", "/genesis", &Impl::now<&Impl::genesis>},
    {"GET", "/receipts", &Impl::follow},
    {"GET", "/transactions/*", &Impl::now<&Impl::receipt>},
    {"GET", "/blocks/*", &Impl::now<&Impl::block>},
    {"GET", "/query/*/*", &Impl::now<&Impl::query>},
    {"POST", "/query/*/*", &Impl::now<&Impl::query>},
    {"POST", "/transactions", &Impl::submit_alone},
    {"POST", "/batch-transactions", &Impl::submit_together},
    {"POST", "/control/links", &Impl::now<&Impl::control_links>},
};

ApiRoutes::ApiRoutes(ApiBackend& backend, const ledger::ContractRegistry& contracts,
                     node::Scheduler& scheduler)
    : impl_(std::make_unique<Impl>(backend, contracts, scheduler)) {}
ApiRoutes::~ApiRoutes() = default;
void ApiRoutes::handle(const HttpRequest& request, HttpRespond respond) {
    impl_->handle(request, std::move(respond));
}
void ApiRoutes::on_executed(std::uint64_t height) { impl_->on_executed(height); }

}  // namespace cityledger::io
