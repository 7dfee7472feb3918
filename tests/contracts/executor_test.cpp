// All four contracts in one chain, through the real executor: signed transactions in, receipts,
// events and roots out.

#include "ledger/executor.hpp"

#include "ledger/contracts/receipt_readers.hpp"
#include "ledger/contracts/state_readers.hpp"
#include "ledger/memory_state_store.hpp"
#include "tests/contracts/directory_stories.hpp"
#include "tests/contracts/invoice_stories.hpp"

namespace cityledger::ledger {
namespace {

using namespace testing;

crypto::PrivateKey private_key(const std::string& name) {
    return crypto::PrivateKey::for_simulation(crypto::sha256(as_bytes(name + "#0")));
}

/// Beijing and Shenzhen as one city.
std::string both_cities() {
    auto business = sections(k_shenzhen_sections);
    auto& members = business.at("membership").as_object().at("members").as_array();
    const auto beijing_sections = sections(k_beijing_sections);
    for (const auto& member :
         beijing_sections.at("membership").as_object().at("members").as_array()) {
        members.push_back(member);
    }
    return compact_json(business);
}

Genesis genesis_of(std::uint8_t salt) {
    Genesis genesis;
    genesis.name = "contracts-test";
    genesis.suite = SuiteName::simulation;
    genesis.salt.bytes[0] = salt;
    genesis.validators = {{"node0", private_key("node0").public_key().bytes()}};
    for (const MemberId& member :
         {k_bureau, MemberId("AUDIT"), k_seller, k_buyer, k_other, k_consumer, MemberId("AD"),
          MemberId("AK"), MemberId("AF"), MemberId("BZB")}) {
        genesis.keys.push_back({member, test_key(member)});
    }
    genesis.business = both_cities();
    return genesis;
}

/// A chain of one executor; each transaction has a block of its own.
class Chain {
public:
    explicit Chain(std::uint8_t salt) : genesis_(genesis_of(salt)) {
        auto opened = Executor::open(genesis_, city_contracts(), store_);
        INFO((opened ? "" : opened.error().message()));
        REQUIRE(opened);
        executor_ = *std::move(opened);
    }

    template <class Arguments>
    static Operation operation(const char* contract, const char* method,
                               const Arguments& arguments) {
        return {contract, method, encode(arguments)};
    }

    Receipt send(const MemberId& sender, std::vector<Operation> operations) {
        const auto key = private_key(sender);
        TransactionBody body;
        body.chain_id = chain_id_of(genesis_);
        body.sender = sender;
        body.sender_key = key.public_key().bytes();
        body.nonce.bytes[0] = static_cast<std::uint8_t>(executor_->state().height);
        body.expires_at_height = executor_->state().height + 10;
        body.operations = std::move(operations);
        Batch batch;
        batch.transactions.push_back(sign_transaction(body, key));
        const auto executed = executor_->execute(executor_->state().height + 1, {&batch});
        REQUIRE(executed);
        REQUIRE(executed->receipts.size() == 1);
        return executed->receipts[0].receipt;
    }

    template <class R, class Arguments>
    R ask(const char* contract, const char* query, const Arguments& arguments) {
        const auto bytes =
            run_query(city_contracts(), store_, contract, query, encode(arguments), k_bureau);
        REQUIRE(bytes);
        return *decode<R>(*bytes);
    }

    [[nodiscard]] const ExecutedState& state() const { return executor_->state(); }
    MemoryStateStore& store() { return store_; }
    [[nodiscard]] const Genesis& genesis() const { return genesis_; }

private:
    Genesis genesis_;
    MemoryStateStore store_;
    std::unique_ptr<Executor> executor_;
};

void accepted(const Receipt& receipt) {
    CHECK(receipt.code == 0);
    for (const OperationResult& outcome : receipt.operations) CHECK(outcome.code == 0);
}

void share_a_directory(Chain& chain, const directory::Metadata& metadata,
                       const std::vector<directory::RequestArguments>& requests) {
    using namespace directory;
    const auto operation = [](const char* method, const auto& arguments) {
        return Chain::operation("directory", method, arguments);
    };
    for (const char* department : {"AK", "AF"}) {
        accepted(chain.send(department, {operation("register_responsibility",
                                                   RegisterResponsibilityArguments{
                                                       "Keeps its records", "Article 1"})}));
    }
    accepted(chain.send(
        "BZB", {operation("approve_responsibility", ApproveResponsibilityArguments{"AK/R00001"}),
                operation("approve_responsibility", ApproveResponsibilityArguments{"AF/R00001"})}));
    accepted(chain.send("AK", {operation("register_directory",
                                         RegisterDirectoryArguments{"AK/R00001", metadata})}));
    accepted(chain.send("AD", {operation("lock_directory", LockDirectoryArguments{"AK/D00001"})}));
    // All requests in one transaction, and all of them overdue after ten days.
    std::vector<Operation> asked;
    for (const RequestArguments& request : requests) asked.push_back(operation("request", request));
    accepted(chain.send("AF", asked));
}

void dine(Chain& chain) {
    using namespace invoice;
    const AdmitArguments admit{
        k_seller, {"catering"}, {1'000'000, 1'000, 100'000'000}, std::nullopt};
    accepted(chain.send(k_bureau, {Chain::operation("invoice", "admit", admit)}));
    // One bad invoice does not sink its neighbours.
    auto wrong = dinner("WX2");
    wrong.total_fen += 1;
    const auto issue = [](const IssueArguments& arguments) {
        return Chain::operation("invoice", "issue", arguments);
    };
    const Receipt receipt =
        chain.send(k_seller, {issue(dinner("WX1")), issue(wrong), issue(dinner("WX3"))});
    REQUIRE(receipt.operations.size() == 3);
    CHECK(receipt.operations[1].code == codes::total_wrong.number);
    const auto third = decode<IssueResult>(receipt.operations[2].result);
    REQUIRE(third);
    CHECK(third->number == "00000002");
    const TransferArguments handing_over{third->code, third->number, k_buyer, std::nullopt};
    accepted(chain.send(k_consumer, {Chain::operation("invoice", "transfer", handing_over)}));
    accepted(chain.send(
        k_buyer,
        {Chain::operation("invoice", "lock",
                          LockArguments{third->code, third->number, digest_of("dinner"), {}}),
         Chain::operation("invoice", "book",
                          ActArguments{third->code, third->number, std::nullopt})}));
}

void close_eleven_days(Chain& chain) {
    for (int i = 0; i < 11; ++i) {
        const calendar::CloseArguments day{
            chain.ask<calendar::TodayResult>("calendar", "today", Nothing{}).date};
        accepted(chain.send(k_bureau, {Chain::operation("calendar", "propose_close", day)}));
        accepted(chain.send("AUDIT", {Chain::operation("calendar", "countersign_close", day)}));
    }
}

void run_the_story(Chain& chain) {
    std::vector<directory::RequestArguments> requests;
    for (unsigned i = 1; i <= 16; ++i) requests.push_back(wide_request("AK/D00001", i));
    share_a_directory(chain, wide_metadata(), requests);
    dine(chain);
    close_eleven_days(chain);
    const Receipt overdue = chain.send(
        "AD", {Chain::operation("directory", "mark_overdue", directory::MarkOverdueArguments{16})});
    accepted(overdue);
    CHECK(overdue.operations[0].events.size() == 4);  // the close has told of twelve
}

/// As large as an entry may be.
directory::Metadata largest_metadata() {
    using namespace directory;
    Metadata metadata = pension_metadata();
    metadata.name = std::string(k_max_short_text_bytes, 'n');
    metadata.abstract = std::string(k_max_long_text_bytes, 'a');
    metadata.condition = std::string(k_max_long_text_bytes, 'c');
    metadata.legal_basis = std::string(k_max_short_text_bytes, 'b');
    metadata.items.clear();
    for (unsigned i = 0; i < k_max_items; ++i) {
        std::string name = std::to_string(i);
        name.resize(k_max_item_name_bytes, 'i');
        metadata.items.push_back({name, std::string(32, 't')});
    }
    return metadata;
}

/// For all items but one.
directory::RequestArguments largest_request(const directory::Metadata& metadata,
                                            unsigned left_out) {
    using namespace directory;
    RequestArguments arguments = request_for("AK/D00001");
    arguments.purpose = std::string(k_max_long_text_bytes, 'p');
    arguments.legal_basis = std::string(k_max_short_text_bytes, 'l');
    arguments.columns.clear();
    for (unsigned i = 0; i < metadata.items.size(); ++i) {
        if (i != left_out) arguments.columns.push_back(metadata.items[i].name);
    }
    return arguments;
}

TEST_CASE("a change of the largest entry alerts fourteen holders within the budget of an operation",
          "[contracts]") {
    using namespace directory;
    Chain chain(1);
    Metadata metadata = largest_metadata();
    std::vector<RequestArguments> requests;
    std::vector<Operation> approvals;
    for (unsigned i = 0; i <= k_max_alerts_per_operation; ++i) {
        requests.push_back(largest_request(metadata, i));
        const std::string id = "AF/Q000" + std::string(i < 9 ? "0" : "") + std::to_string(i + 1);
        approvals.push_back(Chain::operation("directory", "approve", ApproveArguments{id}));
    }
    share_a_directory(chain, metadata, requests);
    accepted(chain.send("AK", approvals));
    metadata.name[0] = 'N';
    const std::string reason(k_max_long_text_bytes, 'r');
    accepted(chain.send("AK",
                        {Chain::operation("directory", "propose_change",
                                          ProposeChangeArguments{"AK/D00001", reason, metadata})}));
    const Receipt applied = chain.send(
        "AD", {Chain::operation("directory", "apply_change",
                                ApplyChangeArguments{"AK/D00001", metadata_hash(metadata)})});
    accepted(applied);
    CHECK(applied.operations[0].events.size() == 1 + k_max_alerts_per_operation);
}

TEST_CASE("all contracts work in one chain, within the budgets of the executor", "[contracts]") {
    Chain chain(1);
    run_the_story(chain);
    const auto totals = chain.ask<invoice::Statistics>("invoice", "statistics", Nothing{});
    CHECK(totals.issued_count == 2);
    CHECK(totals.booked_count == 1);
    CHECK(totals.conserved());
    const auto inbox = chain.ask<directory::RequestsResult>(
        "directory", "inbox", directory::DepartmentPageArguments{"AK", {}, {}});
    REQUIRE(inbox.requests.size() == 16);
    CHECK(inbox.requests[15].status == directory::RequestStatus::overdue);
}

TEST_CASE("a state key is proven to who may ask for its record", "[readers]") {
    Chain chain(1);
    run_the_story(chain);
    const auto may_read = [&](const std::string& key, const MemberId& asker) {
        return !kept_from(city_contracts(), chain.store(), key, asker);
    };
    const std::string dinner_key = "invoice/record/144031809110/00000001";
    REQUIRE(chain.store().get(Space::business, dinner_key).has_value());
    for (const MemberId& reader : {k_seller, k_buyer, k_bureau})
        CHECK(may_read(dinner_key, reader));
    for (const MemberId& other : {k_other, MemberId("AK"), MemberId()}) {
        CHECK_FALSE(may_read(dinner_key, other));
    }
    for (const char* hidden : {"invoice/record/144031809110/00000001/x", "invoice/record/1",
                               "invoice/usage/x", "receivables/bank/x"}) {
        CHECK(may_read(hidden, k_bureau));
        CHECK_FALSE(may_read(hidden, k_seller));
    }
    CHECK(may_read("invoice/admission/" + k_seller, k_seller));
    CHECK_FALSE(may_read("invoice/admission/" + k_seller, k_buyer));
    for (const char* shared : {"membership/key/AK", "directory/D/AK/D00001"}) {
        CHECK(may_read(shared, k_other));
        CHECK_FALSE(may_read(shared, ""));
    }
    for (const char* open : {"calendar/today", "evidence/record/00", "of no contract"}) {
        CHECK(may_read(open, ""));
    }
}

TEST_CASE("what an operation left is for its sender and the offices", "[readers]") {
    Chain chain(1);
    run_the_story(chain);
    const auto reads = [&](const MemberId& asker, const MemberId& sender,
                           const std::string& contract) {
        return ReceiptReader(city_contracts(), chain.store(), asker).reads(sender, contract);
    };
    for (const MemberId& reader : {k_seller, k_bureau}) CHECK(reads(reader, k_seller, "invoice"));
    // An operator may not read the invoice, so it may not read what its issue has told either.
    for (const MemberId& other : {k_buyer, k_other, MemberId("AK"), MemberId("AD"), MemberId()}) {
        INFO(other);
        CHECK_FALSE(reads(other, k_seller, "invoice"));
    }
    CHECK(reads("AD", "AK", "directory"));
    CHECK_FALSE(reads("AF", "AK", "directory"));
    CHECK_FALSE(reads("", "", "calendar"));
    TransactionBody mixed;
    mixed.sender = k_seller;
    mixed.operations = {{"calendar", "", {}}, {"invoice", "", {}}};
    const auto reads_all = [&](const MemberId& asker) {
        return ReceiptReader(city_contracts(), chain.store(), asker).reads_all(mixed);
    };
    CHECK(reads_all(k_seller));
    CHECK(reads_all(k_bureau));
    CHECK_FALSE(reads_all("AD"));
}

TEST_CASE("twelve requests of the largest size become overdue in one close", "[contracts]") {
    using namespace directory;
    Metadata metadata = pension_metadata();
    RequestArguments request = request_for("AK/D00001");
    metadata.items.clear();
    request.columns.clear();
    for (std::uint32_t i = 0; i < k_max_items; ++i) {
        std::string name = std::to_string(i);
        name.resize(k_max_item_name_bytes, 'x');
        metadata.items.push_back({name, "text"});
        request.columns.push_back(name);
    }
    request.purpose.assign(k_max_long_text_bytes, 'x');
    request.legal_basis.assign(k_max_short_text_bytes, 'x');
    request.until_day = "2020-12-31";
    std::vector<RequestArguments> requests(16, request);
    for (std::size_t i = 1; i < requests.size(); ++i) {
        requests[i].columns.erase(requests[i].columns.begin() + static_cast<std::ptrdiff_t>(i));
    }
    Chain chain(1);
    share_a_directory(chain, metadata, requests);
    close_eleven_days(chain);
    accepted(chain.send("AD",
                        {Chain::operation("directory", "mark_overdue", MarkOverdueArguments{16})}));
}

TEST_CASE("chains with different salts have equal business roots", "[contracts]") {
    Chain first(1);
    Chain second(2);
    run_the_story(first);
    run_the_story(second);
    CHECK(chain_id_of(first.genesis()) != chain_id_of(second.genesis()));
    CHECK(first.state().business_root == second.state().business_root);
}

TEST_CASE("the state is the same after it is opened again", "[contracts]") {
    Chain chain(1);
    run_the_story(chain);
    const auto again = Executor::open(chain.genesis(), city_contracts(), chain.store());
    REQUIRE(again);
    CHECK((*again)->state() == chain.state());
}

TEST_CASE("a revoked member's key signs nothing more; a rotated key signs from then on",
          "[contracts]") {
    Chain chain(1);
    accepted(chain.send(k_other,
                        {Chain::operation("membership", "rotate_key",
                                          membership::RotateKeyArguments{test_key(k_other, 1)})}));
    const Operation anything =
        Chain::operation("directory", "mark_overdue", directory::MarkOverdueArguments{1});
    CHECK(chain.send(k_other, {anything}).code == codes::transaction_unknown_sender.number);
    accepted(chain.send(k_buyer, {anything}));
    accepted(chain.send(k_bureau, {Chain::operation("membership", "revoke",
                                                    membership::MemberArguments{k_buyer})}));
    CHECK(chain.send(k_buyer, {anything}).code == codes::transaction_unknown_sender.number);
}

}  // namespace
}  // namespace cityledger::ledger
