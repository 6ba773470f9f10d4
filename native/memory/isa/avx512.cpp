#include "memory/fill.h"
#include "memory/isa/kernels.h"
#include "simd/avx512_u64.h"

namespace stampmill {

constinit const MemoryKernel kAvx512MemoryKernel = memory_kernel<Avx512U64>("avx512");

}  // namespace stampmill
