// tx, query and receipt: a person's own transactions and questions.

#include <algorithm>
#include <cstdio>

#include "sim/cli/call_arguments.hpp"
#include "sim/cli/call_text.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/filling.hpp"
#include "sim/cli/network_register.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/cli/pending.hpp"
#include "sim/scenario/identities.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/wording.hpp"
#include "sim/world/signing.hpp"
#include "sim/world/world_codes.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;

constexpr int k_exit_refused = 1;
constexpr int k_exit_usage = 2;
constexpr int k_exit_unknown = 4;

int usage(const std::string& words) {
    std::fprintf(stderr, "cityledger: %s\n", words.c_str());
    return k_exit_usage;
}

void print_json(const json::value& value) {
    std::fputs(ledger::pretty_json(value).c_str(), stdout);  // ends its last line itself
}

/// A refusal of the ledger, its contracts or a node; what keeps the command from asking is
/// `fail`'s.
bool is_refusal(const Error& error) {
    const RefusalKind kind = error.code.kind;
    return kind == RefusalKind::invalid || kind == RefusalKind::refused ||
           kind == RefusalKind::not_found || kind == RefusalKind::busy;
}

int tell_refusal(const Error& error, bool as_json) {
    if (!is_refusal(error)) return fail(error);
    if (!as_json) {
        fail(error);
        return k_exit_refused;
    }
    json::object object = ledger::to_json(api::error_view(error)).as_object();
    object["outcome"] = "refused";
    print_json(object);
    return k_exit_refused;
}

int tell_receipt(const api::ReceiptView& receipt, bool as_json) {
    if (as_json) {
        print_json(receipt_json(receipt));
    } else {
        std::fputs(receipt_text(receipt).c_str(), stdout);
    }
    return succeeded(receipt) ? 0 : k_exit_refused;
}

/// "accepted" or "unknown": no receipt yet.
void tell_open(const Digest& transaction, const std::string& outcome, const CallOptions& options) {
    const std::string id = to_hex(transaction);
    if (options.json) {
        print_json(json::object{{"transaction", id}, {"outcome", outcome}});
        return;
    }
    const std::string ask = own_name() + " receipt " + id + " --as " + quoted_path(options.sender) +
                            " --network " + quoted_path(options.folder);
    const bool accepted = outcome == "accepted";
    std::printf("%s\n", said(accepted ? "tx.accepted" : "tx.unknown", {id, ask}).c_str());
}

/// The network of a folder, or one node of it.
Result<NetworkFile> network_of(const NetworkFolder& folder, const std::string& node) {
    auto network = read_network(folder);
    if (!network || node.empty()) return network;
    auto one = find_node(*network, node);
    if (!one) return propagate(one);
    network->nodes = {*std::move(one)};
    return network;
}

/// A buyer whose key is elsewhere cannot open what was sealed here: said, since nothing else shows
/// it.
void tell_who_cannot_open(const ledger::Method& method, const std::vector<NetworkActor>& actors,
                          const json::object& arguments) {
    const json::value* buyer = arguments.if_contains("buyer");
    const bool sealed_here = is_filled_in(method, "content_digest") && buyer != nullptr &&
                             buyer->is_string() && !buyer->get_string().empty();
    if (!sealed_here) return;
    const std::string id(buyer->get_string());
    const bool has_key = std::any_of(actors.begin(), actors.end(),
                                     [&](const NetworkActor& actor) { return actor.id == id; });
    if (!has_key) std::fprintf(stderr, "%s\n", said("tx.cannot_open", {id}).c_str());
}

/// One operation of one sender, on its way.
class OwnTransaction {
public:
    OwnTransaction(const CallOptions& options, NetworkFolder folder, RemoteWorld& world)
        : options_(options), folder_(std::move(folder)), world_(world) {}

    /// The exit code.
    int run(const ledger::MemberId& sender, const std::vector<ledger::Operation>& operations) {
        auto transaction = find_pending(folder_, sender, operations);
        if (transaction) {
            const Digest id = ledger::transaction_id(transaction->body);
            if (const auto receipt = world_.find_receipt(id, sender)) {
                if (!options_.json) std::printf("%s\n", said("tx.before").c_str());
                return answered(*receipt);
            }
            if (has_expired(*transaction)) {
                drop_pending(folder_, id);
                transaction.reset();
            } else if (!options_.json) {
                std::printf("%s\n", said("tx.again", {to_hex(id)}).c_str());
            }
        }
        if (transaction) return send(*transaction);
        const auto fresh = signed_transaction(world_, sender, operations);
        if (!fresh) return tell_refusal(fresh.error(), options_.json);
        if (const Status kept = keep_pending(folder_, *fresh); !kept) return fail(kept.error());
        return send(*fresh);
    }

private:
    bool has_expired(const ledger::Transaction& transaction) {
        const auto expiry = world_.expiry_height();
        return expiry &&
               transaction.body.expires_at_height + ledger::k_max_transaction_lifetime_heights <=
                   *expiry;
    }

    int answered(const api::ReceiptView& receipt) {
        drop_pending(folder_, receipt.transaction);
        return tell_receipt(receipt, options_.json);
    }

    int send(const ledger::Transaction& transaction) {
        const Digest id = ledger::transaction_id(transaction.body);
        if (!options_.wait) {
            const auto sent = world_.send(transaction);
            if (!sent) return not_taken(id, sent.error());
            tell_open(id, "accepted", options_);
            return 0;
        }
        const auto receipt = world_.submit(transaction, options_.timeout_ms);
        if (!receipt) return not_taken(id, receipt.error());
        return answered(*receipt);
    }

    /// Refused for good, or nobody knows.
    int not_taken(const Digest& id, const Error& error) {
        if (error.code.kind != RefusalKind::unreachable) {
            drop_pending(folder_, id);
            return tell_refusal(error, options_.json);
        }
        tell_open(id, "unknown", options_);
        if (!options_.json) std::fprintf(stderr, "%s\n", message_of(error).c_str());
        return k_exit_unknown;
    }

    const CallOptions& options_;
    NetworkFolder folder_;
    RemoteWorld& world_;
};

/// A list that is given in pages tells where the next one begins.
int print_pages(const CallOptions& options, const ledger::Method& method, RemoteWorld& world,
                json::object arguments, const ledger::MemberId& asker) {
    for (bool first = true;; first = false) {
        const auto result =
            world.query(options.contract, options.method, arguments, std::nullopt, asker);
        if (!result) return tell_refusal(result.error(), options.json);
        std::fputs(result_csv(method, *result, first).c_str(), stdout);
        const json::value* next = result->get_object().if_contains("next");
        if (next == nullptr || next->is_null()) return 0;
        arguments["after"] = *next;
    }
}

}  // namespace

int run_tx(const CallOptions& options, const std::vector<FieldWord>& fields) {
    const auto method = method_of(options.contract, options.method, false);
    if (!method) return usage(method.error());
    auto arguments = read_arguments(**method, fields, options.json_arguments, options.known);
    if (!arguments) return usage(arguments.error());
    const std::string missing = missing_fields(**method, *arguments);
    if (!missing.empty()) return usage(missing);
    const NetworkFolder folder = folder_at(options.folder);
    const auto network = network_of(folder, options.node);
    if (!network) return fail(network.error());
    RemoteWorld world(folder, *network);
    const std::vector<NetworkActor> actors = actors_of(folder, world);
    const auto secrets = register_of(folder);
    if (!secrets) return fail(secrets.error());
    const auto sender = find_actor(actors, hidden_id(*secrets, options.sender));
    if (!sender) return usage(sender.error());
    hide_ids(*secrets, *arguments);
    const bool sealed_elsewhere = arguments->contains("content_digest");
    const Status filled = fill_in(**method, *sender, actors, *secrets, world, *arguments);
    if (!filled) return tell_refusal(filled.error(), options.json);
    const auto bytes = (*method)->arguments_from_json(*arguments);
    if (!bytes) {
        return usage(said("call.bad_arguments", {(*method)->name, bytes.error().detail}));
    }
    // Whoever sealed it elsewhere knows for whom.
    if (!sealed_elsewhere && !options.json) tell_who_cannot_open(**method, actors, *arguments);
    return OwnTransaction(options, folder, world)
        .run(sender->id, {{options.contract, options.method, *bytes}});
}

int run_query(const CallOptions& options, const std::vector<FieldWord>& fields) {
    const auto method = method_of(options.contract, options.method, true);
    if (!method) return usage(method.error());
    auto arguments = read_arguments(**method, fields, options.json_arguments, options.known);
    if (!arguments) return usage(arguments.error());
    const std::string missing = missing_fields(**method, *arguments);
    if (!missing.empty()) return usage(missing);
    if (const auto bytes = (*method)->arguments_from_json(*arguments); !bytes) {
        return usage(said("call.bad_arguments", {(*method)->name, bytes.error().detail}));
    }
    const NetworkFolder folder = folder_at(options.folder);
    const auto network = network_of(folder, options.node);
    if (!network) return fail(network.error());
    RemoteWorld world(folder, *network);
    const auto secrets = register_of(folder);
    if (!secrets) return fail(secrets.error());
    hide_ids(*secrets, *arguments);
    hide_payment(*secrets, *arguments);
    const auto asker = asker_named(folder, world, options.sender);
    if (!asker) return usage(asker.error());
    if (options.csv) return print_pages(options, **method, world, *std::move(arguments), *asker);
    const auto result =
        world.query(options.contract, options.method, *arguments, std::nullopt, *asker);
    if (!result) return tell_refusal(result.error(), options.json);
    if (options.json) {
        print_json(*result);
    } else {
        std::fputs(result_text(**method, *result).c_str(), stdout);
    }
    return 0;
}

int run_receipt(const std::string& id, const CallOptions& options) {
    const auto transaction = digest_from_hex(id);
    if (!transaction) return usage(said("receipt.no_id", {id}));
    const NetworkFolder folder = folder_at(options.folder);
    const auto network = network_of(folder, options.node);
    if (!network) return fail(network.error());
    RemoteWorld world(folder, *network);
    const auto reader = asker_named(folder, world, options.sender);
    if (!reader) return usage(reader.error());
    std::optional<Error> problem;
    for (const NodeAddress& node : network->nodes) {
        client::ApiClient client(node.address, node.http_port);
        const auto receipt = world.receipt_from(client, *transaction, *reader);
        if (receipt) {
            drop_pending(folder, *transaction);
            return tell_receipt(*receipt, options.json);
        }
        // That one node has not executed it yet says more than that another cannot be reached.
        if (!problem || is_refusal(receipt.error())) problem = receipt.error();
    }
    return tell_refusal(*problem, options.json);
}

}  // namespace cityledger::sim
