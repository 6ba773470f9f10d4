#include "memory/fill.h"
#include "memory/isa/kernels.h"
#include "simd/scalar_u64.h"

namespace stampmill {

constinit const MemoryKernel kScalarMemoryKernel = memory_kernel<ScalarU64>("scalar");

}  // namespace stampmill
