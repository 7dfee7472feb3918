#pragma once
// Those who want a view of the node: however many come, its thread makes one at a time.

#include <functional>
#include <utility>
#include <vector>

#include "node/io/http/api_backend.hpp"

namespace cityledger::io {

class ViewAskers {
public:
    using Done = std::function<void(const NodeView&)>;

    explicit ViewAskers(ApiBackend& backend) : backend_(backend) {}

    /// Calls `done` with a view that is made after this call: who comes while one is made waits for
    /// the next, together with all others.
    void ask(Done done) {
        next_.push_back(std::move(done));
        if (!asking_) begin();
    }

private:
    void begin() {
        asking_ = true;
        backend_.describe([this, askers = std::exchange(next_, {})](const NodeView& view) {
            asking_ = false;
            for (const Done& asker : askers) asker(view);
            if (!next_.empty() && !asking_) begin();
        });
    }

    ApiBackend& backend_;
    std::vector<Done> next_;
    bool asking_ = false;
};

}  // namespace cityledger::io
