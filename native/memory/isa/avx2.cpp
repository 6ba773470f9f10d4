#include "memory/fill.h"
#include "memory/isa/kernels.h"
#include "simd/avx2_u64.h"

namespace stampmill {

constinit const MemoryKernel kAvx2MemoryKernel = memory_kernel<Avx2U64>("avx2");

}  // namespace stampmill
