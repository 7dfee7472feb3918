#pragma once
// How threads hand work to each other: the only way to the replica's thread, and from it to HTTP.

#include <functional>
#include <memory>
#include <utility>

namespace cityledger::io {

/// Runs the action on a certain thread (the replica's, the HTTP thread), later. Safe to call from
/// any thread.
using Post = std::function<void(std::function<void()>)>;

/// Hands results over until it is destroyed, which happens on the replica's thread: what waits
/// there then is dropped, so that nobody is called back after his worker has ended.
class ResultPost {
public:
    explicit ResultPost(Post post) : post_(std::move(post)) {}
    ~ResultPost() { *open_ = false; }
    ResultPost(const ResultPost&) = delete;
    ResultPost& operator=(const ResultPost&) = delete;

    /// Called by the worker's threads.
    void operator()(std::function<void()> action) const {
        post_([open = open_, action = std::move(action)] {
            if (*open) action();
        });
    }

private:
    Post post_;
    std::shared_ptr<bool> open_ = std::make_shared<bool>(true);  // replica's thread only
};

}  // namespace cityledger::io
