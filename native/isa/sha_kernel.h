// The row of the kernel table for one set of SHA instructions.
#pragma once

#include "engine/quads.h"
#include "hashes/sha1.h"
#include "hashes/sha256.h"
#include "isa/interleave.h"

namespace stampmill {
namespace {

template <class Sha1Unit, class Sha256Unit, Interleave n>
constexpr Kernel sha_kernel(const char* name) {
    return {name,
            {Sha1Unit::kAddsConstants, Sha256Unit::kAddsConstants},
            {{search_loop<QuadSearch<Sha1, Sha1Unit, n.sha1_shared, Strategy::kShared>>(),
              search_loop<QuadSearch<Sha1, Sha1Unit, n.sha1_general, Strategy::kGeneral>>()},
             {search_loop<QuadSearch<Sha256, Sha256Unit, n.sha256_shared, Strategy::kShared>>(),
              search_loop<QuadSearch<Sha256, Sha256Unit, n.sha256_general, Strategy::kGeneral>>()}}};
}

}  // namespace
}  // namespace stampmill
