#pragma once
// Nodes of a small network in one process and one event loop, with identities of every kind.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <ctime>

#include "crypto/hash.hpp"
#include "crypto/x509_identity.hpp"
#include "node/io/io_codes.hpp"
#include "node/io/transport/transport.hpp"
#include "node/io/transport/transport_session.hpp"

namespace cityledger::io::test {

inline constexpr std::int64_t k_day_s = 86'400;

inline std::int64_t now_unix_s() { return static_cast<std::int64_t>(std::time(nullptr)); }

inline crypto::Validity around_now() {
    return {now_unix_s() - k_day_s, now_unix_s() + 365 * k_day_s};
}

/// One network's authority, and identities that it issues.
class Network {
public:
    Network() : authority_(crypto::create_authority("test network", around_now())) {}

    static Digest chain_id() { return crypto::sha256(as_bytes("the chain of these tests")); }
    const crypto::IssuedIdentity& authority() const { return authority_; }

    crypto::IssuedIdentity issue(const std::string& node, crypto::Validity validity = around_now(),
                                 const std::string& network = to_hex(chain_id())) const {
        return crypto::issue_node_certificate(authority_, {network, node}, validity).value();
    }

    /// An identity of this or another authority, trusting this network's authority.
    TlsIdentity identity(const crypto::IssuedIdentity& issued) const {
        return {issued.certificate_pem, issued.private_key_pem, authority_.certificate_pem};
    }

private:
    crypto::IssuedIdentity authority_;
};

/// Runs the event loop until something holds; false if it does not for ten seconds.
template <class Condition>
bool run_until(boost::asio::io_context& context, Condition holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
        context.restart();
        if (std::chrono::steady_clock::now() > deadline) return false;
        context.run_one_for(std::chrono::milliseconds(100));
    }
    return true;
}

/// A transport of one validator, and what it told.
struct TestNode {
    TestNode(boost::asio::io_context& context, TransportSettings settings)
        : transport(TcpTransport::create(context, std::move(settings), logger).value()) {}

    Status start() {
        return transport->start(
            {[this](ValidatorIndex peer, bool up) { events.emplace_back(peer, up); },
             [this](ValidatorIndex, ByteView frame) { frames.push_back(to_bytes(frame)); }});
    }
    bool is_up(ValidatorIndex peer) const { return transport->links()[peer].connected; }
    /// How many connections ended for this reason.
    std::uint64_t closed_for(const Code& code) const {
        return transport->counters()["p2p_closed_" + std::string(code.name)];
    }
    std::optional<Error> last_error(ValidatorIndex peer) const {
        return transport->links()[peer].last_error;
    }

    Logger logger;
    std::unique_ptr<TcpTransport> transport;
    std::vector<std::pair<ValidatorIndex, bool>> events;
    std::vector<Bytes> frames;
};

inline TransportSettings settings_for(const Network& network, ValidatorIndex index,
                                      TlsIdentity identity) {
    TransportSettings settings;
    settings.identity = std::move(identity);
    settings.chain_id = Network::chain_id();
    settings.network = to_hex(Network::chain_id());
    settings.validators = {"node0", "node1", "node2"};
    settings.own_index = index;
    (void)network;
    return settings;
}

inline TransportSettings good_settings(const Network& network, ValidatorIndex index) {
    return settings_for(network, index,
                        network.identity(network.issue("node" + std::to_string(index))));
}

}  // namespace cityledger::io::test
