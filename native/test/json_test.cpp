// The reader of the vectors: what it misreads, no other test would notice.
#include "json.h"

#include <stdexcept>

#include "check.h"

namespace stampmill::test {

TEST(json_is_read) {
    const Json json = Json::parse(R"( {"a": [0, 18446744073709551615], "b\"\\\n\u0041": "00fF"} )");
    CHECK_EQUAL(json["a"].list().size(), 2u);
    CHECK_EQUAL(json["a"].list()[1].number(), ~uint64_t{0});
    CHECK((json["b\"\\\nA"].bytes() == std::vector<uint8_t>{0, 255}));
}

TEST(json_of_another_kind_is_refused) {
    const char* const broken[] = {
        "",
        "{",
        "[1,]",
        "{\"a\":1,\"a\":1}",
        "{a:1}",
        "[1] [2]",
        "-1",
        "1.5",
        "null",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u00e9\"",
        "\"\\u00",
        "\"open",
        "18446744073709551616",
        "[1 2]",
        "{\"a\" 1}",
        "tru",
        "[\"a\"",
        "{\"a\":1,}",
    };
    for (const char* text : broken) {
        const Note note(text);
        bool refused = false;
        try {
            Json::parse(text);
        } catch (const std::runtime_error&) {
            refused = true;
        }
        CHECK(refused);
    }
}

}  // namespace stampmill::test
