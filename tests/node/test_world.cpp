#include "test_world.hpp"

#include "ledger/batch_check.hpp"

namespace cityledger::node::test {
namespace {

using ledger::Nonce;

crypto::PrivateKey key_of(const std::string& name) {
    return crypto::PrivateKey::for_simulation(crypto::sha256(as_bytes(name)));
}

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

class WorldScheduler : public Scheduler {
public:
    explicit WorldScheduler(TestNode& node) : node_(node) {}
    std::uint64_t now_ms() const override { return node_.world.now_us / k_us_per_ms; }
    TimerId after(std::uint64_t delay_ms, std::function<void()> action) override {
        const TimerId id = next_++;
        live_->insert(id);
        node_.world.at(delay_ms * k_us_per_ms, [live = live_, id, action = std::move(action)] {
            if (live->erase(id) > 0) action();
        });
        return id;
    }
    void cancel(TimerId timer) override { live_->erase(timer); }

private:
    TestNode& node_;
    TimerId next_ = 1;
    std::shared_ptr<std::set<TimerId>> live_ = std::make_shared<std::set<TimerId>>();
};

class WorldTransport : public Transport {
public:
    explicit WorldTransport(TestNode& node) : node_(node) {}
    void send(ValidatorIndex to, std::shared_ptr<const Bytes> frame) override {
        node_.world.send(node_.index, to, std::move(frame));
    }
    void close(ValidatorIndex peer, const Error& reason) override {
        TestWorld& world = node_.world;
        const ValidatorIndex self = node_.index;
        world.closed.push_back(std::string(reason.code.name));
        world.at(0, [&world, self, peer] { world.disconnect(self, peer); });
        world.at(50 * k_us_per_ms, [&world, self, peer] { world.connect(self, peer); });
    }

private:
    TestNode& node_;
};

class WorldSyncer : public Syncer {
public:
    explicit WorldSyncer(TestNode& node) : node_(node) {}
    void sync(std::shared_ptr<File> file, std::function<void(Status)> done) override {
        TestWorld& world = node_.world;
        const auto incarnation = node_.incarnation;
        const std::uint64_t delay_us = 100 + world.random() % 900 + node_.disk_takes_us;
        world.at(delay_us, [this, &node = node_, incarnation, file, done] {
            if (node.incarnation != incarnation) return;
            done(node.lies_about_sync ? Status{} : file->sync());
        });
    }

private:
    TestNode& node_;
};

class WorldVerifier : public SignatureVerifier {
public:
    explicit WorldVerifier(TestNode& node) : node_(node) {}
    void verify(std::shared_ptr<const ledger::Transaction> transaction,
                std::function<void(Status)> done) override {
        answer(check(*transaction), std::move(done));
    }
    void verify(std::shared_ptr<const ledger::Batch> batch,
                std::function<void(Status)> done) override {
        auto checked = ledger::check_batch(*batch, *node_.world.validators);
        for (const auto& transaction : batch->transactions) {
            if (checked) checked = check(transaction);
        }
        answer(checked, std::move(done));
    }

private:
    Status check(const ledger::Transaction& transaction) const {
        const auto key = crypto::PublicKey::decode(transaction.body.sender_key);
        if (!key) return propagate(key);
        return ledger::check_transaction_signature(transaction, *key,
                                                   crypto::SignatureSuite::simulation);
    }
    void answer(Status checked, std::function<void(Status)> done) {
        node_.world.at(200, [checked, done] { done(checked); });
    }
    TestNode& node_;
};

class WorldExecution : public ExecutionPort {
public:
    explicit WorldExecution(TestNode& node) : node_(node) {}
    void execute(std::uint64_t height, std::vector<std::shared_ptr<const ledger::Batch>> batches,
                 Done done) override {
        const auto incarnation = node_.incarnation;
        node_.world.at(300, [&node = node_, incarnation, height, batches, done] {
            if (node.incarnation != incarnation) return;
            std::vector<const ledger::Batch*> views;
            for (const auto& batch : batches) views.push_back(batch.get());
            done(node.executor->execute(height, views));
        });
    }

private:
    TestNode& node_;
};

class WorldRandom : public RandomSource {
public:
    explicit WorldRandom(TestNode& node) : node_(node) {}
    Nonce nonce() override {
        Nonce nonce;
        for (auto& byte : nonce.bytes) byte = static_cast<std::uint8_t>(node_.world.random());
        return nonce;
    }

private:
    TestNode& node_;
};

template <class Adapter>
Adapter& make_adapter(TestNode& node) {
    auto adapter = std::make_shared<Adapter>(node);
    node.adapters.push_back(adapter);
    return *adapter;
}

}  // namespace

TestWorld::TestWorld(WorldOptions world_options)
    : options(world_options), random(world_options.seed) {
    genesis.name = "test";
    genesis.suite = ledger::SuiteName::simulation;
    genesis.business = "{}";
    for (std::size_t i = 0; i < options.nodes; ++i) {
        const std::string name = "node" + std::to_string(i);
        keys.push_back(key_of(name));
        genesis.validators.push_back({name, keys.back().public_key().bytes()});
    }
    for (const std::string sender : {"alice", "bob", "carol"}) {
        genesis.keys.push_back({sender, key_of(sender).public_key().bytes()});
    }
    validators.emplace(
        ledger::ValidatorSet::create(genesis.validators, ledger::chain_id_of(genesis), 0).value());
    for (std::size_t i = 0; i < options.nodes; ++i) {
        nodes.push_back(std::make_unique<TestNode>(*this, static_cast<ValidatorIndex>(i)));
        wipe(static_cast<ValidatorIndex>(i));
    }
}

TestWorld::~TestWorld() {
    for (auto& node : nodes) node->replica.reset();
}

void TestWorld::at(std::uint64_t delay_us, std::function<void()> action) {
    events_.push({now_us + delay_us, next_order_++, std::move(action)});
}

void TestWorld::run_ms(std::uint64_t duration_ms) {
    run_until([] { return false; }, duration_ms);
}

bool TestWorld::run_until(const std::function<bool()>& condition, std::uint64_t at_most_ms) {
    const std::uint64_t end_us = now_us + at_most_ms * k_us_per_ms;
    std::uint64_t asked_us = 0;
    while (true) {
        // Conditions may be expensive: once a millisecond is enough.
        if (now_us >= asked_us + k_us_per_ms) {
            asked_us = now_us;
            if (condition()) return true;
        }
        if (events_.empty() || events_.top().at_us > end_us) {
            now_us = end_us;
            return condition();
        }
        auto action = std::move(const_cast<Event&>(events_.top()).action);
        now_us = events_.top().at_us;
        events_.pop();
        action();
    }
}

void TestWorld::wipe(ValidatorIndex index) {
    TestNode& node = *nodes[index];
    node.disk = MemoryDisk();
    node.store = ledger::MemoryStateStore();
    REQUIRE(initialise_log(node.disk, "log", genesis));
}

void TestWorld::start_all() {
    for (const auto& node : nodes) start(node->index);
}

void TestWorld::start(ValidatorIndex index) {
    TestNode& node = *nodes[index];
    node.incarnation += 1;
    node.adapters.clear();
    node.fatal.reset();
    node.refused_start.reset();
    node.ports = std::make_unique<Ports>(
        Ports{make_adapter<WorldScheduler>(node), make_adapter<WorldTransport>(node), node.disk,
              make_adapter<WorldSyncer>(node), make_adapter<WorldVerifier>(node),
              make_adapter<WorldExecution>(node), make_adapter<WorldRandom>(node)});
    if (auto ready = prepare_state(node.disk, "log", genesis, node.store); !ready) {
        node.refused_start = ready.error();
        return;
    }
    node.contracts = make_contracts(node.computes_wrong);
    node.executor = ledger::Executor::open(genesis, node.contracts, node.store).value();
    ReplicaOptions replica_options;
    replica_options.log_folder = "log";
    replica_options.consensus.self = index;
    replica_options.log_segment_bytes = options.log_segment_bytes;
    replica_options.mempool_max_bytes = options.mempool_max_bytes;
    replica_options.network_was_stopped = options.network_was_stopped;
    node.replica = std::make_unique<Replica>(genesis, *validators, &keys[index], *node.executor,
                                             node.store, replica_options, *node.ports);
    node.replica->set_fatal_handler([&node](const Error& error) { node.fatal = error; });
    if (auto started = node.replica->start(); !started) {
        node.refused_start = started.error();
        node.replica.reset();
        return;
    }
    node.up = true;
    for (const auto& other : nodes) {
        if (other->up && other->index != index) connect(index, other->index);
    }
}

void TestWorld::stop(ValidatorIndex index) {
    TestNode& node = *nodes[index];
    if (!node.up) return;
    for (const auto& other : nodes) {
        if (other->index != index) disconnect(index, other->index);
    }
    node.up = false;
    node.incarnation += 1;
    node.replica.reset();
    node.executor.reset();
}

void TestWorld::power_cut(ValidatorIndex index) {
    TestNode& node = *nodes[index];
    stop(index);
    node.disk.power_cut(random);
    node.store.crash(random() % (node.store.unflushed_heights() + 1));
}

void TestWorld::connect(ValidatorIndex a, ValidatorIndex b) {
    if (!nodes[a]->up || !nodes[b]->up) return;
    if (!sessions.insert(std::minmax(a, b)).second) return;
    at(100, [this, a, b] {
        if (!sessions.contains(std::minmax(a, b))) return;
        nodes[a]->replica->on_session(b, true);
        nodes[b]->replica->on_session(a, true);
    });
}

void TestWorld::disconnect(ValidatorIndex a, ValidatorIndex b) {
    if (sessions.erase(std::minmax(a, b)) == 0) return;
    if (nodes[a]->up) nodes[a]->replica->on_session(b, false);
    if (nodes[b]->up) nodes[b]->replica->on_session(a, false);
}

void TestWorld::send(ValidatorIndex from, ValidatorIndex to, std::shared_ptr<const Bytes> frame) {
    if (!sessions.contains(std::minmax(from, to))) return;
    if (meddler) {
        auto message = decode_message(*frame);
        REQUIRE(message);
        if (!meddler(from, to, *message)) return;
        frame = std::make_shared<const Bytes>(encode_message(*message));
    }
    auto& last = last_delivery_us_[{from, to}];
    last = std::max(last, now_us + 200 + random() % 800);  // in order within a session
    const auto sent = nodes[from]->incarnation;
    const auto taken = nodes[to]->incarnation;
    at(last - now_us, [this, from, to, frame, sent, taken] {
        if (nodes[from]->incarnation != sent || nodes[to]->incarnation != taken) return;
        if (!sessions.contains(std::minmax(from, to))) return;
        nodes[to]->replica->on_message(from, *frame);
    });
}

ledger::Transaction TestWorld::transaction(const std::string& key, const std::string& sender) {
    const auto signer = key_of(sender);
    ledger::TransactionBody body;
    body.chain_id = ledger::chain_id_of(genesis);
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

Digest TestWorld::submit(ValidatorIndex index, const ledger::Transaction& transaction) {
    const Digest id = ledger::transaction_id(transaction.body);
    TestNode& node = *nodes[index];
    node.replica->submit(std::make_shared<const ledger::Transaction>(transaction),
                         [this](const Result<Digest>& result) {
                             if (!result) refusals.push_back(result.error());
                         });
    node.replica->on_receipt(id, [this](const ledger::StoredReceipt& stored) {
        acknowledged.insert(stored.receipt.transaction);
    });
    return id;
}

bool TestWorld::has_receipt(ValidatorIndex index, const Digest& id) const {
    return ledger::find_receipt(nodes[index]->store, id).has_value();
}

std::uint64_t TestWorld::final_height(ValidatorIndex index) {
    return nodes[index]->up ? replica(index).status().final_height : 0;
}

void TestWorld::check_agreement() {
    std::map<std::uint64_t, Digest> digests;
    std::map<std::uint64_t, ledger::ExecutedState> states;
    for (const auto& node : nodes) {
        if (!node->up) continue;
        const auto status = node->replica->status();
        INFO("node " << node->index);
        const auto state = states.try_emplace(status.executed.height, status.executed);
        CHECK(state.first->second == status.executed);
        for (std::uint64_t height = 1; height <= status.final_height; ++height) {
            const auto block = node->replica->final_block(height);
            REQUIRE(block);
            const auto known = digests.try_emplace(height, block->digest);
            REQUIRE(known.first->second == block->digest);
        }
    }
}

}  // namespace cityledger::node::test
