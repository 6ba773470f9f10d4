#include "simd/scalar.h"

#include "isa/kernels.h"
#include "isa/vector_kernel.h"

namespace stampmill {

constinit const Kernel kScalarKernel = vector_kernel<ScalarU32, Interleave{2, 2, 1, 1}>("scalar");

}  // namespace stampmill
