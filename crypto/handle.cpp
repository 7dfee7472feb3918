#include "crypto/handle.hpp"

#include <openssl/err.h>

namespace cityledger::crypto {

ErrorQueueGuard::ErrorQueueGuard() { ERR_set_mark(); }

ErrorQueueGuard::~ErrorQueueGuard() { ERR_pop_to_mark(); }

}  // namespace cityledger::crypto
