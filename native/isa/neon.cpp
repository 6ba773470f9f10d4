#include "simd/neon.h"

#include "isa/kernels.h"
#include "isa/vector_kernel.h"

namespace stampmill {

constinit const Kernel kNeonKernel = vector_kernel<NeonU32, Interleave{3, 2, 2, 1}>("neon");

}  // namespace stampmill
