#include "sim/cli/pending.hpp"

#include <filesystem>

#include "node/io/config_files.hpp"
#include "sim/launch/network_maker.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

constexpr unsigned k_own_file = 0600;

std::string file_of(const NetworkFolder& folder, const Digest& transaction) {
    return folder.pending() + "/" + to_hex(transaction) + ".hex";
}

std::optional<ledger::Transaction> read_pending(const std::string& path) {
    const auto text = io::read_text_file(path);
    const auto bytes = text ? from_hex(*text) : std::nullopt;
    if (!bytes) return std::nullopt;
    auto transaction = ledger::decode<ledger::Transaction>(*bytes);
    if (!transaction) return std::nullopt;
    return *std::move(transaction);
}

}  // namespace

std::optional<ledger::Transaction> find_pending(const NetworkFolder& folder,
                                                const ledger::MemberId& sender,
                                                const std::vector<ledger::Operation>& operations) {
    std::error_code error;
    for (fs::directory_iterator entry(folder.pending(), error), end; !error && entry != end;
         entry.increment(error)) {
        auto transaction = read_pending(entry->path().string());
        if (transaction && transaction->body.sender == sender &&
            transaction->body.operations == operations) {
            return transaction;
        }
    }
    return std::nullopt;
}

Status keep_pending(const NetworkFolder& folder, const ledger::Transaction& transaction) {
    std::error_code error;
    fs::create_directory(folder.pending(), error);
    if (error) {
        return tl::unexpected<Error>(folder_unusable(folder.pending() + ": " + error.message()));
    }
    return io::write_text_file(file_of(folder, ledger::transaction_id(transaction.body)),
                               to_hex(ledger::encode(transaction)), k_own_file);
}

void drop_pending(const NetworkFolder& folder, const Digest& transaction) {
    std::error_code ignored;
    fs::remove(file_of(folder, transaction), ignored);
}

}  // namespace cityledger::sim
