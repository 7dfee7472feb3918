#include "sim/launch/purge.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "node/io/config.hpp"
#include "node/io/config_files.hpp"
#include "node/io/logging.hpp"
#include "sim/launch/comet_maker.hpp"

namespace cityledger::sim {
namespace {

namespace fs = std::filesystem;

using NameTest = bool (*)(const std::string& name);

bool is_log_file(const std::string& name) {
    return name.starts_with("log-") &&
           std::all_of(name.begin() + 4, name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_pending_file(const std::string& name) { return name.ends_with(".hex"); }

/// Where departments serve their rows, and what they remember of deliveries.
bool is_exchange_file(const std::string& name) {
    static constexpr std::array<std::string_view, 4> k_endings = {".port", ".outbox", ".outbox-wal",
                                                                  ".outbox-shm"};
    return std::any_of(k_endings.begin(), k_endings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

/// The files of RocksDB.
bool is_state_file(const std::string& name) {
    static constexpr std::array<std::string_view, 4> k_names = {"CURRENT", "IDENTITY", "LOCK",
                                                                "LOG"};
    static constexpr std::array<std::string_view, 3> k_prefixes = {"MANIFEST-", "OPTIONS-",
                                                                   "LOG.old."};
    static constexpr std::array<std::string_view, 3> k_endings = {".sst", ".log", ".dbtmp"};
    const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
    const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
    return std::find(k_names.begin(), k_names.end(), name) != k_names.end() ||
           std::any_of(k_prefixes.begin(), k_prefixes.end(), begins) ||
           std::any_of(k_endings.begin(), k_endings.end(), ends);
}

std::vector<std::string> entries_of(const std::string& folder) {
    std::vector<std::string> paths;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        paths.push_back(entry->path().string());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

void remove_file(const std::string& path) {
    std::error_code ignored;
    if (!fs::is_directory(fs::symlink_status(path, ignored))) fs::remove(path, ignored);
}

/// With the half-written one that an interrupted io::write_text_file leaves.
void remove_text_file(const std::string& path) {
    remove_file(path);
    remove_file(path + ".new");
}

/// Only if it is empty; a link to a folder goes, what it leads to stays.
void remove_folder(const std::string& path) {
    std::error_code ignored;
    fs::remove(path, ignored);
}

void remove_matching(const std::string& folder, NameTest ours) {
    for (const std::string& path : entries_of(folder)) {
        if (ours(fs::path(path).filename().string())) remove_file(path);
    }
    remove_folder(folder);
}

void remove_home(const std::string& path) {
    const io::NodeHome home{path};
    // The data stand elsewhere if node.json says so; a path out of the home is not ours to clear.
    const auto config = io::read_node_config(home.config());
    const bool inside = config && fs::path(config->data_folder).is_relative() &&
                        config->data_folder.find("..") == std::string::npos;
    const io::NodeConfig data = inside ? *config : io::NodeConfig{};
    remove_matching(home.log(data), is_log_file);
    remove_matching(home.state(data), is_state_file);
    if (home.data(data) != home.folder) remove_folder(home.data(data));
    for (const std::string& file :
         {home.ports(), home.node_log(), home.console_log(), home.control_token(),
          home.certificate(), home.certificate_key(), home.validator_key(), home.authority(),
          home.revocations(), home.genesis(), home.process_id(), home.config()}) {
        remove_text_file(file);
    }
    for (std::size_t age = 1; age <= io::k_old_log_files; ++age) {
        remove_text_file(home.old_node_log(age));
    }
    remove_folder(path);
}

/// A home of CometBFT: the folders that it and its application keep go as a whole.
void remove_comet_home(const NetworkFolder& folder, const std::string& node) {
    const std::string application = application_home(folder, node);
    std::error_code ignored;
    for (const std::string& part :
         {folder.home(node) + "/config", folder.home(node) + "/data", application + "/state"}) {
        fs::remove_all(part, ignored);
    }
    for (const std::string& path : {application, folder.home(node)}) {
        remove_text_file(io::NodeHome{path}.process_id());
        remove_text_file(io::NodeHome{path}.console_log());
        remove_folder(path);
    }
}

void remove_actors(const NetworkFolder& folder) {
    for (const std::string& path : entries_of(folder.actors())) {
        const auto pem = io::read_text_file(path);
        if (pem && is_made_key(*pem)) remove_file(path);
    }
    remove_folder(folder.actors());
}

void list_files(const std::string& folder, std::vector<std::string>& files) {
    for (const std::string& path : entries_of(folder)) {
        std::error_code ignored;
        const bool is_folder = fs::is_directory(fs::symlink_status(path, ignored));
        if (is_folder && !fs::is_empty(path, ignored)) {
            list_files(path, files);
        } else {
            files.push_back(path);
        }
    }
}

}  // namespace

std::vector<std::string> purge_network(const NetworkFolder& folder) {
    const auto network = read_network(folder, Engines::any);
    if (network) {
        for (const NodeAddress& node : network->nodes) {
            if (network->engine)
                remove_comet_home(folder, node.name);
            else
                remove_home(folder.home(node.name));
        }
    }
    remove_actors(folder);
    remove_matching(folder.pending(), is_pending_file);
    remove_matching(folder.data(), is_exchange_file);
    // The list of the nodes goes last: as long as it is there, a purge can be repeated.
    for (const std::string& file :
         {folder.genesis(), folder.authority(), folder.authority_key(), folder.revocations(),
          folder.issued(), folder.register_key(), folder.file(), folder.lock()}) {
        remove_text_file(file);
    }
    remove_folder(folder.path);
    std::vector<std::string> left;
    list_files(folder.path, left);
    return left;
}

}  // namespace cityledger::sim
