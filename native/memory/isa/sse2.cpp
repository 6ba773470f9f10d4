#include "memory/fill.h"
#include "memory/isa/kernels.h"
#include "simd/sse2_u64.h"

namespace stampmill {

constinit const MemoryKernel kSse2MemoryKernel = memory_kernel<Sse2U64>("sse2");

}  // namespace stampmill
