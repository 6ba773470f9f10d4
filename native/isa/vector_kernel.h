// The row of the kernel table for one vector type.
#pragma once

#include "engine/lanes.h"
#include "engine/roofline.h"
#include "hashes/sha1.h"
#include "hashes/sha256.h"
#include "isa/interleave.h"

namespace stampmill {
namespace {

template <class Hash, class V, int chains>
constexpr Roofline roofline() {
    return {mix<Hash, V, chains>, chains * V::kLanes};
}

template <class V, Interleave n>
constexpr Kernel vector_kernel(const char* name) {
    constexpr int few = V::kRegisters / 2;
    constexpr int many = V::kRegisters * 3 / 4;
    return {name,
            {true, true},
            {{search_loop<LaneSearch<Sha1, V, n.sha1_shared, Strategy::kShared>>(),
              search_loop<LaneSearch<Sha1, V, n.sha1_general, Strategy::kGeneral>>()},
             {search_loop<LaneSearch<Sha256, V, n.sha256_shared, Strategy::kShared>>(),
              search_loop<LaneSearch<Sha256, V, n.sha256_general, Strategy::kGeneral>>()}},
            {{roofline<Sha1, V, few>(), roofline<Sha1, V, many>()},
             {roofline<Sha256, V, few>(), roofline<Sha256, V, many>()}}};
}

}  // namespace
}  // namespace stampmill
