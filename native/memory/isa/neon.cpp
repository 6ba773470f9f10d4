#include "memory/fill.h"
#include "memory/isa/kernels.h"
#include "simd/neon_u64.h"

namespace stampmill {

constinit const MemoryKernel kNeonMemoryKernel = memory_kernel<NeonU64>("neon");

}  // namespace stampmill
