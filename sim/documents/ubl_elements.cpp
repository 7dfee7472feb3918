#include "sim/documents/ubl_elements.hpp"

#include <algorithm>

#include "sim/documents/documents_codes.hpp"

namespace cityledger::documents {
namespace {

constexpr int k_max_depth = 32;
constexpr std::string_view k_space = " \t\r\n";

std::string_view local_name(const pugi::xml_node& node) {
    const std::string_view name = node.name();
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// "InvoiceLine[2]" if there are several.
std::string step_of(const pugi::xml_node& node) {
    std::size_t number = 1;
    for (auto other = node.previous_sibling(); other; other = other.previous_sibling()) {
        if (local_name(other) == local_name(node)) ++number;
    }
    bool alone = number == 1;
    for (auto other = node.next_sibling(); other && alone; other = other.next_sibling()) {
        alone = local_name(other) != local_name(node);
    }
    const std::string name(local_name(node));
    return "/" + name + (alone ? "" : "[" + std::to_string(number) + "]");
}

/// Meets every node, and ends at a document type or below the depth that is allowed.
class Walker : public pugi::xml_tree_walker {
public:
    bool for_each(pugi::xml_node& node) override {
        doctype = node.type() == pugi::node_doctype;
        too_deep = depth() >= k_max_depth;
        found = node;
        return !doctype && !too_deep;
    }
    pugi::xml_node found;
    bool doctype = false;
    bool too_deep = false;
};

}  // namespace

std::string Element::name() const { return std::string(local_name(node)); }

Element Element::child(std::string_view name) const {
    for (const pugi::xml_node& child : node.children()) {
        if (local_name(child) == name) return {child};
    }
    return {};
}

std::vector<Element> Element::children(std::string_view name) const {
    std::vector<Element> found;
    for (const pugi::xml_node& child : node.children()) {
        if (local_name(child) == name) found.push_back({child});
    }
    return found;
}

Element Element::at(std::string_view path) const {
    Element element = *this;
    while (element && !path.empty()) {
        const std::size_t slash = path.find('/');
        element = element.child(path.substr(0, slash));
        path = slash == std::string_view::npos ? "" : path.substr(slash + 1);
    }
    return element;
}

std::string Element::text() const {
    const std::string_view text = node.child_value();
    const std::size_t first = text.find_first_not_of(k_space);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(k_space) - first + 1));
}

XmlFile::XmlFile(const std::string& text, std::string file, Findings& findings)
    : text_(text), file_(std::move(file)) {
    // Our own declaration of the encoding: what the file's says is not followed.
    const auto result = document_.load_buffer(
        text_.data(), text_.size(), pugi::parse_default | pugi::parse_doctype, pugi::encoding_utf8);
    if (!result) {
        findings.add(
            Error{codes::xml_malformed, place(result.offset) + ": " + result.description()});
    }
    if (!result || !is_sound(findings)) document_.reset();
}

bool XmlFile::is_sound(Findings& findings) {
    Walker walker;
    document_.traverse(walker);
    if (walker.doctype) {
        const auto offset = static_cast<std::ptrdiff_t>(text_.find("<!DOCTYPE"));
        findings.add(Error{codes::xml_doctype, place(offset)});
    }
    if (walker.too_deep) {
        findings.add(Error{codes::xml_too_deep, place(walker.found.offset_debug())});
    }
    return !walker.doctype && !walker.too_deep;
}

std::string XmlFile::place(std::ptrdiff_t offset) const {
    const auto end =
        std::min(text_.size(), static_cast<std::size_t>(std::max<std::ptrdiff_t>(offset, 0)));
    const std::string_view before = std::string_view(text_).substr(0, end);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::size_t last = before.rfind('\n');
    const std::size_t column = last == std::string_view::npos ? end + 1 : end - last;
    return file_ + ":" + std::to_string(lines + 1) + ":" + std::to_string(column);
}

std::string XmlFile::place(const Element& element) const {
    std::string path;
    for (pugi::xml_node node = element.node; node.type() == pugi::node_element;
         node = node.parent()) {
        path.insert(0, step_of(node));
    }
    return place(element.node.offset_debug()) + ": " + path;
}

}  // namespace cityledger::documents
