// Every limit of an argument that a client or a scenario can reach: accepted at n, refused by the
// field's name at n + 1.

#include <catch2/catch.hpp>
#include <cstdlib>

#include "ledger/contracts/contracts.hpp"
#include "ledger/contracts/invoice/body.hpp"
#include "ledger/transaction.hpp"

namespace cityledger::ledger {
namespace {

namespace json = boost::json;

/// A place of a limit in the arguments of a method: the way there, and the limit.
struct LimitedField {
    std::vector<std::string> path;  ///< names; "[]" is the one element of a list
    std::string kind;               ///< "text", "hex" or "list"
    std::size_t limit = 0;
};

/// Reads types as FieldDescription writes them.
class TypeReader {
public:
    TypeReader(std::string_view type, std::vector<LimitedField>& found)
        : rest_(type), found_(found) {}

    void read(const std::vector<std::string>& path) {
        if (take("optional ")) return read(path);
        for (const char* kind : {"text", "hex", "list"}) {
            if (!take(kind)) continue;
            if (take("(")) {
                found_.push_back({path, kind, number()});
                take(")");
            }
            if (!take(" of ")) return;
            std::vector<std::string> inner = path;
            inner.emplace_back("[]");
            return read(inner);
        }
        if (take("{")) return read_fields(path);
        rest_.remove_prefix(std::min(rest_.find_first_of(",}"), rest_.size()));
    }

private:
    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    std::size_t number() {
        const std::size_t end = rest_.find(')');
        const std::size_t value =
            std::strtoul(std::string(rest_.substr(0, end)).c_str(), nullptr, 10);
        rest_.remove_prefix(end);
        return value;
    }
    void read_fields(const std::vector<std::string>& path) {
        do {
            std::vector<std::string> inner = path;
            inner.emplace_back(rest_.substr(0, rest_.find(':')));
            take(inner.back());
            take(": ");
            read(inner);
        } while (take(", "));
        take("}");
    }

    std::string_view rest_;
    std::vector<LimitedField>& found_;
};

json::value& value_at(json::value& root, const std::vector<std::string>& path) {
    json::value* value = &root;
    for (const std::string& word : path) {
        value = word == "[]" ? &value->as_array().at(0) : &value->as_object().at(word);
    }
    return *value;
}

/// How a refusal names the place.
std::string written(const std::vector<std::string>& path) {
    std::string text;
    for (const std::string& word : path) {
        text += word == "[]" ? "[0]" : (text.empty() ? "" : ".") + word;
    }
    return text;
}

void fill(json::value& value, const std::string& kind, std::size_t size) {
    if (kind == "text") {
        value = std::string(size, 'x');
    } else if (kind == "hex") {
        value = std::string(2 * size, 'a');
    } else {
        const json::value element = value.as_array().at(0);
        value = json::array(size, element);
    }
}

TEST_CASE("each argument of each method is taken at its limit and refused by name above it",
          "[limits]") {
    std::size_t limits = 0;
    for (const Contract* contract : city_contracts().all()) {
        for (const auto* methods : {&contract->operations, &contract->queries}) {
            for (const Method& method : *methods) {
                std::vector<LimitedField> fields;
                for (const FieldDescription& field : method.arguments) {
                    TypeReader(field.type, fields).read({field.name});
                }
                for (const LimitedField& field : fields) {
                    INFO(contract->name << "." << method.name << " " << written(field.path) << " "
                                        << field.limit);
                    json::value arguments = method.example_arguments;
                    fill(value_at(arguments, field.path), field.kind, field.limit);
                    const auto taken = method.arguments_from_json(arguments);
                    INFO((taken ? "" : taken.error().message()));
                    CHECK(taken);
                    fill(value_at(arguments = method.example_arguments, field.path), field.kind,
                         field.limit + 1);
                    const auto refused = method.arguments_from_json(arguments);
                    REQUIRE_FALSE(refused);
                    CHECK(refused.error().code == codes::json_wrong_shape);
                    CHECK(refused.error().detail.starts_with(written(field.path) + " "));
                    CHECK(refused.error().detail.find(std::to_string(field.limit)) !=
                          std::string::npos);
                    ++limits;
                }
            }
        }
    }
    CHECK(limits > 100);
}

struct TransactionCase {
    std::string field;
    std::size_t limit;
    void (*fill)(TransactionBody&, std::size_t);
};

TEST_CASE("a transaction is encoded at each of its limits and refused by name above it",
          "[limits]") {
    const TransactionCase cases[] = {
        {"sender", k_max_member_id_bytes,
         [](TransactionBody& body, std::size_t size) { body.sender = std::string(size, 'X'); }},
        {"contract", k_max_name_bytes,
         [](TransactionBody& body, std::size_t size) {
             body.operations[0].contract = std::string(size, 'x');
         }},
        {"method", k_max_name_bytes,
         [](TransactionBody& body, std::size_t size) {
             body.operations[0].method = std::string(size, 'x');
         }},
        {"arguments", k_max_arguments_bytes,
         [](TransactionBody& body, std::size_t size) {
             body.operations[0].arguments = Bytes(size, 1);
         }},
        {"operations", k_max_operations_per_transaction,
         [](TransactionBody& body, std::size_t size) {
             body.operations.assign(size, body.operations[0]);
         }},
    };
    for (const TransactionCase& one : cases) {
        INFO(one.field);
        TransactionBody body;
        body.operations.push_back({"calendar", "today", {}});
        one.fill(body, one.limit);
        CHECK(try_encode(body));
        one.fill(body, one.limit + 1);
        const auto refused = try_encode(body);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == codes::encode_limit);
        CHECK(refused.error().detail.starts_with(one.field + ": "));
    }
}

TEST_CASE("the body of an invoice with 100 lines of long Chinese names is sealed and opened",
          "[limits][invoice]") {
    using namespace invoice;
    const crypto::SecretKey secret = crypto::SecretKey::generate();
    const BodyPlace place{"91440300YY1000011B", "WX1"};
    const auto sealed_of = [&](std::size_t lines, std::size_t readers) {
        std::vector<BodyField> fields;
        for (std::size_t i = 0; i < lines; ++i) {
            std::string name = "{\"name\":\"*餐饮服务*";
            for (int k = 0; k < 90; ++k) name += "宴";
            fields.push_back({"line " + std::to_string(i), name + "\",\"quantity\":\"1\"}"});
        }
        std::vector<BodyReader> all;
        for (std::size_t i = 0; i < readers; ++i) all.push_back({"R" + std::to_string(i), secret});
        return seal_body(secret, place, fields, all);
    };
    const auto sealed = sealed_of(100, 3);
    INFO((sealed ? "" : sealed.error().message()));
    REQUIRE(sealed);
    CHECK(sealed->bytes.size() <= k_max_sealed_body_bytes);
    const auto opened = open_body(sealed->bytes, place, {"R1", secret});
    REQUIRE(opened);
    CHECK(opened->fields.size() == 100);

    CHECK(sealed_of(10, k_max_body_readers));
    CHECK(sealed_of(10, k_max_body_readers + 1).error().detail == "readers: 9, at most 8");
    CHECK(sealed_of(k_max_body_fields + 1, 1).error().detail == "fields: 129, at most 128");
}

}  // namespace
}  // namespace cityledger::ledger
