#include "node/io/http/event_followers.hpp"

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <limits>

#include "node/api/receipt_questions.hpp"
#include "node/io/http/api_arguments.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t k_max_control_bytes = 125;  ///< of a close frame's payload (RFC 6455, 5.5)
constexpr std::size_t k_max_incoming_bytes = 1024;
constexpr std::uint64_t k_handshake_ms = 10'000;

}  // namespace

class EventFollower : public std::enable_shared_from_this<EventFollower> {
public:
    EventFollower(WebSocketRequest&& request, ledger::MemberId asker, std::uint64_t height,
                  EventFollowers& all)
        : all_(all),
          asker_(std::move(asker)),
          head_(std::move(request.head)),
          address_(request.request.caller),
          budget_name_(budget_name(address_)),
          stream_(std::move(request.socket)),
          deadline_(stream_.get_executor()),
          next_height_(height) {}

    /// Whose it is, as budgets name addresses.
    const std::string& client() const { return budget_name_; }

    void start() {
        stream_.set_option(websocket::stream_base::timeout{
            std::chrono::milliseconds(k_handshake_ms),
            std::chrono::milliseconds(all_.settings_.idle_ms), true});
        stream_.read_message_max(k_max_incoming_bytes);
        stream_.text(true);
        stream_.async_accept(head_, [self = shared_from_this()](error_code error) {
            if (self->closed_) return;
            if (error) return self->end();
            self->busy_ = false;
            self->listen();
            self->go_on();
        });
    }

    /// Sends the next block if it is executed, and nothing else is under way.
    void go_on() {
        if (busy_ || closed_ || next_height_ > all_.source_.executed_height()) return;
        const Status near = all_.check_behind(next_height_);
        if (!near) return dismiss(websocket::close_code::try_again_later, near.error());
        busy_ = true;
        if (!all_.source_.budget.admit(address_, now_ms())) return pause();
        all_.source_.read(next_height_, asker_,
                          [weak = weak_from_this()](const Result<EventFeed::Message>& message) {
                              const auto self = weak.lock();
                              if (self && !self->closed_) self->send(message);
                          });
    }

    /// What the socket takes at once: a close frame between two messages, nothing within one.
    void say_goodbye() {
        if (!busy_ && !closed_) {
            const std::string reason = reason_of("the node stops");
            std::string frame = {static_cast<char>(0x88), static_cast<char>(reason.size() + 2)};
            frame += {static_cast<char>(websocket::close_code::going_away >> 8),
                      static_cast<char>(websocket::close_code::going_away & 0xff)};
            error_code ignored;
            socket().non_blocking(true, ignored);
            socket().write_some(asio::buffer(frame + reason), ignored);
        }
        close_socket();
    }

private:
    std::uint64_t now_ms() const { return all_.source_.scheduler.now_ms(); }
    tcp::socket& socket() { return stream_.next_layer(); }

    /// The address has read more than its budget: its cursor stands still until that has filled.
    void pause() {
        const std::uint64_t seconds = all_.source_.budget.retry_after_s(address_, now_ms());
        set_deadline(seconds * 1000, [this] {
            busy_ = false;
            go_on();
        });
    }

    void send(const Result<EventFeed::Message>& message) {
        if (!message) {
            return dismiss(websocket::close_code::internal_error, message.error());
        }
        if (!*message) return drop();
        sending_ = *message;
        all_.source_.budget.charge(address_, sending_->text.size() + sending_->read_bytes,
                                   now_ms());
        set_deadline(all_.settings_.write_deadline_ms, [this] { drop(); });
        stream_.async_write(asio::buffer(sending_->text),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (self->closed_) return;
                                if (error) return self->end();
                                self->deadline_.cancel();
                                self->sending_.reset();
                                self->busy_ = false;
                                ++self->next_height_;
                                self->go_on();
                            });
    }

    /// Answers pings and hears of the end; a follower has nothing else to say.
    void listen() {
        stream_.async_read(incoming_, [self = shared_from_this()](error_code error, std::size_t) {
            if (self->closed_) return;
            if (error == boost::beast::error::timeout) return self->drop();
            if (error) return self->end();
            self->incoming_.clear();
            self->listen();
        });
    }

    void set_deadline(std::uint64_t delay_ms, std::function<void()> action) {
        deadline_.expires_after(std::chrono::milliseconds(delay_ms));
        deadline_.async_wait(
            [self = shared_from_this(), action = std::move(action)](error_code error) {
                if (error || self->closed_ ||
                    self->deadline_.expiry() > asio::steady_timer::clock_type::now()) {
                    return;
                }
                action();
            });
    }

    std::string reason_of(std::string_view why) const {
        const std::string resume = ": go on with from=" + std::to_string(next_height_);
        const std::size_t room = k_max_control_bytes - 2 - resume.size();
        return std::string(why.substr(0, room)) + resume;
    }

    /// Closes with the name of the refusal and where to go on.
    void dismiss(websocket::close_code code, const Error& error) {
        busy_ = true;
        ++all_.dropped_;
        stream_.async_close({code, reason_of(error.code.name)},
                            [self = shared_from_this()](error_code) {
                                if (!self->closed_) self->end();
                            });
    }

    /// Ends without a word: the socket takes none.
    void drop() {
        ++all_.dropped_;
        end();
    }

    void end() {
        close_socket();
        all_.followers_.erase(shared_from_this());
    }

    void close_socket() {
        closed_ = true;
        error_code ignored;
        socket().close(ignored);
        deadline_.cancel();
    }

    EventFollowers& all_;
    const ledger::MemberId asker_;  ///< empty: nobody known
    const boost::beast::http::request<boost::beast::http::string_body> head_;
    const std::string address_;
    const std::string budget_name_;
    websocket::stream<tcp::socket, false> stream_;  // without compression
    asio::steady_timer deadline_;                   ///< of the write or the pause under way
    boost::beast::flat_buffer incoming_;
    EventFeed::Message sending_;
    std::uint64_t next_height_;
    bool busy_ = true;  ///< a handshake, a read, a write, a pause or the close is under way
    bool closed_ = false;
};

EventFollowers::EventFollowers(EventSource source, EventSettings settings)
    : source_(std::move(source)), settings_(settings) {}
EventFollowers::~EventFollowers() { close(); }

Status EventFollowers::judge(const HttpRequest& request) {
    const auto from = from_of(request);
    if (!from) return propagate(from);
    const std::string client = budget_name(request.caller);
    std::size_t of_client = 0;
    for (const auto& follower : followers_) of_client += follower->client() == client ? 1 : 0;
    if (followers_.size() >= settings_.max_followers ||
        of_client >= settings_.max_followers_per_address) {
        return refuse(codes::events_too_many, std::to_string(followers_.size()) + " follow, " +
                                                  std::to_string(of_client) +
                                                  " of them from this address");
    }
    const Status near = check_behind(first_height(*from));
    if (!near) return near;
    // Last, so that a pass is spent on a place only.
    auto asker = source_.asker_of(request, api::follow_question(*from));
    if (!asker) return propagate(asker);
    judged_asker_ = *std::move(asker);
    return {};
}

void EventFollowers::take(WebSocketRequest&& request) {
    const std::uint64_t height = first_height(from_of(request.request).value());
    source_.budget.charge(request.request.caller, k_read_request_bytes, source_.scheduler.now_ms());
    const auto follower = std::make_shared<EventFollower>(
        std::move(request), std::exchange(judged_asker_, {}), height, *this);
    followers_.insert(follower);
    follower->start();
}

void EventFollowers::on_executed() {
    const auto followers = followers_;  // one may leave
    for (const auto& follower : followers) follower->go_on();
}

void EventFollowers::close() {
    for (const auto& follower : std::exchange(followers_, {})) follower->say_goodbye();
}

Result<std::optional<std::uint64_t>> EventFollowers::from_of(const HttpRequest& request) {
    const auto from = request.parameter("from");
    if (!from) return std::optional<std::uint64_t>();
    const auto height = number_of("from", *from, std::numeric_limits<std::uint64_t>::max());
    if (!height) return propagate(height);
    if (*height == 0) return tl::unexpected<Error>(wrong_parameter("from: begins at 1"));
    return std::optional(*height);
}

std::uint64_t EventFollowers::first_height(std::optional<std::uint64_t> from) const {
    return from.value_or(source_.executed_height() + 1);
}

Status EventFollowers::check_behind(std::uint64_t height) const {
    const std::uint64_t executed = source_.executed_height();
    if (executed < height || executed - height < settings_.max_blocks_behind) return {};
    return refuse(codes::events_too_far_behind,
                  "block " + std::to_string(height) + " of " + std::to_string(executed) +
                      "; at most " + std::to_string(settings_.max_blocks_behind) + " are told");
}

}  // namespace cityledger::io
