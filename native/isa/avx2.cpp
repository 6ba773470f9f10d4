#include "simd/avx2.h"

#include "isa/kernels.h"
#include "isa/vector_kernel.h"

namespace stampmill {

constinit const Kernel kAvx2Kernel = vector_kernel<Avx2U32, Interleave{2, 2, 1, 1}>("avx2");

}  // namespace stampmill
