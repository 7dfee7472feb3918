#include "crypto/result.hpp"

namespace cityledger {

std::string Error::message() const {
    std::string text{code.name};
    text += " (" + std::to_string(code.number) + "): ";
    text += code.meaning;
    text += ". ";
    if (!detail.empty()) text += detail + ". ";
    text += "Next: ";
    text += code.remedy;
    return text;
}

}  // namespace cityledger
