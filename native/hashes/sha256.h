// SHA-256 (FIPS 180-4, section 6.2), written once for every vector type of simd/.
#pragma once

#include <cstdint>

#include "engine/job.h"
#include "simd/inline.h"

namespace stampmill {
namespace {

struct Sha256 {
    static constexpr Algorithm kAlgorithm = Algorithm::kSha256;
    static constexpr int kStateWords = 8;
    static constexpr int kRounds = 64;
    static constexpr int kStage = 64;
    /// A turn of a search loop: the state's words and the ring of the schedule have their roles
    /// again. A turn of eight loses 2 % (what rounds share is computed again between turns).
    static constexpr int kTurn = 16;
    static constexpr bool kLinearSchedule = false;

    static constexpr uint32_t kInitial[kStateWords] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
                                                       0xa54ff53a, 0x510e527f, 0x9b05688c,
                                                       0x1f83d9ab, 0x5be0cd19};  // 5.3.3

    static constexpr uint32_t constant(int t) { return kConstants[t]; }

    /// Which word of the state plays a role (a = 0, b = 1, ...) at round t: the words stay where
    /// they are while the roles move on.
    static constexpr int word(int role, int t) { return (role + kRounds - t) % kStateWords; }

    /// Round t (6.2.2, step 3); `kw` is W[t] + K[t].
    template <int t, class V>
    static STAMPMILL_INLINE void round(V (&s)[kStateWords], V kw) {
        V& a = s[word(0, t)];
        V& b = s[word(1, t)];
        V& c = s[word(2, t)];
        V& d = s[word(3, t)];
        V& e = s[word(4, t)];
        V& f = s[word(5, t)];
        V& g = s[word(6, t)];
        V& h = s[word(7, t)];
        h = h + kw + choose(e, f, g) + sigma<6, 11, 25>(e);
        d = d + h;
        h = h + majority(a, b, c) + sigma<2, 13, 22>(a);
    }

    /// Which of the words before it make W[t], and how (6.2.2, step 1).
    static constexpr int kTaps[4] = {2, 7, 15, 16};
    template <class V>
    static STAMPMILL_INLINE V schedule(V w2, V w7, V w15, V w16) {
        return w16 + w7 + parity(rotr<7>(w15), rotr<18>(w15), shr<3>(w15)) +
               parity(rotr<17>(w2), rotr<19>(w2), shr<10>(w2));
    }

  private:
    static constexpr uint32_t kConstants[kRounds] = {  // 4.2.2
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
        0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
        0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
        0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
        0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
        0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
        0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
        0xc67178f2};

    template <int n, class V>
    static STAMPMILL_INLINE V rotr(V x) {
        return rotl<32 - n>(x);
    }

    template <int i, int j, int k, class V>
    static STAMPMILL_INLINE V sigma(V x) {  // 4.1.2
        return parity(rotr<i>(x), rotr<j>(x), rotr<k>(x));
    }
};

}  // namespace
}  // namespace stampmill
