#pragma once
// An HTTP server on a thread of its own, and raw clients that send what a library would not.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <thread>

#include "node/io/http/http_server.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io::test {

/// Runs an event loop on a thread until it goes out of scope.
class LoopThread {
public:
    ~LoopThread() { stop(); }
    boost::asio::io_context& context() { return context_; }
    void start() {
        thread_ = std::thread([this] { context_.run(); });
    }
    void stop() {
        context_.stop();
        if (thread_.joinable()) thread_.join();
    }
    /// Runs something on the loop's thread and waits for its result.
    template <class Work>
    auto on_loop(Work work) {
        std::packaged_task<decltype(work())()> task(std::move(work));
        auto result = task.get_future();
        boost::asio::post(context_, [&task] { task(); });
        return result.get();
    }

private:
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
        context_.get_executor()};
    std::thread thread_;
};

/// A server with the given handler.
struct TestServer {
    explicit TestServer(HttpHandler handler, HttpSettings settings = {})
        : server(loop.context(), settings, logger) {
        started = server.start(std::move(handler));
        loop.start();
    }
    ~TestServer() { loop.stop(); }
    std::uint16_t port() const { return server.port(); }

    Logger logger;
    LoopThread loop;
    HttpServer server;
    Status started;
};

/// What a server answered on one connection until it closed it.
struct RawAnswers {
    std::vector<int> statuses;
    std::string text;
};

inline RawAnswers read_answers(boost::asio::ip::tcp::socket& socket) {
    RawAnswers answers;
    std::array<char, 4096> chunk;
    boost::system::error_code error;
    while (!error) {
        const std::size_t size = socket.read_some(boost::asio::buffer(chunk), error);
        answers.text.append(chunk.data(), size);
    }
    const std::string mark = "HTTP/1.1 ";
    for (std::size_t at = answers.text.find(mark); at != std::string::npos;
         at = answers.text.find(mark, at + 1)) {
        const std::string status = answers.text.substr(at + mark.size(), 3);
        const bool digits = status.find_first_not_of("0123456789") == std::string::npos;
        if (digits) answers.statuses.push_back(std::stoi(status));
    }
    return answers;
}

/// Sends the bytes over a new connection and reads until the server closes it.
inline RawAnswers exchange(std::uint16_t port, const std::string& bytes) {
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::address_v4::loopback(), port});
    boost::system::error_code ignored;  // the server may close before it has read everything
    boost::asio::write(socket, boost::asio::buffer(bytes), ignored);
    return read_answers(socket);
}

}  // namespace cityledger::io::test
