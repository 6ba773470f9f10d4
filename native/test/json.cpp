#include "json.h"

#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace stampmill::test {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    throw std::runtime_error("not a hexadecimal digit");
}

}  // namespace

class JsonReader {
  public:
    explicit JsonReader(const std::string& text) : text_(text) {}

    Json whole() {
        Json json = value();
        if (next() != '\0') fail("more than one value");
        return json;
    }

  private:
    const std::string& text_;
    size_t at_ = 0;

    [[noreturn]] void fail(const char* what) const {
        throw std::runtime_error("JSON, offset " + std::to_string(at_) + ": " + what);
    }

    /// The next character that is not white space, or NUL at the end.
    char next() {
        while (at_ < text_.size() && std::string(" \t\r\n").find(text_[at_]) != std::string::npos) {
            ++at_;
        }
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    void expect(char c) {
        if (next() != c) fail("unexpected character");
        ++at_;
    }

    bool skip(char c) {
        if (next() != c) return false;
        ++at_;
        return true;
    }

    Json value() {
        Json json;
        const char c = next();
        if (c == '{') {
            json.value_ = members();
        } else if (c == '[') {
            json.value_ = list();
        } else if (c == '"') {
            json.value_ = string();
        } else if (is_digit(c)) {
            json.value_ = number();
        } else {
            fail("a value that this reader does not know");
        }
        return json;
    }

    Json::Members members() {
        Json::Members members;
        expect('{');
        if (skip('}')) return members;
        do {
            if (next() != '"') fail("no name of a member");
            const std::string name = string();
            expect(':');
            if (!members.emplace(name, value()).second) fail("a member twice");
        } while (skip(','));
        expect('}');
        return members;
    }

    Json::List list() {
        Json::List list;
        expect('[');
        if (skip(']')) return list;
        do {
            list.push_back(value());
        } while (skip(','));
        expect(']');
        return list;
    }

    uint64_t number() {
        constexpr uint64_t most = std::numeric_limits<uint64_t>::max();
        uint64_t number = 0;
        for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) {
            const auto digit = static_cast<uint64_t>(text_[at_] - '0');
            if (number > (most - digit) / 10) fail("a number above 64 bits");
            number = number * 10 + digit;
        }
        return number;
    }

    std::string string() {
        std::string string;
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return string;
            }
            if (static_cast<unsigned char>(c) < 0x20) fail("a control character");
            string += c == '\\' ? escaped() : std::string(1, c);
        }
        fail("a string without end");
    }

    /// What the escape at at_ stands for; at_ is left on its last character.
    std::string escaped() {
        static const std::string letters = "\"\\/bfnrt";
        static const std::string meanings = "\"\\/\b\f\n\r\t";
        const char c = ++at_ < text_.size() ? text_[at_] : '\0';
        if (c != 'u') {
            const size_t i = letters.find(c);
            if (i == std::string::npos) fail("an unknown escape");
            return std::string(1, meanings[i]);
        }
        int code = 0;
        for (int i = 0; i < 4; ++i) {
            if (++at_ >= text_.size()) fail("a string without end");
            code = code * 16 + hex_value(text_[at_]);
        }
        if (code >= 0x80) fail("an escape beyond ASCII, which no vector needs");
        return std::string(1, static_cast<char>(code));
    }
};

Json Json::parse(const std::string& text) {
    return JsonReader(text).whole();
}

std::vector<Json> Json::vectors(const std::string& name) {
    const std::string path = STAMPMILL_VECTORS "/" + name;
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return parse(text)["vectors"].list();
}

const std::string& Json::text() const {
    return std::get<std::string>(value_);
}

uint64_t Json::number() const {
    return std::get<uint64_t>(value_);
}

const std::vector<Json>& Json::list() const {
    return std::get<List>(value_);
}

const Json& Json::operator[](const std::string& member) const {
    const Members& members = std::get<Members>(value_);
    const auto found = members.find(member);
    if (found == members.end()) throw std::runtime_error("JSON: there is no " + member);
    return found->second;
}

std::vector<uint8_t> Json::bytes() const {
    const std::string& hex = text();
    if (hex.size() % 2 != 0) throw std::runtime_error("half a byte in hexadecimal");
    std::vector<uint8_t> bytes;
    for (size_t i = 0; i < hex.size(); i += 2) {
        bytes.push_back(static_cast<uint8_t>(hex_value(hex[i]) * 16 + hex_value(hex[i + 1])));
    }
    return bytes;
}

}  // namespace stampmill::test
