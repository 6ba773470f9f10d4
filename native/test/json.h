// A strict reader for the JSON of test/vectors: what it does not know is an error, never a guess.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace stampmill::test {

/// One value. Numbers are whole and not negative; the vectors need no others.
class Json {
  public:
    /// Reads one value that is the whole text. Throws std::runtime_error with the offset.
    static Json parse(const std::string& text);

    /// Reads the file of that name in test/vectors, and gives its list of vectors.
    static std::vector<Json> vectors(const std::string& name);

    // Each throws if the value is of another kind, or the member is missing.
    const std::string& text() const;
    uint64_t number() const;
    const std::vector<Json>& list() const;
    const Json& operator[](const std::string& member) const;

    /// The bytes that the text writes in hexadecimal.
    std::vector<uint8_t> bytes() const;

  private:
    friend class JsonReader;
    using List = std::vector<Json>;
    using Members = std::map<std::string, Json>;
    std::variant<std::string, uint64_t, List, Members> value_;
};

}  // namespace stampmill::test
