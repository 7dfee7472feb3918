#include "node/io/http/api_proofs.hpp"

#include <limits>

#include "crypto/check.hpp"
#include "ledger/contracts/receipt_readers.hpp"
#include "ledger/contracts/state_readers.hpp"
#include "ledger/receipt_index.hpp"
#include "node/io/http/api_arguments.hpp"
#include "node/io/http/api_submit.hpp"
#include "node/io/http/read_codes.hpp"
#include "node/io/io_codes.hpp"

namespace cityledger::io {
namespace {

/// The lowest height, within reach, after which the hashed state was already that of this height:
/// an empty block changes nothing, and on a quiet network nothing may ever cover it.
std::uint64_t same_state_from(const ledger::StateReader& state, std::uint64_t height) {
    const auto reached = ledger::find_executed_state(state, height);
    if (!reached) return height;
    for (std::uint32_t i = 0; i < ledger::k_max_proof_headers && height > 0; ++i, --height) {
        const auto before = ledger::find_executed_state(state, height - 1);
        const bool same = before && before->system_root == reached->system_root &&
                          before->business_root == reached->business_root;
        if (!same) break;
    }
    return height;
}

std::vector<ledger::Receipt> receipts_of(const ledger::StateReader& state, std::uint64_t height) {
    std::vector<ledger::Receipt> receipts;
    while (auto stored =
               ledger::receipt_at(state, height, static_cast<std::uint32_t>(receipts.size()))) {
        receipts.push_back(std::move(stored->receipt));
    }
    return receipts;
}

Error not_for_asker(const std::string& what, const std::string& readers) {
    return refuse(codes::read_proof_not_permitted, what + " is for " + readers).value();
}

std::uint64_t bytes_of(const std::vector<ledger::Receipt>& receipts) {
    std::uint64_t bytes = 0;
    for (const ledger::Receipt& receipt : receipts) bytes += ledger::encode(receipt).size();
    return bytes;
}

}  // namespace

Result<api::StateQuestion> state_question_of(const HttpRequest& request) {
    api::StateQuestion question;
    const std::string_view space = request.parameter("space").value_or("business");
    if (space != "business" && space != "system") {
        return tl::unexpected<Error>(wrong_parameter("space: business or system"));
    }
    if (space == "system") question.space = ledger::Space::system;
    const auto key = from_hex(request.parameter("key").value_or(""));
    if (!key || key->empty() || key->size() > ledger::k_max_key_bytes) {
        return tl::unexpected<Error>(wrong_parameter(
            "key: 1 to " + std::to_string(ledger::k_max_key_bytes) + " bytes in hex digits"));
    }
    question.key = as_text(*key);
    if (const auto height = request.parameter("height")) {
        const auto number = number_of("height", *height, std::numeric_limits<std::uint64_t>::max());
        if (!number) return propagate(number);
        question.height = *number;
    }
    return question;
}

Result<ledger::StoredReceipt> stored_receipt(const ApiBackend& backend, const std::string& id) {
    const auto digest = digest_from_hex(id);
    if (!digest) return tl::unexpected<Error>(wrong_parameter("the id is not 64 hex digits"));
    auto stored = ledger::find_receipt(backend.state(), *digest);
    if (!stored) return refuse(codes::receipt_not_found, id);
    return *std::move(stored);
}

/// Receipts are numbered in block order and skip repeated copies only, so the search begins at the
/// receipt's own number.
const ledger::Transaction* find_transaction(const StoredBlock& block,
                                            const ledger::Receipt& receipt) {
    std::size_t position = 0;
    for (const ledger::Batch& batch : block.batches) {
        for (const ledger::Transaction& transaction : batch.transactions) {
            if (position++ < receipt.index) continue;
            if (ledger::transaction_id(transaction.body) == receipt.transaction) {
                return &transaction;
            }
        }
    }
    return nullptr;
}

void ProofRoutes::cover(std::optional<std::uint64_t> height, const HttpRespond& respond,
                        WithProof then) {
    backend_.read_cover(
        height, [this, respond, then = std::move(then)](const Result<Cover>& found) {
            if (!found) return respond(error_response(found.error()));
            // The network may have covered what this node has not executed yet.
            if (found->headers.empty() ||
                found->headers.front().executed.height > backend_.executed_height()) {
                const std::uint64_t reached = backend_.executed_height();
                return respond(error_response(
                    refuse(codes::proof_not_covered, "executed here: " + std::to_string(reached))
                        .value()));
            }
            ledger::Proof proof;
            proof.chain_id = ledger::chain_id_of(backend_.genesis());
            proof.headers = found->headers;
            proof.certificate = found->certificate;
            then(std::move(proof));
        });
}

Status ProofRoutes::check_reader(const ledger::ContractRegistry& contracts, const std::string& key,
                                 const ledger::MemberId& asker) const {
    const auto who = ledger::kept_from(contracts, backend_.state(), key, asker);
    if (who) return tl::unexpected<Error>(not_for_asker("the value of this key", *who));
    return {};
}

void ProofRoutes::of_state(const api::StateQuestion& question, const HttpRespond& respond) {
    std::optional<std::uint64_t> height = question.height;
    if (height) height = same_state_from(backend_.state(), *height);
    cover(height, respond, [this, asked = question, respond](ledger::Proof proof) {
        const ledger::ExecutedState& named = proof.headers.front().executed;
        const Digest root =
            asked.space == ledger::Space::system ? named.system_root : named.business_root;
        backend_.prove_under(
            asked.space, asked.key, root,
            [proof = std::move(proof), respond](const Result<ledger::StateClaim>& claim) mutable {
                if (!claim) return respond(error_response(claim.error()));
                proof.state = *claim;
                respond(json_response(proof));
            });
    });
}

void ProofRoutes::of_receipt(const ledger::Receipt& receipt, const Asker& asker,
                             const Charge& charge, const HttpRespond& respond) {
    backend_.read_block(
        receipt.height, [this, receipt, asker, charge, respond](const Result<StoredBlock>& block) {
            if (!block) return respond(error_response(block.error()));
            charge(block->bytes);
            const auto* transaction = find_transaction(*block, receipt);
            ledger::ReceiptReader reader(asker.contracts, backend_.state(), asker.member);
            if (transaction == nullptr || !reader.reads_all(transaction->body)) {
                return respond(
                    error_response(not_for_asker("this receipt", ledger::k_receipt_readers)));
            }
            cover(receipt.height, respond,
                  [this, receipt, charge, respond, body = transaction->body](ledger::Proof proof) {
                      std::uint64_t bytes = 0;
                      proof.receipt = claim(receipt, proof.headers.front().executed.height, bytes);
                      proof.receipt->transaction = body;
                      charge(bytes);
                      respond(json_response(proof));
                  });
        });
}

ledger::ReceiptClaim ProofRoutes::claim(const ledger::Receipt& receipt,
                                        std::uint64_t covered_height, std::uint64_t& bytes) {
    const ledger::StateReader& state = backend_.state();
    const auto before = ledger::find_executed_state(state, receipt.height - 1);
    CHECK_INVARIANT(before.has_value());  // it has executed this height
    const auto of_height = receipts_of(state, receipt.height);
    bytes += bytes_of(of_height);
    std::vector<Digest> later;
    for (std::uint64_t height = receipt.height + 1; height <= covered_height; ++height) {
        const auto receipts = receipts_of(state, height);
        bytes += bytes_of(receipts);
        later.push_back(ledger::receipts_list_root(receipts));
    }
    return ledger::claim_receipt(of_height, receipt.index, before->receipts_root, std::move(later));
}

}  // namespace cityledger::io
