// proof and verify: what the chain recorded, for who does not trust a node.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>

#include "client/api_client.hpp"
#include "node/api/receipt_questions.hpp"
#include "node/io/config_files.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/network_actors.hpp"
#include "sim/cli/network_text.hpp"
#include "sim/cli/proof_text.hpp"
#include "sim/scenario/wording.hpp"

namespace cityledger::sim {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr int k_exit_refused = 1;
constexpr int k_exit_usage = 2;
constexpr int k_exit_late = 4;
/// An executed change is covered a tenth of a second later, when nothing else goes on.
constexpr std::chrono::milliseconds k_retry_interval{100};

Result<ledger::Genesis> genesis_at(const std::string& path) {
    const auto text = io::read_text_file(path);
    if (!text) return propagate(text);
    return ledger::genesis_from_text(*text);
}

/// The highest that a node has executed, so that what was answered before is in the proof.
std::uint64_t executed_height(const std::vector<NodeAddress>& nodes) {
    std::uint64_t height = 0;
    for (const NodeAddress& node : nodes) {
        const auto status = client::ApiClient(node.address, node.http_port).status();
        if (status) height = std::max(height, status->executed_height);
    }
    return height;
}

std::string state_proof_path(const api::StateQuestion& question) {
    const std::string space = question.space == ledger::Space::system ? "system" : "business";
    const std::string path =
        "/proof/state?space=" + space + "&key=" + to_hex(as_bytes(question.key));
    return question.height ? path + "&height=" + std::to_string(*question.height) : path;
}

/// One node's answer, to a member that signs the question or to anybody.
Result<std::string> ask_node(client::ApiClient& node, const std::string& path,
                             const ProofOptions& options, RemoteWorld& world,
                             const ledger::MemberId& asker) {
    if (asker.empty()) return node.get(path);
    const auto key = world.key_of(asker);
    if (!key) return propagate(key);
    const auto question =
        options.state ? api::read_question(*options.state)
                      : api::receipt_proof_question(digest_from_hex(options.receipt).value());
    return node.get_as({asker, *key, world.nonce()}, path, question);
}

/// Each node in turn, until one has it or refuses it for good.
Result<ledger::Proof> fetch(const std::vector<NodeAddress>& nodes, ProofOptions options,
                            RemoteWorld& world, const ledger::MemberId& asker) {
    const auto path_now = [&] {
        if (!options.state) return "/proof/receipt/" + options.receipt;
        if (options.of_now) options.state->height = executed_height(nodes);
        return state_proof_path(*options.state);
    };
    const Clock::time_point end = Clock::now() + std::chrono::milliseconds(options.timeout_ms);
    std::string path = path_now();
    for (std::size_t turn = 0;; ++turn) {
        const NodeAddress& node = nodes[turn % nodes.size()];
        client::ApiClient client(node.address, node.http_port);
        const auto text = ask_node(client, path, options, world, asker);
        if (text) return ledger::read_proof(*text);
        const Error& error = text.error();
        const RefusalKind kind = error.code.kind;
        const bool later = kind == RefusalKind::busy || kind == RefusalKind::unreachable ||
                           (kind == RefusalKind::not_found && turn + 1 < nodes.size());
        if (!later || Clock::now() >= end) return propagate(text);
        if (turn + 1 >= nodes.size()) std::this_thread::sleep_for(k_retry_interval);
        if (error.code == ledger::codes::proof_value_replaced) path = path_now();
    }
}

int usage(const std::string& words) {
    std::fprintf(stderr, "cityledger: %s\n", words.c_str());
    return k_exit_usage;
}

int tell_missing(const Error& error) {
    const int code = fail(error);
    switch (error.code.kind) {
        case RefusalKind::busy: return k_exit_late;
        case RefusalKind::unreachable:
        case RefusalKind::broken: return code;
        default: return k_exit_refused;
    }
}

int tell_false(const Error& error, bool as_json) {
    if (as_json) {
        json::object object = ledger::to_json(api::error_view(error)).as_object();
        object["holds"] = false;
        std::fputs(ledger::pretty_json(object).c_str(), stdout);
    } else {
        std::fprintf(stderr, "%s\n", said("verify.fails", {message_of(error)}).c_str());
    }
    return k_exit_refused;
}

}  // namespace

api::StateQuestion invoice_question(const std::string& code, const std::string& number) {
    return {ledger::Space::business, "invoice/record/" + code + "/" + number, std::nullopt};
}

int run_proof(const ProofOptions& options) {
    if (!options.state && !digest_from_hex(options.receipt)) {
        return usage(said("receipt.no_id", {options.receipt}));
    }
    const NetworkFolder folder = folder_at(options.folder);
    auto network = read_network(folder);
    if (!network) return fail(network.error());
    if (!options.node.empty()) {
        auto one = find_node(*network, options.node);
        if (!one) return fail(one.error());
        network->nodes = {*std::move(one)};
    }
    const auto genesis = genesis_at(folder.genesis());
    if (!genesis) return fail(genesis.error());
    RemoteWorld world(folder, *network);
    const auto asker = asker_named(folder, world, options.sender);
    if (!asker) return usage(asker.error());
    const auto proof = fetch(network->nodes, options, world, *asker);
    if (!proof) return tell_missing(proof.error());
    // A node could lie: what is handed on holds.
    const auto shown = ledger::verify_proof(*proof, *genesis);
    if (!shown) return tell_false(shown.error(), false);
    const Bytes encoding = ledger::encode(*proof);
    const std::string file = options.binary ? std::string(as_text(encoding))
                                            : ledger::pretty_json(ledger::to_json(*proof));
    if (options.out.empty()) {
        std::fwrite(file.data(), 1, file.size(), stdout);
        return 0;
    }
    if (const Status written = io::write_text_file(options.out, file); !written) {
        return fail(written.error());
    }
    const std::string verify = own_name() + " verify " + quoted_path(options.out) + " --genesis " +
                               quoted_path(folder.genesis());
    std::printf("%s\n", said("proof.written", {options.out, verify}).c_str());
    return 0;
}

int run_verify(const VerifyOptions& options) {
    const auto genesis = genesis_at(options.genesis);
    if (!genesis) {
        fail(genesis.error());
        return k_exit_usage;
    }
    const auto file = io::read_text_file(options.file);
    if (!file) {
        fail(file.error());
        return k_exit_usage;
    }
    const auto proof = ledger::read_proof(*file);
    if (!proof) return tell_false(proof.error(), options.json);
    const auto shown = ledger::verify_proof(*proof, *genesis);
    if (!shown) return tell_false(shown.error(), options.json);
    if (options.json) {
        std::fputs(ledger::pretty_json(statement_json(*shown, *proof, *genesis)).c_str(), stdout);
    } else {
        std::fputs(statement_text(*shown, *proof, *genesis).c_str(), stdout);
    }
    return 0;
}

}  // namespace cityledger::sim
