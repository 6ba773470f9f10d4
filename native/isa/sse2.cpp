#include "simd/sse2.h"

#include "isa/kernels.h"
#include "isa/vector_kernel.h"

namespace stampmill {

constinit const Kernel kSse2Kernel = vector_kernel<Sse2U32, Interleave{2, 2, 1, 1}>("sse2");

}  // namespace stampmill
