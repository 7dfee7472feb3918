#include "crypto/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace cityledger {

void check_failed(const char* expression, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, expression);
    std::fflush(stderr);
    std::abort();
}

}  // namespace cityledger
