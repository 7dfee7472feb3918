#pragma once
// A Context that passes everything on to another one; its heirs change one thing.

#include "ledger/contract.hpp"

namespace cityledger::ledger {

class ForwardingContext : public Context {
public:
    explicit ForwardingContext(Context& inner) : inner_(inner) {}

    [[nodiscard]] const MemberId& sender() const override { return inner_.sender(); }
    [[nodiscard]] std::optional<Bytes> get(Space space, std::string_view key) override {
        return inner_.get(space, key);
    }
    void put(Space space, std::string_view key, Bytes value) override {
        inner_.put(space, key, std::move(value));
    }
    void erase(Space space, std::string_view key) override { inner_.erase(space, key); }
    [[nodiscard]] std::vector<std::pair<std::string, Bytes>> scan(Space space,
                                                                  std::string_view prefix,
                                                                  std::string_view from,
                                                                  std::size_t limit) override {
        return inner_.scan(space, prefix, from, limit);
    }
    void emit(std::string_view name, std::string_view subject) override {
        inner_.emit(name, subject);
    }

private:
    Context& inner_;
};

}  // namespace cityledger::ledger
