#pragma once
// The test chain of tests/ledger under an Application, on a store that can lose power.

#include "node/abci/abci_codes.hpp"
#include "node/abci/application.hpp"
#include "tests/ledger/executor_fixture.hpp"

namespace cityledger::abci::testing {

using namespace ledger::testing;

struct ApplicationFixture {
    ledger::Genesis genesis = make_genesis(R"({"counter":{"start":5}})");
    ledger::ContractRegistry contracts = make_test_contracts();
    ledger::MemoryStateStore store;
    std::unique_ptr<Application> application;
    std::uint8_t nonces = 0;
    bool flushes = true;  ///< each block is durable before Commit answers

    ApplicationFixture() { reopen(); }
    void reopen() {
        auto flush = [this]() -> Status {
            if (flushes) store.flush();
            return {};
        };
        application = Application::open(genesis, contracts, store, flush).value();
    }
    /// The process and its host end; what was not durable is gone.
    void lose_power() {
        application.reset();
        store.crash();
        reopen();
    }

    ledger::Transaction sign(const std::string& sender, std::vector<ledger::Operation> operations,
                             std::uint64_t expires = 10) {
        auto body = make_body(ledger::chain_id_of(genesis), sender, expires, std::move(operations));
        body.nonce.bytes[0] = nonces++;
        return ledger::sign_transaction(std::move(body), key_of(sender));
    }
    static std::string bytes_of(const ledger::Transaction& transaction) {
        return std::string(as_text(ledger::encode(transaction)));
    }
    std::string add_bytes(const std::string& counter, std::int64_t amount,
                          std::uint64_t expires = 10) {
        return bytes_of(sign("alice", {add(counter, amount)}, expires));
    }

    static wire::FinalizeBlockRequest block(std::int64_t height,
                                            const std::vector<std::string>& transactions) {
        wire::FinalizeBlockRequest asked;
        asked.set_height(height);
        for (const std::string& bytes : transactions) asked.add_txs(bytes);
        return asked;
    }
    wire::FinalizeBlockResponse run(std::int64_t height,
                                    const std::vector<std::string>& transactions) {
        auto answer = application->finalize_block(block(height, transactions)).value();
        REQUIRE(application->commit().has_value());
        return answer;
    }
    wire::TxResult check(const std::string& bytes) {
        wire::CheckTxRequest asked;
        asked.set_tx(bytes);
        return application->check_tx(asked);
    }
    wire::Verdict judge(std::int64_t height, const std::vector<std::string>& transactions) {
        wire::ProcessProposalRequest asked;
        asked.set_height(height);
        for (const std::string& bytes : transactions) asked.add_txs(bytes);
        return application->process_proposal(asked).status();
    }
    wire::QueryResponse ask(const std::string& path, const std::string& data = {}) {
        wire::QueryRequest asked;
        asked.set_path(path);
        asked.set_data(data);
        return application->query(asked);
    }
};

}  // namespace cityledger::abci::testing
