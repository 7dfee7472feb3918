#include "node/io/daemon/http_thread.hpp"

#include <boost/asio/post.hpp>

namespace cityledger::io {

HttpThread::HttpThread(HttpSettings settings, Logger& logger)
    : work_(context_.get_executor()),
      scheduler_(context_, Stage::answer),
      server_(context_, std::move(settings), logger) {}

HttpThread::~HttpThread() { stop(); }

Status HttpThread::start(ApiBackend& backend, const ledger::ContractRegistry& contracts) {
    routes_.emplace(backend, contracts, scheduler_, [this] {
        return node::Counters{{"http_bodies_bytes", server_.body_bytes()},
                              {"http_bodies_refused", server_.bodies_refused()},
                              {"http_connections_evicted", server_.evicted()},
                              {"event_followers", event_followers_->size()},
                              {"event_followers_dropped", event_followers_->dropped()}};
    });
    event_feed_.emplace(backend, contracts);
    event_followers_.emplace(EventSource{
        [this](std::uint64_t height, const ledger::MemberId& asker, EventFeed::Done done) {
            event_feed_->read(height, asker, std::move(done));
        },
        [this](const HttpRequest& request, const ledger::ReadQuestion& question) {
            return routes_->asker_of(request, question);
        },
        [&backend] { return backend.executed_height(); }, routes_->read_budget(), scheduler_});
    const auto handle = [this](const HttpRequest& request, HttpRespond respond) {
        const StageScope stage(request.method == "POST" ? Stage::form : Stage::answer);
        routes_->handle(request, std::move(respond));
    };
    const Status listening = server_.start(
        handle, [this](const HttpRequest& request) { return routes_->judge_head(request); },
        events());
    if (!listening) return listening;
    thread_ = std::thread([this] {
        const StageScope stage(Stage::network);
        context_.run();
    });
    return {};
}

WebSocketPath HttpThread::events() {
    return {"/events",
            [this](const HttpRequest& request) { return event_followers_->judge(request); },
            [this](WebSocketRequest&& request) { event_followers_->take(std::move(request)); }};
}

void HttpThread::stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
    if (event_followers_) event_followers_->close();
    server_.stop();
}

void HttpThread::on_executed(std::uint64_t height) {
    boost::asio::post(context_, [this, height] {
        const StageScope stage(Stage::answer);
        routes_->on_executed(height);
        event_followers_->on_executed();
    });
}

}  // namespace cityledger::io
