// The requests that are not the making of blocks, and the way from a request to its answer.

#include "ledger/read_pass.hpp"
#include "node/abci/abci_codes.hpp"
#include "node/abci/application.hpp"
#include "node/abci/results.hpp"

namespace cityledger::abci {
namespace {

constexpr std::uint32_t k_reject_snapshot = 3;  // REJECT of OfferSnapshot
constexpr std::uint32_t k_abort_snapshot = 2;   // ABORT of ApplySnapshotChunk
constexpr std::string_view k_contract_path = "/contract/";
constexpr std::string_view k_signed_path = "/signed/";

/// Puts an answer, or the error, into a response.
template <class T>
Status put(T& place, Result<T> answer) {
    if (!answer) return propagate(answer);
    place = *std::move(answer);
    return {};
}

}  // namespace

/// The engine tells the application neither its node's name nor a time of day, so a pass is for the
/// chain and for a few heights.
Result<Bytes> Application::ask_signed(const std::string& contract, const std::string& method,
                                      ByteView data) const {
    const auto asked = ledger::decode<ledger::SignedQuestion>(data);
    if (!asked) return propagate(asked);
    const std::uint64_t expires = asked->pass.expires;
    if (expires < committed_.height || expires - committed_.height > ledger::k_max_pass_heights) {
        return refuse(codes::abci_pass_expiry, "expires at " + std::to_string(expires) +
                                                   ", committed is " +
                                                   std::to_string(committed_.height));
    }
    const ledger::ReadQuestion question{contract, method, asked->arguments};
    const Status good = ledger::check_read_pass(store_, chain_, question, asked->pass);
    if (!good) return propagate(good);
    return ledger::run_query(contracts_, store_, contract, method, asked->arguments,
                             asked->pass.member);
}

/// /receipt (data: a transaction's id), /state, /contract/NAME/QUERY (data: its arguments) and
/// /signed/NAME/QUERY (data: a SignedQuestion).
Result<Bytes> Application::ask(const wire::QueryRequest& asked) const {
    // Without proofs, and of the last committed height only: what cannot be given is not pretended.
    const bool now =
        asked.height() == 0 || asked.height() == static_cast<std::int64_t>(committed_.height);
    const std::string_view path = asked.prove() || !now ? "" : std::string_view(asked.path());
    if (path == "/state") return ledger::encode(committed_);
    if (path == "/receipt") {
        const auto id = ledger::decode<Digest>(as_bytes(asked.data()));
        if (!id) return propagate(id);
        const auto receipt = ledger::find_receipt(store_, *id);
        if (!receipt) return tl::unexpected<Error>(ledger::not_found(to_hex(*id)));
        return ledger::encode(*receipt);
    }
    for (const std::string_view begin : {k_contract_path, k_signed_path}) {
        if (!path.starts_with(begin)) continue;
        const std::string_view names = path.substr(begin.size());
        const std::size_t slash = names.find('/');
        if (slash == std::string_view::npos) break;
        const std::string contract(names.substr(0, slash));
        const std::string method(names.substr(slash + 1));
        if (begin == k_signed_path) return ask_signed(contract, method, as_bytes(asked.data()));
        return ledger::run_query(contracts_, store_, contract, method, as_bytes(asked.data()), {});
    }
    return refuse(codes::abci_query_unknown, asked.path() + " at height " +
                                                 std::to_string(asked.height()) +
                                                 (asked.prove() ? " with a proof" : ""));
}

wire::QueryResponse Application::query(const wire::QueryRequest& asked) const {
    wire::QueryResponse answer;
    answer.set_height(static_cast<std::int64_t>(committed_.height));
    const auto value = ask(asked);
    if (value) {
        answer.set_value(std::string(as_text(*value)));
    } else {
        answer.set_code(value.error().code.number);
        answer.set_log(value.error().message());
    }
    return answer;
}

/// There are none yet: a new node replays the engine's blocks.
wire::Response Application::answer_snapshots(const wire::Request& request) const {
    wire::Response response;
    if (request.has_offer_snapshot()) {
        response.mutable_offer_snapshot()->set_result(k_reject_snapshot);
    } else if (request.has_load_snapshot_chunk()) {
        response.mutable_load_snapshot_chunk();
    } else if (request.has_apply_snapshot_chunk()) {
        response.mutable_apply_snapshot_chunk()->set_result(k_abort_snapshot);
    } else {
        response.mutable_list_snapshots();
    }
    return response;
}

Result<wire::Response> Application::try_answer(const wire::Request& request) {
    wire::Response response;
    Status status;
    switch (request.value_case()) {
        case wire::Request::kEcho:
            response.mutable_echo()->set_message(request.echo().message());
            break;
        case wire::Request::kFlush: response.mutable_flush(); break;
        case wire::Request::kInfo: *response.mutable_info() = info(); break;
        case wire::Request::kInitChain:
            status = put(*response.mutable_init_chain(), init_chain(request.init_chain()));
            break;
        case wire::Request::kQuery: *response.mutable_query() = query(request.query()); break;
        case wire::Request::kCheckTx:
            *response.mutable_check_tx() = check_tx(request.check_tx());
            break;
        case wire::Request::kPrepareProposal:
            *response.mutable_prepare_proposal() = prepare_proposal(request.prepare_proposal());
            break;
        case wire::Request::kProcessProposal:
            *response.mutable_process_proposal() = process_proposal(request.process_proposal());
            break;
        case wire::Request::kFinalizeBlock:
            status =
                put(*response.mutable_finalize_block(), finalize_block(request.finalize_block()));
            break;
        case wire::Request::kCommit: status = put(*response.mutable_commit(), commit()); break;
        case wire::Request::kExtendVote: response.mutable_extend_vote(); break;
        case wire::Request::kVerifyVoteExtension:
            // This application extends no votes: what is not empty is not from it.
            response.mutable_verify_vote_extension()->set_status(
                request.verify_vote_extension().vote_extension().empty() ? wire::ACCEPT
                                                                         : wire::REJECT);
            break;
        case wire::Request::kListSnapshots:
        case wire::Request::kOfferSnapshot:
        case wire::Request::kLoadSnapshotChunk:
        case wire::Request::kApplySnapshotChunk: return answer_snapshots(request);
        case wire::Request::VALUE_NOT_SET: return refuse(codes::abci_request_unknown);
    }
    if (!status) return propagate(status);
    return response;
}

wire::Response Application::answer(const wire::Request& request) {
    auto response = try_answer(request);
    if (response) return *std::move(response);
    wire::Response exception;
    exception.mutable_exception()->set_error(response.error().message());
    return exception;
}

}  // namespace cityledger::abci
