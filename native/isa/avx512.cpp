#include "simd/avx512.h"

#include "isa/kernels.h"
#include "isa/vector_kernel.h"

namespace stampmill {

constinit const Kernel kAvx512Kernel = vector_kernel<Avx512U32, Interleave{4, 3, 3, 1}>("avx512");

}  // namespace stampmill
