#include "part_fixture.hpp"

namespace cityledger::node::test {
namespace {

std::vector<crypto::PrivateKey> validator_keys() {
    std::vector<crypto::PrivateKey> keys;
    for (std::size_t i = 0; i < k_part_validators; ++i) {
        keys.push_back(
            crypto::PrivateKey::for_simulation(crypto::sha256(as_bytes(std::to_string(i)))));
    }
    return keys;
}

ledger::Genesis part_genesis(const std::vector<crypto::PrivateKey>& keys) {
    ledger::Genesis genesis;
    genesis.name = "parts";
    genesis.suite = ledger::SuiteName::simulation;
    genesis.business = "{}";
    for (const auto& key : keys) {
        genesis.validators.push_back(
            {"node" + std::to_string(genesis.validators.size()), key.public_key().bytes()});
    }
    return genesis;
}

}  // namespace

PartFixture::PartFixture()
    : keys(validator_keys()),
      genesis(part_genesis(keys)),
      validators(ledger::ValidatorSet::create(genesis.validators, ledger::chain_id_of(genesis), 0)
                     .value()),
      disk(sim::SimulatedRandom(1), {}),
      reactor(scheduler,
              {[this] { ++advances; }, [this](const Error& error) { stops.push_back(error); }}),
      links(k_part_validators, ValidatorIndex{0}, transport),
      checker(validators),
      chain([this]() -> BlockLog& {
          REQUIRE(initialise_log(disk, "log", genesis, {}, LogOrigin::with_network));
          log = BlockLog::open(disk, syncer, "log", validators.chain_id(), 64 * 1024, recovered)
                    .value();
          syncer.finish();
          return *log;
      }()),
      execution(*log, state, port, reactor,
                [this](std::uint64_t height, const ledger::ExecutedBlock&) {
                    executed.push_back(height);
                }) {
    trace.set_listener([this](const ReplicaEvent& event) { events.push_back(event); });
}

void PartFixture::enrol_sender() {
    const Bytes key = ledger::encode(keys[0].public_key().bytes());
    REQUIRE(state.apply(0, {{ledger::Space::system, ledger::member_key_key("member"), key}}, {}));
}

std::pair<Digest, std::shared_ptr<const ledger::Batch>> PartFixture::batch(
    std::uint16_t author, std::uint64_t sequence) const {
    auto batch = std::make_shared<ledger::Batch>();
    batch->header.author = author;
    batch->header.sequence = sequence;
    batch->transactions.resize(1);
    auto& body = batch->transactions[0].body;
    body.chain_id = validators.chain_id();
    body.sender = "member";
    body.sender_key = keys[0].public_key().bytes();
    body.expires_at_height = 100;
    body.operations.resize(1);
    return {ledger::batch_digest(batch->header, validators.chain_id()), batch};
}

ledger::Block PartFixture::block_on_top(std::vector<Digest> batches) const {
    ledger::Block block;
    block.header.height = log->final_height() + 1;
    block.header.parent = log->final_digest();
    block.header.executed = log->final_block(log->final_height())->header.executed;
    block.header.batch_count = static_cast<std::uint32_t>(batches.size());
    block.header.batches_root = ledger::batches_root(batches);
    block.batches = std::move(batches);
    return block;
}

ledger::Vote PartFixture::vote(ledger::VoteKind kind, View view, const Digest& block,
                               std::uint16_t validator) const {
    const ledger::VoteContent content{kind, 0, view, block};
    const Bytes message = ledger::vote_signing_bytes(content, validators.chain_id());
    return {content, validator, keys.at(validator).sign(message)};
}

ledger::Certificate PartFixture::certificate(ledger::VoteKind kind, View view,
                                             const Digest& block) const {
    ledger::Certificate certificate{{kind, 0, view, block}, {}};
    for (std::uint16_t i = 0; i < validators.quorum(); ++i) {
        certificate.signers.push_back({i, vote(kind, view, block, i).signature});
    }
    return certificate;
}

ledger::Block PartFixture::append_final(std::vector<Digest> batches) {
    const ledger::Block block = block_on_top(std::move(batches));
    const Digest digest = digest_of(block);
    const auto finalization = certificate(ledger::VoteKind::finalize, block.header.height, digest);
    const auto proof = log->append_certificate(finalization);
    const auto added = chain.add(digest, block, finalization, proof, scheduler.now_ms());
    REQUIRE(added == FinalChain::Added::added);
    execution.on_final(block);
    return block;
}

void PartFixture::connect_all() {
    for (ValidatorIndex peer = 1; peer < k_part_validators; ++peer) {
        links.on_session(peer, true, scheduler.now_ms());
    }
}

}  // namespace cityledger::node::test
