// Figures for docs/decisions/0004: what sealing an invoice costs, by way of wrapping its key.
// Not a test: build the target seal_bench and run it.

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include "crypto/keys.hpp"
#include "crypto/seal.hpp"

namespace {

using namespace cityledger;

double microseconds_each(int rounds, const std::function<void()>& action) {
    const auto started = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) action();
    const std::chrono::duration<double, std::micro> spent =
        std::chrono::steady_clock::now() - started;
    return spent.count() / rounds;
}

void report(const char* what, double microseconds) {
    std::printf("%-48s %8.2f us\n", what, microseconds);
}

}  // namespace

int main() {
    const auto seller = crypto::PrivateKey::generate();
    const auto buyer = crypto::PrivateKey::generate();
    const std::string body(400, 'x');
    const auto content = crypto::SecretKey::generate();
    const auto pairwise =
        crypto::pairwise_key(seller, buyer.public_key(), as_bytes("bench")).value();
    const Digest salt{};

    report("seal 400 bytes, AES-256-GCM", microseconds_each(200'000, [&] {
               (void)crypto::seal(content, as_bytes(body), as_bytes("91440300YY1000011B"));
           }));
    report("wrap a content key, cached pairwise key",
           microseconds_each(200'000, [&] { (void)crypto::wrap_key(pairwise, content); }));
    report("pairwise key by ECDH and HKDF (once a pair)", microseconds_each(2'000, [&] {
               (void)crypto::pairwise_key(seller, buyer.public_key(), as_bytes("bench"));
           }));
    report("commit one field", microseconds_each(200'000, [&] {
               (void)crypto::commit_field(salt, "buyer", as_bytes("91440300YY100002X3"));
           }));
    report("derive a content key by HKDF", microseconds_each(200'000, [&] {
               (void)crypto::derive_key(salt.view(), as_bytes("s"), as_bytes("content"));
           }));
}
