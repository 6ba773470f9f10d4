// Known answers that a kernel has to find before it is used.
#pragma once

#include "engine/kernel.h"

namespace stampmill {

/// Searches small fixed ranges with both strategies and compares what is found with answers
/// computed by another implementation. Takes well under a millisecond on vectors.
bool passes_self_test(const Kernel& kernel, Algorithm algorithm);

}  // namespace stampmill
