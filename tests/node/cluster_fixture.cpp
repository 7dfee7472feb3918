#include "cluster_fixture.hpp"

namespace cityledger::node::test {
namespace {

using sim::VirtualCluster;

/// The argument of the only operation: writes one key.
struct Note {
    std::string key;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(ledger::field("key", key));
    }
};

template <bool wrong>
Result<ledger::Nothing> put_note(ledger::Context& context, const Note& note) {
    const std::string value = wrong ? note.key + "?" : note.key;
    context.put(ledger::Space::business, "notes/" + note.key, to_bytes(as_bytes(value)));
    return ledger::Nothing{};
}

ledger::ContractRegistry make_contracts(bool wrong) {
    ledger::Contract notes;
    notes.name = "notes";
    notes.operations.push_back(ledger::make_method<Note, ledger::Nothing>(
        "put", "Writes a note.", wrong ? put_note<true> : put_note<false>));
    notes.initialise = [](ledger::Context&, const boost::json::value&) { return Status{}; };
    ledger::ContractRegistry contracts;
    contracts.add(std::move(notes));
    return contracts;
}

sim::WorldPlan plan_of(const ClusterOptions& options) {
    sim::WorldPlan plan;
    plan.name = "test";
    plan.seed = options.seed;
    plan.validators = options.nodes;
    plan.members = {"alice", "bob", "carol"};
    return plan;
}

sim::WorkTimes usual_work() {
    sim::WorkTimes work;
    work.sync_max_us = 1000;
    work.execute_max_us = 600;
    work.flush_every_blocks = 1ull << 40;  // a power cut may take all of the state
    return work;
}

sim::VirtualOptions virtual_options(const ClusterOptions& options) {
    sim::VirtualOptions all;
    all.disk = k_torn_disk;
    // Short ways, so that much happens in the few milliseconds of a short life.
    all.network.delay_max_us = 1000;
    all.network.connect_max_us = 100;
    all.network.notice_reset_max_us = 100;
    all.work = usual_work();
    all.contracts = &note_contracts();
    all.start_nodes = false;
    all.replica.log_segment_bytes = options.log_segment_bytes;
    all.replica.mempool_max_bytes = 1024 * 1024;
    if (options.computes_wrong) {
        all.wrong_contracts = {{*options.computes_wrong, &note_contracts(true)}};
    }
    if (options.disks_lie) {
        all.work.sync_lies_per_million = sim::k_million;
        all.check_persisted_votes = false;
    }
    return all;
}

}  // namespace

const ledger::ContractRegistry& note_contracts(bool wrong) {
    static const ledger::ContractRegistry right_ones = make_contracts(false);
    static const ledger::ContractRegistry wrong_ones = make_contracts(true);
    return wrong ? wrong_ones : right_ones;
}

void set_full(sim::SimulatedDisk& disk, bool full) {
    sim::DiskFaults faults = disk.faults();
    const std::uint64_t used = faults.capacity_bytes - disk.free_bytes("").value();
    faults.capacity_bytes = full ? used : sim::DiskFaults{}.capacity_bytes;
    disk.set_faults(faults);
}

TestCluster::TestCluster(const ClusterOptions& options)
    : cluster(plan_of(options), virtual_options(options)),
      random(sim::SimulatedRandom(options.seed).fork("test")) {}

void TestCluster::start_all() {
    for (std::size_t node = 0; node < cluster.size(); ++node) {
        if (!cluster.running(node)) start(node);
    }
}

void TestCluster::start(std::size_t node) {
    const auto started = cluster.restart(node);
    INFO("node " << node << ": " << cluster.down_because(node));
    REQUIRE(started);
}

void TestCluster::stop(std::size_t node) { REQUIRE(cluster.end_process(node)); }
void TestCluster::power_cut(std::size_t node) { REQUIRE(cluster.kill(node)); }
void TestCluster::wipe(std::size_t node) { REQUIRE(cluster.wipe(node)); }

void TestCluster::run_ms(std::uint64_t duration_ms) {
    (void)run_until([] { return false; }, duration_ms);
}

bool TestCluster::run_until(const std::function<bool()>& condition, std::uint64_t at_most_ms) {
    std::uint64_t asked_us = 0;
    const auto asked_at_times = [&] {
        const std::uint64_t now_us = cluster.queue().now_us();
        if (now_us < asked_us + sim::k_millisecond_us) return false;
        asked_us = now_us;
        return condition();
    };
    const bool met = cluster.run_until(asked_at_times, at_most_ms) || condition();
    INFO(cluster.report().value_or("no invariant broke"));
    if (!may_break) REQUIRE_FALSE(cluster.broken());
    return met;
}

ledger::Transaction TestCluster::transaction(const std::string& key, const std::string& sender) {
    const auto signer = VirtualCluster::member_key(cluster.seed(), sender);
    ledger::TransactionBody body;
    body.chain_id = cluster.chain_id();
    body.sender = sender;
    body.sender_key = signer.public_key().bytes();
    std::uint64_t nonce = next_nonce_++;
    for (auto& byte : body.nonce.bytes) {
        byte = static_cast<std::uint8_t>(nonce);
        nonce >>= 8;
    }
    body.expires_at_height = 5000;
    body.operations = {{"notes", "put", ledger::encode(Note{key})}};
    return ledger::sign_transaction(std::move(body), signer);
}

Digest TestCluster::submit(std::size_t node, const ledger::Transaction& transaction) {
    cluster.submit(
        node, std::make_shared<const ledger::Transaction>(transaction),
        [this](const Result<Digest>& result) {
            if (!result) refusals.push_back(result.error());
        },
        [this](const ledger::StoredReceipt& stored) {
            acknowledged.insert(stored.receipt.transaction);
        });
    return ledger::transaction_id(transaction.body);
}

bool TestCluster::has_receipt(std::size_t node, const Digest& id) const {
    return ledger::find_receipt(cluster.store(node), id).has_value();
}

Replica& TestCluster::replica(std::size_t node) {
    INFO("node " << node << " is down: " << cluster.down_because(node));
    REQUIRE(cluster.replica(node));
    return *cluster.replica(node);
}

std::uint64_t TestCluster::final_height(std::size_t node) {
    return cluster.running(node) ? replica(node).status().final_height : 0;
}

bool TestCluster::was_closed_for(const Code& code) {
    return cluster.network().closed_for().contains(std::string(code.name));
}

void TestCluster::check_agreement() {
    INFO(cluster.report().value_or("no invariant broke"));
    CHECK_FALSE(cluster.broken());
    std::map<std::uint64_t, Digest> digests;
    for (std::size_t node = 0; node < cluster.size(); ++node) {
        for (std::uint64_t height = 1; height <= final_height(node); ++height) {
            const auto block = replica(node).final_block(height);
            REQUIRE(block);
            REQUIRE(digests.try_emplace(height, block->digest).first->second == block->digest);
        }
    }
}

LoneReplica::LoneReplica(TestCluster& owner, std::size_t node)
    : world(owner),
      life(owner.cluster.queue().make_owner()),
      executor(ledger::Executor::open(owner.cluster.genesis(), note_contracts(),
                                      owner.cluster.state_store(node))
                   .value()),
      scheduler(owner.cluster.queue(), life, {}),
      transport(owner.cluster.network(), static_cast<ValidatorIndex>(node)),
      syncer(owner.cluster.queue(), life, owner.random.fork("sync"), usual_work()),
      verifier(owner.cluster.queue(), life, owner.random.fork("verify"), usual_work(),
               owner.cluster.validators(), crypto::SignatureSuite::simulation),
      execution(owner.cluster.queue(), life, owner.random.fork("execute"), usual_work(), *executor,
                owner.cluster.state_store(node)),
      random_source(owner.random.fork("nonce")),
      replica(
          owner.cluster.genesis(), owner.cluster.validators(), &owner.cluster.validator_key(node),
          *executor, owner.cluster.state_store(node),
          [node] {
              ReplicaOptions options = sim::VirtualOptions::virtual_replica_options();
              options.consensus.self = static_cast<ValidatorIndex>(node);
              return options;
          }(),
          Ports{scheduler, transport, owner.cluster.disk(node), syncer, verifier, execution,
                random_source}) {
    replica.set_fatal_handler([this](const Error& error) { fatal = error; });
}

void LoneReplica::submit(const std::string& key) {
    const auto note = std::make_shared<const ledger::Transaction>(world.transaction(key));
    replica.submit(note, [this](const Result<Digest>& result) {
        if (!result) refusals.push_back(result.error());
    });
    replica.on_receipt(ledger::transaction_id(note->body),
                       [this](const ledger::StoredReceipt&) { ++acknowledged; });
}

LoneReplica::~LoneReplica() { world.cluster.queue().kill(life); }

}  // namespace cityledger::node::test
