// SHA-1 (FIPS 180-4, section 6.1), written once for every vector type of simd/.
#pragma once

#include <cstdint>

#include "engine/job.h"
#include "simd/inline.h"

namespace stampmill {
namespace {

struct Sha1 {
    static constexpr Algorithm kAlgorithm = Algorithm::kSha1;
    static constexpr int kStateWords = 5;
    static constexpr int kRounds = 80;
    /// Rounds with the same function and constant: that many, one behind the other.
    static constexpr int kStage = 20;
    /// After that many, the words of the state have their roles again; a turn of a search loop.
    static constexpr int kTurn = 5;
    /// The message schedule is linear over XOR: the schedule of x ^ y is that of x ^ that of y.
    static constexpr bool kLinearSchedule = true;

    static constexpr uint32_t kInitial[kStateWords] = {0x67452301, 0xefcdab89, 0x98badcfe,
                                                       0x10325476, 0xc3d2e1f0};  // 5.3.1

    static constexpr uint32_t constant(int t) {  // 4.2.1
        return t < 20 ? 0x5a827999 : t < 40 ? 0x6ed9eba1 : t < 60 ? 0x8f1bbcdc : 0xca62c1d6;
    }

    /// Which word of the state plays a role (a = 0, b = 1, ...) at round t: the words stay where
    /// they are while the roles move on.
    static constexpr int word(int role, int t) { return (role + kRounds - t) % kStateWords; }

    /// Round t (6.1.2, step 3); `kw` is W[t] + K[t].
    template <int t, class V>
    static STAMPMILL_INLINE void round(V (&s)[kStateWords], V kw) {
        V& a = s[word(0, t)];
        V& b = s[word(1, t)];
        V& c = s[word(2, t)];
        V& d = s[word(3, t)];
        V& e = s[word(4, t)];
        e = e + kw + mix<t>(b, c, d) + rotl<5>(a);
        b = rotl<30>(b);
    }

    /// Which of the words before it make W[t], and how (6.1.2, step 1).
    static constexpr int kTaps[4] = {3, 8, 14, 16};
    template <class V>
    static STAMPMILL_INLINE V schedule(V w3, V w8, V w14, V w16) {
        return rotl<1>(parity(w3, w8, w14) ^ w16);
    }

  private:
    template <int t, class V>
    static STAMPMILL_INLINE V mix(V b, V c, V d) {  // 4.1.1
        if constexpr (t < 20) {
            return choose(b, c, d);
        } else if constexpr (t < 40 || t >= 60) {
            return parity(b, c, d);
        } else {
            return majority(b, c, d);
        }
    }
};

}  // namespace
}  // namespace stampmill
