#pragma once
// For crypto/*.cpp only: owning pointers for C objects that come with their own release function,
// and a guard for the error queue of OpenSSL.

#include <memory>

namespace cityledger::crypto {

template <auto release>
struct HandleRelease {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};

/// `Handle<BIO, BIO_free>`: releases the object with the function that its library names.
template <class T, auto release>
using Handle = std::unique_ptr<T, HandleRelease<release>>;

/// Takes away what failed calls leave in the thread's error queue while it lives: TLS code on the
/// same thread would take such entries for its own.
class ErrorQueueGuard {
public:
    ErrorQueueGuard();
    ~ErrorQueueGuard();
    ErrorQueueGuard(const ErrorQueueGuard&) = delete;
    ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
};

}  // namespace cityledger::crypto
