// Runs the contracts for a model in another language, a line of JSON for each step:
//   first   {"business": {...}}                                              the genesis' sections
//   then    {"sender": ID, "contract": C, "operation": O, "arguments": {...}}
//   or      {"contract": C, "query": Q, "arguments": {...}}
// and answers {"ok": RESULT} or {"refused": CODE}. Each operation is a signed transaction in a
// block of its own, through the executor that the nodes run.

#include <boost/json.hpp>
#include <iostream>
#include <map>

#include "crypto/check.hpp"
#include "crypto/hash.hpp"
#include "ledger/codec/json.hpp"
#include "ledger/contracts/contracts.hpp"
#include "ledger/executor.hpp"
#include "ledger/memory_state_store.hpp"
#include "node/api/answers.hpp"

namespace {

using namespace cityledger;
using namespace cityledger::ledger;
namespace json = boost::json;

crypto::PrivateKey key_of(const MemberId& member) {
    return crypto::PrivateKey::for_simulation(crypto::sha256(as_bytes(member)));
}

std::string text_at(const json::object& step, std::string_view key) {
    return std::string(step.at(key).as_string());
}

json::object refused(std::string_view code) { return {{"refused", code}}; }

class Chain {
public:
    explicit Chain(const json::object& business) {
        genesis_.name = "model";
        genesis_.suite = SuiteName::simulation;
        genesis_.validators = {{"node0", key_of("node0").public_key().bytes()}};
        for (const json::value& member : business.at("membership").at("members").as_array()) {
            const MemberId id(member.at("id").as_string());
            genesis_.keys.push_back({id, key_of(id).public_key().bytes()});
        }
        genesis_.business = compact_json(business);
        auto opened = Executor::open(genesis_, city_contracts(), store_);
        if (!opened) throw std::runtime_error(opened.error().message());
        executor_ = *std::move(opened);
    }

    json::object run(const json::object& step) {
        const auto& arguments = step.at("arguments");
        const std::string contract = text_at(step, "contract");
        return step.contains("query") ? ask(contract, text_at(step, "query"), arguments)
                                      : send(step, contract, arguments);
    }

private:
    json::object send(const json::object& step, const std::string& contract,
                      const json::value& arguments) {
        const std::string name = text_at(step, "operation");
        const auto method = city_contracts().operation(contract, name);
        if (!method) throw std::runtime_error(method.error().message());
        const auto bytes = (*method)->arguments_from_json(arguments);
        if (!bytes) throw std::runtime_error(name + ": " + bytes.error().message());
        const Receipt receipt = execute(text_at(step, "sender"), {contract, name, *bytes});
        const bool is_refused = receipt.code != 0 || receipt.operations.at(0).code != 0;
        if (is_refused) {
            const auto number = receipt.code != 0 ? receipt.code : receipt.operations.at(0).code;
            const Code* code = api::find_code(number);
            return refused(code == nullptr ? std::to_string(number) : code->name);
        }
        const auto result = (*method)->result_to_json(receipt.operations.at(0).result);
        CHECK_INVARIANT(result.has_value());
        return {{"ok", *result}};
    }

    Receipt execute(const MemberId& sender, Operation operation) {
        const auto key = key_of(sender);
        TransactionBody body;
        body.chain_id = chain_id_of(genesis_);
        body.sender = sender;
        body.sender_key = key.public_key().bytes();
        const std::uint64_t height = executor_->state().height + 1;
        for (std::size_t i = 0; i < sizeof(height); ++i) {
            body.nonce.bytes[i] = static_cast<std::uint8_t>(height >> (8 * i));
        }
        body.expires_at_height = height + 10;
        body.operations.push_back(std::move(operation));
        Batch batch;
        batch.transactions.push_back(sign_transaction(std::move(body), key));
        const auto executed = executor_->execute(height, {&batch});
        CHECK_INVARIANT(executed.has_value() && executed->receipts.size() == 1);
        return executed->receipts[0].receipt;
    }

    json::object ask(const std::string& contract, const std::string& name,
                     const json::value& arguments) {
        const auto method = city_contracts().query(contract, name);
        if (!method) throw std::runtime_error(method.error().message());
        const auto bytes = (*method)->arguments_from_json(arguments);
        if (!bytes) throw std::runtime_error(name + ": " + bytes.error().message());
        const auto answer = run_query(city_contracts(), store_, contract, name, *bytes, "SZTAX");
        if (!answer) return refused(answer.error().code.name);
        return {{"ok", *(*method)->result_to_json(*answer)}};
    }

    Genesis genesis_;
    MemoryStateStore store_;
    std::unique_ptr<Executor> executor_;
};

}  // namespace

int main() {
    try {
        std::string line;
        if (!std::getline(std::cin, line)) return 2;
        Chain chain(json::parse(line).at("business").as_object());
        while (std::getline(std::cin, line)) {
            std::cout << json::serialize(chain.run(json::parse(line).as_object())) << std::endl;
        }
    } catch (const std::exception& failure) {
        std::cerr << "model_driver: " << failure.what() << "\n";
        return 2;
    }
    return 0;
}
