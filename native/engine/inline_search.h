// A search on the caller's own thread, for what must not start any: self-tests and measurements.
#pragma once

#include <cstdint>
#include <functional>

#include "engine/job.h"
#include "engine/kernel.h"

namespace stampmill {

/// Tries every counter of the job with one kernel, and calls `found` with each one that the kernel
/// itself takes for a hit: the digest's first 32 bits are within the limit. A range whose ends are
/// not whole multiples of the inner count is widened to them. Returns the hashes computed.
uint64_t search_inline(const Job& job, const Kernel& kernel,
                       const std::function<void(uint64_t counter)>& found);

}  // namespace stampmill
