// BLAKE2b's round function (RFC 7693, section 3.1), plain and with a product in each sum (BlaMka,
// RFC 9106, section 3.6), for vectors of 64-bit words.
#pragma once

#include <cstdint>

#include "hashes/unroll.h"
#include "simd/inline.h"

namespace stampmill {
namespace {

struct PlainSum {
    template <class V>
    static STAMPMILL_INLINE V of(V a, V b) {
        return a + b;
    }
};
/// a + b + 2 * low(a) * low(b), as two sums of which neither waits for the other.
struct BlamkaSum {
    template <class V>
    static STAMPMILL_INLINE V of(V a, V b) {
        const V product = low_product(a, b);
        return (a + product) + (b + product);
    }
};

template <int n, class Sum, class V, int vectors>
STAMPMILL_INLINE void quarter(V (&a)[vectors], V (&b)[vectors], V (&d)[vectors]) {
    unroll<0, vectors>([&](auto index) STAMPMILL_INLINE_LAMBDA {
        constexpr int i = decltype(index)::value;
        a[i] = Sum::of(a[i], b[i]);
        d[i] = rotr<n>(d[i] ^ a[i]);
    });
}

/// The two halves of the function G, on vectors side by side.
template <class Sum, class V, int vectors>
STAMPMILL_INLINE void mix_once(V (&a)[vectors], V (&b)[vectors], V (&c)[vectors], V (&d)[vectors]) {
    quarter<32, Sum>(a, b, d);
    quarter<24, Sum>(c, d, b);
}
template <class Sum, class V, int vectors>
STAMPMILL_INLINE void mix_again(V (&a)[vectors], V (&b)[vectors], V (&c)[vectors],
                                V (&d)[vectors]) {
    quarter<16, Sum>(a, b, d);
    quarter<63, Sum>(c, d, b);
}

// Four words of each operand stand at four positions. Between the columns and the diagonals of the
// sixteen an operand is turned: position p takes what was at p + n. Here each position is a vector.
struct TurnNames {
    template <int n, class V>
    static STAMPMILL_INLINE void turn(V (&x)[4]) {
        const V old[4] = {x[0], x[1], x[2], x[3]};
        unroll<0, 4>([&](auto index) STAMPMILL_INLINE_LAMBDA {
            constexpr int i = decltype(index)::value;
            x[i] = old[(i + n) % 4];
        });
    }
};

template <class Turn, class V, int vectors>
STAMPMILL_INLINE void to_diagonals(V (&b)[vectors], V (&c)[vectors], V (&d)[vectors]) {
    Turn::template turn<1>(b);
    Turn::template turn<2>(c);
    Turn::template turn<3>(d);
}
template <class Turn, class V, int vectors>
STAMPMILL_INLINE void to_columns(V (&b)[vectors], V (&c)[vectors], V (&d)[vectors]) {
    Turn::template turn<3>(b);
    Turn::template turn<2>(c);
    Turn::template turn<1>(d);
}

}  // namespace
}  // namespace stampmill
