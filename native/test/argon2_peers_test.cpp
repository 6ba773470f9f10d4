// Argon2id against libargon2 and libsodium, where this machine has them, over costs and lengths
// that no list of vectors goes through.
#include <argon2.h>
#include <sodium.h>

#include <algorithm>
#include <vector>

#include "argon2_cases.h"
#include "check.h"
#include "memory/blocks.h"

namespace stampmill::test {
namespace {

std::vector<uint8_t> ours(const MemoryKernel& kernel, const Argon2Case& asked) {
    const MemoryBlocks memory(blocks_of(shape_of(asked.costs)));
    std::vector<uint8_t> tag(asked.costs.length);
    const Argon2Input input{asked.password, asked.salt, asked.secret, asked.associated};
    CHECK(hash_argon2id(kernel, input, asked.costs, memory.words(), tag, false));
    return tag;
}

std::vector<uint8_t> by_libargon2(Argon2Case asked) {
    std::vector<uint8_t> tag(asked.costs.length);
    argon2_context context{};
    context.out = tag.data();
    context.outlen = asked.costs.length;
    context.pwd = asked.password.data();
    context.pwdlen = static_cast<uint32_t>(asked.password.size());
    context.salt = asked.salt.data();
    context.saltlen = static_cast<uint32_t>(asked.salt.size());
    context.secret = asked.secret.data();
    context.secretlen = static_cast<uint32_t>(asked.secret.size());
    context.ad = asked.associated.data();
    context.adlen = static_cast<uint32_t>(asked.associated.size());
    context.t_cost = asked.costs.passes;
    context.m_cost = asked.costs.memory_kib;
    context.lanes = asked.costs.lanes;
    context.threads = 1;
    context.version = ARGON2_VERSION_13;
    CHECK_EQUAL(argon2id_ctx(&context), ARGON2_OK);
    return tag;
}

std::vector<uint8_t> by_libsodium(const Argon2Case& asked) {
    std::vector<uint8_t> tag(asked.costs.length);
    const int failed = crypto_pwhash_argon2id(
        tag.data(), tag.size(), reinterpret_cast<const char*>(asked.password.data()),
        asked.password.size(), asked.salt.data(), asked.costs.passes,
        size_t{asked.costs.memory_kib} * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13);
    CHECK_EQUAL(failed, 0);
    return tag;
}

}  // namespace

MEMORY_TEST(argon2id_as_libargon2) {
    Argon2Cases cases;
    for (uint64_t i = 0; i < 400 / kThinning; ++i) {
        const Argon2Case asked = cases.next();
        const Note note(describe(asked));
        CHECK(ours(kernel, asked) == by_libargon2(asked));
    }
}

MEMORY_TEST(argon2id_as_libsodium) {
    CHECK(sodium_init() >= 0);
    Argon2Cases cases;
    for (uint64_t i = 0; i < 200 / kThinning; ++i) {
        // One lane, no secret, a salt of 16 bytes, and 16 bytes or more of digest is all it does.
        Argon2Case asked = cases.next();
        asked.costs.lanes = 1;
        asked.costs.length = std::max<uint32_t>(asked.costs.length, 16);
        asked.secret.clear();
        asked.associated.clear();
        asked.salt.resize(crypto_pwhash_argon2id_SALTBYTES, 0x5a);
        const Note note(describe(asked));
        CHECK(ours(kernel, asked) == by_libsodium(asked));
    }
}

}  // namespace stampmill::test
