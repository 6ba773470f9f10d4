// The row of the kernel table for one vector type.
#pragma once

#include "engine/lanes.h"
#include "hashes/sha1.h"
#include "hashes/sha256.h"
#include "isa/interleave.h"

namespace stampmill {
namespace {

template <class V, Interleave n>
constexpr Kernel vector_kernel(const char* name) {
    return {name,
            {true, true},
            {{search_loop<LaneSearch<Sha1, V, n.sha1_shared, Strategy::kShared>>(),
              search_loop<LaneSearch<Sha1, V, n.sha1_general, Strategy::kGeneral>>()},
             {search_loop<LaneSearch<Sha256, V, n.sha256_shared, Strategy::kShared>>(),
              search_loop<LaneSearch<Sha256, V, n.sha256_general, Strategy::kGeneral>>()}}};
}

}  // namespace
}  // namespace stampmill
