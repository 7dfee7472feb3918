// docs/scenarios.md: the words of the frame and the tables of the schema, which has the last say
// on what a file may hold.

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "crypto/check.hpp"
#include "sim/scenario/explain.hpp"

namespace cityledger::sim {

namespace {

namespace json = boost::json;

constexpr std::string_view k_marker = "{{table ";

/// A schema with its `$ref` followed.
const json::object& followed(const json::object& schema, const json::value& root) {
    const json::value* reference = schema.if_contains("$ref");
    if (reference == nullptr) return schema;
    const std::string_view pointer = reference->get_string();
    return root.at_pointer(pointer.substr(1)).get_object();
}

std::string type_words(const json::object& written, const json::value& root);

std::string alternatives(const json::array& list, const json::value& root) {
    std::string words;
    for (const json::value& item : list) {
        words += (words.empty() ? "" : " or ") + type_words(item.get_object(), root);
    }
    return words;
}

std::string literal(const json::value& value) {
    return "`" + (value.is_string() ? std::string(value.get_string()) : json::serialize(value)) +
           "`";
}

std::string type_words(const json::object& written, const json::value& root) {
    const json::object& schema = followed(written, root);
    if (const json::value* any = schema.if_contains("anyOf")) {
        return alternatives(any->get_array(), root);
    }
    if (const json::value* constant = schema.if_contains("const")) return literal(*constant);
    if (const json::value* choices = schema.if_contains("enum")) {
        std::string words;
        for (const json::value& choice : choices->get_array()) {
            words += (words.empty() ? "" : ", ") + literal(choice);
        }
        return words;
    }
    const json::value* type = schema.if_contains("type");
    const std::string kind = type == nullptr ? "" : std::string(type->get_string());
    if (kind == "string") return "text";
    if (kind == "boolean") return "true or false";
    if (kind == "object") return "mapping";
    if (kind == "array") {
        const json::value* items = schema.if_contains("items");
        return items == nullptr ? "list" : "list: " + type_words(items->get_object(), root);
    }
    const json::value* low = schema.if_contains("minimum");
    const json::value* high = schema.if_contains("maximum");
    std::string words = "integer";
    if (low != nullptr) words += " from " + json::serialize(*low);
    if (high != nullptr) words += " to " + json::serialize(*high);
    return words;
}

/// The rows of an object's properties and of its alternatives'; a key without a description is
/// described where it stands first.
void add_rows(const json::object& schema, const json::value& root, std::set<std::string>& told,
              std::string& rows) {
    if (const json::value* properties = schema.if_contains("properties")) {
        for (const auto& [key, value] : properties->get_object()) {
            const json::object& property = value.get_object();
            const json::value* words = property.if_contains("description");
            if (words == nullptr || !told.insert(key).second) continue;
            const json::value* otherwise = property.if_contains("default");
            rows += "| `" + std::string(key) + "` | " + type_words(property, root) + " | " +
                    (otherwise == nullptr ? "" : literal(*otherwise)) + " | " +
                    std::string(words->get_string()) + " |\n";
        }
    }
    for (const char* key : {"oneOf", "anyOf"}) {
        const json::value* list = schema.if_contains(key);
        if (list == nullptr) continue;
        for (const json::value& item : list->get_array()) {
            add_rows(item.get_object(), root, told, rows);
        }
    }
}

}  // namespace

std::string scenario_document() {
    const json::value root = json::parse(scenario_schema());
    std::string text(scenario_document_frame());
    for (std::size_t begin = text.find(k_marker); begin != std::string::npos;
         begin = text.find(k_marker, begin)) {
        const std::size_t end = text.find("}}", begin);
        CHECK_INVARIANT(end != std::string::npos);
        const std::size_t name = begin + k_marker.size();
        const std::string pointer = text.substr(name, end - name);
        std::set<std::string> told;
        std::string table = "| Key | Value | Default | Meaning |\n|---|---|---|---|\n";
        const json::value& schema = pointer == "/" ? root : root.at_pointer(pointer);
        add_rows(schema.get_object(), root, told, table);
        text.replace(begin, end + 3 - begin, table);  // with the end of the marker's line
        begin += table.size();
    }
    return text;
}

}  // namespace cityledger::sim
