#pragma once
// Elements of a UBL document by their local names, whatever prefix their namespace has, and with
// their places in the file.

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/documents/findings.hpp"

namespace cityledger::documents {

inline constexpr std::string_view k_ubl_namespace = "urn:oasis:names:specification:ubl:schema:xsd:";

/// One element, or none (then its children are none too, and its text is empty).
struct Element {
    pugi::xml_node node;

    explicit operator bool() const { return static_cast<bool>(node); }
    [[nodiscard]] std::string name() const;  ///< local
    [[nodiscard]] Element child(std::string_view name) const;
    [[nodiscard]] std::vector<Element> children(std::string_view name) const;
    /// Of a path "Party/PartyName/Name".
    [[nodiscard]] Element at(std::string_view path) const;
    /// Without the spaces around it.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string attribute(const char* name) const {
        return node.attribute(name).as_string();
    }
};

class XmlFile {
public:
    /// Findings if it is not well-formed, has a document type or is nested too deeply.
    XmlFile(const std::string& text, std::string file, Findings& findings);

    [[nodiscard]] Element root() const { return {document_.document_element()}; }
    /// "bill.xml:12:5: /Invoice/InvoiceLine[2]/ID"
    [[nodiscard]] std::string place(const Element& element) const;
    /// The same of a child that is not there.
    [[nodiscard]] std::string place(const Element& element, std::string_view missing) const {
        return place(element) + "/" + std::string(missing);
    }

private:
    [[nodiscard]] std::string place(std::ptrdiff_t offset) const;
    bool is_sound(Findings& findings);

    const std::string& text_;
    std::string file_;
    pugi::xml_document document_;
};

}  // namespace cityledger::documents
