#include "node/api/openapi.hpp"

#include <algorithm>
#include <charconv>

#include "node/api/answers.hpp"
#include "node/api/condition.hpp"
#include "node/api/version.hpp"

namespace cityledger::api {
namespace {

namespace json = boost::json;

// ---- types ------------------------------------------------------------------------------------

/// Reads the names of types that ledger::type_name writes. What it meets was written by this
/// program, so what it cannot read is a bug (CHECK).
class TypeReader {
public:
    explicit TypeReader(std::string_view text) : rest_(text) {}

    json::object read() {
        if (take("optional ")) {
            return {{"anyOf", json::array{read(), json::object{{"type", "null"}}}}};
        }
        if (take("{")) return read_struct();
        const std::string_view word = take_word();
        if (word == "flag") return {{"type", "boolean"}};
        if (word == "integer") return {{"type", "integer"}};
        const std::optional<std::uint64_t> limit = take_limit();
        if (word == "text") return limited_text(limit, 1);
        if (word == "hex") {
            json::object schema = limited_text(limit, 2);
            schema["pattern"] = "^([0-9a-f]{2})*$";
            return schema;
        }
        if (word == "list") {
            CHECK_INVARIANT(take(" of "));
            json::object schema{{"type", "array"}, {"items", read()}};
            if (limit) schema["maxItems"] = *limit;
            return schema;
        }
        return read_names(word);
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

private:
    bool take(std::string_view text) {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }

    std::string_view take_word() {
        const std::size_t end = std::min(rest_.find_first_of("(|,:{} "), rest_.size());
        const std::string_view word = rest_.substr(0, end);
        CHECK_INVARIANT(!word.empty());
        rest_.remove_prefix(end);
        return word;
    }

    std::optional<std::uint64_t> take_limit() {
        if (!take("(")) return std::nullopt;
        std::uint64_t limit = 0;
        const auto [stop, error] =
            std::from_chars(rest_.data(), rest_.data() + rest_.size(), limit);
        CHECK_INVARIANT(error == std::errc());
        rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
        CHECK_INVARIANT(take(")"));
        return limit;
    }

    /// Limits are of bytes, so they are upper bounds of characters.
    static json::object limited_text(std::optional<std::uint64_t> bytes, std::uint64_t per_byte) {
        json::object schema{{"type", "string"}};
        if (bytes) schema["maxLength"] = *bytes * per_byte;
        return schema;
    }

    json::object read_names(std::string_view first) {
        json::array names{json::value(first)};
        while (take("|")) names.emplace_back(take_word());
        return {{"type", "string"}, {"enum", std::move(names)}};
    }

    json::object read_struct() {
        json::object properties;
        json::array required;
        while (!take("}")) {
            static_cast<void>(take(", "));
            const std::string_view name = take_word();
            CHECK_INVARIANT(take(": "));
            if (!rest_.starts_with("optional ")) required.emplace_back(name);
            properties[name] = read();
        }
        json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
        if (!required.empty()) schema["required"] = std::move(required);
        return schema;
    }

    std::string_view rest_;
};

json::object schema_of_fields(const std::vector<ledger::FieldDescription>& fields) {
    std::string type = "{";
    for (const ledger::FieldDescription& field : fields) {
        type += (type.size() == 1 ? "" : ", ") + field.name + ": " + field.type;
    }
    return schema_of_type(type + "}").as_object();
}

// ---- the document -----------------------------------------------------------------------------

json::object reference(std::string_view schema) {
    return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

json::object content(std::string_view media_type, json::object schema) {
    return {{media_type, json::object{{"schema", std::move(schema)}}}};
}

json::object answer(std::string_view what, json::object content) {
    return {{"description", what}, {"content", std::move(content)}};
}

/// A GET or POST with its answer; every route may refuse with the one shape of errors.
json::object operation(std::string_view id, std::string_view summary, json::object good) {
    json::object refused = answer("A refusal: what is wrong, where, and what to do next",
                                  content("application/json", reference("Error")));
    return {
        {"operationId", id},
        {"summary", summary},
        {"responses", json::object{{"200", std::move(good)}, {"4XX", refused}, {"5XX", refused}}}};
}

json::object parameter(std::string_view name, std::string_view where, std::string_view what,
                       json::object schema) {
    return {{"name", name},
            {"in", where},
            {"required", where == "path"},
            {"description", what},
            {"schema", std::move(schema)}};
}

json::object json_body(json::object schema) {
    return {{"required", true}, {"content", content("application/json", std::move(schema))}};
}

/// A fixed GET of JSON.
struct Page {
    std::string_view path;
    std::string_view id;
    std::string_view summary;
    std::string_view schema;  ///< empty: any object
};

constexpr Page k_pages[] = {
    {"/health", "health", "Alive while the process serves", ""},
    {"/ready", "ready", "200 while the node votes and takes transactions", ""},
    {"/status", "status", "Heights, roots, standing and peers of the node", "Status"},
    {"/condition", "condition", "What runs out at the node, and which validators lie", "Condition"},
    {"/contracts", "contracts", "Contracts with their operations and queries", ""},
    {"/codes", "codes", "Every refusal code", ""},
    {"/genesis", "genesis", "The genesis file", ""},
    {"/openapi.json", "openapi", "This document", ""},
};

void add_pages(json::object& paths) {
    for (const Page& page : k_pages) {
        json::object schema =
            page.schema.empty() ? json::object{{"type", "object"}} : reference(page.schema);
        paths[page.path] = json::object{
            {"get", operation(page.id, page.summary,
                              answer(page.summary, content("application/json", schema)))}};
    }
    paths["/metrics"] = json::object{
        {"get", operation("metrics", "Figures for Prometheus",
                          answer("Text exposition format 0.0.4",
                                 content("text/plain", json::object{{"type", "string"}})))}};
}

json::object wait_parameter() {
    return parameter("wait", "query", "Milliseconds to wait for the receipt",
                     {{"type", "integer"}, {"minimum", 0}, {"maximum", 60'000}});
}

json::object submission(std::string_view id, std::string_view summary, json::object body,
                        std::string_view answer_schema) {
    json::object submit = operation(
        id, summary,
        answer("What became of it", content("application/json", reference(answer_schema))));
    submit["parameters"] = json::array{wait_parameter()};
    submit["requestBody"] = std::move(body);
    return {{"post", std::move(submit)}};
}

json::object bytes_body() {
    return {{"required", true},
            {"content",
             content("application/octet-stream", {{"type", "string"}, {"format", "binary"}})}};
}

void add_transactions(json::object& paths) {
    paths["/transactions"] =
        submission("submit", "Submit one signed transaction", bytes_body(), "Submitted");
    paths["/batch-transactions"] = submission("submitMany", "Submit many, each behind its size",
                                              bytes_body(), "SubmittedMany");
    paths["/transactions/json"] =
        submission("submitJson", "Submit a body of /encode with its signature",
                   json_body(reference("SignedBody")), "Submitted");
    json::object encode =
        operation("encode", "The bytes to sign for operations given as JSON",
                  answer("The transaction", content("application/json", reference("Encoded"))));
    encode["requestBody"] = json_body(reference("EncodeRequest"));
    paths["/encode"] = json::object{{"post", std::move(encode)}};

    json::object receipt = operation(
        "receipt", "What became of a transaction; whole with a read pass of who may read it",
        answer("The receipt", content("application/json", reference("Receipt"))));
    receipt["parameters"] =
        json::array{parameter("id", "path", "64 hexadecimal digits", {{"type", "string"}})};
    paths["/transactions/{id}"] = json::object{{"get", std::move(receipt)}};

    json::object block =
        operation("block", "A final block",
                  answer("The block", content("application/json", {{"type", "object"}})));
    block["parameters"] =
        json::array{parameter("height", "path", "1 for the first block", {{"type", "integer"}})};
    paths["/blocks/{height}"] = json::object{{"get", std::move(block)}};

    json::object follow =
        operation("receipts", "What became of executed blocks, from a height on",
                  answer("Blocks", content("application/json", reference("Receipts"))));
    follow["parameters"] = json::array{
        parameter("from", "query", "The first height", {{"type", "integer"}, {"minimum", 1}}),
        wait_parameter()};
    paths["/receipts"] = json::object{{"get", std::move(follow)}};
}

void add_contract(const ledger::Contract& contract, json::object& paths, json::object& schemas) {
    for (const ledger::Method& method : contract.operations) {
        json::object schema = schema_of_fields(method.arguments);
        schema["description"] = method.summary;
        schemas[contract.name + "." + method.name] = std::move(schema);
    }
    for (const ledger::Method& method : contract.queries) {
        json::object query = operation(
            "query_" + contract.name + "_" + method.name, method.summary,
            answer("The answer", content("application/json", schema_of_fields(method.result))));
        query["tags"] = json::array{json::value(contract.name)};
        query["requestBody"] = json_body(schema_of_fields(method.arguments));
        paths["/query/" + contract.name + "/" + method.name] =
            json::object{{"post", std::move(query)}};
    }
}

template <class T>
void add_shape(json::object& schemas, std::string_view name) {
    schemas[name] = schema_of_type(ledger::type_name<T>());
}

/// One operation of POST /encode: its name with the arguments that belong to it.
json::object named_operation(const std::string& contract, const std::string& method) {
    return {{"type", "object"},
            {"properties", json::object{{"contract", json::object{{"const", contract}}},
                                        {"method", json::object{{"const", method}}},
                                        {"arguments", reference(contract + "." + method)}}},
            {"required", json::array{"contract", "method", "arguments"}}};
}

json::object encode_request(const ledger::ContractRegistry& contracts) {
    json::array operations;
    for (const ledger::Contract* contract : contracts.all()) {
        for (const ledger::Method& method : contract->operations) {
            operations.push_back(named_operation(contract->name, method.name));
        }
    }
    json::object schema = schema_of_type(ledger::type_name<EncodeRequest>()).as_object();
    json::object& list = schema["properties"].as_object()["operations"].as_object();
    list["items"] = json::object{{"oneOf", std::move(operations)}};
    return schema;
}

/// What a receipt may withhold is not required of it, nor of its operations.
void let_be_withheld(json::object& receipt) {
    json::object& operation = receipt.at("properties").at("operations").at("items").as_object();
    for (json::object* schema : {&receipt, &operation}) {
        json::array& required = schema->at("required").as_array();
        const auto is_withheld = [](const json::value& name) {
            return name == "detail" || name == "result" || name == "events";
        };
        required.erase(std::remove_if(required.begin(), required.end(), is_withheld),
                       required.end());
    }
}

}  // namespace

json::value schema_of_type(std::string_view type) {
    TypeReader reader(type);
    json::value schema = reader.read();
    CHECK_INVARIANT(reader.at_end());
    return schema;
}

json::value openapi_document(const ledger::ContractRegistry& contracts) {
    json::object paths;
    json::object schemas;
    add_shape<ErrorView>(schemas, "Error");
    add_shape<StatusView>(schemas, "Status");
    add_shape<ConditionView>(schemas, "Condition");
    add_shape<ReceiptView>(schemas, "Receipt");
    let_be_withheld(schemas.at("Receipt").as_object());
    add_shape<ReceiptsView>(schemas, "Receipts");
    add_shape<SubmitView>(schemas, "Submitted");
    add_shape<BatchSubmitView>(schemas, "SubmittedMany");
    add_shape<EncodeView>(schemas, "Encoded");
    add_shape<SignedBody>(schemas, "SignedBody");
    schemas["EncodeRequest"] = encode_request(contracts);
    add_pages(paths);
    add_transactions(paths);
    json::array tags;
    for (const ledger::Contract* contract : contracts.all()) {
        add_contract(*contract, paths, schemas);
        tags.push_back(json::object{{"name", contract->name},
                                    {"description", "Queries of the contract " + contract->name}});
    }
    return json::object{
        {"openapi", "3.1.0"},
        {"info", json::object{{"title", "CityLedger node"},
                              {"version", version_of_build()},
                              {"description", "One validator of a city's ledger."},
                              {"license", json::object{{"name", "Apache-2.0"},
                                                       {"identifier", "Apache-2.0"}}}}},
        {"servers", json::array{json::object{{"url", "/"}}}},
        {"security", json::array{}},
        {"tags", std::move(tags)},
        {"paths", std::move(paths)},
        {"components", json::object{{"schemas", std::move(schemas)}}}};
}

}  // namespace cityledger::api
