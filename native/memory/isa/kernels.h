// The kernels for Argon2id. Each is defined in the file of its name, compiled with its own flags.
#pragma once

#include "memory/kernel.h"

namespace stampmill {

#if defined(__x86_64__)
extern const MemoryKernel kAvx512MemoryKernel;
extern const MemoryKernel kAvx2MemoryKernel;
extern const MemoryKernel kSsse3MemoryKernel;
extern const MemoryKernel kSse2MemoryKernel;
#elif defined(__aarch64__)
extern const MemoryKernel kNeonMemoryKernel;
#endif
extern const MemoryKernel kScalarMemoryKernel;

}  // namespace stampmill
