// BLAKE2b (RFC 7693) without a key, one hash in each lane of a vector.
#pragma once

#include <cstdint>

#include "memory/blamka.h"

namespace stampmill {
namespace {

/// Section 2.6: the fractional parts of the square roots of the first eight primes.
constexpr uint64_t kBlake2bStart[8] = {
    0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
    0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/// Section 2.7: the order of the message words in each round; rounds 10 and 11 are 0 and 1 again.
constexpr uint8_t kBlake2bOrder[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

/// The first word of the chaining value for digests of so many bytes (section 2.5).
constexpr uint64_t blake2b_first_word(uint32_t digest_bytes) {
    return kBlake2bStart[0] ^ 0x01010000 ^ digest_bytes;
}

template <class V>
STAMPMILL_INLINE void start_blake2b(V (&h)[8], uint32_t digest_bytes) {
    h[0] = V::broadcast(blake2b_first_word(digest_bytes));
    for (int i = 1; i < 8; ++i) h[i] = V::broadcast(kBlake2bStart[i]);
}

/// One half of a round: the function G on four positions, with their message words.
template <class V>
STAMPMILL_INLINE void mix_message(V (&a)[4], V (&b)[4], V (&c)[4], V (&d)[4], const V (&words)[16],
                                  const uint8_t* order) {
    for (int i = 0; i < 4; ++i) a[i] = a[i] + words[order[2 * i]];
    mix_once<PlainSum>(a, b, c, d);
    for (int i = 0; i < 4; ++i) a[i] = a[i] + words[order[2 * i + 1]];
    mix_again<PlainSum>(a, b, c, d);
}

/// The function F (section 3.2). `bytes` of the message are hashed with this block, at most 2^64
/// - 1.
template <class V>
STAMPMILL_INLINE void blake2b_block(V (&h)[8], const V (&words)[16], uint64_t bytes, bool last) {
    V a[4], b[4], c[4], d[4];
    for (int i = 0; i < 4; ++i) {
        a[i] = h[i];
        b[i] = h[4 + i];
        c[i] = V::broadcast(kBlake2bStart[i]);
    }
    d[0] = V::broadcast(kBlake2bStart[4] ^ bytes);
    d[1] = V::broadcast(kBlake2bStart[5]);
    d[2] = V::broadcast(last ? ~kBlake2bStart[6] : kBlake2bStart[6]);
    d[3] = V::broadcast(kBlake2bStart[7]);
    for (int round = 0; round < 12; ++round) {
        const uint8_t* order = kBlake2bOrder[round % 10];
        mix_message(a, b, c, d, words, order);
        to_diagonals<TurnNames>(b, c, d);
        mix_message(a, b, c, d, words, order + 8);
        to_columns<TurnNames>(b, c, d);
    }
    for (int i = 0; i < 4; ++i) {
        h[i] = xor3(h[i], a[i], c[i]);
        h[4 + i] = xor3(h[4 + i], b[i], d[i]);
    }
}

}  // namespace
}  // namespace stampmill
