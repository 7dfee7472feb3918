#pragma once
// OpenSSL's settings as Asio wants them.

#include <boost/asio/ssl/context.hpp>
#include <memory>

namespace cityledger::io {

/// Asio's owner of the settings: it frees one reference.
inline boost::asio::ssl::context share_settings(const std::shared_ptr<SSL_CTX>& settings) {
    SSL_CTX_up_ref(settings.get());
    return boost::asio::ssl::context(settings.get());
}

}  // namespace cityledger::io
