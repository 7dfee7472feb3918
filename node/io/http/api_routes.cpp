#include "node/io/http/api_routes.hpp"

#include <algorithm>
#include <limits>

#include "ledger/contracts/receipt_readers.hpp"
#include "node/api/receipt_questions.hpp"
#include "node/io/http/api_arguments.hpp"
#include "node/io/http/api_constants.hpp"
#include "node/io/http/api_json.hpp"
#include "node/io/http/api_proofs.hpp"
#include "node/io/http/api_questions.hpp"
#include "node/io/http/api_receipts.hpp"
#include "node/io/http/api_submit.hpp"
#include "node/io/http/metrics.hpp"
#include "node/io/http/read_budget.hpp"
#include "node/io/http/view_askers.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

constexpr std::string_view k_bytes = "application/octet-stream";
constexpr std::string_view k_json = "application/json";
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

}  // namespace

class ApiRoutes::Impl {
public:
    Impl(ApiBackend& backend, const ledger::ContractRegistry& contracts, node::Scheduler& scheduler,
         std::function<node::Counters()> server_counters)
        : backend_(backend),
          contracts_(contracts),
          scheduler_(scheduler),
          server_counters_(std::move(server_counters)),
          chain_(ledger::chain_id_of(backend.genesis())),
          questions_(backend, contracts, scheduler, budget_, chain_),
          followers_(backend, scheduler),
          proofs_(backend),
          views_(backend),
          constants_(contracts, backend.genesis()) {}

    void on_executed(std::uint64_t height) { followers_.on_executed(height); }
    ReadBudget& read_budget() { return budget_; }
    Result<ledger::MemberId> asker_of(const HttpRequest& request,
                                      const ledger::ReadQuestion& question) {
        return questions_.asker_of(request, question);
    }

    static Status judge_head(const HttpRequest& request) {
        const auto parts = split_path(request.path);
        for (const Route& route : k_routes) {
            if (route.method != request.method || !fits(route.path, parts)) continue;
            return check_media_type(route, request);
        }
        return {};
    }

    void handle(const HttpRequest& request, HttpRespond respond) {
        const auto with_height = [this, respond = std::move(respond)](HttpResponse response) {
            if (!has_height(response)) tell_height(response, backend_.executed_height());
            respond(std::move(response));
        };
        const auto parts = split_path(request.path);
        // HEAD is answered as GET is; the server leaves the body out.
        const std::string method = request.method == "HEAD" ? "GET" : request.method;
        std::string allowed;
        for (const Route& route : k_routes) {
            if (!fits(route.path, parts)) continue;
            if (route.method == method) return run_route(route, request, parts, with_height);
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

    enum class Price : std::uint8_t { budget, free };

    /// A resource. "*" stands for one part of a path.
    struct Route {
        std::string_view method;
        std::string_view path;
        void (Impl::*answer)(const HttpRequest&, const Parts&, const HttpRespond&);
        Price price = Price::budget;
        std::string_view media_type = {};  ///< the only one of its body; empty: the route judges
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

    /// Takes a reading request from the budget of its address, and then its answer.
    void run_route(const Route& route, const HttpRequest& request, const Parts& parts,
                   const HttpRespond& respond) {
        const Status typed = check_media_type(route, request);
        if (!typed) return respond(error_response(typed.error()));
        if (route.price == Price::free) return (this->*route.answer)(request, parts, respond);
        const std::string& address = request.caller;
        if (!budget_.admit(address, scheduler_.now_ms())) return respond(over_budget(address));
        const auto charged = [this, address, respond](HttpResponse response) {
            budget_.charge(address, response.body.size(), scheduler_.now_ms());
            respond(std::move(response));
        };
        (this->*route.answer)(request, parts, charged);
    }

    HttpResponse over_budget(const std::string& address) {
        HttpResponse response = error_response(refuse(codes::http_budget_spent, address).value());
        const std::uint64_t seconds = budget_.retry_after_s(address, scheduler_.now_ms());
        response.headers.emplace_back("Retry-After", std::to_string(seconds));
        return response;
    }

    static Error wrong_method(const HttpRequest& request) {
        return refuse(codes::http_wrong_method, request.method + " " + request.path).value();
    }
    static Error no_route(const HttpRequest& request) {
        return refuse(codes::http_no_route, request.path).value();
    }
    static Status check_media_type(const Route& route, const HttpRequest& request) {
        if (request.content_type.starts_with(route.media_type)) return {};
        return refuse(codes::http_wrong_media_type,
                      "'" + request.content_type + "' instead of " + std::string(route.media_type));
    }

    /// A route whose answer is known at once, from the constant parts or the executed state.
    template <auto Answer>
    void now(const HttpRequest& request, const Parts& parts, const HttpRespond& respond) {
        // Before the state is read: the height may grow meanwhile, and the answer not know it.
        const std::uint64_t height = backend_.executed_height();
        HttpResponse response = (this->*Answer)(request, parts);
        tell_height(response, height);
        respond(std::move(response));
    }

    /// A route that is answered from a view of the node.
    template <auto Answer>
    void from_view(const HttpRequest&, const Parts&, const HttpRespond& respond) {
        views_.ask([this, respond](const NodeView& view) { respond((this->*Answer)(view)); });
    }

    HttpResponse health(const HttpRequest&, const Parts&) { return json_value({{"alive", true}}); }
    /// What is the same for every request.
    template <auto Text>
    HttpResponse constant(const HttpRequest&, const Parts&) {
        return constants_.*Text;
    }
    HttpResponse events(const HttpRequest&, const Parts&) {
        HttpResponse response = error_response(refuse(codes::events_need_web_socket).value());
        response.headers.emplace_back("Upgrade", "websocket");
        return response;
    }

    void submit_alone(const HttpRequest& request, const Parts&, const HttpRespond& respond) {
        submit(request, false, respond);
    }
    void submit_together(const HttpRequest& request, const Parts&, const HttpRespond& respond) {
        submit(request, true, respond);
    }

    HttpResponse encode(const HttpRequest& request, const Parts&) {
        const auto view = encode_transaction(backend_, contracts_, chain_, request.body);
        return view ? json_response(*view) : error_response(view.error());
    }
    void submit_json(const HttpRequest& request, const Parts& parts, const HttpRespond& respond) {
        auto bytes = transaction_bytes(request.body);
        if (!bytes) return respond(error_response(bytes.error()));
        HttpRequest plain = request;
        plain.body = *std::move(bytes);
        submit_alone(plain, parts, respond);
    }

    void submit(const HttpRequest& request, bool many, const HttpRespond& respond) {
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

    HttpResponse status(const NodeView& view) { return json_response(view.status); }
    HttpResponse condition(const NodeView& view) { return json_response(view.condition); }

    HttpResponse ready(const NodeView& view) {
        const auto& reason = view.unready_because;
        if (reason) return error_response(refuse(codes::node_not_ready, *reason).value());
        return json_value({{"ready", true}});
    }

    HttpResponse metrics(const NodeView& view) {
        node::Counters counters = view.counters;
        counters["http_budget_refused"] = budget_.refused();
        if (server_counters_) counters.merge(server_counters_());
        HttpResponse response;
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        MetricFamilies families = node_metrics(view.status, counters);
        families.insert(families.end(), view.measured.begin(), view.measured.end());
        for (auto& family : process_metrics()) families.push_back(std::move(family));
        response.body = metrics_text(families);
        return response;
    }

    void receipt(const HttpRequest& request, const Parts& parts, const HttpRespond& respond) {
        const std::uint64_t height = backend_.executed_height();
        const auto at_height = [height, respond](HttpResponse response) {
            tell_height(response, height);
            respond(std::move(response));
        };
        const auto stored = stored_receipt(backend_, parts[1]);
        if (!stored) return at_height(error_response(stored.error()));
        const auto asker =
            questions_.asker_of(request, api::receipt_question(stored->receipt.transaction));
        if (!asker) return at_height(error_response(asker.error()));
        const auto tell = [this, stored = *stored, asker = *asker, at_height,
                           address = request.caller](const Result<StoredBlock>& block) {
            if (block) budget_.charge(address, block->bytes, scheduler_.now_ms());
            const auto* transaction = block ? find_transaction(*block, stored.receipt) : nullptr;
            ledger::ReceiptReader reader(contracts_, backend_.state(), asker);
            at_height(json_response(api::receipt_view_for(reader, stored, transaction)));
        };
        backend_.read_block(stored->receipt.height, tell);
    }

    void block(const HttpRequest& request, const Parts& parts, const HttpRespond& respond) {
        const auto height = number_of("the height", parts[1], k_any_number);
        if (!height) return respond(error_response(height.error()));
        backend_.read_block(*height, [this, height = *height, respond,
                                      address = request.caller](const Result<StoredBlock>& found) {
            if (!found) return respond(error_response(found.error()));
            budget_.charge(address, found->bytes, scheduler_.now_ms());
            api::BlockView view{height, found->digest, found->block, found->finalization, {}};
            for (const ledger::Batch& batch : found->batches) {
                for (const ledger::Transaction& transaction : batch.transactions) {
                    view.transactions.push_back(ledger::transaction_id(transaction.body));
                }
            }
            respond(json_response(view));
        });
    }

    void state_proof(const HttpRequest& request, const Parts&, const HttpRespond& respond) {
        const auto question = state_question_of(request);
        if (!question) return respond(error_response(question.error()));
        const auto asker = questions_.asker_of(request, api::read_question(*question));
        if (!asker) return respond(error_response(asker.error()));
        const Status readable = proofs_.check_reader(contracts_, question->key, *asker);
        if (!readable) return respond(error_response(readable.error()));
        proofs_.of_state(*question, respond);
    }
    void receipt_proof(const HttpRequest& request, const Parts& parts, const HttpRespond& respond) {
        const auto stored = stored_receipt(backend_, parts[2]);
        if (!stored) return respond(error_response(stored.error()));
        const auto asker =
            questions_.asker_of(request, api::receipt_proof_question(stored->receipt.transaction));
        if (!asker) return respond(error_response(asker.error()));
        proofs_.of_receipt(
            stored->receipt, {contracts_, *asker},
            [this, address = request.caller](std::uint64_t bytes) {
                budget_.charge(address, bytes, scheduler_.now_ms());
            },
            respond);
    }

    HttpResponse query(const HttpRequest& request, const Parts& parts) {
        const auto result = questions_.answer(parts[1], parts[2], request);
        return result ? json_value(*result) : error_response(result.error());
    }

    void control_links(const HttpRequest& request, const Parts&, const HttpRespond& respond) {
        const std::string& token = backend_.control_token();
        if (token.empty()) return respond(error_response(refuse(codes::controls_disabled).value()));
        // A page of another site may post forms, but neither this header nor the type of the route.
        if (request.authorization != "Bearer " + token) {
            return respond(error_response(refuse(codes::control_token_wrong).value()));
        }
        const auto json = ledger::parse_json(request.body);
        const auto control = json ? ledger::from_json<api::LinksControl>(*json)
                                  : Result<api::LinksControl>(propagate(json));
        if (!control) return respond(error_response(control.error()));
        backend_.set_blocked(control->blocked, [control = *control, respond](const Status& done) {
            respond(done ? json_response(control) : error_response(done.error()));
        });
    }

    ApiBackend& backend_;
    const ledger::ContractRegistry& contracts_;
    node::Scheduler& scheduler_;
    std::function<node::Counters()> server_counters_;
    ReadBudget budget_;
    ledger::ChainId chain_;
    Questions questions_;
    ReceiptFollowers followers_;
    ProofRoutes proofs_;
    ViewAskers views_;
    const ConstantAnswers constants_;
};

const std::vector<ApiRoutes::Impl::Route> ApiRoutes::Impl::k_routes = {
    {"GET", "/", &Impl::now<&Impl::constant<&ConstantAnswers::page>>},
    {"GET", "/health", &Impl::now<&Impl::health>, Price::free},
    {"GET", "/ready", &Impl::from_view<&Impl::ready>, Price::free},
    {"GET", "/status", &Impl::from_view<&Impl::status>},
    {"GET", "/condition", &Impl::from_view<&Impl::condition>},
    {"GET", "/metrics", &Impl::from_view<&Impl::metrics>},
    {"GET", "/contracts", &Impl::now<&Impl::constant<&ConstantAnswers::contracts>>},
    {"GET", "/codes", &Impl::now<&Impl::constant<&ConstantAnswers::codes>>},
    {"GET", "/openapi.json", &Impl::now<&Impl::constant<&ConstantAnswers::openapi>>},
    {"GET", "/genesis", &Impl::now<&Impl::constant<&ConstantAnswers::genesis>>},
    {"GET", "/receipts", &Impl::follow},
    {"GET", "/events", &Impl::now<&Impl::events>},
    {"GET", "/transactions/*", &Impl::receipt},
    {"GET", "/blocks/*", &Impl::block},
    {"GET", "/proof/state", &Impl::state_proof},
    {"GET", "/proof/receipt/*", &Impl::receipt_proof},
    {"GET", "/query/*/*", &Impl::now<&Impl::query>},
    {"POST", "/query/*/*", &Impl::now<&Impl::query>},
    {"POST", "/transactions", &Impl::submit_alone, Price::free, k_bytes},
    {"POST", "/batch-transactions", &Impl::submit_together, Price::free, k_bytes},
    {"POST", "/encode", &Impl::now<&Impl::encode>, Price::budget, k_json},
    {"POST", "/transactions/json", &Impl::submit_json, Price::free, k_json},
    {"POST", "/control/links", &Impl::control_links, Price::free, k_json},
};

ApiRoutes::ApiRoutes(ApiBackend& backend, const ledger::ContractRegistry& contracts,
                     node::Scheduler& scheduler, std::function<node::Counters()> server_counters)
    : impl_(std::make_unique<Impl>(backend, contracts, scheduler, std::move(server_counters))) {}
ApiRoutes::~ApiRoutes() = default;
void ApiRoutes::handle(const HttpRequest& request, HttpRespond respond) {
    impl_->handle(request, std::move(respond));
}
Status ApiRoutes::judge_head(const HttpRequest& request) const { return Impl::judge_head(request); }
ReadBudget& ApiRoutes::read_budget() { return impl_->read_budget(); }
Result<ledger::MemberId> ApiRoutes::asker_of(const HttpRequest& request,
                                             const ledger::ReadQuestion& question) {
    return impl_->asker_of(request, question);
}
void ApiRoutes::on_executed(std::uint64_t height) { impl_->on_executed(height); }

}  // namespace cityledger::io
