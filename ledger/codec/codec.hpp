#pragma once
// The canonical encoding: the only one for what crosses a socket, is stored, hashed or signed.
// Fixed little-endian integers; bool as 0 or 1; enum as u8; optional as bool and value; strings,
// byte strings and lists as u32 count and elements; fixed arrays as their elements; structs as
// their fields in order. No pointers, no unordered containers, no floating point, no trailing
// bytes. decode(encode(x)) == x, and bytes that are not encode(decode(b)) are refused.
//
// cereal supplies the field traversal; its own archives never see bytes from outside, since a
// nine-byte input can make them allocate gigabytes.

#include <cereal/cereal.hpp>
#include <cstring>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/check.hpp"
#include "crypto/keys.hpp"
#include "crypto/result.hpp"
#include "ledger/codec/field.hpp"
#include "ledger/ledger_codes.hpp"

namespace cityledger::ledger {

template <class T>
concept CodecInteger = std::is_integral_v<T> && !std::is_same_v<T, bool>;

/// Enough for most records: they are written without growing.
inline constexpr std::size_t k_usual_encoded_bytes = 256;

/// Writes the canonical encoding.
class CanonicalWriter : public cereal::OutputArchive<CanonicalWriter> {
public:
    CanonicalWriter() : OutputArchive(this), out_(k_usual_encoded_bytes) {}

    void append(ByteView bytes) {
        if (bytes.empty()) return;
        if (out_.size() - used_ < bytes.size()) {
            out_.resize(std::max(2 * out_.size(), used_ + bytes.size()));
        }
        std::memcpy(out_.data() + used_, bytes.data(), bytes.size());
        used_ += bytes.size();
    }

    template <CodecInteger T>
    void append_integer(T value) {
        using Unsigned = std::make_unsigned_t<T>;
        auto rest = static_cast<Unsigned>(value);
        std::array<std::uint8_t, sizeof(T)> bytes;
        for (auto& byte : bytes) {
            byte = static_cast<std::uint8_t>(rest & 0xff);
            if constexpr (sizeof(T) > 1) rest = static_cast<Unsigned>(rest >> 8);
        }
        append(bytes);
    }

    /// Fails above the limit.
    void append_count(std::size_t count, std::uint32_t max_elements);
    /// The field that is written now, for what a failure says.
    void set_field(const char* name) { field_ = name; }

    /// What was written; the writer is used up.
    [[nodiscard]] Bytes take() {
        out_.resize(used_);
        return std::move(out_);
    }

private:
    Bytes out_;  ///< longer than what was written, so that a field costs no call of the vector
    std::size_t used_ = 0;
    const char* field_ = "";
};

/// What a writer throws; never leaves encode() and try_encode().
struct EncodeFailure {
    Error error;
};

/// What a reader throws; never leaves decode().
struct DecodeFailure {
    Error error;
};

/// Reads the canonical encoding, allocating no more than the bytes that are really there allow.
class CanonicalReader : public cereal::InputArchive<CanonicalReader> {
public:
    explicit CanonicalReader(ByteView bytes) : InputArchive(this), rest_(bytes) {}

    ByteView take(std::size_t count);
    [[nodiscard]] bool empty() const { return rest_.empty(); }
    [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

    template <CodecInteger T>
    T take_integer() {
        using Unsigned = std::make_unsigned_t<T>;
        const ByteView bytes = take(sizeof(T));
        Unsigned value = 0;
        for (std::size_t i = sizeof(T); i-- > 0;) {
            if constexpr (sizeof(T) > 1) value = static_cast<Unsigned>(value << 8);
            value = static_cast<Unsigned>(value | bytes[i]);
        }
        return static_cast<T>(value);
    }

    /// So many bytes that are a text.
    std::string take_text(std::size_t count);

    /// A count that is within the limit and that the remaining bytes can hold.
    std::uint32_t take_count(std::uint32_t max_elements);

    bool take_flag();

    [[noreturn]] static void fail_not_canonical(std::string what);

private:
    ByteView rest_;
};

// ---- values: what cereal does not know how to traverse ----------------------------------------

/// Texts and byte strings.
template <class T>
concept CodecText = std::is_same_v<T, Bytes> || std::is_same_v<T, std::string>;

/// Types that are nothing but a fixed array of bytes.
template <class T>
concept FixedBytes = requires(T value) {
    { value.bytes } -> std::ranges::contiguous_range;
    requires sizeof(T) == sizeof(value.bytes);
    requires sizeof(*value.bytes.data()) == 1 && !CodecText<decltype(value.bytes)>;
};

template <class T>
inline constexpr bool k_is_list = false;
template <class T>
inline constexpr bool k_is_list<std::vector<T>> = !CodecText<std::vector<T>>;

template <class T>
inline constexpr bool k_is_optional = false;
template <class T>
inline constexpr bool k_is_optional<std::optional<T>> = true;

/// Writes one value; a struct goes through cereal's traversal of its `serialize`.
template <class T>
void write_value(CanonicalWriter& writer, const T& value, std::uint32_t max_elements) {
    if constexpr (std::is_same_v<T, bool>) {
        writer.append_integer<std::uint8_t>(value ? 1 : 0);
    } else if constexpr (CodecInteger<T>) {
        writer.append_integer(value);
    } else if constexpr (std::is_enum_v<T>) {
        writer.append_integer(static_cast<std::uint8_t>(value));
    } else if constexpr (CodecText<T>) {
        writer.append_count(value.size(), max_elements);
        writer.append({reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
    } else if constexpr (FixedBytes<T>) {
        writer.append(value.bytes);
    } else if constexpr (k_is_list<T>) {
        writer.append_count(value.size(), max_elements);
        for (const auto& element : value) write_value(writer, element, k_max_elements_default);
    } else if constexpr (k_is_optional<T>) {
        writer.template append_integer<std::uint8_t>(value ? 1 : 0);
        if (value) write_value(writer, *value, max_elements);
    } else {
        writer(value);
    }
}

/// Reads one value; the counterpart of write_value.
template <class T>
void read_value(CanonicalReader& reader, T& value, std::uint32_t max_elements) {
    if constexpr (std::is_same_v<T, bool>) {
        value = reader.take_flag();
    } else if constexpr (CodecInteger<T>) {
        value = reader.template take_integer<T>();
    } else if constexpr (std::is_enum_v<T>) {
        const auto number = reader.template take_integer<std::uint8_t>();
        if (number >= std::size(EnumNames<T>::names)) CanonicalReader::fail_not_canonical("enum");
        value = static_cast<T>(number);
    } else if constexpr (std::is_same_v<T, std::string>) {
        value = reader.take_text(reader.take_count(max_elements));
    } else if constexpr (CodecText<T>) {
        const ByteView bytes = reader.take(reader.take_count(max_elements));
        value.assign(bytes.begin(), bytes.end());
    } else if constexpr (FixedBytes<T>) {
        const ByteView bytes = reader.take(value.bytes.size());
        std::copy(bytes.begin(), bytes.end(), value.bytes.begin());
    } else if constexpr (k_is_list<T>) {
        const std::uint32_t count = reader.take_count(max_elements);
        value.clear();
        // Grows with the elements that are really read: a count alone never makes it allocate.
        for (std::uint32_t i = 0; i < count; ++i) {
            read_value(reader, value.emplace_back(), k_max_elements_default);
        }
    } else if constexpr (k_is_optional<T>) {
        value.reset();
        if (reader.take_flag()) read_value(reader, value.emplace(), max_elements);
    } else {
        reader(value);
    }
}

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(CanonicalWriter& writer, const Field<T>& field) {
    writer.set_field(field.name);
    write_value(writer, field.value, field.max_elements);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(CanonicalReader& reader, Field<T>& field) {
    read_value(reader, field.value, field.max_elements);
}

// ---- the two calls ----------------------------------------------------------------------------

/// The canonical bytes of a value from outside, or encode_limit with the field that is too long.
template <class T>
[[nodiscard]] Result<Bytes> try_encode(const T& value) {
    try {
        CanonicalWriter writer;
        write_value(writer, value, k_max_elements_default);
        return writer.take();
    } catch (const EncodeFailure& failure) {
        return tl::unexpected<Error>(failure.error);
    }
}

/// The canonical bytes of a value whose limits were checked: above one is a bug (CHECK).
template <class T>
[[nodiscard]] Bytes encode(const T& value) {
    auto bytes = try_encode(value);
    CHECK_INVARIANT(bytes.has_value());
    return *std::move(bytes);
}

/// The value of these bytes, or why they are refused. Never allocates more than a small multiple
/// of the bytes given, never throws.
template <class T>
[[nodiscard]] Result<T> decode(ByteView bytes) {
    try {
        CanonicalReader reader(bytes);
        T value{};
        read_value(reader, value, k_max_elements_default);
        if (!reader.empty()) {
            return refuse(codes::decode_trailing, std::to_string(reader.remaining()) + " bytes");
        }
        return value;
    } catch (const DecodeFailure& failure) {
        return tl::unexpected<Error>(failure.error);
    }
}

}  // namespace cityledger::ledger

CEREAL_SETUP_ARCHIVE_TRAITS(cityledger::ledger::CanonicalReader,
                            cityledger::ledger::CanonicalWriter)
