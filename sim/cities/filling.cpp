#include "sim/cities/filling.hpp"

namespace cityledger::sim {

Status fill_in(const ledger::Method& method, const Actor& sender, InvoiceSealer& sealer,
               World& world, boost::json::object& arguments) {
    const auto lacks = [&](std::string_view field) {
        return is_filled_in(method, field) && !arguments.contains(field);
    };
    if (lacks("content_digest")) {
        if (const Status sealed = sealer.seal(sender, arguments); !sealed) return sealed;
    }
    sealer.hide_payment(arguments);  // also where the digest was given
    if (lacks("sealed_body")) arguments["sealed_body"] = "";
    if (!lacks("public_key")) return {};
    // Who runs on and has lost its key makes the next one itself: no world of strangers may.
    if (method.name == "propose_key" && world.kind() == "remote") return {};
    const boost::json::value* id = arguments.if_contains("id");
    if (id == nullptr || !id->is_string()) return {};  // the conversion says what is wrong
    const auto key = world.make_key(ledger::MemberId(id->get_string()));
    if (!key) return propagate(key);
    arguments["public_key"] = to_hex(ByteView(key->bytes));
    return {};
}

}  // namespace cityledger::sim
