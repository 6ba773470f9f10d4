// The loop that every kernel has in common: every inner value for a group of outer values.
#pragma once

#include <cstdint>

#include "engine/kernel.h"

namespace stampmill {
namespace {

/// Runs `Body` over one group. A body has
/// - kGroup, the number of candidates it hashes at once: at most 64;
/// - prepare(plan, first_outer, outers): what is the same for all inner values;
/// - step(plan, inner, limit): bit i is set where the first word of candidate i's digest is at
///   most `limit`.
template <class Body>
void search_group(const Plan& plan, uint64_t first_outer, uint32_t outers, Worker& worker) {
    static_assert(Body::kGroup <= 64);
    Body body;
    body.prepare(plan, first_outer, outers);
    const uint64_t used = ~uint64_t{0} >> (64 - outers);
    for (uint32_t inner = 0; inner < plan.inner_count; ++inner) {
        if (__atomic_load_n(worker.stop, __ATOMIC_RELAXED)) return;
        const uint64_t limit = __atomic_load_n(worker.limit, __ATOMIC_RELAXED);
        uint64_t hits = used & body.step(plan, inner, static_cast<uint32_t>(limit >> 32));
        __atomic_store_n(&worker.tried, worker.tried + outers, __ATOMIC_RELAXED);
        for (; hits != 0; hits &= hits - 1) {
            const uint64_t outer = first_outer + static_cast<uint32_t>(__builtin_ctzll(hits));
            worker.candidate(worker, outer * plan.inner_count + inner);
        }
    }
}

template <class Body>
constexpr SearchLoop search_loop() {
    return {search_group<Body>, Body::kGroup};
}

}  // namespace
}  // namespace stampmill
