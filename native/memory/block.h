// The compression of a block (RFC 9106, section 3.5) for vectors of any width.
//
// A block is a square of 8 by 8 pairs of words. The sixteen words of each row are permuted
// together, then those of each column. Word 16 * row + 2 * column + half is thus named by seven
// bits, and in either permutation two of them say to which of the four operands a word belongs: the
// upper two of `column` for rows, the upper two of `row` for columns. Those four bits always number
// vectors. The other three, the lowest of row and column and the half, number lanes as far as a
// vector has lanes. So the words of one operand are side by side for rows and for columns alike,
// and no block is ever transposed. What is left is to turn the operands between the two halves of a
// permutation, where positions are lanes. Blocks stay in memory in this order from the first to the
// last.
#pragma once

#include <cstdint>

#include "memory/blamka.h"
#include "memory/kernel.h"

namespace stampmill {
namespace {

/// Where a block has a word, if vectors have so many lanes.
constexpr int place_of_word(int lanes, int word) {
    const int half = word & 1;
    const int low_column = word >> 1 & 1;
    const int low_row = word >> 4 & 1;
    const int operands = (word >> 5) * 4 + (word >> 2 & 3);
    // Lanes are the lower bits: for four of them those of row and column, for two that of the row.
    const int within = lanes == 4   ? half * 4 + low_row * 2 + low_column
                       : lanes == 2 ? low_column * 4 + half * 2 + low_row
                                    : low_row * 4 + low_column * 2 + half;
    return operands * 8 + within;
}

// A position has two bits: that of row or column, and the half. With eight lanes both are lanes.
struct TurnRowLanes {
    template <int n, class V, int vectors>
    static STAMPMILL_INLINE void turn(V (&x)[vectors]) {
        unroll<0, vectors>([&](auto index) STAMPMILL_INLINE_LAMBDA {
            constexpr int i = decltype(index)::value;
            x[i] = turn_row<n>(x[i]);
        });
    }
};
struct TurnColumnLanes {
    template <int n, class V, int vectors>
    static STAMPMILL_INLINE void turn(V (&x)[vectors]) {
        unroll<0, vectors>([&](auto index) STAMPMILL_INLINE_LAMBDA {
            constexpr int i = decltype(index)::value;
            x[i] = turn_column<n>(x[i]);
        });
    }
};
// With fewer the half is the number of a vector, and lanes are exchanged where the upper bit
// changes.
template <class Exchange>
struct TurnHalves {
    template <int n, class V>
    static STAMPMILL_INLINE void turn(V (&x)[2]) {
        const V first = x[0];
        const V second = x[1];
        x[0] = n == 1 ? second : n == 2 ? Exchange::of(first) : Exchange::of(second);
        x[1] = n == 1 ? Exchange::of(first) : n == 2 ? Exchange::of(second) : first;
    }
};
struct ExchangeNear {
    template <class V>
    static STAMPMILL_INLINE V of(V x) {
        return exchange_near(x);
    }
};
struct ExchangeFar {
    template <class V>
    static STAMPMILL_INLINE V of(V x) {
        return exchange_far(x);
    }
};

/// What is permuted at a time: `groups` times four operands of `vectors` vectors. For each width
/// Turn is how they are turned, and vector_of says which vector of the block it is.
template <int lanes>
struct Rows;
template <int lanes>
struct Columns;

template <>
struct Rows<8> {
    using Turn = TurnRowLanes;
    static constexpr int groups = 1, vectors = 4;
    static constexpr int vector_of(int, int operand, int i) { return i * 4 + operand; }
};
template <>
struct Columns<8> {
    using Turn = TurnColumnLanes;
    static constexpr int groups = 1, vectors = 4;
    static constexpr int vector_of(int, int operand, int i) { return operand * 4 + i; }
};

template <>
struct Rows<4> {
    using Turn = TurnHalves<ExchangeNear>;
    static constexpr int groups = 4, vectors = 2;
    static constexpr int vector_of(int group, int operand, int i) {
        return (group * 4 + operand) * 2 + i;
    }
};
template <>
struct Columns<4> {
    using Turn = TurnHalves<ExchangeFar>;
    static constexpr int groups = 4, vectors = 2;
    static constexpr int vector_of(int group, int operand, int i) {
        return (operand * 4 + group) * 2 + i;
    }
};

template <>
struct Rows<2> {
    using Turn = TurnNames;
    static constexpr int groups = 4, vectors = 4;
    static constexpr int vector_of(int group, int operand, int i) {
        return (group * 4 + operand) * 4 + i;
    }
};
template <>
struct Columns<2> {
    using Turn = TurnHalves<ExchangeNear>;
    static constexpr int groups = 8, vectors = 2;
    static constexpr int vector_of(int group, int operand, int i) {
        return (operand * 4 + group / 2) * 4 + group % 2 * 2 + i;
    }
};

template <>
struct Rows<1> {
    using Turn = TurnNames;
    static constexpr int groups = 8, vectors = 4;
    static constexpr int vector_of(int group, int operand, int i) {
        return (group / 2 * 4 + operand) * 8 + group % 2 * 4 + i;
    }
};
template <>
struct Columns<1> {
    using Turn = TurnNames;
    static constexpr int groups = 8, vectors = 4;
    static constexpr int vector_of(int group, int operand, int i) {
        return (operand * 4 + group / 2) * 8 + i / 2 * 4 + group % 2 * 2 + i % 2;
    }
};

/// The permutation P of a group (RFC 9106, section 3.6): `load` gives a vector of the block,
/// `store` takes it back.
template <class Part, class V, class Load, class Store>
STAMPMILL_INLINE void permute_group(int group, const Load& load, const Store& store) {
    constexpr int vectors = Part::vectors;
    V x[4][vectors];
    unroll<0, 4 * vectors>([&](auto index) STAMPMILL_INLINE_LAMBDA {
        constexpr int operand = decltype(index)::value / vectors;
        constexpr int i = decltype(index)::value % vectors;
        x[operand][i] = load(Part::vector_of(group, operand, i));
    });
    mix_once<BlamkaSum>(x[0], x[1], x[2], x[3]);
    mix_again<BlamkaSum>(x[0], x[1], x[2], x[3]);
    to_diagonals<typename Part::Turn>(x[1], x[2], x[3]);
    mix_once<BlamkaSum>(x[0], x[1], x[2], x[3]);
    mix_again<BlamkaSum>(x[0], x[1], x[2], x[3]);
    to_columns<typename Part::Turn>(x[1], x[2], x[3]);
    unroll<0, 4 * vectors>([&](auto index) STAMPMILL_INLINE_LAMBDA {
        constexpr int operand = decltype(index)::value / vectors;
        constexpr int i = decltype(index)::value % vectors;
        store(Part::vector_of(group, operand, i), x[operand][i]);
    });
}

template <class Part, class V, class Load, class Store>
STAMPMILL_INLINE void permute_all(const Load& load, const Store& store) {
    for (int group = 0; group < Part::groups; ++group) {
        permute_group<Part, V>(group, load, store);
    }
}

/// out = G(before, other); with `keep` XORed to what is there (section 3.4: passes after the
/// first). `out` may be one of the two.
template <bool keep, class V>
STAMPMILL_INLINE void compress_block(const uint64_t* before, const uint64_t* other, uint64_t* out) {
    constexpr int lanes = V::kLanes;
    V between[kMemoryBlockWords / lanes];
    permute_all<Rows<lanes>, V>(
        [=](int i) STAMPMILL_INLINE_LAMBDA {
            return V::load(before + i * lanes) ^ V::load(other + i * lanes);
        },
        [&](int i, V x) STAMPMILL_INLINE_LAMBDA { between[i] = x; });
    permute_all<Columns<lanes>, V>([&](int i) STAMPMILL_INLINE_LAMBDA { return between[i]; },
                                   [=](int i, V x) STAMPMILL_INLINE_LAMBDA {
                                       x = xor3(x, V::load(before + i * lanes),
                                                V::load(other + i * lanes));
                                       if constexpr (keep) x = x ^ V::load(out + i * lanes);
                                       x.store(out + i * lanes);
                                   });
}

}  // namespace
}  // namespace stampmill
