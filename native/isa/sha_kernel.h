// The row of the kernel table for one set of SHA instructions.
#pragma once

#include "engine/quads.h"
#include "hashes/sha1.h"
#include "hashes/sha256.h"
#include "isa/interleave.h"

namespace stampmill {
namespace {

/// The round instructions of the rounds from 12 on, for one candidate in each of `chains` states.
template <class Hash, class Unit, int chains>
uint32_t mix_quads(uint32_t seed, uint32_t times) {
    uint32_t words[Hash::kStateWords];
    for (uint32_t& word : words) word = seed++;
    typename Unit::State s[chains];
    for (int i = 0; i < chains; ++i) s[i] = Unit::enter(words);
    const typename Unit::Quad w = Unit::words(words);
    for (uint32_t i = 0; i < times; ++i) {
        unroll<3, Hash::kRounds / 4>([&](auto index) STAMPMILL_INLINE_LAMBDA {
            for (int j = 0; j < chains; ++j) Unit::template mix<decltype(index)::value>(s[j], w);
        });
    }
    uint32_t sum = 0;
    for (int i = 0; i < chains; ++i) sum += Unit::first_word(s[i]);
    return sum;
}

template <class Hash, class Unit, int chains>
constexpr Roofline sha_roofline() {
    return {mix_quads<Hash, Unit, chains>, chains};
}

template <class Sha1Unit, class Sha256Unit, Interleave n>
constexpr Kernel sha_kernel(const char* name) {
    return {name,
            {Sha1Unit::kAddsConstants, Sha256Unit::kAddsConstants},
            {{search_loop<QuadSearch<Sha1, Sha1Unit, n.sha1_shared, Strategy::kShared>>(),
              search_loop<QuadSearch<Sha1, Sha1Unit, n.sha1_general, Strategy::kGeneral>>()},
             {search_loop<QuadSearch<Sha256, Sha256Unit, n.sha256_shared, Strategy::kShared>>(),
              search_loop<QuadSearch<Sha256, Sha256Unit, n.sha256_general, Strategy::kGeneral>>()}},
            {{sha_roofline<Sha1, Sha1Unit, 4>(), sha_roofline<Sha1, Sha1Unit, 6>()},
             {sha_roofline<Sha256, Sha256Unit, 4>(), sha_roofline<Sha256, Sha256Unit, 6>()}}};
}

}  // namespace
}  // namespace stampmill
