// Sealing and opening the body of an invoice.

#include <benchmark/benchmark.h>

#include "crypto/check.hpp"
#include "ledger/contracts/invoice/body.hpp"

namespace cityledger::ledger::invoice {
namespace {

/// A body of ten fields for seller, buyer and tax bureau.
struct BodyCase {
    crypto::SecretKey secret = crypto::SecretKey::generate();
    BodyPlace place{"seller", "PAY-1"};
    std::vector<BodyField> fields;
    std::vector<BodyReader> readers;

    BodyCase() {
        for (int i = 0; i < 10; ++i) {
            fields.push_back({"field " + std::to_string(i), std::string(50, 'v')});
        }
        for (const char* id : {"seller", "buyer", "bureau"}) {
            readers.push_back({id, crypto::SecretKey::generate()});
        }
    }
    [[nodiscard]] SealedBody seal() const {
        return seal_body(secret, place, fields, readers).value();
    }
};

void seal_invoice_body(benchmark::State& state) {
    const BodyCase body;
    for (auto _ : state) benchmark::DoNotOptimize(body.seal());
}
BENCHMARK(seal_invoice_body);

void open_invoice_body(benchmark::State& state) {
    const BodyCase body;
    const SealedBody sealed = body.seal();
    for (auto _ : state) {
        CHECK_INVARIANT(open_body(sealed.bytes, body.place, body.readers[1]).has_value());
    }
}
BENCHMARK(open_invoice_body);

}  // namespace
}  // namespace cityledger::ledger::invoice
