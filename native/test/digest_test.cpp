// The plain hash functions, which every other test takes for the truth.
#include <cstdio>

#include "check.h"
#include "engine/reference.h"
#include "jobs.h"
#include "json.h"

namespace stampmill::test {
namespace {

std::string digest_hex(Algorithm algorithm, const std::string& message) {
    uint8_t digest[32];
    digest_of(algorithm, reinterpret_cast<const uint8_t*>(message.data()), message.size(), digest);
    std::string hex;
    for (int i = 0; i < digest_bytes(algorithm); ++i) {
        char byte[3];
        (void)std::snprintf(byte, sizeof byte, "%02x", digest[i]);
        hex += byte;
    }
    return hex;
}

int zero_bits(const std::string& hex) {
    int bits = 0;
    for (const char c : hex) {
        const int value = c <= '9' ? c - '0' : c - 'a' + 10;
        if (value != 0) return bits + (value < 2 ? 3 : value < 4 ? 2 : value < 8 ? 1 : 0);
        bits += 4;
    }
    return bits;
}

}  // namespace

// The examples that NIST publishes for FIPS 180-4 (csrc.nist.gov, "Examples with Intermediate
// Values": one block, two blocks), and the million times "a" of FIPS 180-2, appendices A.3 and B.3.
TEST(digests_of_the_standard) {
    const std::string two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    const std::string million(1'000'000, 'a');
    CHECK_EQUAL(digest_hex(Algorithm::kSha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK_EQUAL(digest_hex(Algorithm::kSha1, two_blocks),
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    CHECK_EQUAL(digest_hex(Algorithm::kSha1, million), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    CHECK_EQUAL(digest_hex(Algorithm::kSha256, "abc"),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_EQUAL(digest_hex(Algorithm::kSha256, two_blocks),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK_EQUAL(digest_hex(Algorithm::kSha256, million),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(digests_of_stamps) {
    size_t digests = 0;
    for (const char* file : {"hashcash-minted.json", "hashcash-public.json"}) {
        for (const Json& vector : Json::vectors(file)) {
            const Note note(vector["stamp"].text());
            const std::string hex = digest_hex(Algorithm::kSha1, vector["stamp"].text());
            CHECK_EQUAL(hex, vector["sha1"].text());
            CHECK_EQUAL(uint64_t(zero_bits(hex)), vector["zero_bits"].number());
            ++digests;
        }
    }
    for (const Json& vector : Json::vectors("hashcash-parser-1.22.json")) {
        const Note note(vector["stamp"].text());
        const std::string hex = digest_hex(Algorithm::kSha1, vector["stamp"].text());
        CHECK_EQUAL(uint64_t(zero_bits(hex)), vector["zero_bits"].number());
        ++digests;
    }
    CHECK(digests >= 60);
}

}  // namespace stampmill::test
