#pragma once
// A running node takes over what changes in the files of its certificate, of the authority and of
// the revocation list: nobody has to stop a validator to renew it, or to shut a thief out.

#include <array>
#include <cstdint>
#include <string>

#include "node/io/config.hpp"
#include "node/io/daemon/daemon_home.hpp"
#include "node/io/daemon/node_condition.hpp"
#include "node/io/logging.hpp"
#include "node/io/transport/transport.hpp"

namespace cityledger::io {

/// On the transport's thread.
class CertificateWatch {
public:
    /// All must outlive it. `home` is what the node has started with.
    CertificateWatch(const NodeHome& folder, const HomeContents& home, TcpTransport& transport,
                     NodeCondition& condition, Logger& logger);

    /// To be called every second or so. Files that change are taken at the look after the one that
    /// has seen the change: key and certificate are two files and change one after the other. What
    /// cannot be taken is told once in the log, and what was there before stays in force.
    void look(std::int64_t now_unix_s);

private:
    /// Inode, size and time of change.
    using Stamp = std::array<std::int64_t, 4>;
    using Stamps = std::array<Stamp, 4>;

    [[nodiscard]] Stamps stamps() const;
    /// Whether whom it trusts has changed.
    Result<bool> take_trust();
    /// Whether the node's own certificate has.
    Result<bool> take_identity(std::int64_t now_unix_s);
    void tell_refused(const std::string& what, const Error& why);
    void tell_own_revoked();

    const NodeHome& folder_;
    const HomeContents& home_;
    TcpTransport& transport_;
    NodeCondition& condition_;
    Logger& logger_;
    Trust trust_;
    std::string certificate_pem_;
    std::string private_key_pem_;
    Stamps seen_{};   ///< at the last look
    Stamps taken_{};  ///< of what is in force, or was refused
};

}  // namespace cityledger::io
