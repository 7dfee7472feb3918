#pragma once
// A deterministic network of cores in one thread and virtual time, with a lazy replica around
// each: seeded delays, loss, duplication, partitions, crashes that lose what was not durable. It
// checks all the time: one chain, one vote of a kind per view, valid certificates, nothing sent
// before it is durable.

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "node/consensus/core.hpp"
#include "tests/consensus/node_log.hpp"

namespace cityledger::consensus::testing {

using Milliseconds = std::uint64_t;

struct NetworkOptions {
    std::size_t validators = 4;
    std::uint64_t seed = 1;
    std::uint64_t loss_permille = 0;
    std::uint64_t duplicate_permille = 0;
    Milliseconds min_delay_ms = 1;
    Milliseconds max_delay_ms = 5;
    Milliseconds max_sync_ms = 2;  ///< until a persist is durable
    /// The validator index of each node; empty: one node a validator. An index above the number
    /// of validators is an observer, an index named twice makes twins.
    std::vector<std::size_t> nodes;
    /// Whether a batch counts as done once a node has built or checked a block that names it.
    bool seen_is_done = false;
    CoreOptions core;
};

/// Records that are not durable before this ticket is.
struct Unsynced {
    Ticket ticket = 0;
    std::vector<LogRecord> records;
};

/// What a node's disk and replica hold.
struct Node {
    std::size_t id = 0;
    std::optional<ValidatorIndex> validator;
    std::unique_ptr<Core> core;
    std::uint64_t life = 0;  ///< goes up with each crash; events of an earlier life are void
    bool alive = false;
    Ticket durable = 0;
    Ticket written = 0;  ///< the last persist that was put out
    std::vector<Unsynced> unsynced;
    std::vector<LogRecord> disk;  ///< the log, in order
    std::vector<Commit> chain;    ///< as executed; height 1 is element 0
    /// Own votes are lost: the view above which it votes; 0 until the others have answered.
    std::optional<View> votes_above;
    std::map<ValidatorIndex, View> start_answers;  ///< the highest certified view of each
    std::vector<std::pair<Ticket, Action>> waiting;
    std::map<TimerFired::Kind, std::uint64_t> timers;  ///< the generation that may fire
    std::vector<Evidence> evidence;
    bool had_work = false;
    std::set<Digest> open_batches;  ///< submitted and not committed here
    std::set<Digest> seen_batches;  ///< named by a block that it built or checked
    /// Own votes that left, by (kind, view).
    std::map<std::pair<ledger::VoteKind, View>, ledger::VoteContent> sent;
};

class Network {
public:
    explicit Network(NetworkOptions options);

    // Control.
    void start_all();
    void crash(std::size_t node);
    void restart(std::size_t node);
    /// Of a node that is down: its log ends before this record, its state stays as it is.
    void cut_log(std::size_t node, std::size_t records);
    /// Groups of nodes that hear each other; nobody else does.
    void partition(std::vector<std::set<std::size_t>> groups);
    /// No partition, no loss, every node up; every session comes up anew.
    void heal();
    /// Something to order: all live nodes learn of a batch.
    void submit_batch();
    void give(std::size_t node, const Input& input);
    void later(Milliseconds delay, std::function<void()> event);
    void run_for(Milliseconds duration);
    /// Runs until the condition holds; false if it does not within this time.
    bool run_until(const std::function<bool()>& condition, Milliseconds limit);
    bool run_to_height(std::uint64_t height, Milliseconds limit);

    // Hooks.
    /// May replace what a node sends: returns true if it has dealt with it.
    std::function<bool(std::size_t node, const Send&)> on_send;
    std::function<bool(std::size_t node, const CheckBlock&)> on_check;
    /// After each action of a node was carried out.
    std::function<void(std::size_t node, const Action&)> after_action;

    // Looking.
    [[nodiscard]] Node& node(std::size_t id) { return nodes_.at(id); }
    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] const ledger::ValidatorSet& validators() const { return *validators_; }
    [[nodiscard]] const crypto::PrivateKey& key(std::size_t validator) const {
        return keys_.at(validator);
    }
    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }
    [[nodiscard]] std::uint64_t min_height() const;
    [[nodiscard]] Milliseconds now() const { return now_; }
    [[nodiscard]] std::uint64_t random(std::uint64_t bound) { return random_() % bound; }
    [[nodiscard]] NetworkOptions& options() { return options_; }
    [[nodiscard]] std::size_t messages() const { return messages_; }
    /// Sends to one node, or to all nodes of other validators, through the lossy links.
    void transmit(std::size_t from, std::optional<std::size_t> to, const Message& message);
    [[nodiscard]] ledger::Vote sign(std::size_t validator,
                                    const ledger::VoteContent& content) const;

private:
    void carry_out(Node& node, const Output& output);
    void act(Node& node, const Action& action);
    void carry_out_when_durable(Node& node, const Action& action);
    void persist(Node& node, const Persist& persist);
    void synced(Node& node, Ticket ticket);
    void send(Node& node, const Send& send);
    void commit(Node& node, const Commit& commit);
    /// A block that a node holds as final has to be everybody's.
    void agree(const Commit& commit);
    void build(Node& node, const BuildBlock& build);
    void check(Node& node, const CheckBlock& check);
    void fetch(Node& node, const FetchBlock& fetch);
    void fetch(Node& node, const FetchCertificate& fetch);
    void set_timer(Node& node, const SetTimer& timer);
    void link(std::size_t from, std::size_t to, std::function<void()> arrive);
    void boot(Node& node);
    [[nodiscard]] RecoveredState recover(Node& node);
    void allow_votes(Node& node);
    void ask_start_question(Node& node);
    void take_start_answer(Node& node, ValidatorIndex from, View certified);
    void mark_final(Node& node, const Commit& commit);
    void tell_work(Node& node);
    [[nodiscard]] bool connected(std::size_t a, std::size_t b) const;
    [[nodiscard]] std::set<Digest> batches_of(const Node& node,
                                              const std::vector<Digest>& unfinal) const;
    [[nodiscard]] std::optional<ledger::Block> block_of(const Node& node,
                                                        const Digest& digest) const;
    void check_vote(Node& node, const ledger::Vote& vote);
    void check_certificate(const ledger::Certificate& certificate);
    void violated(const std::string& what);
    Input input_of(std::size_t from, const Message& message) const;

    NetworkOptions options_;
    std::mt19937_64 random_;
    std::vector<crypto::PrivateKey> keys_;
    std::optional<ledger::ValidatorSet> validators_;
    std::vector<Node> nodes_;
    std::vector<std::set<std::size_t>> groups_;
    std::map<std::pair<Milliseconds, std::uint64_t>, std::function<void()>> events_;
    std::uint64_t event_count_ = 0;
    Milliseconds now_ = 0;
    std::set<Digest> batches_;
    std::map<std::uint64_t, Digest> agreed_;  ///< height -> block that some node committed
    std::set<Digest> verified_;               ///< certificates that were checked
    std::vector<std::string> violations_;
    std::size_t messages_ = 0;
};

/// A chain id for tests.
[[nodiscard]] ledger::ChainId test_chain();
[[nodiscard]] Digest test_digest(std::uint64_t number);
[[nodiscard]] std::vector<crypto::PrivateKey> test_keys(std::size_t count);
[[nodiscard]] ledger::ValidatorSet test_validators(const std::vector<crypto::PrivateKey>& keys);
[[nodiscard]] ledger::Block genesis_block();
[[nodiscard]] Digest genesis_digest();
/// A block on this parent that names these batches.
[[nodiscard]] ledger::Block block_on(const ledger::BlockHeader& parent,
                                     std::vector<Digest> batches);

}  // namespace cityledger::consensus::testing
