// How fast a kernel is on this processor, and how fast it could be.
#pragma once

#include "engine/job.h"
#include "engine/kernel.h"

namespace stampmill {

/// Candidates a second in a short search on the caller's own thread (under a millisecond on
/// vectors), with the digits where a stamp of our own has them: the best of a few tries.
double measure_search(const Kernel& kernel, Algorithm algorithm);

/// Candidates a second if the processor did nothing but the operations of the shared-schedule
/// search, in the mix that a candidate needs: the best of tries that take `seconds` altogether.
double measure_roofline(const Kernel& kernel, Algorithm algorithm, double seconds);

}  // namespace stampmill
