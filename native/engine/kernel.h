// What a kernel is: one row of the table in dispatch.cpp.
#pragma once

#include <cstdint>

#include "engine/plan.h"

namespace stampmill {

/// Where a kernel hands over what it finds. One a thread.
struct Worker {
    /// Set by anyone, to end the search; read by a kernel before every inner step.
    const bool* stop;
    /// The limit on the digest's first 64 bits, which may fall during the search.
    const uint64_t* limit;
    /// Hashes computed so far; only the worker's thread writes it.
    uint64_t tried;
    /// Called with a counter whose digest begins at or under the limit, to the first 32 bits.
    void (*candidate)(Worker&, uint64_t counter);
};

/// Tries every inner value for `outers` outer values from `first_outer` on; returns early if told
/// to stop. `outers` is at most the kernel's group.
using GroupSearch = void (*)(const Plan& plan, uint64_t first_outer, uint32_t outers,
                             Worker& worker);

struct SearchLoop {
    GroupSearch search;
    uint32_t group;  // how many outer values it takes at once
};

/// The operations of `candidates` candidates a time, without what keeps a search from going at the
/// processor's full speed; see engine/roofline.h.
struct Roofline {
    uint32_t (*mix)(uint32_t seed, uint32_t times);
    uint32_t candidates;
};
/// How much independent work it takes to fill a processor differs: the faster of two counts.
inline constexpr int kRooflines = 2;

struct Kernel {
    const char* name;
    /// The table's words carry K[t]; false where the instruction adds it by itself.
    bool adds_constants[kAlgorithms];
    SearchLoop loops[kAlgorithms][kStrategies];
    Roofline rooflines[kAlgorithms][kRooflines];
};

}  // namespace stampmill
