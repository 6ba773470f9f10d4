// The row of the kernel table for one vector type.
#pragma once

#include "engine/lanes.h"
#include "engine/roofline.h"
#include "hashes/built.h"
#include "hashes/rounds.h"
#include "isa/interleave.h"

namespace stampmill {
namespace {

template <class Hash, class V, int interleave, Strategy strategy>
constexpr SearchLoop lane_loop() {
    if constexpr (is_built<Hash>()) {
        return search_loop<LaneSearch<Hash, V, interleave, strategy>>();
    } else {
        return {};
    }
}

template <class Hash, class V, int chains>
constexpr Roofline roofline() {
    if constexpr (is_built<Hash>()) {
        return {mix<Hash, V, chains>, chains * V::kLanes};
    } else {
        return {};
    }
}

template <class V, Interleave n>
constexpr Kernel vector_kernel(const char* name) {
    constexpr int many = V::kRegisters * 3 / 4;
    // Where code has to be small, one roofline does.
    constexpr int few = kRolled ? many : V::kRegisters / 2;
    return {name,
            {true, true},
            {{lane_loop<Sha1, V, n.sha1_shared, Strategy::kShared>(),
              lane_loop<Sha1, V, n.sha1_general, Strategy::kGeneral>()},
             {lane_loop<Sha256, V, n.sha256_shared, Strategy::kShared>(),
              lane_loop<Sha256, V, n.sha256_general, Strategy::kGeneral>()}},
            {{roofline<Sha1, V, few>(), roofline<Sha1, V, many>()},
             {roofline<Sha256, V, few>(), roofline<Sha256, V, many>()}}};
}

}  // namespace
}  // namespace stampmill
