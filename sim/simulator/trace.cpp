#include "sim/simulator/trace.hpp"

namespace cityledger::sim {

void Trace::add(std::string_view kind, std::uint64_t first, std::uint64_t second,
                ByteView content) {
    hasher_.update(hash_.view()).update_sized(as_bytes(kind)).update_u64(first);
    hasher_.update_u64(second).update_sized(content);
    hash_ = hasher_.finish();
    ++events_;
}

}  // namespace cityledger::sim
