// Known answers that a kernel for Argon2id has to find before it is used.
#pragma once

#include "memory/kernel.h"

namespace stampmill {

/// Hashes alone and two abreast, in about a millisecond. What it does not find, no other test need
/// look for.
bool passes_self_test(const MemoryKernel& kernel);

}  // namespace stampmill
